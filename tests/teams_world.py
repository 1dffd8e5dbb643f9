"""The Teams side of a whole world: one organisation with a team, a group chat, and the app in both.

await office.says(office.ann, office.general, "kudos @Bob Okafor for the release")
assert "Ann Lee thanked Bob Okafor" in office.shown(office.general)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bot.sandbox.fake_teams import Conversation, Delivery, Message, Person, buttons_of, text_of
from handlers.vocabulary import Platform
from store.conversations import Place, find_place
from store.people import Member, find_members, list_persons
from store.tenants import Home, find_home
from tests.world import World, open_world

Json = dict[str, Any]


class Office:
    """Everybody named here is in the channel; who is in neither place is not known to the app."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.teams = teams = world.fake_teams
        self.ann = teams.person("Ann Lee", email="ann@acme.test", time_zone="Europe/Berlin")
        self.bob = teams.person("Bob Okafor", email="bob@acme.test")
        self.cleo = teams.person("Cléo Martin", email="cleo@acme.test")
        self.namesake = teams.person("Bob Tanaka", email="bob.tanaka@acme.test")
        self.guest = teams.person("Gus Guest", email="gus@else.test", guest=True)
        everybody = (self.ann, self.bob, self.cleo, self.namesake, self.guest)
        self.general = teams.channel("General", "Acme", *everybody, installed=False)
        self.lunch = teams.group_chat("Lunch", self.ann, self.bob, self.cleo, installed=False)
        self.private = teams.group_chat("Just us", self.ann, self.bob, installed=False)

    async def open(self) -> None:
        await self.teams.install(self.general, self.ann)
        await self.teams.install(self.lunch, self.ann)
        await self.settled()

    # --- what people do ---

    async def says(self, person: Person, where: Conversation, text: str) -> Delivery:
        delivery = await self.teams.say(person, where, text)
        await self.settled()
        return delivery

    async def opens_form(self, person: Person, where: Conversation, command: str = "kudos_form") -> None:
        """From the compose box."""
        await self.teams.compose_fetch(person, where, command)

    async def fills(self, person: Person, **fields: str) -> Delivery:
        """The form that came from the compose box."""
        delivery = await self.teams.compose_submit(person, fields)
        await self.settled()
        return delivery

    async def taps(self, person: Person, message: Message, button: str) -> Delivery:
        delivery = await self.teams.press(person, message, button)
        await self.settled()
        return delivery

    async def sends_invoke(self, person: Person, where: Conversation, name: str, value: object) -> Delivery:
        """What a client could send that is not ours."""
        activity = self.teams.activity(person, where, "invoke") | {"name": name, "value": value}
        delivery = await self.teams.wire.send(activity)
        await self.settled()
        return delivery

    # --- what people see ---

    def posts(self, where: Conversation) -> list[Message]:
        """What the app wrote for everybody there, without its welcome."""
        written = [one for one in self.teams.messages(where) if one.author is None]
        return [one for one in written if "I am Plaudit" not in text_of(one)]

    def shown(self, where: Conversation) -> str:
        return "\n".join(text_of(one) for one in self.posts(where))

    def answers(self, person: Person, where: Conversation) -> list[Message]:
        """What the app wrote for this person only, when they asked there."""
        return [one for one in self.teams.targeted(person, where) if one.author is None]

    def answer(self, person: Person, where: Conversation) -> Message:
        return self.answers(person, where)[-1]

    def answered(self, person: Person, where: Conversation) -> str:
        return text_of(self.answer(person, where))

    def directs(self, person: Person) -> list[Message]:
        """What the app wrote to somebody in their own chat."""
        return [one for one in self.teams.personal(person) if one.author is None]

    def told(self, person: Person) -> str:
        return "\n".join(text_of(one) for one in self.directs(person))

    def seen(self, person: Person, message: Message) -> Json | None:
        """A message's card as somebody sees it now, who may have pressed a button of it."""
        return self.teams.message(message.id).card_for(person)

    def dialog(self, person: Person) -> str:
        """What the dialog in front of somebody says."""
        return text_of(self.teams.dialog(person))

    def filled(self, person: Person) -> dict[str, Any]:
        """What the inputs of somebody's dialog hold."""
        card = self.teams.dialog(person) or {}
        return {one["id"]: one.get("value") for one in card["body"] if "id" in one}

    def buttons(self, shown: Message | Mapping[str, Any] | None) -> list[str]:
        return buttons_of(shown)

    # --- what time does ---

    async def settled(self) -> None:
        await self.world.answered()
        await self.world.settled()

    # --- what an auditor sees ---

    @property
    def home(self) -> Home:
        home = self.find_home()
        assert home, "nobody of this organisation is connected"
        return home

    def find_home(self) -> Home | None:
        with self.world.reading() as tx:
            return find_home(tx, Platform.TEAMS, self.teams.world.tenant_id)

    def place(self, where: Conversation) -> Place | None:
        with self.world.reading() as tx:
            return find_place(tx, self.home.tenant_id, self.home.workspace_id, where.id)

    def member(self, person: Person) -> Member | None:
        with self.world.reading() as tx:
            return find_members(tx, self.home.tenant_id, self.home.workspace_id, [person.id]).get(person.id)

    def people(self) -> set[str]:
        with self.world.reading() as tx:
            return {one.name for one in list_persons(tx, self.home.tenant_id)}

    def allowance(self, person: Person) -> int:
        return self._balance("allowance", person)

    def wallet(self, person: Person) -> int:
        return self._balance("wallet", person)

    def gifts(self) -> int:
        return int(self.world.one("SELECT COUNT(*) FROM recognition WHERE taken_back_at IS NULL"))

    def _balance(self, kind: str, person: Person) -> int:
        """Nothing was granted yet: nothing is kept."""
        member = self.member(person)
        assert member, f"{person.name} is not known"
        sql = "SELECT COALESCE(SUM(balance), 0) FROM ledger_account WHERE kind = :kind AND owner = :owner"
        return int(self.world.one(sql, kind=kind, owner=member.id))


@asynccontextmanager
async def open_office(
    database_url: str, clock: Any, *, installed: bool = True, with_slack: bool = False, **settings: Any
) -> AsyncIterator[Office]:
    """A Teams tenant; `with_slack` it and the Slack workspace are one organisation, else each is its own."""
    app_type = "SingleTenant" if with_slack else "MultiTenant"
    async with open_world(database_url, clock, microsoft_app_type=app_type, **settings) as world:
        office = Office(world)
        if installed:
            await office.open()
        yield office
        assert world.books_agree()
