"""Health: what an administrator can act on."""

from __future__ import annotations

from datetime import timedelta

from handlers import registry
from handlers.access import check_administrator
from handlers.admin_audit import moment
from handlers.admin_channels import shown_channel
from handlers.admin_words import Said, admin_word
from handlers.affordability import too_dear
from handlers.context import Context
from handlers.placing import why_not_here
from handlers.registry import action
from handlers.vocabulary import Action, Card, Platform, Replace, Reply, Response
from store.catalogue import list_rewards
from store.conversations import Place, list_places
from store.health import (
    DeadCount,
    NextDue,
    WorkspaceHealth,
    count_dead,
    count_people,
    count_waiting,
    do_latest_agree,
    list_next_due,
    list_workspaces,
)
from store.outbox import SendKind
from store.share_links import count_taken
from store.tenants import list_homes

WEEK = timedelta(days=7)
LATE = timedelta(minutes=2)
"""A message that waits longer than this is told of; pace and order take a little time."""
STALE = timedelta(days=1)
MOST_JOBS = 12
MOST_DEAD = 5
MOST_TRANSACTIONS = 200
TITLES = {
    "awards": "awards that arrive on their day",
    "approvals": "a look at what waits for a decision",
    "badges": "badges that people earned",
    "celebrations": "birthdays and work anniversaries",
    "handing_on": "orders of people who left go to those who hand out now",
    "late_orders": "a look at orders whose promised day is over",
    "silent_vendors": "a look at vendors that say nothing",
    "rewards_reach": "a look whether rewards are within reach",
    "charity": "the monthly report of donations",
    "experiences": "dates of experiences that are over",
    "experience_begins": "a date of an experience begins",
    "experience_changed": "a changed date is told to whoever has a place",
    "experience_fill": "places that were added go to those in line",
    "experience_leavers": "places of people who left go to the next in line",
    "experience_cancelled": "points go back for a date that was cancelled",
    "experience_offer": "a free place is told to who is first in line",
    "experience_offer_over": "a free place goes to the next in line",
    "last_week": "“Last week in thanks”",
    "pools": "a look at shared goals whose day is over",
    "reminder_zones": "a look at who asked for reminders, and in which zones",
    "streak_reminder": "reminders for those who asked",
    "people_import": "the import of people goes on",
    "budgets": "new periods of budgets",
    "expiry_zones": "a look at the zones in which points expire",
    "points_expiry": "points that expire, and the warnings before",
    "leavers": "points of people who left",
    "reward_back": "word to those who wait for a reward",
    "rewards_begin": "a look at rewards whose time begins",
    "budget_short": "word of a budget that began with less than planned",
}
"""What is scheduled, in words; a job that is not here shows its name."""


@action("admin_health", reads=True)
def show_health(request: Action, ctx: Context) -> Response:
    """Shows how the programme fares."""
    check_administrator(ctx)
    return Response(Replace(_health_card(ctx)))


@admin_word("health", reads=True)
def health(said: Said, ctx: Context) -> Response:
    """What works, what waits, and what to do about it."""
    return Response(Reply(_health_card(ctx)))


def _health_card(ctx: Context) -> Card:
    people = count_people(ctx.tx, ctx.tenant_id)
    dead = count_dead(ctx.tx, ctx.tenant_id, ctx.now - WEEK)
    data = {
        "workspaces": _workspaces(ctx),
        "known": people.known,
        "active": people.active,
        "waiting": count_waiting(ctx.tx, ctx.tenant_id, ctx.now - LATE),
        "dead": [{"what": _what(one), "count": one.count} for one in dead[:MOST_DEAD]],
        "jobs": _jobs(ctx),
        "zone": ctx.home.zone,
        "agree": do_latest_agree(ctx.tx, ctx.tenant_id, MOST_TRANSACTIONS),
        "checked": MOST_TRANSACTIONS,
        "downloads": count_taken(ctx.tx, ctx.tenant_id),
        "too_dear": too_dear(ctx, list_rewards(ctx.tx, ctx.tenant_id)),
    }
    return Card("admin_health", data)


def _workspaces(ctx: Context) -> list[dict[str, object]]:
    chosen = {one.workspace_id: one.recognition_id for one in list_homes(ctx.tx, ctx.tenant_id)}
    places = list_places(ctx.tx, ctx.tenant_id, [one for one in chosen.values() if one])
    return [
        {"name": one.name, "told": _told(ctx, one, places.get(chosen.get(one.id) or ""))}
        for one in list_workspaces(ctx.tx, ctx.tenant_id)
    ]


def _told(ctx: Context, one: WorkspaceHealth, place: Place | None) -> str:
    """How a workspace fares, and what to do where something is missing."""
    platform = _PLATFORMS[Platform(one.platform)]
    if one.removed_at:
        return f"{platform}: the app was removed on {moment(one.removed_at, ctx.tenant_zone)}. Install it again there."
    read = f" Read on {moment(one.refreshed_at, ctx.tenant_zone)}." if one.refreshed_at else ""
    if one.refreshed_at and ctx.now - one.refreshed_at > STALE:
        read += " That is long ago: whoever runs the program finds the reason in its log."
    return f"{platform}, connected. {_told_place(place)}{read}"


def _told_place(place: Place | None) -> str:
    if place is None:
        return "No recognition channel is chosen: choose one in Set-up."
    match why_not_here(place):
        case "":
            return f"Recognitions go to {shown_channel(place)}, and I can post there."
        case "archived":
            return f"The recognition channel {shown_channel(place)} is archived: choose another one in Set-up."
        case _:
            return f"I am not in the recognition channel {shown_channel(place)}: add me to it, or choose another one."


def _what(dead: DeadCount) -> str:
    """What was not shown, and what helps. Points and words are in the books all the same."""
    if dead.kind == SendKind.POST:
        where = f"posts in #{dead.place.removeprefix('#')}" if dead.place else "posts in a channel"
        return f"{where}: it was archived, or I was removed from it. Add me again, or choose another channel in Set-up."
    return "direct messages: the people have left, or do not take messages from apps. Nothing is to be done."


def _jobs(ctx: Context) -> list[dict[str, str]]:
    """By the tenant's clock; a job that goes by people's own zones says which."""
    return [
        {"what": _title(one), "when": moment(one.next_at, ctx.tenant_zone)}
        for one in list_next_due(ctx.tx, ctx.tenant_id, MOST_JOBS)
        if one.job in registry.ticks
    ]


def _title(due: NextDue) -> str:
    entry = registry.ticks[due.job]
    told = TITLES.get(due.job, due.job.replace("_", " "))
    return f"{told} ({due.subject})" if entry.rule and due.subject else told


_PLATFORMS = {Platform.SLACK: "Slack", Platform.TEAMS: "Microsoft Teams"}
