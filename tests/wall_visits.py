"""Browsers in front of the wall: what they send, what they keep, and what their pages say.

ann = await comes_in(world, "ann"); page = await ann.looks("?q=release"); await ann.writes(cleo, "Thank you!")
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import aiohttp

from tests.world import World

PUBLIC = "https://plaudit.acme.test"
COOKIE = "__Host-plaudit-wall"


@dataclass(frozen=True, slots=True)
class Seen:
    status: int
    body: str
    headers: Mapping[str, str]
    set_cookie: str = ""

    @property
    def text(self) -> str:
        """What is read, without mark-up, in one line."""
        shown = re.sub(r"<(script|style|head).*?</\1>", "", self.body, flags=re.DOTALL)
        parted = re.sub(r"</(p|div|span|h\d|li|button)>|<br>", " ", shown)
        return " ".join(unescape(re.sub(r"<[^>]+>", "", parted)).split())

    @property
    def items(self) -> list[str]:
        """The headline of each recognition: who thanked whom."""
        found = re.findall(r'<article class="thanks">.*?<h\d>(.*?)</h\d>', self.body, re.DOTALL)
        return [" ".join(unescape(re.sub(r"<[^>]+>", "", one)).split()) for one in found]

    @property
    def reasons(self) -> list[str]:
        found = re.findall(r'<article class="thanks">.*?<p class="reason">(.*?)</p>', self.body, re.DOTALL)
        return [unescape(re.sub(r"<[^>]+>", "", one)) for one in found]

    def link(self, label: str) -> str:
        """Where the link with this label leads."""
        found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>\s*{label}', self.body)
        assert found, f"no link {label}"
        return unescape(found[1])

    def field(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.body)
        assert found, f"no field {name}"
        return unescape(found[1])


@dataclass(slots=True)
class Visitor:
    """A browser; its `session` is what the cookie holds."""

    world: World
    session: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"Sec-Fetch-Site": "same-origin"})

    async def looks(self, address: str = "") -> Seen:
        return await self.asks("GET", address if address.startswith("/") else f"/wall{address}")

    async def asks(self, method: str, path: str, follow: bool = True, **more: Any) -> Seen:
        base = f"http://127.0.0.1:{self.world.process.port}"
        headers = {**self.headers, **more.pop("headers", {})}
        if self.session:
            headers["Cookie"] = f"{COOKIE}={self.session}"
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
            http.request(method, base + path, headers=headers, allow_redirects=False, **more) as answer,
        ):
            cookie = answer.headers.get("Set-Cookie", "")
            if cookie.startswith(f"{COOKIE}="):
                self.session = cookie.partition("=")[2].partition(";")[0].strip('"')
            seen = Seen(answer.status, await answer.text(), answer.headers, cookie)
        if follow and seen.status == 303:
            return await self.asks("GET", seen.headers["Location"].partition("#")[0])
        return seen

    async def opens(self, token: str) -> Seen:
        """Presses the button of the page that a link opens."""
        return await self.asks("POST", f"/wall/enter/{token}")

    async def sends(self, path: str, **fields: str) -> Seen:
        """A form of a page of this session."""
        page = await self.looks()
        return await self.asks("POST", path, data={"token": page.field("token"), **fields})

    async def writes(self, person_id: str, text: str, form_id: str = "") -> Seen:
        page = await self.looks(f"/wall/people/{person_id}")
        fields = {"token": page.field("token"), "form": form_id or page.field("form"), "text": text}
        return await self.asks("POST", f"/wall/people/{person_id}", data=fields)

    async def does(self, act: str, note_id: str, person_id: str, text: str = "") -> Seen:
        return await self.sends(f"/wall/notes/{note_id}", act=act, person=person_id, text=text)


async def link_for(world: World, user: str) -> str:
    """The secret of a new link, asked for on Slack."""
    await world.slack.command(user, "#general", "/wall")
    await world.answered()
    found = re.search(rf"{PUBLIC}/wall/enter/([\w-]+)", str(world.answer(user).blocks))
    assert found, world.whispered(user)
    return found[1]


async def comes_in(world: World, user: str) -> Visitor:
    """Somebody who has used a link."""
    visitor = Visitor(world)
    assert (await visitor.opens(await link_for(world, user))).status == 200
    return visitor
