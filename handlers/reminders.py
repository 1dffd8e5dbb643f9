"""Streak reminders: on Thursday, to those who asked for them and thanked nobody yet that week."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time, timedelta

from handlers.context import Context, TenantContext
from handlers.purposes import Purpose
from handlers.registry import action, tick
from handlers.rules.instants import THURSDAY, Daily, Weekly
from handlers.rules.streaks import Weeks, read_weeks
from handlers.ticks import schedule_for_zone
from handlers.vocabulary import Action, Card, Direct, Replace, Response, Subject, Tick, Turned
from store.choices import choose, list_in_zone, list_zones
from store.nudges import Kind, claim_nudges
from store.people import Member, list_members
from store.tallies import list_weeks_given

REMINDER = "streak_reminder"
PAGE = 200
APART = timedelta(days=13)
"""One a fortnight at most: Thursdays are 14 days apart, less the hours of clocks that change and of a move."""


@tick(REMINDER, rule=Weekly(THURSDAY, time(14)), late=timedelta(hours=27))
def remind(tick: Tick, ctx: TenantContext) -> Turned:
    """A page of the people of a zone, in the order of their ids. Nothing after Friday 17:00."""
    if not ctx.policy.reminders:
        return Turned()
    asked = list_in_zone(ctx.tx, ctx.tenant_id, Purpose.REMINDER, tick.subject, tick.page, PAGE)
    people = _to_remind(ctx, asked, tick.label)
    weeks = list_weeks_given(ctx.tx, ctx.tenant_id, [one.id for one in people])
    sends = tuple(_reminder(one, read_weeks(weeks[one.id], tick.label), tick.label) for one in people)
    return Turned(sends, next_page=asked[-1] if len(asked) == PAGE else "")


@tick("reminder_zones", rule=Daily(time(3)), by_tenant=True)
def schedule_zones(tick: Tick, ctx: TenantContext) -> Turned:
    """People move: the zones that those who asked are in by now."""
    for zone in list_zones(ctx.tx, ctx.tenant_id, Purpose.REMINDER):
        schedule_for_zone(ctx, REMINDER, zone)
    return Turned()


@action("no_reminders")
def stop_reminders(request: Action, ctx: Context) -> Response:
    """No more reminders, until you ask for them again."""
    choose(ctx.tx, ctx.tenant_id, ctx.actor.id, Purpose.REMINDER, False, ctx.now)
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


def _reminder(member: Member, weeks: Weeks, label: str) -> Direct:
    data = {"stopped": False, "run": weeks.run, "given": weeks.given, "of": weeks.of}
    return Direct(member, Card(REMINDER, data), Subject(REMINDER, f"{member.id}/{label}"))
