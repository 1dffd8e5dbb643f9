"""Importing people's dates, departments and managers: pasted or uploaded, shown, confirmed, applied once."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import aiohttp
import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from bot.sandbox.fake_slack import Person, View, text_of
from handlers.rules.reporting_line import find_loops
from scheduler.ticks import TickRunner
from store.person_records import RecordFact, list_all_records
from store.roles import Role, give_role, take_role
from store.tenants import list_all_homes
from tests.teams_world import Office
from tests.world import World, open_world

HEADER = "email,birthday,start date,department,manager"
LINES = f"""{HEADER}
ann@acme.test,9 March 1980,2019-04-01,Design,-
bob@acme.test,,09.03.2024,Design,ann@acme.test
cleo@acme.test,02-29,,Sales,bob@acme.test
"""
PUBLIC = "https://plaudit.acme.test"
CROWD = [Person(f"UX{number}", f"x{number}", f"Extra {number}", f"x{number}@acme.test") for number in range(450)]

T = TypeVar("T")


class Records:
    """What an auditor sees of a world's one tenant of Slack."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.reading() as tx:
            self.tenant = next(one.tenant_id for one in list_all_homes(tx) if one.platform == "slack")

    def of(self, name: str) -> RecordFact | None:
        with self.world.reading() as tx:
            return list_all_records(tx, self.tenant).get(self.person(name))

    def person(self, name: str) -> str:
        sql = "SELECT id FROM person WHERE tenant_id = :tenant AND email = :email"
        return str(self.world.one(sql, tenant=self.tenant, email=f"{name}@acme.test"))

    def count(self) -> int:
        with self.world.reading() as tx:
            return len(list_all_records(tx, self.tenant))

    def administrator(self, name: str, *, is_one: bool = True) -> None:
        with self.world.process.core.database.writing() as tx:
            if is_one:
                give_role(tx, self.tenant, Role.ADMINISTRATOR, self.person(name), self.world.clock())
            else:
                take_role(tx, self.tenant, Role.ADMINISTRATOR, self.person(name))

    def audited(self, act: str = "people imported") -> list[tuple[str, dict[str, Any]]]:
        with self.world.reading() as tx:
            rows = tx.execute(text("SELECT actor_id, details FROM audit WHERE act = :act ORDER BY id"), {"act": act})
            return [(row[0], row[1] if isinstance(row[1], dict) else json.loads(row[1])) for row in rows]

    def everything(self) -> str:
        """Every row of every table."""
        with self.world.reading() as tx:
            return str([tx.execute(one.select()).all() for one in SQLModel.metadata.sorted_tables])

    async def apply(self) -> None:
        await self.world.process.ticks.run()
        await self.world.settled()


@pytest.fixture
async def world(database_url: str, clock: Any) -> AsyncIterator[World]:
    async with open_world(database_url, clock, plaudit_owners="ann@acme.test", plaudit_public_url=PUBLIC) as opened:
        yield opened


@pytest.fixture
async def records(world: World) -> Records:
    return Records(world)


async def open_form(world: World, user: str = "ann") -> View:
    await world.slack.command(user, "#general", "/rewards-admin", "people import")
    return await world.form_of(user)


async def paste(world: World, lines: str = LINES, user: str = "ann") -> View:
    """Sends the form; what it shows then."""
    view = await open_form(world, user)
    await world.slack.submit(user, view, {"lines": lines})
    await world.answered()
    shown = world.slack.view(user)
    assert shown
    return shown


# --- pasted lines -----------------------------------------------------------------------------------------


async def test_pasted_lines_are_shown_then_confirmed_then_in(world: World, records: Records) -> None:
    shown = await paste(world)
    said = text_of(shown.content)
    assert "*3 people* will change: 2 birthdays, 2 start dates, 3 departments and 2 managers" in said
    assert "Line 3, *Bob Okafor*: started on 9 March 2024; department Design; manager Ann Lee" in said
    assert records.count() == 0

    await world.tap("ann", shown, "Confirm")
    after = world.slack.view("ann")
    assert after
    assert "on its way" in text_of(after.content)
    await records.apply()

    ann, bob, cleo = records.of("ann"), records.of("bob"), records.of("cleo")
    assert ann == RecordFact(records.person("ann"), "03-09", date(2019, 4, 1), "Design", None)
    assert bob == RecordFact(records.person("bob"), None, date(2024, 3, 9), "Design", records.person("ann"))
    assert cleo == RecordFact(records.person("cleo"), "02-29", None, "Sales", records.person("bob"))
    assert "*3 people* changed" in world.told("ann")
    expected = {"file": "pasted lines", "changed": 3, "unchanged": 0, "left out": 0}
    assert records.audited() == [(records.person("ann"), expected)]
    assert world.one("SELECT COUNT(*) FROM people_import_page") == 0  # what was brought is not kept


