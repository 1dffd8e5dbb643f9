"""Streak reminders: on Thursday, to those who want them and thanked nobody yet that week."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time, timedelta

from sqlalchemy import Connection

from handlers.context import Context, TenantContext
from handlers.purposes import Purpose, keep_choice, list_agreeing, list_agreeing_zones, who_chose
from handlers.registry import action, tick, view
from handlers.rules.instants import THURSDAY, Daily, Weekly
from handlers.rules.streaks import Weeks, read_weeks
from handlers.ticks import schedule_for_zone
from handlers.vocabulary import Action, Card, Direct, Replace, Response, Subject, Tick, Turned
from store.nudges import Kind, claim_nudges
from store.outbox import Due
from store.people import Member, list_members
from store.tallies import list_weeks_given

REMINDER = "streak_reminder"
PAGE = 200
APART = timedelta(days=13)
"""One a fortnight at most: Thursdays are 14 days apart, less the hours of clocks that change and of a move."""
LATE = timedelta(hours=27)
"""Until Friday 17:00; then the week is over."""


@tick(REMINDER, rule=Weekly(THURSDAY, time(14)), late=LATE)
def remind(tick: Tick, ctx: TenantContext) -> Turned:
    """A page of the people of a zone, in the order of their ids. Nothing after Friday 17:00."""
    if not ctx.policy.reminders:
        return Turned()
    asked = list_agreeing(ctx.tx, ctx.tenant_id, ctx.policy, Purpose.REMINDER, tick.subject, tick.page, PAGE)
    people = _to_remind(ctx, asked, tick.label)
    ids = [one.id for one in people]
    weeks = list_weeks_given(ctx.tx, ctx.tenant_id, ids)
    chose = who_chose(ctx.tx, ctx.tenant_id, Purpose.REMINDER, ids)
    sends = tuple(_reminder(one, read_weeks(weeks[one.id], tick.label), tick, one.id in chose) for one in people)
    return Turned(sends, next_page=asked[-1] if len(asked) == PAGE else "")


@tick("reminder_zones", rule=Daily(time(3)), by_tenant=True)
def schedule_zones(tick: Tick, ctx: TenantContext) -> Turned:
    """People move: the zones that those who asked are in by now."""
    for zone in list_agreeing_zones(ctx.tx, ctx.tenant_id, ctx.policy, Purpose.REMINDER):
        schedule_for_zone(ctx, REMINDER, zone)
    return Turned()


@view(REMINDER)
def show_reminder(tx: Connection, due: Due) -> Card | None:
    """For one that had to wait: whoever thanked somebody meanwhile needs none."""
    assert due.reader_id, "a direct message has a reader"
    label = due.subject_id.rpartition("/")[2]
    given = list_weeks_given(tx, due.tenant_id, [due.reader_id])[due.reader_id]
    chose = who_chose(tx, due.tenant_id, Purpose.REMINDER, [due.reader_id])
    return None if label in given else _card(read_weeks(given, label), chosen=due.reader_id in chose)


@action("no_reminders")
def stop_reminders(request: Action, ctx: Context) -> Response:
    """No more reminders, until you ask for them again."""
    keep_choice(ctx.tx, ctx.tenant_id, ctx.actor.id, Purpose.REMINDER, False, ctx.now)
    return Response(Replace(Card(REMINDER, {"stopped": True})))


def want_reminders(ctx: Context) -> None:
    """Somebody asked for them: from now on there is a Thursday in their zone."""
    schedule_for_zone(ctx, REMINDER, ctx.actor.zone)


def _to_remind(ctx: TenantContext, asked: Collection[str], label: str) -> list[Member]:
    """Those who gave nothing this week, and got none lately. From now on they have got this one."""
    given = list_weeks_given(ctx.tx, ctx.tenant_id, asked, since=label)
    members = list_members(ctx.tx, ctx.tenant_id, [one for one in asked if label not in given[one]])
    people = {one.id: one for one in members if _takes_part(one)}
    claimed = claim_nudges(ctx.tx, ctx.tenant_id, Kind(REMINDER, label, APART), people.keys(), ctx.now)
    return [people[one] for one in sorted(claimed)]


def _takes_part(member: Member) -> bool:
    return member.active and member.kind not in ("bot", "stranger")


def _reminder(member: Member, weeks: Weeks, tick: Tick, chosen: bool) -> Direct:
    return Direct(
        member,
        _card(weeks, chosen=chosen),
        Subject(REMINDER, f"{member.id}/{tick.label}"),
        unasked=Purpose.REMINDER,
        expires_at=tick.due_at + LATE,
    )


def _card(weeks: Weeks, *, chosen: bool) -> Card:
    return Card(REMINDER, {"stopped": False, "run": weeks.run, "given": weeks.given, "of": weeks.of, "chosen": chosen})
