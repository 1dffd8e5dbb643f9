"""Notes that colleagues write on somebody's page of the wall; the owner may hide them and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from handlers.access import is_administrator
from handlers.context import Context, who
from handlers.purposes import Purpose, who_agrees
from handlers.refusals import Refusal
from handlers.rules.unseen import seen
from handlers.vocabulary import Card, Direct, Send, Subject, WebLink
from handlers.wall import PATH
from handlers.wall_list import Leaf, Named, find_on_wall, leaf_of, read_cursor
from store.audit import AuditFact, add_audit
from store.notes import (
    NoteFact,
    add_note,
    answer_note,
    count_notes_since,
    find_note,
    hide_note,
    list_notes,
    remove_note,
)
from store.nudges import Kind, claim_nudges
from store.people import list_members
from store.wall import Sought

NOTE_LEAST, NOTE_MOST = 3, 1000
REASON_MOST = 500
MOST_A_DAY = 10
PAGE = 10
NOTES = 30
_DAY = timedelta(days=1)
NUDGE = "wall_note"
LIFE = timedelta(days=7)
"""How long the message about a note waits for its reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNote:
    """`may` names what the reader may do: hide, show, answer, delete, take-back."""

    id: str
    author: Named
    text: str
    day: date
    hidden: bool
    answer: str
    may: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """`older_notes` is the id that the next page of notes begins after. `form_id` names the form of a new note."""

    person: Named
    own: bool
    leaf: Leaf
    notes: list[ShownNote]
    older_notes: str
    may_write: bool
    form_id: str


def show_person(ctx: Context, person_id: str, *, before: str = "", notes_before: str = "") -> PersonView:
    """Somebody's page. Raises `Refusal` where there is none, or the person is not on the wall."""
    person = _on_wall(ctx, person_id)
    leaf = leaf_of(ctx, Sought(receiver_id=person.id, before=read_cursor(before)), PAGE, ctx.zone)
    facts = list_notes(ctx.tx, ctx.tenant_id, person.id, before=notes_before, most=NOTES + 1)
    own = person.id == ctx.actor.id
    return PersonView(
        person=person,
        own=own,
        leaf=leaf,
        notes=_shown(ctx, facts[:NOTES]),
        older_notes=facts[NOTES - 1].id if len(facts) > NOTES else "",
        may_write=not own and ctx.actor.id in _agreeing(ctx, [ctx.actor.id]),
        form_id=ctx.new_id(),
    )


def write_note(ctx: Context, person_id: str, form_id: str, text: str) -> tuple[Send, ...]:
    """Puts a note on somebody's page, once a form, and tells them at most once a day."""
    person = _on_wall(ctx, person_id)
    if person.id == ctx.actor.id:
        raise Refusal("own_page", "This is your own page.", "You can answer what others wrote.")
    if ctx.actor.id not in _agreeing(ctx, [ctx.actor.id]):
        raise Refusal(
            "not_on_wall",
            "You chose to be left off the wall, and a note would show your name.",
            "You can choose again: /my-choices on Slack, my-choices on Teams.",
        )
    _check(text, "A note")
    if count_notes_since(ctx.tx, ctx.tenant_id, ctx.actor.id, ctx.now - _DAY) >= MOST_A_DAY:
        raise Refusal(
            "many_notes", f"That would be more than {MOST_A_DAY} notes in a day.", "Keep it for tomorrow, please."
        )
    fact = NoteFact(ctx.new_id(), person.id, ctx.actor.id, text, ctx.now)
    if not add_note(ctx.tx, ctx.tenant_id, fact, form_id):
        return ()
    return _tell(ctx, fact)


def hide(ctx: Context, note_id: str, *, hidden: bool) -> str:
    """The owner takes a note off the page, or puts it back. Whose page it is."""
    note = _of_owner(ctx, note_id)
    hide_note(ctx.tx, ctx.tenant_id, note.id, ctx.now if hidden else None)
    return note.owner_id


def answer(ctx: Context, note_id: str, text: str) -> str:
    """The owner writes under a note; nothing takes the answer away. Whose page it is."""
    note = _of_owner(ctx, note_id)
    if text:
        _check(text, "An answer")
    answer_note(ctx.tx, ctx.tenant_id, note.id, text, ctx.now if text else None)
    return note.owner_id


def delete(ctx: Context, note_id: str) -> str:
    """Its author deletes a note. Whose page it was on."""
    note = find_note(ctx.tx, ctx.tenant_id, note_id)
    if note is None or note.author_id != ctx.actor.id:
        raise _gone()
    remove_note(ctx.tx, ctx.tenant_id, note, ctx.actor.id, ctx.now)
    return note.owner_id