async def test_a_country_goes_in_and_stays_where_a_file_has_none(world: World, records: Records) -> None:
    for lines in ("email,country\nbob@acme.test,de\nann@acme.test,Germany", "email,department\nbob@acme.test,Design"):
        shown = await paste(world, lines)
        await world.tap("ann", shown, "Confirm")
        await records.apply()
    bob = records.of("bob")
    assert bob
    assert (bob.country, bob.department) == ("DE", "Design")
    assert records.of("ann") is None  # a line with a mistake is left out


async def test_the_year_of_a_birth_is_stored_nowhere(world: World, records: Records) -> None:
    view = await paste(world)
    stored = world.one("SELECT content FROM people_import_page")
    assert "03-09" in stored
    assert "1980" not in stored
    assert "1980" not in text_of(view.content)


@pytest.mark.parametrize("ends", ["", "Cancel", "Confirm"])
async def test_what_was_typed_for_a_birthday_is_stored_nowhere_either(
    world: World, records: Records, ends: str
) -> None:
    lines = f"{HEADER}\nann@acme.test,03-09,,,\nbob@acme.test,31/02/1987,,,\ncleo@acme.test,29.02.1983,,,\n"
    shown = await paste(world, lines)
    assert "Line 3, birthday “31/02/1987”: There is no such day. Write it like 9 March." in text_of(shown.content)
    if ends:
        await world.tap("ann", shown, ends)
        await records.apply()
    kept = records.everything()
    assert [year for year in ("1987", "1983", "31/02") if year in kept] == []


async def test_a_preview_is_told_once_and_kept_in_no_answer(world: World, records: Records) -> None:
    view = await open_form(world)
    delivery = await world.slack.submit("ann", view, {"lines": LINES})
    (again,) = await world.slack.deliveries.resend(delivery)
    assert "Bring the lines once more" in str(again.body)
    answers = str(world.one("SELECT answer FROM request WHERE name = 'people_import'"))
    assert [one for one in ("Bob Okafor", "9 March", "2024", "Design") if one in answers] == []
    assert world.one("SELECT COUNT(*) FROM people_import") == 1


async def test_a_file_that_was_only_looked_at_leaves_no_years(records: Records, upload: Upload) -> None:
    shown = await upload.send(f"{HEADER}\nann@acme.test,1983-03-09,,,\nbob@acme.test,31/02/1987,,,\n")
    assert "31/02/1987" in shown.body
    await upload.confirm(shown)
    await records.apply()
    kept = records.everything()
    assert [year for year in ("1987", "1983") if year in kept] == []


async def test_the_audit_tells_who_confirmed_it_and_whom_it_changed(world: World, records: Records) -> None:
    await world.tap("ann", await paste(world), "Confirm")
    ann, bob, cleo = map(records.person, ("ann", "bob", "cleo"))
    assert records.audited("people import confirmed") == [(ann, {"file": "pasted lines", "rows": 3})]
    assert records.audited("people changed") == []
    await records.apply()
    told = records.audited("people changed")
    assert {actor for actor, _ in told} == {ann}
    assert sorted((one["fields"], one["people"]) for _, one in told) == [
        ("birthday, department, manager", [cleo]),
        ("birthday, start date, department", [ann]),
        ("start date, department, manager", [bob]),
    ]
    assert all(set(one) == {"file", "people", "fields"} for _, one in told)  # names of fields, and never a day
    await world.slack.command("ann", "#general", "/rewards-admin", "audit")
    shown = world.whispered("ann")
    assert "Ann Lee: people import confirmed" in shown
    assert "Cléo Martin; file: pasted lines; fields: birthday, department, manager" in shown
    assert "March" not in shown


