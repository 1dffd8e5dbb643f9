"""A Slack Web API that costs next to nothing: `python -m bench.slack PORT`.

The sandbox's fake checks tokens, sizes and Block Kit; this one only answers, so that it leaves the cores alone.
"""

from __future__ import annotations

import asyncio
import json
import sys
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from bench.kudos import CHANNELS, PEOPLE, TEAM, channel, person
from bench.wire import Message, Wire

Json = dict[str, Any]

BOT = "U0PLAUDIT"
_stamps = count(1)


class Answering(Wire):
    def heard(self, message: Message) -> None:
        method = message.start.split(b" ", 2)[1].rsplit(b"/", 1)[-1].decode()
        body = json.dumps({"ok": True, **_answer(method, message.body)}).encode()
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.transport.write(head.encode() + body)


def _answer(method: str, body: bytes) -> Json:
    match method:
        case "chat.postMessage" | "chat.update":
            return _shown(json.loads(body)["channel"])
        case "chat.postEphemeral":
            return {"message_ts": _stamp()}
        case "users.list":
            return _page("members", body, PEOPLE, _person)
        case "conversations.list":
            return _page("channels", body, CHANNELS, _channel)
        case "auth.test":
            return {
                "url": "https://bench.slack.com/",
                "team": "bench",
                "user": "plaudit",
                "team_id": TEAM,
                "user_id": BOT,
                "bot_id": "B0PLAUDIT",
            }
        case "bots.info":
            return {"bot": {"id": "B0PLAUDIT", "app_id": "A0PLAUDIT"}}
        case _:
            raise AssertionError(f"nobody expected {method}")


def _shown(target: str) -> Json:
    """A message to a person goes to their direct chat with the app."""
    return {"channel": "D" + target[1:] if target.startswith("U") else target, "ts": _stamp()}


def _stamp() -> str:
    return f"1800000000.{next(_stamps):06d}"


def _page(part: str, body: bytes, total: int, make: Any) -> Json:
    asked = parse_qs(body.decode())
    begin, limit = int(asked.get("cursor", ["0"])[0]), int(asked["limit"][0])
    end = min(begin + limit, total)
    return {
        part: [make(number) for number in range(begin, end)],
        "response_metadata": {"next_cursor": str(end) if end < total else ""},
    }


def _person(number: int) -> Json:
    name = f"person{number}"
    return {
        "id": person(number),
        "team_id": TEAM,
        "name": name,
        "real_name": f"Person {number} of Bench",
        "tz": "Europe/Berlin",
        "locale": "en-US",
        "deleted": False,
        "is_bot": False,
        "profile": {"display_name": name, "real_name": f"Person {number} of Bench", "email": f"{name}@bench.test"},
    }


def _channel(number: int) -> Json:
    return {
        "id": channel(number),
        "name": f"channel-{number}",
        "is_channel": True,
        "is_private": False,
        "is_archived": False,
        "is_member": True,
        "is_general": number == 0,
    }


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
