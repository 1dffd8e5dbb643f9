"""Signed requests from Slack to the app under test, and what it answered."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.sandbox.fake_slack.blocks import Json
from bot.sandbox.fake_slack.workspace import Clock

FORM = "application/x-www-form-urlencoded"
PATIENCE_S = 3.0  # docs.slack.dev/tools/bolt-python/concepts/acknowledge


@dataclass(frozen=True)
class Delivery:
    """What was sent and what came back. `status` is None when nothing came in time."""

    sent: bytes
    sent_headers: Mapping[str, str]
    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json | str = ""

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def json(self) -> Json:
        return self.body if isinstance(self.body, dict) else {}

    @classmethod
    def unsent(cls, why: str) -> "Delivery":
        """Slack's client kept it to itself."""
        return cls(b"", {}, None, body=why)


class Deliveries:
    def __init__(
        self,
        session: ClientSession,
        url: str,
        signing_secret: str,
        clock: Clock,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.url = url
        self.patience_s = patience_s
        self.last: Delivery | None = None
        self._session = session
        self._secret = signing_secret
        self._clock = clock

    async def form(self, fields: Mapping[str, str]) -> Delivery:
        return await self.raw(urlencode(fields).encode(), FORM)

    async def interaction(self, payload: Json) -> Delivery:
        return await self.form({"payload": json.dumps(payload)})

    async def event(self, envelope: Json, attempts: int = 1) -> Delivery:
        """Slack tries again until it is thanked or told not to; here without pauses of minutes."""
        delivery = await self.raw(json.dumps(envelope).encode(), "application/json")
        for number in range(1, attempts):
            if delivery.ok or "X-Slack-No-Retry" in delivery.headers:
                break
            delivery = await self.retry(delivery, number)
        return delivery

    async def retry(self, delivery: Delivery, number: int = 1) -> Delivery:
        """The same event again, marked as a retry and signed now."""
        reason = "http_timeout" if delivery.status is None else "http_error"
        marks = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        return await self.raw(delivery.sent, delivery.sent_headers["Content-Type"], headers=marks)

    async def resend(self, delivery: Delivery, times: int = 1) -> list[Delivery]:
        """The identical request again, signature and time included."""
        return [await self._send(delivery.sent, delivery.sent_headers) for _ in range(times)]

    async def raw(
        self,
        body: bytes,
        content_type: str,
        *,
        secret: str | None = None,
        at: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Delivery:
        """Any body, signed with any secret at any time."""
        timestamp = str(int(self._clock() if at is None else at))
        signature = sign(secret or self._secret, timestamp, body)
        signed = {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature,
            "Content-Type": content_type,
        }
        return await self._send(body, signed | dict(headers or {}))

    async def _send(self, body: bytes, headers: Mapping[str, str]) -> Delivery:
        try:
            patience = ClientTimeout(total=self.patience_s)
            async with self._session.post(self.url, data=body, headers=headers, timeout=patience) as answer:
                text = await answer.text()
                is_json = answer.content_type == "application/json" and text
                shown = json.loads(text) if is_json else text
                self.last = Delivery(body, headers, answer.status, dict(answer.headers), shown)
        except (TimeoutError, ClientError):
            self.last = Delivery(body, headers, None)
        return self.last


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """docs.slack.dev/authentication/verifying-requests-from-slack"""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