async def test_an_empty_cell_leaves_and_a_dash_clears(world: World, records: Records) -> None:
    await world.tap("ann", await paste(world), "Confirm")
    await records.apply()
    shown = await paste(world, f"{HEADER}\nbob@acme.test,,,,-\ncleo@acme.test,,,Support,\nann@acme.test,,,Design,\n")
    said = text_of(shown.content)
    assert "manager cleared, was Ann Lee" in said
    assert "department Support, was Sales" in said
    assert "1 person stays as they are" in said
    await world.tap("ann", shown, "Confirm")
    await records.apply()
    assert records.of("bob") == RecordFact(records.person("bob"), None, date(2024, 3, 9), "Design", None)
    cleo = records.of("cleo")
    assert cleo
    assert (cleo.birthday, cleo.department, cleo.manager_id) == ("02-29", "Support", records.person("bob"))


async def test_mistakes_are_told_line_by_line_and_the_rest_goes_in(world: World, records: Records) -> None:
    lines = f"{HEADER}\nnobody@acme.test,,,Sales,\nann@acme.test,,,Sales,gone@acme.test\nbob@acme.test,,,Sales,\n"
    shown = await paste(world, lines)
    said = text_of(shown.content)
    assert "*2 lines have* a mistake and will be left out whole" in said
    assert "Line 2, e-mail “nobody@acme.test”: I know nobody with that address" in said
    assert "Line 3, manager “gone@acme.test”: I know nobody with that address" in said
    await world.tap("ann", shown, "Confirm")
    await records.apply()
    assert (records.of("ann"), records.count()) == (None, 1)
    assert "2 lines were left out, as the preview said" in world.told("ann")


async def test_where_no_line_can_be_used_the_form_says_so_and_keeps_them(world: World, records: Records) -> None:
    view = await open_form(world)
    for lines, says in (
        ("", "nothing in it yet"),
        ("ann@acme.test,Design", "one of them has to be email"),
        (HEADER, "There are no lines below the first one"),
        (f"{HEADER}\nann@acme.test,soon,,,", "I cannot read that as a date"),
    ):
        await world.slack.submit("ann", view, {"lines": lines})
        assert says in view.errors["lines"]
    assert world.one("SELECT COUNT(*) FROM people_import") == 0


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        (["ann@acme.test,,,,ann@acme.test"], [2]),
        (
            ["ann@acme.test,,,,bob@acme.test", "bob@acme.test,,,,ann@acme.test", "cleo@acme.test,,,,ann@acme.test"],
            [2, 3],
        ),
        (["ann@acme.test,,,,cleo@acme.test", "bob@acme.test,,,Sales,"], [2]),  # with what is stored
        (["cleo@acme.test,,,,-", "ann@acme.test,,,,cleo@acme.test"], []),  # which this takes away
    ],
)
async def test_nobody_ends_up_above_themselves(
    world: World, records: Records, lines: list[str], wrong: list[int]
) -> None:
    await world.tap("ann", await paste(world), "Confirm")  # Cléo reports to Bob, and Bob to Ann
    await records.apply()
    filler = "bob.tanaka@acme.test,,,Sales,"
    said = text_of((await paste(world, "\n".join([HEADER, *lines, filler]))).content)
    assert [int(one) for one in re.findall(r"Line (\d+), manager “", said)] == wrong


async def test_cancel_forgets_them(world: World, records: Records) -> None:
    shown = await paste(world)
    await world.tap("ann", shown, "Cancel")
    assert world.one("SELECT COUNT(*) FROM people_import") == 0
    assert world.one("SELECT COUNT(*) FROM people_import_page") == 0


async def test_what_is_confirmed_twice_is_applied_once(world: World, records: Records) -> None:
    shown = await paste(world)
    again = copy.deepcopy(shown)
    await world.tap("ann", shown, "Confirm")
    await world.tap("ann", again, "Confirm")
    await records.apply()
    await records.apply()
    assert len(records.audited()) == 1
    assert world.told("ann").count("*3 people* changed") == 1


