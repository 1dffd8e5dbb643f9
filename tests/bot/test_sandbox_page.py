"""The page is served behind its walls, and what people do there reaches the product's own doors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.presenter import CardPresenter
from bot.sandbox.app import Sandbox
from bot.sandbox.gallery import gallery
from bot.web import SLACK_DOOR, TEAMS_DOOR
from cards.render import list_cards
from handlers import registry
from scheduler.clock import ProgrammeClock
from store.db import Database

STATIC = Path("bot/sandbox/static")
SERVED = (
    "",
    "/gallery",
    "/static/page.js",
    "/static/base.css",
    "/api/state",
    "/api/cards",
    "/api/behind?since=2026-11-18T00:00Z",
)
MODAL = {
    "type": "modal",
    "callback_id": "kudos",
    "title": {"type": "plain_text", "text": "Give kudos"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "What for?"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        }
    ],
}


@dataclass
class Product:
    """What stands behind our doors: it keeps what it hears and answers as told."""

    heard: list[tuple[str, Any, web.Request]] = field(default_factory=list)
    answer: Callable[[], web.Response] = web.Response

    async def slack(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            self.heard.append(("event", await request.json(), request))
            return self.answer()
        form = await request.post()
        kind = "interaction" if "payload" in form else "command"
        self.heard.append((kind, json.loads(str(form["payload"])) if "payload" in form else form, request))
        return self.answer()

    async def teams(self, request: web.Request) -> web.Response:
        self.heard.append(("activity", await request.json(), request))
        return self.answer()


@dataclass
class Visitor:
    """A browser with the page open."""

    url: str
    http: aiohttp.ClientSession
    slack: str = "U0ALICE"
    teams: str = ""

    async def get(self, path: str = "") -> tuple[int, str, Any]:
        async with self.http.get(f"{self.url}/sandbox{path}") as answer:
            return answer.status, await answer.text(), answer.headers

    async def state(self, **query: Any) -> dict[str, Any]:
        query = {"slack": self.slack, "teams": self.teams, **query}
        async with self.http.get(f"{self.url}/sandbox/api/state", params=query) as answer:
            return dict(await answer.json())

    async def behind(self, since: str) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.url}/sandbox/api/behind", params={"since": since}) as answer:
            return list((await answer.json())["acts"])

    async def post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        headers = {"Origin": self.url}
        async with self.http.post(f"{self.url}/sandbox/api/{path}", json=body, headers=headers) as answer:
            return answer.status, dict(await answer.json())

    async def act(self, side: str, do: str, place: str = "C0GENERAL", **more: Any) -> tuple[int, dict[str, Any]]:
        who = {"slack": self.slack, "teams": self.teams}[side]
        return await self.post("act", side=side, do=do, who=who, place=place, **more)


@pytest.fixture
def clock() -> ProgrammeClock:
    return ProgrammeClock(lambda: datetime(2026, 11, 18, 10, tzinfo=UTC))


@pytest.fixture
async def sandbox(sqlite_url: str, clock: ProgrammeClock) -> AsyncIterator[Sandbox]:
    registry.load()
    with closing(Database(sqlite_url, durable=False)) as database:
        made = Sandbox(database, CardPresenter(), clock)
        await made.start()
        yield made
        await made.stop()


@pytest.fixture
def product() -> Product:
    return Product()


@pytest.fixture
async def visitor(sandbox: Sandbox, product: Product) -> AsyncIterator[Visitor]:
    app = web.Application()
    app.router.add_post(SLACK_DOOR, product.slack)
    app.router.add_post(TEAMS_DOOR, product.teams)
    sandbox.mount(app)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    sandbox.listen_on(port)
    async with aiohttp.ClientSession() as http:
        yield Visitor(f"http://127.0.0.1:{port}", http, teams=sandbox.worlds.teams_people["alice"].id)
    await runner.cleanup()


def place(state: dict[str, Any], name: str) -> dict[str, Any]:
    return next(dict(one) for one in state["places"] if one["name"] == name)


# --- served ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SERVED)
async def test_everything_is_served_behind_a_strict_policy(visitor: Visitor, path: str) -> None:
    status, _, headers = await visitor.get(path)
    policy = headers["Content-Security-Policy"]
    assert status == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["", "/gallery"])
async def test_pages_bring_no_inline_script_and_nothing_from_elsewhere(visitor: Visitor, path: str) -> None:
    _, page, _ = await visitor.get(path)
    assert "https://" not in page
    assert 'style="' not in page
    assert page.count("<script") == page.count('<script type="module" src="/sandbox/static/')


def test_scripts_make_elements_only_by_hand() -> None:
    for script in STATIC.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not [bad for bad in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(") if bad in text]


def test_the_gallery_shows_every_card_three_times() -> None:
    shown = gallery()
    assert [one["card"] for one in shown["cards"]] == list_cards()
    for sample in (sample for card in shown["cards"] for sample in card["samples"]):
        assert sample["slack"]
        assert sample["teams"]["body"]
        assert sample["text"]


# --- what is seen ------------------------------------------------------------------------------------------


async def test_the_page_is_not_empty_at_the_start(visitor: Visitor) -> None:
    state = await visitor.state()
    assert len(place(state["slack"], "kudos")["messages"]) == 10
    assert len(place(state["teams"], "General")["messages"]) > 10
    assert "lars" not in [one["handle"] for one in state["cast"]]


async def test_an_ephemeral_message_is_for_one_pair_of_eyes(visitor: Visitor, sandbox: Sandbox) -> None:
    workspace = sandbox.worlds.workspace
    workspace.post("C0GENERAL", workspace.bot.id, {"text": "psst"}, to="U0BOB")

    def hears(state: dict[str, Any]) -> bool:
        return any(one["text"] == "psst" for one in place(state["slack"], "general")["messages"])

    assert not hears(await visitor.state())
    assert hears(await visitor.state(slack="U0BOB"))


async def test_a_page_that_waits_is_told_when_something_happens(visitor: Visitor, sandbox: Sandbox) -> None:
    first = await visitor.state()
    waiting = asyncio.create_task(visitor.state(run=first["run"], since=first["revision"]))
    await asyncio.sleep(0)
    sandbox.worlds.workspace.post("C0GENERAL", "U0BOB", {"text": "news"})
    state = await asyncio.wait_for(waiting, 5)
    assert place(state["slack"], "general")["messages"][-1]["text"] == "news"


async def test_what_can_be_typed_is_what_the_registry_has(visitor: Visitor) -> None:
    state = await visitor.state()
    typed = {one["name"]: one for one in state["teams"]["commands"]}
    assert sorted(typed) == sorted(registry.commands)
    assert typed["kudos"] == {
        "name": "kudos",
        "usage": registry.commands["kudos"].usage,
        "help": "Thank somebody, here and now.",
    }
    assert {one["name"] for one in state["slack"]["commands"]} == set(registry.commands) - {"help"}


# --- acts on Slack -----------------------------------------------------------------------------------------


async def test_a_slash_command_goes_signed_through_the_door(
    visitor: Visitor, product: Product, sandbox: Sandbox
) -> None:
    product.answer = lambda: web.json_response({"text": "Sent."})
    await visitor.act("slack", "say", text="/kudos @bob for <tea>")
    kind, form, request = product.heard[0]
    assert (kind, form["command"], form["text"]) == ("command", "/kudos", "<@U0BOB|bob> for &lt;tea&gt;")
    verifier = SignatureVerifier(sandbox.slack.signing_secret)
    body = await request.read()
    assert verifier.is_valid(body, request.headers["X-Slack-Request-Timestamp"], request.headers["X-Slack-Signature"])
    state = await visitor.state()
    last = place(state["slack"], "general")["messages"][-1]
    assert (last["text"], last["private"]) == ("Sent.", True)


@pytest.mark.parametrize("name", ["/giphy", "/help"])
async def test_a_command_of_somebody_else_is_not_sent(visitor: Visitor, product: Product, name: str) -> None:
    status, answer = await visitor.act("slack", "say", text=f"{name} cats")
    assert (status, product.heard) == (409, [])
    assert answer["error"].startswith(f"{name} is not a command here.")


async def test_a_form_is_shown_filled_in_and_sent(visitor: Visitor, product: Product, sandbox: Sandbox) -> None:
    await visitor.act("slack", "shortcut")
    assert product.heard[0][1]["callback_id"] == "kudos_form"
    views = sandbox.fake_slack.teams[sandbox.slack.team_id].views
    views.open(product.heard[0][1]["trigger_id"], MODAL)
    shown = (await visitor.state())["slack"]["form"]
    assert shown["content"]["title"]["text"] == "Give kudos"

    await visitor.act("slack", "submit", values={"reason": None})
    assert (await visitor.state())["slack"]["form"]["errors"] == {"reason": "Please complete this required field."}

    await visitor.act("slack", "submit", values={"reason": "the tea"})
    values = product.heard[1][1]["view"]["state"]["values"]
    assert values["reason"]["reason"]["value"] == "the tea"
    assert (await visitor.state())["slack"]["form"] is None


async def test_a_message_can_be_pointed_at(visitor: Visitor, product: Product) -> None:
    message = place((await visitor.state())["slack"], "general")["messages"][0]
    await visitor.act("slack", "about", message=message["id"])
    heard = product.heard[0][1]
    assert (heard["callback_id"], heard["message"]["text"]) == ("kudos_about", message["text"])


async def test_a_reaction_is_put_on_and_taken_off_and_shown(visitor: Visitor, product: Product) -> None:
    message = place((await visitor.state())["slack"], "general")["messages"][0]
    shown = []
    for _ in range(2):
        await visitor.act("slack", "react", message=message["id"], emoji="sports_medal")
        shown.append(place((await visitor.state())["slack"], "general")["messages"][0]["reactions"])
    assert shown == [[{"name": "sports_medal", "count": 1, "mine": True}], []]
    events = [form["event"] for kind, form, _ in product.heard if kind == "event"]
    assert [one["type"] for one in events] == ["reaction_added", "reaction_removed"]
    assert events[0]["item"] == {"type": "message", "channel": "C0GENERAL", "ts": message["id"]}
    assert events[0]["item_user"] == message["author"]


async def test_nobody_reacts_where_slack_lets_nobody(visitor: Visitor, product: Product, sandbox: Sandbox) -> None:
    workspace = sandbox.worlds.workspace
    old = workspace.post("C0LAUNCH25", "U0BOB", {"text": "we did it"})
    hidden = workspace.post("C0GENERAL", workspace.bot.id, {"text": "Sent."}, to="U0ALICE")
    for one in (old, hidden):
        status, answer = await visitor.act("slack", "react", one.channel, message=one.ts, emoji="tada")
        assert (status, product.heard) == (409, [])
        assert "react" in answer["error"]


async def test_nobody_writes_in_an_archived_channel(visitor: Visitor) -> None:
    status, answer = await visitor.act("slack", "say", "C0LAUNCH25", text="hello?")
    assert status == 409
    assert "archived" in answer["error"]


async def test_what_the_app_fails_at_is_told(visitor: Visitor, product: Product) -> None:
    product.answer = lambda: web.Response(status=503)
    assert (await visitor.act("slack", "say", text="/kudos"))[1] == {"told": "The app answered 503."}


# --- acts on Teams -----------------------------------------------------------------------------------------


async def test_a_mention_of_the_app_reaches_it(visitor: Visitor, product: Product, sandbox: Sandbox) -> None:
    general = sandbox.worlds.teams_places["General"].id
    await visitor.act("teams", "say", general, text="@Plaudit kudos @Bob Okafor for the tea")
    activity = product.heard[0][1]
    assert activity["text"] == "<at>Plaudit</at>&nbsp;kudos <at>Bob Okafor</at>&nbsp;for the tea\n"
    assert activity["serviceUrl"] == sandbox.teams.service_url


async def test_a_reaction_reaches_the_app_from_its_own_posts_only(
    visitor: Visitor, product: Product, sandbox: Sandbox
) -> None:
    general = sandbox.worlds.teams_places["General"]
    await visitor.act("teams", "say", general.id, text="cake at four")
    post = sandbox.worlds.teams.world.post(general, None, {"type": "message", "text": "Ann thanked Bob"})
    said = place((await visitor.state())["teams"], "General")["messages"][-2]["id"]
    for message in (said, post.id, post.id):
        await visitor.act("teams", "react", general.id, message=message, emoji="like")
    told = [activity for _, activity, _ in product.heard]
    assert [(one["replyToId"], "reactionsAdded" in one) for one in told] == [(post.id, True), (post.id, False)]
    shown = {one["id"]: one["reactions"] for one in place((await visitor.state())["teams"], "General")["messages"]}
    assert (shown[said], shown[post.id]) == ([{"name": "like", "count": 1, "mine": True}], [])


async def test_colleagues_talk_among_themselves(visitor: Visitor, product: Product, sandbox: Sandbox) -> None:
    general = sandbox.worlds.teams_places["General"].id
    await visitor.act("teams", "say", general, text="cake & tea at four")
    assert product.heard == []
    messages = place((await visitor.state())["teams"], "General")["messages"]
    assert messages[-1]["text"] == "cake &amp; tea at four\n"


async def test_the_slash_menu_opens_the_form(visitor: Visitor, product: Product, sandbox: Sandbox) -> None:
    general = sandbox.worlds.teams_places["General"].id
    await visitor.act("teams", "say", general, text="/kudos")
    invoke = product.heard[0][1]
    assert (invoke["name"], invoke["value"]["commandId"]) == ("composeExtension/fetchTask", "kudos_form")


async def test_a_button_that_moved_is_not_pressed(visitor: Visitor, sandbox: Sandbox) -> None:
    shown = place((await visitor.state())["teams"], "General")["messages"][0]
    general = sandbox.worlds.teams_places["General"].id
    status, answer = await visitor.act("teams", "press", general, message=shown["id"], number=7, title="Undo")
    assert (status, answer["error"]) == (409, "That card has just changed. Look again, please.")


# --- behind the scenes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("since", ["", "yesterday", "2026-11-18T00:00"])
async def test_the_drawer_is_told_from_when_on(visitor: Visitor, since: str) -> None:
    assert (await visitor.get(f"/api/behind?since={since}"))[0] == 400


async def test_the_drawer_begins_empty(visitor: Visitor, clock: ProgrammeClock) -> None:
    """A month of thanks lies before it."""
    assert await visitor.behind("2026-10-01T00:00Z")
    assert await visitor.behind(clock().isoformat()) == []


# --- the clock ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "now"),
    [
        ("hour", "2026-11-18T11:00"),
        ("day", "2026-11-19T10:00"),
        ("monday", "2026-11-23T09:00"),
        ("thursday", "2026-11-19T14:00"),
    ],
)
async def test_the_clock_moves_forward(visitor: Visitor, clock: ProgrammeClock, to: str, now: str) -> None:
    assert (await visitor.post("clock", to=to))[0] == 200
    assert clock().isoformat().startswith(now)
    assert (await visitor.state())["clock"]["now"].startswith(now)


async def test_an_hour_of_the_week_is_one_of_the_zone(sandbox: Sandbox, visitor: Visitor) -> None:
    """In April Ireland is an hour ahead of UTC."""
    sandbox.timeline.move_to(datetime(2027, 4, 1, 12, 59, tzinfo=UTC))  # a Thursday, 13:59 in Dublin
    assert (await visitor.post("clock", to="thursday"))[1]["now"].startswith("2027-04-01T13:00")
    assert (await visitor.post("clock", to="thursday"))[1]["now"].startswith("2027-04-08T13:00")
    assert (await visitor.post("clock", to="monday"))[1]["now"].startswith("2027-04-12T08:00")


async def test_the_clock_knows_no_other_way(visitor: Visitor) -> None:
    assert (await visitor.post("clock", to="yesterday"))[0] == 409


@pytest.mark.parametrize("body", [{}, {"side": "slack"}, {"side": "slack", "who": "U0ALICE", "do": "fly"}])
async def test_nonsense_is_declined_with_a_sentence(visitor: Visitor, body: dict[str, str]) -> None:
    status, answer = await visitor.post("act", **body)
    assert status == 409
    assert answer["error"]


async def test_a_start_after_the_clock_was_moved_goes_on_there(sqlite_url: str, clock: ProgrammeClock) -> None:
    registry.load()
    with closing(Database(sqlite_url, durable=False)) as database:
        future = ProgrammeClock(lambda: datetime(2026, 12, 24, 10, tzinfo=UTC))
        for one in (future, clock):
            sandbox = Sandbox(database, CardPresenter(), one)
            await sandbox.start()
            await sandbox.stop()
    assert clock() > datetime(2026, 12, 20, tzinfo=UTC)
