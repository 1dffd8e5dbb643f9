"""What a Teams tenant holds: people, conversations, messages and open dialogs, in memory."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

Json = dict[str, Any]
ADAPTIVE_CARD = "application/vnd.microsoft.card.adaptive"


class Kind(StrEnum):
    PERSONAL = "personal"
    GROUP = "groupChat"
    CHANNEL = "channel"


@dataclass(frozen=True)
class Person:
    id: str
    aad_id: str
    name: str
    email: str
    upn: str
    time_zone: str | None = None
    locale: str = "en-US"
    role: str = "user"  # or guest


@dataclass(frozen=True)
class Team:
    id: str
    name: str
    aad_group_id: str


@dataclass
class Conversation:
    """`installed` where the bot is on the roster; `blocked` by its person."""

    id: str
    kind: Kind
    name: str | None
    member_ids: list[str]
    team: Team | None = None
    installed: bool = True
    blocked: bool = False


@dataclass(frozen=True)
class Message:
    """`author` is None for the bot; `to` is the only reader of a targeted message."""

    id: str
    conversation_id: str
    author: Person | None
    activity: Json
    sent_at: datetime
    root_id: str | None = None
    to: str | None = None
    edits: int = 0
    deleted: bool = False
    reactions: frozenset[tuple[str, str]] = frozenset()
    views: Mapping[str, Json] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(self.activity.get("text") or "")

    @property
    def card(self) -> Json | None:
        """What everybody sees, apart from those who have pressed a button and got an answer."""
        return card_in(self.activity)

    def card_for(self, person: Person) -> Json | None:
        return self.views.get(person.id) or self.card


@dataclass(frozen=True)
class Dialog:
    """What a person has open, with the invoke its answer goes to and what that carries besides the data."""

    submits_to: str
    conversation: Conversation
    message: Message | None = None
    carries: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    card: Json = field(default_factory=dict)


def card_in(activity: Mapping[str, Any]) -> Json | None:
    for attachment in activity.get("attachments") or ():
        if attachment.get("contentType") == ADAPTIVE_CARD:
            return dict(attachment["content"])
    return None


class World:
    def __init__(self, app_id: str, bot_name: str, tenant_id: str, now: Callable[[], datetime]) -> None:
        self.app_id = app_id
        self.bot_id = f"28:{app_id}"
        self.bot_name = bot_name
        self.tenant_id = tenant_id
        self.now = now
        self.revision = 0
        self.people: dict[str, Person] = {}
        self.teams: dict[str, Team] = {}
        self.conversations: dict[str, Conversation] = {}
        self.messages: dict[str, Message] = {}
        self.dialogs: dict[str, Dialog] = {}
        self.drafts: dict[str, Json] = {}
        self.notices: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._told = datetime.min.replace(tzinfo=UTC)

    def changed(self) -> None:
        self.revision += 1

    def number_from(self, first: int) -> None:
        """A world that begins again repeats no id of a message: the app remembers those it has seen."""
        self._numbers = itertools.count(first)

    def instant(self) -> datetime:
        """Now, but later than the one before: Teams tells milliseconds, and nobody does two things in one."""
        self._told = max(self.now(), self._told + timedelta(milliseconds=1))
        return self._told

    def new_id(self) -> str:
        """Teams numbers messages by the millisecond; no two are alike."""
        return str(1_790_000_000_000 + next(self._numbers))

    def new_guid(self) -> str:
        return f"00000000-0000-4000-8000-{next(self._numbers):012d}"

    def find_person(self, ref: str) -> Person | None:
        """By Teams id, directory id or user principal name, as the members route takes them."""
        return next((p for p in self.people.values() if ref in (p.id, p.aad_id, p.upn)), None)

    def find_chat(self, person: Person) -> Conversation | None:
        chats = (c for c in self.conversations.values() if c.kind is Kind.PERSONAL)
        return next((c for c in chats if c.member_ids == [person.id]), None)

    def chat(self, person: Person) -> Conversation:
        return self.find_chat(person) or self.add(
            Conversation(f"a:1{self.new_guid()}", Kind.PERSONAL, None, [person.id])
        )

    def add(self, conversation: Conversation) -> Conversation:
        self.conversations[conversation.id] = conversation
        self.changed()
        return conversation

    def members(self, conversation: Conversation) -> list[Person]:
        return [self.people[member_id] for member_id in conversation.member_ids]

    def channels(self, team: Team) -> list[Conversation]:
        return [c for c in self.conversations.values() if c.team == team]

    def knows_bot(self, person: Person) -> bool:
        """A bot may open a chat with whom it shares a place, or who has installed it."""
        return any(c.installed and person.id in c.member_ids for c in self.conversations.values())

    def post(
        self,
        conversation: Conversation,
        author: Person | None,
        activity: Json,
        *,
        root_id: str | None = None,
        to: str | None = None,
    ) -> Message:
        """What people write has an id already. In a channel, a message without a root begins a thread."""
        message_id = activity["id"] if author else self.new_id()
        return self.keep(Message(message_id, conversation.id, author, activity, self.now(), root_id, to))

    def keep(self, message: Message, **changes: Any) -> Message:
        kept = self.messages[message.id] = replace(message, **changes)
        self.changed()
        return kept

    def shown(self, conversation: Conversation, to: str | None = None) -> list[Message]:
        here = (m for m in self.messages.values() if m.conversation_id == conversation.id)
        return [message for message in here if message.to == to and not message.deleted]

    def open(self, person: Person, dialog: Dialog | None) -> None:
        if dialog is None:
            self.dialogs.pop(person.id, None)
        else:
            self.dialogs[person.id] = dialog
        self.changed()

    def notice(self, person: Person, text: str) -> None:
        self.notices[person.id] = text
        self.changed()
