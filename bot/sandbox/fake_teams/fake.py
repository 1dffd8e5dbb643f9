"""The other side of `bot/teams`: connector, login, signing keys, and people who act. On loopback, in memory.

async with FakeTeams(bot_url="http://127.0.0.1:3978/api/messages") as teams:
    ann, general = teams.person("Ann Alba"), teams.channel("General", "Engineering")
    await teams.say(ann, general, "kudos @Bob Brand for the release")
    assert "thanked" in text_of(teams.messages(general)[-1])
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.sandbox.fake_teams.connector import CheckCard, Connector
from bot.sandbox.fake_teams.faults import Call, Faults
from bot.sandbox.fake_teams.hands import Hands
from bot.sandbox.fake_teams.login import FakeLogin
from bot.sandbox.fake_teams.wire import Delivery, Wire
from bot.sandbox.fake_teams.world import Conversation, Json, Kind, Message, Person, Team, World

_MOST_BYTES = 16 * 1024 * 1024  # so that the connector's own limit is the one that is met


def _real_time() -> datetime:
    return datetime.now(UTC)


def _any_card(_: Mapping[str, Any]) -> None:
    pass


class FakeTeams(Hands):
    """`signed`: deliveries carry a token as in production. A `check_card` raises ValueError."""

    def __init__(
        self,
        *,
        bot_url: str = "",
        app_id: str = "8d0b5a14-6a4e-4e0c-9d0f-6f2d1a3c5b70",
        password: str = "made up",  # noqa: S107, opens nothing but this fake
        bot_name: str = "Plaudit",
        tenant_id: str = "f6a2c1de-3b0a-4f0c-8a55-0d7c3b1e9a42",
        signed: bool = True,
        asks_for_token: bool = True,
        check_card: CheckCard = _any_card,
        now: Callable[[], datetime] = _real_time,
    ) -> None:
        self.world = World(app_id, bot_name, tenant_id, now)
        self.login = FakeLogin(app_id, password)
        self.faults = Faults()
        self.fail = self.faults.fail
        self.check_card = check_card
        self._bot_url = bot_url
        self._signed = signed
        self._connector = Connector(self.world, self.login, check_card, asks_for_token=asks_for_token)

    async def start(self, port: int = 0, *, middlewares: Sequence[Middleware] = ()) -> Self:
        app = web.Application(middlewares=[*middlewares, self.faults.middleware], client_max_size=_MOST_BYTES)
        app.add_routes([*self.login.routes(), *self._connector.routes()])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.service_url = f"{self.url}/teams/"
        self._http = aiohttp.ClientSession()
        self.wire = Wire(self.login, self._http, self._bot_url, signed=self._signed)
        return self

    def connect(self, bot_url: str) -> None:
        """Where the app's `/api/messages` is, if that was not known before the app got our addresses."""
        self.wire.bot_url = bot_url

    async def stop(self) -> None:
        await self._http.close()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def login_url(self) -> str:
        return f"{self.url}/login"

    @property
    def openid_metadata_url(self) -> str:
        return f"{self.url}/openid"

    @property
    def revision(self) -> int:
        """Grows with every change that somebody could see."""
        return self.world.revision

    # who and where

    def person(
        self,
        name: str,
        *,
        email: str = "",
        time_zone: str | None = None,
        locale: str = "en-US",
        guest: bool = False,
    ) -> Person:
        email = email or f"{name.lower().replace(' ', '.')}@example.com"
        upn = f"{email.replace('@', '_')}#EXT#@example.onmicrosoft.com" if guest else email
        aad_id = self.world.new_guid()
        role = "guest" if guest else "user"
        person = Person(f"29:1{aad_id}", aad_id, name, email, upn, time_zone, locale, role)
        self.world.people[person.id] = person
        self.world.changed()
        return person

    def chat(self, person: Person) -> Conversation:
        """The personal chat of a person with the bot."""
        return self.world.chat(person)

    def group_chat(self, name: str, *people: Person, installed: bool = True) -> Conversation:
        members = [person.id for person in people]
        chat_id = f"19:{self.world.new_guid()}@thread.v2"
        return self.world.add(Conversation(chat_id, Kind.GROUP, name, members, installed=installed))

    def channel(self, name: str, team: Team | str, *people: Person, installed: bool = True) -> Conversation:
        """In a team, whose first channel has its id. A team's members are those of all its channels."""
        channel_id = f"19:{self.world.new_guid()}@thread.tacv2"
        if isinstance(team, str):
            team = Team(channel_id, team, self.world.new_guid())
            self.world.teams[team.id] = team
        channels = self.world.channels(team)
        members = channels[0].member_ids if channels else []
        members.extend(person.id for person in people if person.id not in members)
        return self.world.add(Conversation(channel_id, Kind.CHANNEL, name, members, team, installed))

    # what can be seen

    def messages(self, conversation: Conversation) -> list[Message]:
        """What everybody there sees, oldest first."""
        return self.world.shown(conversation)

    def targeted(self, person: Person, conversation: Conversation) -> list[Message]:
        """What only this person sees there."""
        return self.world.shown(conversation, person.id)

    def personal(self, person: Person) -> list[Message]:
        chat = self.world.find_chat(person)
        return self.world.shown(chat) if chat else []

    def message(self, message_id: str) -> Message:
        return self.world.messages[message_id]

    def dialog(self, person: Person) -> Json | None:
        """The card of the dialog this person has open."""
        dialog = self.world.dialogs.get(person.id)
        return dialog.card if dialog else None

    def draft(self, person: Person) -> Json | None:
        """What a message extension has put into the compose box."""
        return self.world.drafts.get(person.id)

    def notice(self, person: Person) -> str:
        """The last passing line shown to this person."""
        return self.world.notices.get(person.id, "")

    def calls(self, operation: str) -> list[Call]:
        return [call for call in self.faults.calls if call.operation == operation]

    # the life of an installation

    async def install(self, conversation: Conversation, by: Person | None = None) -> tuple[Delivery, ...]:
        return await self._membership(conversation, by, installed=True)

    async def uninstall(self, conversation: Conversation, by: Person | None = None) -> tuple[Delivery, ...]:
        return await self._membership(conversation, by, installed=False)

    async def join(self, person: Person, conversation: Conversation) -> Delivery:
        conversation.member_ids.append(person.id)
        return await self._roster(person, conversation, "membersAdded", person.id)

    async def leave(self, person: Person, conversation: Conversation) -> Delivery:
        conversation.member_ids.remove(person.id)
        return await self._roster(person, conversation, "membersRemoved", person.id)

    # the post itself

    async def resend(self, delivery: Delivery, times: int = 1) -> tuple[Delivery, ...]:
        """The same activity again, as Teams does when it has not heard in time."""
        return tuple([await self.wire.send(delivery.activity) for _ in range(times)])

    async def raw(self, body: bytes, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """Anything at all to the bot's door."""
        return await self.wire.post(body, headers or {})

    async def _membership(
        self, conversation: Conversation, by: Person | None, *, installed: bool
    ) -> tuple[Delivery, ...]:
        actor = by or self.world.people[conversation.member_ids[0]]
        for place in self.world.channels(conversation.team) if conversation.team else [conversation]:
            place.installed = installed
        self.world.changed()
        action = {"action": "add" if installed else "remove"}
        update = self.activity(actor, conversation, "installationUpdate") | action
        change = "membersAdded" if installed else "membersRemoved"
        roster = await self._roster(actor, conversation, change, self.world.bot_id)
        return roster, await self.wire.send(update)

    async def _roster(self, actor: Person, conversation: Conversation, change: str, member_id: str) -> Delivery:
        activity = self.activity(actor, conversation, "conversationUpdate")
        if conversation.team:
            event = {"membersAdded": "teamMemberAdded", "membersRemoved": "teamMemberRemoved"}[change]
            activity["channelData"]["eventType"] = event
        self.world.changed()
        return await self.wire.send(activity | {change: [{"id": member_id}]})
