"""People's attention: which messages come unasked, when they may, why somebody gets one, and how it ends.

What is the effect of somebody's act goes at once, to each person once an act. What nobody asked for at that moment
goes as `handlers/rules/openings.py` says. The relay asks here while it holds the lane, in the transaction of its
claim: so neither two messages nor two relays pass the measure together, and nothing is lost on the way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from handlers.context import Context, zone_of_tenant
from handlers.purposes import BY_PURPOSE, Purpose, keep_choice, who_refuses
from handlers.refusals import Refusal
from handlers.registry import action, views
from handlers.rules.openings import MOST_A_WEEK, Taken, next_opening, week_of
from handlers.rules.periods import zone_or
from handlers.vocabulary import Action, Card, Replace, Reply, Response
from store.attention import Attended, list_attended, spend
from store.outbox import Due, State, drop, put_off

UNASKED_LIFE = timedelta(days=7)
"""How long an unasked message is worth something that does not say it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why somebody gets a card as a message. `mute` ends that kind; where there is none, `stays` says why.

    A `hint` comes unasked: it counts against the measure, and what it says is over once it is muted.
    """

    why: str
    mute: Purpose | None = None
    stays: str = ""
    hint: bool = False


REASONS: Mapping[str, Reason] = {
    "streak_reminder": Reason(why="They chose a Thursday reminder.", mute=Purpose.REMINDER, hint=True),
    "kudos_received": Reason(
        why="Somebody thanked them.", stays="It is a colleague's letter: unread, it would have been written to nobody."
    ),
    "kudos_copied": Reason(why="Whoever thanked somebody put them in copy.", mute=Purpose.COPIED),
    "thanked_back": Reason(why="Somebody they thanked says thanks.", mute=Purpose.THANKED_BACK),
    "points_granted": Reason(
        why="An administrator granted them points.", stays="It is about what is theirs, and comes seldom."
    ),
    "post_uncertain": Reason(
        why="They gave a kudos, and only they can find out whether it was posted.", stays="It asks about their own act."
    ),
    "notice": Reason(why="They gave a kudos, and it is shown elsewhere.", stays="It is the end of their own act."),
    "delivery_trouble": Reason(
        why="They run the programme, and a channel takes no more posts.",
        stays="It comes once for a channel, and ends with what it tells.",
    ),
    "kudos_taken_back": Reason(
        why="They gave a kudos that an administrator took back.", stays="It is about what is theirs."
    ),
    "badge_earned": Reason(why="They earned a badge.", mute=Purpose.MILESTONE, hint=True),
    "question": Reason(why="They run the programme, and a colleague asks them.", stays="Somebody waits for an answer."),
    "wall_note_received": Reason(
        why="A colleague left a note for them on the wall.",
        stays="It comes once a day at most, and ends when they leave the wall.",
    ),
    "people_imported": Reason(why="They began an import.", stays="It is the end of their own act."),
    "people_import_stopped": Reason(
        why="They run the programme, and an import stopped half-way.", stays="It comes once for an import."
    ),
}
"""By card: whatever the outbox sends to one person. What answers somebody who asked is not among it."""


# --- muting ---------------------------------------------------------------------------------------------------


@action("mute")
def mute(request: Action, ctx: Context) -> Response:
    """No more messages of this kind, until you want them again."""
    asked = request.values.get("purpose", "")
    muted = next((one for one in REASONS.values() if one.mute and one.mute == asked), None)
    if muted is None or muted.mute is None:
        raise Refusal("unclear_choice", "I do not know that kind of message.", "Ask for your choices: my-choices.")
    keep_choice(ctx.tx, ctx.tenant_id, ctx.actor.id, muted.mute, False, ctx.now)
    rule = BY_PURPOSE[muted.mute]
    card = Card("muted", {"label": rule.label, "sentence": rule.otherwise})
    # What a colleague wrote stays to be read; a hint has had its day.
    return Response(Replace(card) if muted.hint else Reply(card))


# --- the measure ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asking:
    """An unasked message that is due, and its reader's day."""

    due: Due
    zone: ZoneInfo
    taken: Taken
    today: date
    has_today: bool
    """It counts for today already: an earlier try failed."""

    def opening(self, now: datetime, *, after_today: bool = False) -> datetime | None:
        """When it may go; None: no more."""
        taken = self.taken
        if after_today:
            taken = replace(taken, day=max(taken.day, self.today.isoformat()))
        elif self.has_today and next_opening(now, self._until(now), self.zone, Taken(away=taken.away)) == now:
            return now
        return next_opening(now, self._until(now), self.zone, taken)

    def _until(self, now: datetime) -> datetime:
        return self.due.expires_at or now + UNASKED_LIFE