async def test_only_administrators_open_send_or_confirm(world: World, records: Records) -> None:
    await world.slack.command("bob", "#general", "/rewards-admin", "people import")
    assert "for the people who run Plaudit" in world.whispered("bob")
    records.administrator("bob")
    view = await open_form(world, "bob")
    records.administrator("bob", is_one=False)
    await world.slack.submit("bob", view, {"lines": LINES})
    refused = world.slack.view("bob")
    assert refused
    assert "for the people who run Plaudit" in text_of(refused.content)

    records.administrator("bob")
    shown = await paste(world, user="bob")
    records.administrator("bob", is_one=False)
    await world.tap("bob", shown, "Confirm")
    await records.apply()
    assert records.count() == 0


async def test_nobody_confirms_what_somebody_else_brought(world: World, records: Records) -> None:
    records.administrator("bob")
    shown = await paste(world)
    mine = await paste(world, f"{HEADER}\nbob@acme.test,,,Sales,\n", user="bob")
    foreign = world.one("SELECT id FROM people_import WHERE person_id = :ann", ann=records.person("ann"))
    own = world.one("SELECT id FROM people_import WHERE person_id = :bob", bob=records.person("bob"))
    mine.content = json.loads(json.dumps(mine.content).replace(own, foreign))
    await world.tap("bob", mine, "Confirm")
    await records.apply()
    assert records.count() == 0
    assert "3 people" in text_of(shown.content)


# --- applying, page by page -------------------------------------------------------------------------------


@pytest.fixture
async def crowded(database_url: str, clock: Any) -> AsyncIterator[World]:
    async with open_world(
        database_url, clock, people=CROWD, plaudit_owners="ann@acme.test", plaudit_public_url=PUBLIC
    ) as opened:
        yield opened


def crowd_file(department: str = "Design") -> str:
    """Everybody reports to the one before, which takes the right order to apply."""
    lines = [f"x{n}@acme.test,03-09,2024-03-09,{department},{f'x{n - 1}@acme.test' if n else '-'}" for n in range(450)]
    return "\n".join([HEADER, *reversed(lines)])


async def test_long_files_go_in_page_by_page_and_survive_a_death_between_pages(crowded: World) -> None:
    records = Records(crowded)
    page = Upload(crowded, await link_of(crowded, "ann"))
    await page.confirm(await page.send(crowd_file()))
    assert await turn_once(crowded)
    assert records.count() == 200
    with pytest.raises(Killed):
        await turn_once(crowded, dies=True)
    assert records.count() == 200  # what was not committed has not happened
    await records.apply()
    assert records.count() == 450
    assert records.audited()[0][1]["changed"] == 450
    assert crowded.told("ann").count("*450 people* changed") == 1


@pytest.mark.parametrize("why", ["no role", "deactivated", "deactivated owner"])
async def test_an_import_ends_where_its_administrator_is_none_any_more(crowded: World, why: str) -> None:
    records = Records(crowded)
    name = "ann" if "owner" in why else "bob"
    for one in ("bob", "cleo"):
        records.administrator(one)
    page = Upload(crowded, await link_of(crowded, name))
    await page.confirm(await page.send(crowd_file()))
    await turn_once(crowded)
    if "deactivated" in why:
        crowded.change("UPDATE person SET active = :no WHERE id = :id", no=False, id=records.person(name))
    else:
        records.administrator("bob", is_one=False)
    await records.apply()
    assert records.count() == 200
    expected = {"file": "people.csv", "changed": 200, "unchanged": 0, "left out": 0, "not applied": 250}
    assert records.audited("people import stopped") == [(records.person(name), expected)]
    assert records.audited() == []
    said = "*An import of people was stopped:* people.csv"
    told = {one for one in ("ann", "bob", "cleo") if said in crowded.told(one)}
    assert told == {"ann", "bob", "cleo"} - {name}  # whoever else runs Plaudit
    assert "*200 people* changed before that, and 250 lines were not looked at" in crowded.told("cleo")
    assert crowded.one("SELECT COUNT(*) FROM people_import_page") == 0
    assert crowded.one("SELECT COUNT(*) FROM schedule WHERE job = 'people_import'") == 0


