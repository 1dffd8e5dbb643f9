"""Points that expire: the warnings, and the day. By each person's own wall, at ten in the morning.

Who was told something is looked at every day; everybody else on the one day of the month on which the first warnings
begin. The lots are read from the ledger (`handlers/rules/lots.py`), the steps are in `handlers/rules/expiry.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from handlers.context import TenantContext
from handlers.registry import tick
from handlers.rules import expiry
from handlers.rules.expiry import Step, Warn
from handlers.rules.instants import Daily
from handlers.rules.lots import lots_of
from handlers.rules.periods import day_in
from handlers.ticks import schedule_for_zone
from handlers.vocabulary import Card, Direct, Subject, Tick, Turned
from store import ledger
from store.expiries import NoticeFact, list_arrived, list_noticed, list_notices, remove_notices, save_notice
from store.people import Member, list_members
from store.types import Points
from store.wallets import (
    WalletMove,
    list_people_zones,
    list_wallet_holders,
    list_wallet_moves,
    lock_wallets,
)

EXPIRING = "points_expiring"
"""The card, and what its messages are about."""
KIND = "expire"
PAGE = 50
"""Each with a whole wallet: of 200, who were thanked every day for years, all others would wait for seconds."""
EVERYBODY, TOLD = "all", "told"


@tick("expiry_zones", rule=Daily(time(2)), by_tenant=True)
def schedule_zones(tick: Tick, ctx: TenantContext) -> Turned:
    """People move: the zones that they are in by now, where points expire."""
    if ctx.policy.points_expire_months:
        for zone in list_people_zones(ctx.tx, ctx.tenant_id):
            schedule_for_zone(ctx, "points_expiry", zone)
    return Turned()


@tick("points_expiry", rule=Daily(time(10)))
def turn_points(tick: Tick, ctx: TenantContext) -> Turned:
    """A page of the people of a zone, by id."""
    if not ctx.policy.points_expire_months:
        return Turned()
    whom, _, after = tick.page.partition(":") if tick.page else (_whom(tick), "", "")
    listed = list_wallet_holders if whom == EVERYBODY else list_noticed
    people = listed(ctx.tx, ctx.tenant_id, tick.subject, after, PAGE)
    sends = _Page(ctx, tick, people).turn()
    if len(people) == PAGE:
        return Turned(sends, next_page=f"{whom}:{people[-1]}")
    # Whoever was told and has nothing any more is no holder: what was kept of them goes after everybody else.
    return Turned(sends, next_page=f"{TOLD}:" if whom == EVERYBODY else "")


def _whom(tick: Tick) -> str:
    missed, today = day_in(tick.missed_at, tick.zone), day_in(tick.due_at, tick.zone)
    return EVERYBODY if expiry.begins_between(min(missed, today), today) else TOLD


def due_of(ctx: TenantContext, moves: Iterable[WalletMove], zone: ZoneInfo) -> dict[date, Points]:
    """What a wallet holds, by the day on which the policy lets it expire. Nothing where points do not expire."""
    months, floor = ctx.policy.points_expire_months, expiry.floor_of(ctx.policy.points_expire_since)
    return expiry.due_days(lots_of(moves), months, zone, floor) if months else {}


@dataclass(frozen=True, slots=True)
class _Turn:
    """What today brings one person."""

    member: Member
    steps: Mapping[date, Step]
    wallet: Points


class _Page:
    """One page of people, in one transaction."""

    def __init__(self, ctx: TenantContext, tick: Tick, people: list[str]) -> None:
        self._ctx = ctx
        self._today = day_in(tick.due_at, tick.zone)
        self._zone = tick.zone
        self._people = people

    def turn(self) -> tuple[Direct, ...]:
        ctx = self._ctx
        notices = list_notices(ctx.tx, ctx.tenant_id, self._people)
        # Locked before they are read, so that nobody spends meanwhile what is about to expire; by id, like everybody.
        lock_wallets(ctx.tx, ctx.tenant_id, [one for one in self._people if self._is_near(notices[one].values())])
        moves = list_wallet_moves(ctx.tx, ctx.tenant_id, self._people)
        arrived = self._arrived(notices)
        members = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, self._people)}
        sends: list[Direct] = []
        for id in self._people:
            steps = self._steps(id, moves[id], notices[id], arrived)
            if not self._expire(id, sum(one.expire for one in steps.values())):
                continue  # something of theirs expired today already, in another zone: the rest tomorrow
            self._keep(id, notices[id], steps)
            if any(one.warn for one in steps.values()):
                wallet = sum(one.amount for one in moves[id]) - sum(one.expire for one in steps.values())
                sends.append(self._warning(_Turn(members[id], steps, wallet)))
        return tuple(sends)

    def _is_near(self, told: Iterable[NoticeFact]) -> bool:
        return any(one.seen_on and self._today > one.expires_on for one in told)

    def _arrived(self, notices: Mapping[str, Mapping[date, NoticeFact]]) -> set[str]:
        awaited = {
            _about(person_id, _last_told(one))
            for person_id, told in notices.items()
            for one in told.values()
            if not one.seen_on
        }
        return list_arrived(self._ctx.tx, self._ctx.tenant_id, EXPIRING, awaited)

    def _steps(
        self, person_id: str, moves: list[WalletMove], told: Mapping[date, NoticeFact], arrived: set[str]
    ) -> dict[date, Step]:
        due = due_of(self._ctx, moves, self._zone)
        steps: dict[date, Step] = {}
        for day in sorted(due.keys() | told.keys()):
            notice = told.get(day)
            there = notice is not None and _about(person_id, _last_told(notice)) in arrived
            steps[day] = expiry.step(notice, day, due.get(day, 0), self._today, arrived=there)
        return steps

    def _keep(self, person_id: str, told: Mapping[date, NoticeFact], steps: Mapping[date, Step]) -> None:
        ctx = self._ctx
        over = [day for day, one in steps.items() if one.notice is None and day in told]
        if over:
            remove_notices(ctx.tx, ctx.tenant_id, person_id, over)
        for day, one in steps.items():
            if one.notice and one.notice != told.get(day):
                save_notice(ctx.tx, ctx.tenant_id, person_id, one.notice)

    def _expire(self, person_id: str, points: Points) -> bool:
        return not points or post_expired(self._ctx, person_id, points, self._today.isoformat())

    def _warning(self, turn: _Turn) -> Direct:
        rows = [
            {
                "points": one.notice.second_points if one.notice.second_on else one.notice.first_points,
                "day": one.notice.expires_on,
                "last": one.warn is Warn.SECOND,
            }
            for one in turn.steps.values()
            if one.warn and one.notice
        ]
        card = Card(EXPIRING, {"rows": rows, "wallet": turn.wallet})
        return Direct(turn.member, card, Subject(EXPIRING, _about(turn.member.id, self._today)))


def post_expired(ctx: TenantContext, person_id: str, points: Points, label: str) -> bool:
    """Takes points out of a wallet. False, and nothing moved, where that was done for this person and label before."""
    moved = ledger.Posting(ledger.wallet(person_id), ledger.Side.EXPIRED, points)
    act = f"{KIND}:{person_id}:{label}"
    try:
        ledger.post(ctx.tx, ctx.tenant_id, ledger.Transaction(KIND, act, ctx.now, ctx.now, [moved]))
    except ledger.AlreadyPosted:
        return False
    return True


def _last_told(notice: NoticeFact) -> date:
    return notice.second_on or notice.first_on


def _about(person_id: str, day: date) -> str:
    """A person's warnings of one day are one message."""
    return f"{person_id}/{day.isoformat()}"
