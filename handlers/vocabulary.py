"""The words of the house: what reaches a handler, what leaves it, and whom and what they name.

Everything here is a frozen value. References (`*_ref`, `*Ref`) are a platform's own ids; the store's ids
are plain strings. `bot/` turns wire bodies into these values and these values into wire bodies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from store.conversations import Place
from store.people import Member


class Platform(StrEnum):
    SLACK = "slack"
    TEAMS = "teams"


class PlaceKind(StrEnum):
    """What kind of conversation something was said in, as far as it matters for posting there."""

    CHANNEL = "channel"
    PRIVATE = "private"  # a private channel
    GROUP = "group"  # a group chat
    DIRECT = "direct"  # a direct message between other people
    PERSONAL = "personal"  # the direct message with the app


# --- references: a platform's ids -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorkspaceRef:
    """A Slack team or a Microsoft 365 tenant."""

    platform: Platform
    id: str


@dataclass(frozen=True, slots=True)
class AccountRef:
    """Somebody's identity on one platform: a Slack user id, a Teams `29:...` id or an Entra object id."""

    workspace: WorkspaceRef
    id: str


@dataclass(frozen=True, slots=True)
class GroupRef:
    """A Slack user group; whoever is in it at the moment of the request is meant."""

    workspace: WorkspaceRef
    id: str


@dataclass(frozen=True, slots=True)
class EmailRef:
    """An e-mail address as somebody typed it, in lower case."""

    address: str


@dataclass(frozen=True, slots=True)
class ConversationRef:
    workspace: WorkspaceRef
    id: str
    kind: PlaceKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message somebody pointed at: whose it is, how to open it, and how it begins."""

    conversation: ConversationRef
    id: str
    author: AccountRef | None = None
    link: str = ""
    excerpt: str = ""


Findable: TypeAlias = AccountRef | GroupRef | EmailRef | ConversationRef


class Unknown(Exception):
    """Raised by `dispatch` before anything is stored: the edge looks these up and dispatches again."""

    def __init__(self, refs: tuple[Findable, ...]) -> None:
        super().__init__(f"{len(refs)} references to look up")
        self.refs = refs


# --- typed text -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A mention inside typed text; `label` is what the person saw."""

    ref: AccountRef | GroupRef
    label: str


@dataclass(frozen=True, slots=True)
class ChannelLink:
    """A link to a channel inside typed text: what Slack makes of `#teamwork` when there is such a channel."""

    id: str
    name: str


Piece: TypeAlias = str | Mentioned | ChannelLink
Typed: TypeAlias = tuple[Piece, ...]


# --- in: requests -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One stimulus. `key` names the delivery: the same key is the same request, however often it arrives.

    `wired` tells whether an answer can go back on the connection that brought the request; without a wire
    it goes through the outbox. `groups` and `looked_up` are filled by the edge after `Unknown`.
    """

    key: str
    who: AccountRef
    where: ConversationRef | None = None
    wired: bool = True
    groups: Mapping[GroupRef, tuple[AccountRef, ...]] = field(default_factory=dict)
    looked_up: frozenset[Findable] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Request):
    name: str
    text: Typed = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Request):
    """A button, a shortcut or a message action. `values` come from the client: checked, never trusted."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    about: MessageRef | None = None