async def test_another_import_goes_on_where_one_was_stopped(crowded: World) -> None:
    records = Records(crowded)
    records.administrator("bob")
    for name, department in (("bob", "Early"), ("ann", "Late")):
        page = Upload(crowded, await link_of(crowded, name))
        await page.confirm(await page.send(crowd_file(department)))
        crowded.clock.forward(seconds=1)
    records.administrator("bob", is_one=False)
    await records.apply()
    with crowded.reading() as tx:
        departments = {one.department for one in list_all_records(tx, records.tenant).values()}
    assert (departments, records.count()) == ({"Late"}, 450)
    assert [actor for actor, _ in records.audited("people import stopped")] == [records.person("bob")]


class Killed(BaseException):
    """The process ends here."""


async def turn_once(world: World, *, dies: bool = False) -> bool:
    """One transaction of the schedule; with `dies` the process ends just before its commit."""
    ticks = world.process.ticks._ticks

    def work() -> bool:
        (due,) = [one for one in ticks.list_due(200) if one.job == "people_import"]
        return ticks.turn(due)

    if not dies:
        return await asyncio.to_thread(work)
    real, ticks._mailer = ticks._mailer, Dying()  # type: ignore[assignment]
    try:
        return await asyncio.to_thread(work)
    finally:
        ticks._mailer = real


class Dying:
    def send(self, *_: object) -> None:
        raise Killed


async def test_two_at_once_go_one_after_the_other_and_the_last_one_wins(crowded: World) -> None:
    records = Records(crowded)
    records.administrator("bob")
    first, second = Upload(crowded, await link_of(crowded, "ann")), Upload(crowded, await link_of(crowded, "bob"))
    early, late = await first.send(crowd_file("Early")), await second.send(crowd_file("Late"))
    await first.confirm(early)
    crowded.clock.forward(seconds=1)
    await second.confirm(late)
    await records.apply()
    with crowded.reading() as tx:
        departments = {one.department for one in list_all_records(tx, records.tenant).values()}
    assert departments == {"Late"}
    assert [actor for actor, _ in records.audited()] == [records.person("ann"), records.person("bob")]


async def in_a_thread(work: Callable[[], T]) -> T:
    return await asyncio.to_thread(work)


async def test_processes_side_by_side_apply_each_page_once(crowded: World) -> None:
    records, ticks = Records(crowded), crowded.process.ticks._ticks
    for department in ("Early", "Late"):
        page = Upload(crowded, await link_of(crowded, "ann"))
        await page.confirm(await page.send(crowd_file(department)))
        crowded.clock.forward(seconds=1)
    processes = [TickRunner(ticks, read=in_a_thread, write=in_a_thread) for _ in range(3)]
    await asyncio.gather(*(one.run() for one in processes))
    await records.apply()
    with crowded.reading() as tx:
        stored = list_all_records(tx, records.tenant)
    assert {one.department for one in stored.values()} == {"Late"}
    assert not find_loops({one: fact.manager_id for one, fact in stored.items()})
    assert [details["changed"] for _, details in records.audited()] == [450, 450]


async def test_what_changed_since_the_preview_is_told(world: World, records: Records) -> None:
    shown = await paste(world)
    await world.tap("ann", shown, "Confirm")
    world.change("UPDATE person SET email = 'robert@acme.test' WHERE email = 'bob@acme.test'")
    await records.apply()
    told = world.told("ann")
    assert "*1 person* changed" in told
    assert "Line 3, e-mail “bob@acme.test”: I know nobody with that address" in told
    assert "Line 4, manager “bob@acme.test”: I know nobody with that address" in told
    assert records.audited()[0][1]["left out"] == 2


# --- uploaded files ---------------------------------------------------------------------------------------


@dataclass
class Answer:
    status: int
    body: str
    headers: Any

    @property
    def content_id(self) -> str:
        found = re.search(r'name="content" value="(\w+)"', self.body)
        assert found, self.body
        return found[1]


class Upload:
    """A browser with the link."""

    def __init__(self, world: World, token: str) -> None:
        self.address = f"http://127.0.0.1:{world.process.port}/import/{token}"
        self.headers = {"Sec-Fetch-Site": "same-origin"}

    async def look(self) -> Answer:
        return await self._ask("GET", self.address)

    async def send(self, content: str | bytes, name: str = "people.csv") -> Answer:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", io.BytesIO(content.encode() if isinstance(content, str) else content), filename=name)
        return await self._ask("POST", self.address, data=form)

    async def confirm(self, shown: Answer) -> Answer:
        return await self._ask("POST", f"{self.address}/confirm", data={"content": shown.content_id})

    async def _ask(self, method: str, url: str, **more: Any) -> Answer:
        async with aiohttp.ClientSession() as http, http.request(method, url, headers=self.headers, **more) as answer:
            return Answer(answer.status, await answer.text(), answer.headers)


