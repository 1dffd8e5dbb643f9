"""The way from Teams to the app's `/api/messages`."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.sandbox.fake_teams import activities
from bot.sandbox.fake_teams.login import FakeLogin
from bot.sandbox.fake_teams.world import Conversation, Json, Message, Person, World

TURN_S = 15  # then the app is told nothing more and the person that it did not answer
COMPOSE_S = 5


@dataclass(frozen=True)
class Delivery:
    """What was sent, and what came back: JSON where it is JSON, else text. 504: nothing in time."""

    activity: Json
    status: int
    body: Any


class Wire:
    def __init__(self, login: FakeLogin, http: aiohttp.ClientSession, bot_url: str, *, signed: bool) -> None:
        self._login = login
        self._http = http
        self.bot_url = bot_url
        self._signed = signed

    async def send(self, activity: Json, patience_s: float = TURN_S) -> Delivery:
        headers = {}
        if self._signed:
            headers["Authorization"] = f"Bearer {self._login.channel_token(activity['serviceUrl'])}"
        status, body = await self.post(json.dumps(activity).encode(), headers, patience_s)
        return Delivery(activity, status, body)

    async def post(self, body: bytes, headers: Mapping[str, str], patience_s: float = TURN_S) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", **headers}
        patience = aiohttp.ClientTimeout(total=patience_s)
        try:
            async with self._http.post(self.bot_url, data=body, headers=headers, timeout=patience) as response:
                return response.status, _readable(await response.text())
        except TimeoutError:
            return 504, None
        except aiohttp.ClientError:
            return 502, None


class Sender:
    """What every act needs; `FakeTeams` fills it in."""

    world: World
    wire: Wire
    service_url: str
    check_card: Callable[[Mapping[str, Any]], None]

    def activity(self, person: Person, conversation: Conversation, kind: str, about: Message | None = None) -> Json:
        activity = activities.envelope(self.world, self.service_url, person, conversation, kind)
        if about is None:
            return activity
        activity["replyToId"] = about.id
        return activities.in_thread(activity, conversation, about.root_id or about.id)


def _readable(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
