"""The sandbox is never a hole: each thing that would make it one is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer, make_mocked_request

from bot.sandbox.guard import Guard


@pytest.fixture
async def door() -> AsyncIterator[str]:
    """The address of a door behind the guard; /page/ is one that only the page may knock at."""
    guard, page = Guard(), web.Application()
    app = web.Application(middlewares=[guard.middleware])
    app.router.add_post("/api/messages", _open)
    app.router.add_get("/", _open)
    page.middlewares.append(guard.acts_middleware)
    page.router.add_post("/act", _open)
    page.router.add_get("/see", _open)
    app.add_subapp("/page", page)
    async with TestServer(app, host="127.0.0.1") as server:
        guard.port = server.port
        yield f"http://127.0.0.1:{server.port}"


async def _open(_: web.Request) -> web.Response:
    return web.Response(text="open")


async def status(method: str, url: str, headers: dict[str, str], body: str | None = None) -> int:
    async with ClientSession() as session, session.request(method, url, headers=headers, data=body) as answer:
        said = await answer.text()
        assert (said == "open") == (answer.status == 200), said
        return answer.status


async def test_a_person_on_this_machine_comes_in(door: str) -> None:
    assert await status("GET", door, {"Sec-Fetch-Site": "none"}) == 200
    assert await status("GET", door.replace("127.0.0.1", "localhost"), {}) == 200


async def test_a_signed_command_without_a_browser_comes_in(door: str) -> None:
    assert await status("POST", f"{door}/api/messages", {}) == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP"])
async def test_a_proxy_is_refused(door: str, header: str) -> None:
    assert await status("GET", door, {header: "127.0.0.1"}) == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1.evil.example:{port}"])
async def test_another_name_for_this_machine_is_refused(door: str, host: str) -> None:
    named = host.format(port=door.rpartition(":")[2])
    assert await status("POST", f"{door}/api/messages", {"Host": named}) == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
async def test_a_page_of_another_site_is_refused_at_every_door(door: str, origin: str) -> None:
    for path in ("/", "/page/see"):
        assert await status("GET", door + path, {"Origin": origin}) == 403
    assert await status("POST", f"{door}/api/messages", {"Origin": origin}) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "made-up"])
async def test_what_another_site_fetches_is_refused(door: str, site: str) -> None:
    assert await status("POST", f"{door}/api/messages", {"Sec-Fetch-Site": site}) == 403


async def test_another_machine_is_refused() -> None:
    request = make_mocked_request("GET", "/", headers={"Host": "127.0.0.1:3978"})
    guard = Guard(3978)
    assert guard.why_refused(request.clone(remote="192.0.2.7"))
    assert guard.why_refused(request.clone(remote="127.0.0.1")) == ""


async def test_nobody_comes_in_before_the_port_is_known() -> None:
    request = make_mocked_request("GET", "/", headers={"Host": "127.0.0.1:3978"})
    assert Guard().why_refused(request.clone(remote="127.0.0.1"))


async def test_an_act_needs_the_page_as_its_origin(door: str) -> None:
    json = {"Content-Type": "application/json"}
    assert await status("POST", f"{door}/page/act", json, "{}") == 403
    assert await status("POST", f"{door}/page/act", {**json, "Origin": door}, "{}") == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
async def test_an_act_is_json(door: str, kind: str) -> None:
    """A form on a page of another site can send anything else without asking."""
    assert await status("POST", f"{door}/page/act", {"Content-Type": kind, "Origin": door}, "{}") == 415


async def test_looking_needs_no_origin(door: str) -> None:
    assert await status("GET", f"{door}/page/see", {"Sec-Fetch-Site": "same-origin"}) == 200
