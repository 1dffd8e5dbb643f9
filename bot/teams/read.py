"""Messages, invokes and reactions of Teams as requests. Pure: an activity in, a request out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.storable import storable
from bot.teams.activities import Envelope, Invoke, Json, Message, Reacted
from bot.teams.mentions import read_plain, read_text
from handlers.opened_in import noted_place
from handlers.vocabulary import (
    AccountRef,
    Action,
    Command,
    FieldValue,
    MessageRef,
    Reaction,
    Request,
    Submission,
    Typed,
)

HELP = "help"
EXCERPT = 200
MOST_PICKED = 100
"""People in one field. Each who is not known is looked up, so a made-up form is not to name thousands."""
MOST_REACTIONS = 20
"""In one activity. One person changes one or two at a time."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CARD_ACTION = "adaptiveCard/action"


def read_message(message: Message, commands: Collection[str]) -> Request:
    """A command by its first word, whatever else is help; or what an old card's button sent."""
    envelope = message.envelope
    if message.value is not None:
        return _pressed(envelope, message.value, wired=False)
    typed = read_text(message.text, message.mentions, envelope.bot_id, envelope.workspace)
    name, rest = _command(typed, commands)
    return Command(key=_key(envelope), who=envelope.who, where=envelope.where, wired=False, name=name, text=rest)


def read_invoke(invoke: Invoke) -> Request | None:
    """None for an invoke that we do not serve."""
    value, envelope = invoke.value, invoke.envelope
    match invoke.name:
        case "adaptiveCard/action":
            action = _object(value, "action")
            return _pressed(envelope, _object(action, "data"), wired=True, verb=_text(action, "verb"))
        case "task/fetch":
            return _action(envelope, _object(value, "data"), wired=True)
        case "composeExtension/fetchTask":
            about = _about(envelope, _object(value, "messagePayload"))
            return _action(envelope, {}, wired=True, name=_text(value, "commandId"), about=about)
        case "task/submit" | "composeExtension/submitAction":
            return _pressed(envelope, _object(value, "data"), wired=True)
        case _:
            return None


def read_opener(invoke: Invoke, submission: Submission) -> Action:
    """The action that opens the form of a submission again, to show what was wrong with it."""
    return Action(
        key=f"{_key(invoke.envelope)}:again",
        who=submission.who,
        where=submission.where,
        name=_text(_object(invoke.value, "data"), "opened_by"),
        values=submission.context,
    )


def read_reactions(reacted: Reacted) -> list[Reaction]:
    """One request for each that was put on or taken off; those put on first, for Teams tells a change as both.

    Their keys name the act: of what comes twice, nobody promises that it has the same id.
    """
    envelope = reacted.envelope
    assert envelope.where, "it is about a message"
    about = MessageRef(envelope.where, f"{envelope.where.id}|{reacted.message_id}")
    event_at = (reacted.at - _EPOCH) // timedelta(microseconds=1)
    told = [*((_toneless(one), True) for one in reacted.added), *((_toneless(one), False) for one in reacted.removed)]
    return [
        Reaction(
            key=f"teams:reaction:{about.id}:{envelope.who.id}:{emoji}:{'+' if added else '-'}{event_at}",
            who=envelope.who,
            where=envelope.where,
            wired=False,
            emoji=emoji,
            added=added,
            event_at=event_at,
            about=about,
        )
        for emoji, added in told[:MOST_REACTIONS]
    ]


def _toneless(kind: str) -> str:
    """`1f44f_clappinghands-tone3` has the tone of a skin behind its name."""
    return kind.partition("-tone")[0]


# --- words ------------------------------------------------------------------------------------------------

_WORD = re.compile(r"/?([\w-]+)[:,]?(?:\s+|$)")


def _command(typed: Typed, commands: Collection[str]) -> tuple[str, Typed]:
    match typed:
        case (str(first), *more) if (found := _WORD.match(first)) and found[1].lower() in commands:
            rest = first[found.end() :]
            return found[1].lower(), (rest, *more) if rest else tuple(more)
        case _:
            return HELP, ()


# --- buttons and forms ------------------------------------------------------------------------------------


def _pressed(envelope: Envelope, data: Json, *, wired: bool, verb: str = "") -> Request:
    """The data of a button tells what it is: a form's own has the form in it."""
    if data.get("form"):
        return _submission(envelope, data, wired=wired)
    return _action(envelope, data, wired=wired, name=verb)


def _action(envelope: Envelope, data: Json, *, wired: bool, name: str = "", about: MessageRef | None = None) -> Action:
    values = _texts(data)
    act = values.pop("act", "")
    return Action(
        key=_key(envelope),
        who=envelope.who,
        where=envelope.where or noted_place(values, envelope.workspace),
        wired=wired,
        name=name or act,
        values=values,
        about=about,
    )


def _submission(envelope: Envelope, data: Json, *, wired: bool) -> Submission:
    context = _texts(_object(data, "context"))
    people = _text(data, "people_fields").split(",")
    filled = {name: value for name, value in _texts(data).items() if name not in _OURS}
    values: dict[str, FieldValue] = {
        name: _people(envelope, value) if name in people else value for name, value in filled.items()
    }
    form_id = _text(data, "form_id")
    return Submission(
        key=f"form:{form_id}" if form_id else _key(envelope),
        who=envelope.who,
        where=envelope.where or noted_place(context, envelope.workspace),
        wired=wired,
        form=_text(data, "form"),
        values=values,
        context=context,
    )


_OURS = frozenset({"form", "form_id", "opened_by", "people_fields", "act"})


def _people(envelope: Envelope, picked: str) -> tuple[AccountRef, ...]:
    ids = dict.fromkeys(one.strip() for one in picked.split(","))
    return tuple(AccountRef(envelope.workspace, one) for one in ids if one)[:MOST_PICKED]


# --- the message that a message action is about -----------------------------------------------------------


def _about(envelope: Envelope, payload: Json) -> MessageRef | None:
    if not payload or envelope.where is None:
        return None
    author = _text(_object(_object(payload, "from"), "user"), "id")
    return MessageRef(
        conversation=envelope.where,
        id=_text(payload, "id"),
        author=AccountRef(envelope.workspace, author) if author else None,
        link=_text(payload, "linkToMessage"),
        excerpt=read_plain(_text(_object(payload, "body"), "content"))[:EXCERPT],
    )


# --- what a client sends can be anything ------------------------------------------------------------------


def _key(envelope: Envelope) -> str:
    place = envelope.where.id if envelope.where else ""
    return f"teams:{place}:{envelope.id}"


def _texts(data: Json) -> dict[str, str]:
    """What is text, or a number that some clients send as one."""
    plain = {name: value for name, value in data.items() if isinstance(value, str | int | float)}
    return {storable(name): storable(str(value)) for name, value in plain.items()}


def _text(data: Json, name: str) -> str:
    value = data.get(name)
    return storable(value) if isinstance(value, str) else ""


def _object(data: Json, name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, Mapping) else {}