async def link_of(world: World, user: str) -> str:
    """The token of a new link."""
    view = await open_form(world, user)
    await world.slack.submit(user, view, {"way": "file"})
    shown = world.slack.view(user)
    assert shown
    found = re.search(rf"{PUBLIC}/import/([\w-]+)", text_of(shown.content))
    assert found, text_of(shown.content)
    return found[1]


@pytest.fixture
async def upload(world: World, records: Records) -> Upload:
    return Upload(world, await link_of(world, "ann"))


async def test_a_file_is_uploaded_shown_confirmed_and_in(world: World, records: Records, upload: Upload) -> None:
    first = await upload.look()
    assert (first.status, "Ann Lee" in first.body) == (200, True)
    shown = await upload.send(LINES.replace("Sales", "Café").encode("cp1252"), "<b>people</b>.csv")
    assert shown.status == 200
    assert "&lt;b&gt;people&lt;/b&gt;.csv" in shown.body
    assert "Windows-1252" in shown.body
    assert "<strong>3 people</strong> will change: 2 birthdays, 2 start dates, 3 departments, 2 managers" in shown.body
    assert records.count() == 0
    done = await upload.confirm(shown)
    assert (done.status, "on its way" in done.body) == (200, True)
    await records.apply()
    assert records.count() == 3
    cleo = records.of("cleo")
    assert cleo
    assert cleo.department == "Café"
    assert "people" in world.told("ann")


async def test_looking_changes_nothing_however_often(world: World, records: Records, upload: Upload) -> None:
    before = world.one("SELECT stage FROM people_import")
    for _ in range(3):
        assert (await upload.look()).status == 200
    assert world.one("SELECT stage FROM people_import") == before
    assert (await upload.send(LINES)).status == 200


async def test_a_better_file_takes_the_place_of_the_first(world: World, records: Records, upload: Upload) -> None:
    first = await upload.send(LINES.replace("Sales", "Sles"))
    second = await upload.send(LINES)
    assert (await upload.confirm(first)).status == 409
    assert (await upload.confirm(second)).status == 200
    await records.apply()
    cleo = records.of("cleo")
    assert cleo
    assert cleo.department == "Sales"


async def test_every_mistake_stands_with_its_line_and_what_was_found(upload: Upload) -> None:
    shown = await upload.send(f"{HEADER},<i>x</i>\n<script>alert(1)</script>,31.02.2024,,,\nbob@acme.test,,,=1+1,\n")
    assert "<script" not in shown.body
    assert "<td>2</td><td>birthday</td><td><bdi>31.02.2024</bdi></td>" in shown.body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.body
    assert "left alone: <bdi>&lt;i&gt;x&lt;/i&gt;</bdi>" in shown.body
    assert "department =1+1" in shown.body


async def test_a_link_is_for_one_file_and_half_an_hour(world: World, records: Records, upload: Upload) -> None:
    shown = await upload.send(LINES)
    await upload.confirm(shown)
    assert "on its way" in (await upload.look()).body
    assert (await upload.send(LINES)).status == 409
    assert (await upload.confirm(shown)).status == 200  # as it is
    await records.apply()
    assert len(records.audited()) == 1
    assert "Your file was taken. Slack or Teams tells you how it went." in (await upload.look()).body
    used = await upload.send(LINES)
    assert (used.status, "This link was used already." in used.body) == (409, True)

    late = Upload(world, await link_of(world, "ann"))
    shown = await late.send(LINES.replace("Sales", "Support"))
    world.clock.forward(minutes=30)
    for answer in (await late.look(), await late.send(LINES), await late.confirm(shown)):
        assert (answer.status, "Ask for a new one" in answer.body) == (410, True)
    world.clock.forward(seconds=1)
    await world.process._clean_up()
    assert world.one("SELECT COUNT(*) FROM people_import") == 0


@pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 500, "%00", "..", "é", "static"])
async def test_a_forged_link_opens_nothing(world: World, token: str) -> None:
    forged = Upload(world, token)
    assert (await forged.look()).status in (403, 404, 410)
    assert (await forged.send(LINES)).status in (404, 405, 410)


async def test_only_a_hash_of_the_secret_is_stored(world: World, database_url: str) -> None:
    token = await link_of(world, "ann")
    with world.reading() as tx:
        for table in ("people_import", "request", "outbox"):
            rows = tx.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608 - names above
            assert token not in str(rows)


async def test_whoever_is_no_administrator_any_more_gets_nowhere(world: World, records: Records) -> None:
    records.administrator("bob")
    upload = Upload(world, await link_of(world, "bob"))
    shown = await upload.send(LINES)
    records.administrator("bob", is_one=False)
    for answer in (await upload.look(), await upload.send(LINES), await upload.confirm(shown)):
        assert (answer.status, "for the people who run Plaudit" in answer.body) == (403, True)
    await records.apply()
    assert records.count() == 0


async def test_a_page_of_another_site_sends_nothing(world: World, records: Records, upload: Upload) -> None:
    shown = await upload.send(LINES)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ):
        upload.headers = headers
        assert (await upload.send(LINES)).status == 403
        assert (await upload.confirm(shown)).status == 403
    upload.headers = {"Origin": PUBLIC}
    assert (await upload.confirm(shown)).status == 200


async def test_nothing_leads_out_of_the_page(upload: Upload) -> None:
    for answer in (await upload.look(), await upload.send(LINES), await upload.send("nonsense")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "://" not in answer.body
        assert "<script" not in answer.body
        assert "style=" not in answer.body
        assert '<link rel="icon" href="/import/static/icon.svg"' in answer.body


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (b"a" * 5_000_001, 413, "5 MB"),
        (b"PK\x03\x04", 200, "workbook"),
        (b"", 200, "nothing in it yet"),
        (b"a," * 100_000, 200, "one of them has to be email"),
    ],
    ids=["large", "workbook", "empty", "no header"],
)
async def test_what_is_no_such_file_is_told(upload: Upload, content: bytes, status: int, says: str) -> None:
    answer = await upload.send(content)
    assert (answer.status, says in answer.body) == (status, True)
    assert 'name="content"' not in answer.body


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", b"email"),
        ("multipart/form-data", b"email"),
        ("multipart/form-data; boundary=x", b"--x"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nno name\r\n--x--",
        ),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n--x--"),
        ("multipart/form-data; boundary=x", b"junk\x00\xff" * 1000),
    ],
)
async def test_a_body_that_no_browser_sends_is_a_page_too(upload: Upload, kind: str, body: bytes) -> None:
    upload.headers = {"Content-Type": kind}
    answer = await upload._ask("POST", upload.address, data=body)
    assert (answer.status, "There was no file in that" in answer.body) == (400, True)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\nfoo"),
        ("application/x-www-form-urlencoded; charset=nope", b"content=%ff"),
        ("application/x-www-form-urlencoded", b"content=\xff\xfe"),
        ("application/x-www-form-urlencoded", b"content=" + b"a" * 2_000_000),
        ("text/plain", b"content=x"),
    ],
    ids=["no boundary", "broken", "charset", "utf-8", "large", "text"],
)
async def test_a_confirmation_that_no_browser_sends_is_a_page_too(upload: Upload, kind: str, body: bytes) -> None:
    await upload.send(LINES)
    upload.headers = {"Content-Type": kind}
    answer = await upload._ask("POST", f"{upload.address}/confirm", data=io.BytesIO(body))
    assert (answer.status, "I cannot read that" in answer.body) == (400, True)


@pytest.mark.parametrize("content_id", ["x\x00y", "\x00", "", "é" * 1000])
async def test_an_id_that_nobody_was_shown_confirms_nothing(upload: Upload, content_id: str) -> None:
    await upload.send(LINES)
    answer = await upload._ask("POST", f"{upload.address}/confirm", data={"content": content_id})
    assert (answer.status, "Another file was brought here since" in answer.body) == (409, True)


