"""What the wall shows to whoever asks: recognitions that everybody here may see, filtered, and whom they may name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.context import Context, TenantContext
from handlers.purposes import Purpose, naming_for
from handlers.rules.wall_words import OWN, PERIODS, Asked, Span, address, span_of, spellings
from handlers.vocabulary import Choice
from store.boards import Naming
from store.wall import (
    Cursor,
    Sought,
    WallFact,
    WallPage,
    Word,
    find_nameable,
    list_matching,
    list_names,
    list_team,
    list_teams,
    list_wall,
)

PAGE = 20
MOST_TEAMS = 300
_MOST_NAMESAKES = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Named:
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thanks:
    """One recognition as the wall shows it. `value` and `badge` are an emoji and a name; `day` is the reader's."""

    giver: Named
    receivers: tuple[Named, ...]
    reason: str
    points: int
    value: tuple[str, str] | None
    badge: tuple[str, str] | None
    given_at: datetime
    day: date
    edited: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of recognitions. `older` marks where the next one begins. With `looked` the search rested on that day
    before the page was full, having looked through so many."""

    items: list[Thanks]
    older: str = ""
    looked: int = 0
    looked_back_to: date | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be chosen to filter by."""

    values: list[Choice]
    badges: list[Choice]
    teams: list[Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class WallView:
    """`filters` are what is asked for in words, each with the address without it; `namesakes` people whom a name fits,
    each with the address that means them."""

    asked: Asked
    leaf: Leaf
    offer: Offer
    doubts: list[str]
    namesakes: list[tuple[str, str]]
    filters: list[tuple[str, str]]


def naming_of(ctx: TenantContext) -> Naming:
    return naming_for(ctx.policy, Purpose.WALL)


def list_thanks(ctx: Context, asked: Asked) -> WallView:
    """A page of the wall, and what it was asked for."""
    span = span_of(asked, ctx.now, ctx.tenant_zone)
    people = _whom(ctx, asked.person)
    meant = people[0] if len(people) == 1 else None
    nobody = bool(asked.person) and meant is None
    doubts = [
        span.doubt,
        f"I know nobody called “{asked.person}” on the wall." if nobody and not people else "",
        "A word to search for has two letters or more." if asked.q and not asked.words else "",
    ]
    return WallView(
        asked=replace(asked, person=meant.name) if meant else asked,
        leaf=Leaf([]) if nobody else leaf_of(ctx, _sought(ctx, asked, span, meant), PAGE, ctx.zone),
        offer=_offer(ctx),
        doubts=[one for one in doubts if one],
        namesakes=[] if meant else [(one.name, address(asked, person=one.id, before="")) for one in people],
        filters=_filters(ctx, asked, meant),
    )


def leaf_of(ctx: TenantContext, sought: Sought, most: int, zone: ZoneInfo) -> Leaf:
    """Recognitions that may be shown, with days of this zone."""
    page = list_wall(ctx.tx, ctx.tenant_id, naming_of(ctx), sought, most)
    if page.older is None:
        return Leaf(_shown(ctx, page, zone))
    back_to = page.older.at.astimezone(zone).date()
    return Leaf(_shown(ctx, page, zone), write_cursor(page.older), page.looked, back_to)


def find_on_wall(ctx: TenantContext, person_id: str) -> Named | None:
    """Somebody by their id, if they may be named."""
    found = find_nameable(ctx.tx, ctx.tenant_id, naming_of(ctx), person_id=person_id) if person_id else []
    return Named(*found[0]) if found else None


def write_cursor(cursor: Cursor) -> str:
    """`6434a1b2c3d4e.<id>`: microseconds since 1970, in hex digits."""
    return f"{(cursor.at - _EPOCH) // _MICROSECOND:x}.{cursor.id}"


def read_cursor(text: str) -> Cursor | None:
    """None for what is none, which addresses may hold."""
    at, _, last = text.partition(".")
    try:
        return Cursor(_EPOCH + int(at, 16) * _MICROSECOND, last)
    except (ValueError, OverflowError):
        return None


# --- what is asked for ------------------------------------------------------------------------------------


def _whom(ctx: Context, typed: str) -> list[Named]:
    """Whoever is meant by an id or by a name, of those who may be named."""
    if not typed:
        return []
    if known := find_on_wall(ctx, typed):
        return [known]
    found = find_nameable(ctx.tx, ctx.tenant_id, naming_of(ctx), name=typed, most=_MOST_NAMESAKES)
    exact = [one for one in found if one[1] == typed]
    return [Named(*one) for one in exact or found]


def _sought(ctx: Context, asked: Asked, span: Span, meant: Named | None) -> Sought:
    return Sought(
        since=span.since,
        until=span.until,
        value_id=asked.value,
        badge_id=asked.badge,
        person_id=meant.id if meant else "",
        team=list_team(ctx.tx, ctx.tenant_id, asked.team) if asked.team else None,
        words=tuple(Word(spellings(one), list_matching(ctx.tx, ctx.tenant_id, one)) for one in asked.words),
        before=read_cursor(asked.before),
    )


def _offer(ctx: Context) -> Offer:
    return Offer(
        [Choice(one.id, f"{one.emoji} {one.name}") for one in ctx.programme.values],
        [Choice(one.id, f"{one.emoji} {one.title}") for one in ctx.programme.badges],
        [Choice(one, one) for one in list_teams(ctx.tx, ctx.tenant_id, MOST_TEAMS)],
    )


def _filters(ctx: Context, asked: Asked, meant: Named | None) -> list[tuple[str, str]]:
    value, badge = ctx.programme.value(asked.value), ctx.programme.badge(asked.badge)
    told = {
        "q": f"“{asked.q}”",
        "value": f"{value.emoji} {value.name}" if value else "a value that there is not",
        "badge": f"{badge.emoji} {badge.title}" if badge else "a badge that there is not",
        "person": meant.name if meant else asked.person,
        "team": asked.team,
        "period": _days(asked) if asked.period == OWN else PERIODS[asked.period],
    }
    return [(words, _without(asked, name)) for name, words in told.items() if getattr(asked, name)]


def _days(asked: Asked) -> str:
    return " ".join(
        part for part in (asked.since and f"from {asked.since}", asked.until and f"to {asked.until}") if part
    )


def _without(asked: Asked, name: str) -> str:
    days = {"since": "", "until": ""} if name == "period" else {}
    return address(asked, **{name: "", "before": ""} | days)


# --- what is shown ----------------------------------------------------------------------------------------


def _shown(ctx: TenantContext, page: WallPage, zone: ZoneInfo) -> list[Thanks]:
    ids = {person for one in page.facts for person in (one.giver_id, *one.receiver_ids)}
    names = list_names(ctx.tx, ctx.tenant_id, ids) if ids else {}
    return [_thanks(ctx, one, names, zone) for one in page.facts]


def _thanks(ctx: TenantContext, one: WallFact, names: dict[str, str], zone: ZoneInfo) -> Thanks:
    value, badge = ctx.programme.value(one.value_id), ctx.programme.badge(one.badge_id)
    return Thanks(
        giver=Named(one.giver_id, names[one.giver_id]),
        receivers=_named(one.receiver_ids, names),
        reason=one.reason,
        points=one.points,
        value=(value.emoji, value.name) if value else None,
        badge=(badge.emoji, badge.title) if badge else None,
        given_at=one.given_at,
        day=one.given_at.astimezone(zone).date(),
        edited=one.edited_at is not None,
    )


def _named(ids: Iterable[str], names: dict[str, str]) -> tuple[Named, ...]:
    return tuple(Named(one, names[one]) for one in ids)
