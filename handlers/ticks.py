"""Scheduled jobs: what is due is done once, however many processes see it, and after downtime too.

The schedule's row is moved on in the transaction of the work, and the period's label is claimed like a request: so
replicas, restarts, a tenant's new zone and hours that repeat do nothing twice. Long work goes page by page, each in
a transaction of its own; the row remembers the page, for whoever goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers import registry
from handlers.context import TenantContext, zone_of_tenant
from handlers.mailing import Mailer
from handlers.presenter import Presenter
from handlers.programme import Programmes
from handlers.registry import TickEntry
from handlers.rules.instants import Rule, after_moving
from handlers.rules.periods import zone_or
from handlers.rules.policy import Policy
from handlers.vocabulary import Tick, Turned
from store import requests, schedules
from store.db import Database
from store.schedules import Scheduled
from store.sealing import Sealer
from store.tenants import Home, list_homes

HELD = timedelta(minutes=10)
"""How long a job is left alone that failed."""
AWAY = timedelta(hours=1)
"""How long one is that nobody here can do: the app was removed, or another version brings it."""
FAR = timedelta(days=8)
"""Longer than any rule waits: what is due later was set by a clock that was wrong."""
PAGE = 200


class Ticks:
    """Built once by the program. `on_sends` is called after a commit that left something in the outbox.

    `owners` are e-mail addresses in lower case of those who may administer.
    """

    def __init__(
        self,
        database: Database,
        presenter: Presenter,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        on_sends: Callable[[], None] = lambda: None,
        owners: Iterable[str] = (),
        sealer: Sealer | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._on_sends = on_sends
        self._owners = frozenset(owners)
        self._sealer = sealer or Sealer()
        self._mailer = Mailer(presenter, new_id)
        self._programmes = Programmes()

    def plan(self) -> None:
        """Schedules the jobs of tenants that do not have them yet, and sets right what a wrong clock left far ahead."""
        now = self._clock()
        with self._database.reading() as tx:
            missing = sorted(
                (tenant_id, one.name, zone)
                for one in _of_tenants()
                for tenant_id, zone in schedules.list_tenants_without(tx, one.name)
            )
            strayed = schedules.list_after(tx, now + FAR)
        for start in range(0, len(missing), PAGE):  # in one order everywhere, so that replicas do not wait in a ring
            with self._database.writing() as tx:
                page = missing[start : start + PAGE]
                schedules.add_schedules(tx, [_first(name, tenant_id, zone, now) for tenant_id, name, zone in page])
        for one in strayed:
            self._set_right(one, now)

    def _set_right(self, strayed: Scheduled, now: datetime) -> None:
        entry = registry.ticks.get(strayed.job)
        with self._database.writing() as tx:
            home = next(iter(list_homes(tx, strayed.tenant_id)), None)
            if entry and entry.rule and home:
                zone = zone_or(strayed.subject, zone_of_tenant(home.zone))
                schedules.move_on(tx, strayed, entry.rule.following(zone, now))

    def list_due(self, most: int) -> list[Scheduled]:
        with self._database.reading() as tx:
            return schedules.list_due(tx, self._clock(), most)

    def turn(self, due: Scheduled) -> bool:
        """Does what is due, or a page of it. False if somebody else was quicker."""
        now = self._clock()
        with self._database.writing() as tx:
            home = next(iter(list_homes(tx, due.tenant_id)), None)
            entry = registry.ticks.get(due.job)
            if entry is None or home is None:  # of another version, or the app was removed: it stays due
                schedules.hold(tx, due, now + AWAY)
                return False
            sent = self._once(tx, due, home, now) if entry.rule is None else self._again(tx, due, home, entry.rule, now)
        if sent:
            self._on_sends()
        return sent is not None

    def hold(self, due: Scheduled) -> None:
        """After a failure, so that others are not kept waiting by what cannot be done now."""
        with self._database.writing() as tx:
            schedules.hold(tx, due, self._clock() + HELD)

    # --- one transaction ----------------------------------------------------------------------------------

    def _once(self, tx: Connection, due: Scheduled, home: Home, now: datetime) -> bool | None:
        """Work that is done once, page by page. None if somebody else was quicker; else whether it sends."""
        zone = zone_of_tenant(home.zone)
        tick = Tick(
            job=due.job,
            subject=due.subject,
            zone=zone,
            label="",
            due_at=due.next_at,
            missed_at=due.next_at,
            page=due.page,
        )
        # Held by an update first, so that of two processes the later one waits, and then finds it moved on.
        if not schedules.move_on(tx, due, due.next_at, due.page):
            return None
        turned = self._handle(tx, home, tick, now)
        done = schedules.move_on(tx, due, due.next_at, turned.next_page) if turned.next_page else schedules.end(tx, due)
        assert done, "the row is ours until the commit"
        return bool(turned.sends)

    def _again(self, tx: Connection, due: Scheduled, home: Home, rule: Rule, now: datetime) -> bool | None:
        zone = zone_or(due.subject, zone_of_tenant(home.zone))
        # By the wall as it is now: the row may be of another zone, or was pushed on while there was no workspace.
        at = rule.latest(zone, now)
        tick = Tick(
            job=due.job,
            subject=due.subject,
            zone=zone,
            label=rule.label(at, zone),
            due_at=at,
            missed_at=min(due.next_at, at),
            page=due.page if at == due.next_at else "",  # what is of an older period begins anew
        )
        following = rule.following(zone, at)
        if not schedules.move_on(tx, due, following):
            return None
        if now - at > registry.ticks[due.job].late or not self._is_first(tx, tick, due, now):
            return False
        turned = self._handle(tx, home, tick, now)
        if turned.next_page:
            schedules.move_on(tx, replace(due, next_at=following, page=""), at, turned.next_page)
        return bool(turned.sends)

    def _is_first(self, tx: Connection, tick: Tick, due: Scheduled, now: datetime) -> bool:
        """Whether nobody has done this page for this period yet."""
        key = f"tick:{tick.job}:{tick.subject}:{tick.label}:{tick.page}"
        if requests.claim(tx, due.tenant_id, key, tick.job, now):
            return False
        requests.keep_outcome(tx, due.tenant_id, key, "done", {})
        return True

    def _handle(self, tx: Connection, home: Home, tick: Tick, now: datetime) -> Turned:
        ctx = TenantContext(
            tx=tx,
            now=now,
            new_id=self._new_id,
            home=home,
            policy=Policy.read(home.policy),
            programme=self._programmes.get(tx, home, now),
            owners=self._owners,
            sealer=self._sealer,
        )
        turned = registry.ticks[tick.job].handler(tick, ctx)
        assert isinstance(turned, Turned)
        self._mailer.send(ctx, turned.sends)
        return turned


def schedule_for_zone(ctx: TenantContext, job: str, zone: str) -> None:
    """Schedules a job for a zone that somebody needs it in. The tenant's own zone where `zone` is not known."""
    rule = registry.ticks[job].rule
    assert rule, f"{job} is done once"
    due_at = rule.following(zone_or(zone, ctx.tenant_zone), ctx.now)
    schedules.add_schedules(ctx.tx, [Scheduled(ctx.tenant_id, job, zone, due_at, "")])


def schedule_once(ctx: TenantContext, job: str, subject: str) -> None:
    """Schedules work that is done once, as soon as there is time."""
    assert registry.ticks[job].rule is None, f"{job} is done again and again"
    schedules.add_schedules(ctx.tx, [Scheduled(ctx.tenant_id, job, subject, ctx.now, "")])


def move_tenant(ctx: TenantContext, zone: str) -> None:
    """The tenant goes by another zone from now on: what is done once a period is still done once.

    What is due already stays so, and is done by the new wall.
    """
    new = zone_of_tenant(zone)
    for one in registry.ticks.values():
        if one.rule:  # those of people whose zone is not known go by the tenant's, too
            due_at = after_moving(one.rule, ctx.tenant_zone, new, ctx.now)
            schedules.reset(ctx.tx, ctx.tenant_id, one.name, "", due_at, ctx.now)


def _of_tenants() -> list[TickEntry]:
    return [one for one in registry.ticks.values() if one.by_tenant]


def _first(job: str, tenant_id: str, zone: str, now: datetime) -> Scheduled:
    rule = registry.ticks[job].rule
    assert rule, f"{job} is done once"
    return Scheduled(tenant_id, job, "", rule.following(zone_of_tenant(zone), now), "")