@pytest.mark.parametrize("where", ["field", "preamble", "chunked"])
async def test_what_is_no_file_is_not_read_to_its_end_either(upload: Upload, where: str) -> None:
    upload.headers = {"Content-Type": "multipart/form-data; boundary=b"}
    filler = b"a" * 1000 + b"\r\n"
    head = b"" if where == "preamble" else b"--b\r\nContent-Disposition: form-data; name=file\r\n\r\n"

    async def chunks() -> AsyncIterator[bytes]:
        yield head
        for _ in range(60_000):
            yield filler

    body = chunks() if where == "chunked" else io.BytesIO(head + filler * 60_000)
    try:
        answer = await upload._ask("POST", upload.address, data=body)
    except aiohttp.ClientError:  # hung up on
        answer = None
    assert answer is None or (answer.status, "5 MB" in answer.body) == (413, True)
    assert (await upload.look()).status == 200


async def test_without_a_public_address_it_is_said_who_can_set_it(database_url: str, clock: Any) -> None:
    async with open_world(database_url, clock, plaudit_owners="ann@acme.test") as world:
        view = await open_form(world)
        await world.slack.submit("ann", view, {"way": "file"})
        assert "PLAUDIT_PUBLIC_URL" in view.errors["way"]


# --- Teams, and two tenants -------------------------------------------------------------------------------


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    """A tenant of its own beside that of Slack, with the same addresses in it."""
    async with open_world(
        database_url,
        clock,
        plaudit_owners="ann@acme.test",
        plaudit_public_url=PUBLIC,
        microsoft_app_type="MultiTenant",
    ) as world:
        opened = Office(world)
        await opened.open()
        yield opened


async def test_on_teams_it_is_the_same(office: Office) -> None:
    world, ann, chat = office.world, office.ann, office.teams.chat(office.ann)
    await office.says(ann, chat, "rewards-admin people import")
    await office.teams.press(ann, office.directs(ann)[-1], "Import people")
    await office.teams.task_submit(ann, {"way": "paste", "lines": LINES})
    assert "**3 people** will change" in office.dialog(ann)
    assert office.buttons(office.teams.dialog(ann)) == ["Confirm", "Cancel", "Other lines"]
    await office.teams.task_submit(ann, {}, "Confirm")
    await world.process.ticks.run()
    await office.settled()
    assert "**3 people** changed" in office.told(ann)
    with world.reading() as tx:
        assert len(list_all_records(tx, office.home.tenant_id)) == 3
        assert list_all_records(tx, Records(world).tenant) == {}


@pytest.mark.parametrize(("way", "secret"), [("file", f"{PUBLIC}/import/"), ("paste", "Bob Okafor")])
async def test_what_is_told_once_is_told_on_a_wire_or_not_at_all(office: Office, way: str, secret: str) -> None:
    value = {"form": "people_import", "form_id": "x1", "way": way, "lines": LINES, "people": ""}
    await office.teams.wire.send(office.teams.activity(office.ann, office.general, "message") | {"value": value})
    await office.settled()
    with office.world.reading() as tx:
        kept = str([tx.execute(text(f"SELECT * FROM {one}")).all() for one in ("outbox", "request")])  # noqa: S608
    assert secret not in kept
    assert "Open the form from its button, please." in office.answered(office.ann, office.general)


async def test_a_link_of_another_tenant_changes_its_own_people_only(office: Office) -> None:
    world, ann, chat = office.world, office.ann, office.teams.chat(office.ann)
    await office.says(ann, chat, "rewards-admin people import")
    await office.teams.press(ann, office.directs(ann)[-1], "Import people")
    await office.teams.task_submit(ann, {"way": "file", "lines": ""})
    found = re.search(rf"{PUBLIC}/import/([\w-]+)", json.dumps(office.teams.dialog(ann)))
    assert found
    upload = Upload(world, found[1])
    shown = await upload.send(LINES)
    slack = Upload(world, await link_of(world, "ann"))
    assert (await slack.send(LINES)).status == 200
    assert (await slack.confirm(shown)).status == 409
    assert (await upload.confirm(shown)).status == 200
    await world.process.ticks.run()
    with world.reading() as tx:
        assert len(list_all_records(tx, office.home.tenant_id)) == 3
        assert list_all_records(tx, Records(world).tenant) == {}
