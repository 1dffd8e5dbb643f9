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
from handlers.programme import read_policy
from handlers.purposes import BY_PURPOSE, Purpose, keep_choice, who_agrees
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
    "wall_note_received": Reason(why="A colleague left a note for them on the wall.", mute=Purpose.NOTE, hint=True),
    "approval_asked": Reason(
        why="Somebody asks them to agree to an award or a reward.", stays="Somebody waits for an answer."
    ),
    "standing_in": Reason(why="A colleague named them in their place.", stays="Others count on them."),
    "award_decided": Reason(why="They asked for an award, and it is decided.", stays="It is the end of their own act."),
    "approval_question": Reason(
        why="They asked for something, and whoever decides wants to know more.", stays="Somebody waits for an answer."
    ),
    "people_imported": Reason(why="They began an import.", stays="It is the end of their own act."),
    "budget_warning": Reason(
        why="They own a budget that is nearly used up.", stays="It comes once a period of the budget."
    ),
    "budget_news": Reason(
        why="They own a budget whose points or owner were changed, or that began with less than planned.",
        stays="It is about what is theirs to decide, and comes with each change.",
    ),
    "budget_ownerless": Reason(
        why="They run the programme, and somebody left who owns a budget.", stays="It comes once for a budget."
    ),
    "people_import_stopped": Reason(
        why="They run the programme, and an import stopped half-way.", stays="It comes once for an import."
    ),
    "order_state": Reason(
        why="They ordered a reward.",
        stays="It is their own order: one message follows it, and its end comes anew.",
    ),
    "pool": Reason(
        why="A colleague invites them to a goal that people add points to.", stays="It comes once, from a colleague."
    ),
    "pool_ended": Reason(
        why="They took part in a goal that is reached or over.", stays="It is about what is theirs, and comes once."
    ),
    "pool_work": Reason(why="They see to what colleagues reached together.", stays="Somebody waits for it."),
    "order_work": Reason(why="They hand out what a colleague ordered.", stays="Somebody waits for it."),
    "late_orders": Reason(
        why="They hand out rewards, and a promised day is over.", stays="Each order is told once, and somebody waits."
    ),
    "reward_back": Reason(
        why="They asked to be told when a reward is back, or one that they wish for begins.",
        mute=Purpose.RESTOCK,
        hint=True,
    ),
    "points_expiring": Reason(
        why="Some of their points expire soon.", stays="It is about what is theirs: twice before a day, and never more."
    ),
    "leavers_points": Reason(
        why="They run the programme, and somebody left who holds points.",
        stays="It comes when somebody left, and when their points expire.",
    ),
    "experience_line": Reason(
        why="They wait in line for a place.", stays="They asked to hear of it: a place is kept for them for a day."
    ),
    "experience_changed": Reason(
        why="They have a place on a date that has another time or place now.",
        stays="It is about what is theirs: they would come at the wrong time.",
    ),
    "charity_report": Reason(
        why="They run the programme, and a month brought donations.",
        stays="It comes once a month, and somebody has to pass the money on.",
    ),
    "codes_low": Reason(
        why="They run the programme, and a pool of gift codes runs low.", stays="It comes once, until codes are added."
    ),
    "out_of_reach": Reason(
        why="They run the programme, and most people cannot have any reward in time.",
        stays="It comes when it begins to be so, and once a month.",
    ),
    "vendor_order": Reason(
        why="They run the programme, and a vendor does not hand over what a colleague ordered.",
        stays="It comes once for what happens to an order, and somebody waits for it.",
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
    """Readers and purposes that do not hold for them any more, by their own word or the tenant's."""
    readers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in unasked:
        readers[one.tenant_id, one.unasked].add(one.reader_id or "")
    return {
        (person_id, purpose)
        for (tenant_id, purpose), people in sorted(readers.items())
        for person_id in people - who_agrees(tx, tenant_id, read_policy(tx, tenant_id), Purpose(purpose), people)
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