def take_back_note(ctx: Context, note_id: str, reason: str) -> str:
    """An administrator takes a note off the page, for a reason that the audit keeps. Whose page it was on."""
    note = find_note(ctx.tx, ctx.tenant_id, note_id)
    if note is None or note.hidden_at or not is_administrator(ctx):
        raise _gone()
    if not seen(reason) or len(reason) > REASON_MOST:
        raise Refusal("no_reason", "Taking a note back needs a reason.", "A few words: the audit keeps them.")
    remove_note(ctx.tx, ctx.tenant_id, note, ctx.actor.id, ctx.now)
    people = [note.author_id, note.owner_id]
    fact = AuditFact(
        id=ctx.new_id(),
        at=ctx.now,
        actor_id=ctx.actor.id,
        act="note taken back",
        details={"people": people},
        reason=reason,
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)
    return note.owner_id


# --- who may what -----------------------------------------------------------------------------------------


def _on_wall(ctx: Context, person_id: str) -> Named:
    if person := find_on_wall(ctx, person_id):
        return person
    if person_id == ctx.actor.id:
        raise Refusal(
            "left_off",
            "You chose to be left off the wall, so you have no page here.",
            "You can choose again: /my-choices on Slack, my-choices on Teams.",
        )
    raise Refusal("no_page", "There is no such page.", "The wall shows everybody who is on it.")


def _agreeing(ctx: Context, people: list[str]) -> set[str]:
    return who_agrees(ctx.tx, ctx.tenant_id, ctx.policy, Purpose.WALL, people)


def _of_owner(ctx: Context, note_id: str) -> NoteFact:
    """A stranger's note is as good as none."""
    note = find_note(ctx.tx, ctx.tenant_id, note_id)
    if note is None or note.owner_id != ctx.actor.id:
        raise _gone()
    return note


def _gone() -> Refusal:
    return Refusal("no_note", "That note is not there any more.", "Open the page anew.")


def _check(text: str, what: str) -> None:
    if not NOTE_LEAST <= len(seen(text)) <= len(text) <= NOTE_MOST:
        raise Refusal(
            "note_length",
            f"{what} has {NOTE_LEAST} to {NOTE_MOST:,} characters; this one has {len(text):,}.",
            "Write a little more." if len(text) < NOTE_LEAST else "Shorten it a little.",
        )


# --- what is shown ----------------------------------------------------------------------------------------


def _shown(ctx: Context, facts: list[NoteFact]) -> list[ShownNote]:
    """Without those of authors who may not be named, and those that are hidden from this reader."""
    authors = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, {one.author_id for one in facts})}
    named = {one for one in _agreeing(ctx, list(authors)) if authors[one].active}
    administers = is_administrator(ctx)
    return [
        _note(one, authors[one.author_id].name, _may(ctx, one, administers=administers), ctx.zone)
        for one in facts
        if one.author_id in named and (not one.hidden_at or ctx.actor.id in (one.owner_id, one.author_id))
    ]


def _may(ctx: Context, one: NoteFact, *, administers: bool) -> frozenset[str]:
    may: set[str] = set()
    if one.owner_id == ctx.actor.id:
        may |= {"answer", "show" if one.hidden_at else "hide"}
    if one.author_id == ctx.actor.id:
        may.add("delete")
    elif administers and not one.hidden_at:
        may.add("take-back")
    return frozenset(may)


def _note(one: NoteFact, author: str, may: frozenset[str], zone: ZoneInfo) -> ShownNote:
    return ShownNote(
        id=one.id,
        author=Named(one.author_id, author),
        text=one.text,
        day=one.written_at.astimezone(zone).date(),
        hidden=one.hidden_at is not None,
        answer=one.answer,
        may=may,
    )


def _tell(ctx: Context, note: NoteFact) -> tuple[Send, ...]:
    """Without the words, so that what is hidden or taken back stays nowhere else; and only in the owner's own day."""
    if not who_agrees(ctx.tx, ctx.tenant_id, ctx.policy, Purpose.NOTE, [note.owner_id]):
        return ()
    kind = Kind(NUDGE, f"{ctx.now.astimezone(ctx.tenant_zone).date()}", _DAY)
    if not claim_nudges(ctx.tx, ctx.tenant_id, kind, [note.owner_id], ctx.now):
        return ()
    owner = list_members(ctx.tx, ctx.tenant_id, [note.owner_id])[0]
    page = WebLink(f"{ctx.public_url.rstrip('/')}{PATH}/people/{owner.id}", "your page")
    card = Card("wall_note_received", {"author": who(ctx.actor), "page": page})
    return (Direct(owner, card, Subject(NUDGE, note.id), unasked=Purpose.NOTE, expires_at=ctx.now + LIFE),)