FieldValue: TypeAlias = str | tuple[AccountRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Request):
    """A form sent back. Its key is made of the `form_id` minted when the form was opened."""

    form: str
    values: Mapping[str, FieldValue] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What was typed into a field, without blanks at its ends; empty where it was not there, or holds people."""
        return self.texts.get(name, "").strip()

    @property
    def texts(self) -> dict[str, str]:
        """What was typed or chosen, by field, just as it was; without the fields that hold people."""
        return {name: typed for name, typed in self.values.items() if isinstance(typed, str)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction(Request):
    """Somebody put an emoji on a message, or took it off (`added` False).

    `emoji` is the platform's name for it, without the tone of a skin. `event_at` is the platform's time of the event,
    in microseconds since 1970. The id of the message is the reference that a post of ours is kept by.
    """

    emoji: str
    added: bool
    event_at: int
    about: MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Request):
    """Somebody came to a page of the app: `home`."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A scheduled firing, or the next page of one. Nobody asks for it, so it has neither an asker nor an answer.

    `due_at` is the instant it is for, `missed_at` the first one that nothing was done for: an earlier one after
    downtime. `subject` is what the schedule is about: a zone, an id, or nothing for a tenant as a whole.
    """

    job: str
    subject: str
    zone: ZoneInfo
    label: str
    due_at: datetime
    missed_at: datetime
    page: str = ""


# --- out: the answer to the asker -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """A card's name (a folder of `cards/templates`) and what it shows."""

    name: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Who:
    """A person as a card shows them: mentioned where they have an account, by name elsewhere."""

    person_id: str
    name: str
    accounts: tuple[AccountRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom something is rendered: the platform and workspace, and a person's zone and language."""

    platform: Platform
    workspace_id: str
    workspace_ref: str
    zone: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class WebLink:
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class BadgePicture:
    """The picture of a badge, for platforms that fetch it from us."""

    tenant_id: str
    badge_id: str
    emoji: str
    title: str
    url: str = ""
    """Of the organisation's own picture; empty where the program makes one."""


@dataclass(frozen=True, slots=True)
class RewardPicture:
    """The picture of a reward, wherever an administrator says that it is.

    It is shown only where a dead address does no harm: Slack refuses the whole message then.
    """

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleField:
    name: str
    label: str
    initial: tuple[AccountRef, ...] = ()
    hint: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    name: str
    label: str
    initial: str = ""
    hint: str = ""
    multiline: bool = False
    min_length: int = 0
    max_length: int = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField:
    name: str
    label: str
    choices: tuple[Choice, ...]
    initial: str = ""
    hint: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField:
    name: str
    label: str
    initial: int
    least: int
    most: int
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationField:
    """A public channel, by the platform's own id; nothing chosen comes back as empty text.

    `choices` are the channels that we know, for a platform that offers none of its own.
    """

    name: str
    label: str
    choices: tuple[Choice, ...]
    initial: str = ""
    hint: str = ""


Field: TypeAlias = PeopleField | TextField | ChoiceField | NumberField | ConversationField


def is_optional(field: Field) -> bool:
    """Whether it may stay empty."""
    match field:
        case ChoiceField() | PeopleField():
            return field.optional
        case TextField():
            return field.min_length == 0
        case ConversationField():
            return True  # none was chosen yet, and the rest of the form can be sent all the same
        case NumberField():
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form to fill: a modal on Slack, a dialog on Teams. `context` comes back unchanged, and unchecked.

    `opened_by` is the action that opens it, for where a form cannot be opened at once.
    """

    name: str
    form_id: str
    opened_by: str
    title: str
    submit: str
    fields: tuple[Field, ...]
    note: str = ""
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """Seen by the asker only. What is `secret` is told once and stored nowhere.

    A second delivery of the request hears the sentence `again` instead.
    """

    card: Card
    secret: bool = False
    again: str = "I told you that already, and I tell it only once. Ask once more."


@dataclass(frozen=True, slots=True)
class Replace:
    """Takes the place of the card the asker acted on."""

    card: Card


@dataclass(frozen=True, slots=True)
class OpenForm:
    form: Form


@dataclass(frozen=True, slots=True)
class FormErrors:
    """A sentence for each field that needs another look. Nothing is stored, and what was typed stays."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Nothing:
    """No words are needed."""


Answer: TypeAlias = Reply | Replace | OpenForm | FormErrors | Nothing


# --- out: to others, through the outbox -------------------------------------------------------------------

POST_LINK = "https://plaudit.invalid/post"
"""Stands for the address of a post that was not sent yet. The relay puts in the real one."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A stored fact that posts show, and follow when it changes: `recognition`, id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Post:
    """A message in a conversation that others see. It follows its `subject` when that is touched.

    A `renewed` one is rendered once more when it is sent: somebody it names may not want to be named by then.
    """

    place: Place
    card: Card
    subject: Subject
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class Direct:
    """A message to one person. A `linked` one waits for a post of its subject, to link to it by `POST_LINK`.

    What nobody's act brings is `unasked`: it names its `Purpose`, goes when its reader has an opening
    (`handlers/attention.py`), and is worth nothing after `expires_at`.
    """

    person: Member
    card: Card
    subject: Subject
    linked: bool = False
    unasked: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Whisper:
    """A message that one person sees, in `place`: ephemeral, targeted, or in the personal chat.

    Told late it is worth nothing, so it expires.
    """

    person: Member
    place: Place | None
    card: Card


@dataclass(frozen=True, slots=True)
class Touch:
    """What `subject` shows has changed: every message that shows it is edited, at the latest in `within_s`.

    With a `reader_id` it changed for that person only.
    """

    subject: Subject
    within_s: int = 0
    reader_id: str = ""


Send: TypeAlias = Post | Direct | Whisper | Touch


@dataclass(frozen=True, slots=True)
class Response:
    answer: Answer
    sends: tuple[Send, ...] = ()


@dataclass(frozen=True, slots=True)
class Turned:
    """What leaves the handler of a tick. With a `next_page` there is more to do, in a transaction of its own."""

    sends: tuple[Send, ...] = ()
    next_page: str = ""