def hold_unasked(tx: Connection, heads: Sequence[Due], now: datetime) -> set[str]:
    """Of the messages that lanes begin with, the ids of unasked ones that do not go now.

    They wait for their reader's next opening; what is worth nothing by then, or not wanted any more, is dropped.
    """
    unasked = [one for one in heads if one.unasked and one.state != State.SENT]
    if not unasked:
        return set()
    asking = _wanted(tx, unasked, now)
    openings = {one.due.id: one.opening(now) for one in asking}
    for one in _too_many(tx, [one for one in asking if openings[one.due.id] == now]):
        openings[one.due.id] = one.opening(now, after_today=True)
    later = {id: at for id, at in openings.items() if at and at > now}
    put_off(tx, later, unasked, views)  # by then it may be true no more
    if over := [one for one in unasked if openings.get(one.id) is None]:
        drop(tx, over, now)
    return {*later, *(one.id for one in over)}


def _wanted(tx: Connection, unasked: Sequence[Due], now: datetime) -> list[_Asking]:
    """Those whose readers are there, and did not say no since it was written; by id, so the oldest goes first."""
    readers = {one.reader_id for one in unasked if one.reader_id}
    people = list_attended(tx, {one.tenant_id for one in unasked}, readers)
    muted = _muted(tx, unasked)
    return [
        _asking(one, people[one.reader_id], now)
        for one in sorted(unasked, key=lambda one: one.id)
        if one.reader_id in people and people[one.reader_id].active and (one.reader_id, one.unasked) not in muted
    ]


def _muted(tx: Connection, unasked: Sequence[Due]) -> set[tuple[str, str]]:
    """Readers and purposes to which they said no."""
    readers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in unasked:
        readers[one.tenant_id, one.unasked].add(one.reader_id or "")
    return {
        (person_id, purpose)
        for (tenant_id, purpose), people in sorted(readers.items())
        for person_id in who_refuses(tx, tenant_id, purpose, people)
    }


def _asking(due: Due, reader: Attended, now: datetime) -> _Asking:
    zone = zone_or(reader.zone, zone_of_tenant(reader.tenant_zone))
    today = now.astimezone(zone).date()
    away = (reader.first_on, reader.last_on) if reader.first_on and reader.last_on else None
    return _Asking(
        due=due,
        zone=zone,
        taken=Taken(day=reader.day, week=reader.week, in_week=reader.in_week, away=away),
        today=today,
        has_today=reader.message_id == due.id and reader.day == today.isoformat(),
    )


def _too_many(tx: Connection, asking: Iterable[_Asking]) -> list[_Asking]:
    """Counts one message for each reader, and returns those that are one too many for today."""
    first: dict[str, _Asking] = {}
    left: list[_Asking] = []
    for one in asking:
        if one.has_today:
            continue
        if first.setdefault(one.due.reader_id or "", one) is not one:
            left.append(one)
    days: dict[date, list[_Asking]] = defaultdict(list)
    for one in first.values():
        days[one.today].append(one)
    for day, counted in sorted(days.items()):
        granted = spend(tx, [one.due for one in counted], day.isoformat(), week_of(day), MOST_A_WEEK)
        left += [one for one in counted if one.due.id not in granted]
    return left
