"""Who decides a step of an approval: the people whom a rule means, and those who stand in for whoever is away."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from handlers.access import list_administrators
from handlers.context import TenantContext
from handlers.rules.approvals import ADMINISTRATOR, MANAGER
from store.approvals import list_delegations
from store.people import MEMBER, Member, list_members
from store.person_records import list_records

MOST_UP = 20
"""Managers above somebody who are looked at for one who can decide."""


def people_for(ctx: TenantContext, step: str, asker: Member, barred: Collection[str]) -> list[Member]:
    """Who may decide a step: `manager`, `administrator`, or a person's id. Never whoever is barred, by id.

    Where that means nobody who can, the administrators. Empty where there is none at all.
    """
    found: list[Member] = []
    if step == MANAGER:
        found = _manager_of(ctx, asker, barred)
    elif step != ADMINISTRATOR:
        found = _able(ctx, [step], barred)
    return found or [one for one in list_administrators(ctx) if one.id not in barred]


def above(ctx: TenantContext, people: Iterable[Member], barred: Collection[str]) -> list[Member]:
    """Who decides where these do not: their managers, else administrators; without them and whoever is barred."""
    asked = list(people)
    others = {*barred, *(one.id for one in asked)}
    managers = {one.id: one for person in asked for one in _manager_of(ctx, person, others)}
    return list(managers.values()) or [one for one in list_administrators(ctx) if one.id not in others]


def stand_ins(ctx: TenantContext, people: Iterable[Member], barred: Collection[str]) -> list[Member]:
    """Who stands in today for these people. Nobody stands in for a stand-in."""
    return _able(ctx, places_of(ctx, people), barred)


def places_of(ctx: TenantContext, people: Iterable[Member]) -> dict[str, list[Member]]:
    """In whose place they are today, by stand-in, of these people."""
    today = ctx.now.astimezone(ctx.tenant_zone).date()
    away = {one.id: one for one in people}
    places: dict[str, list[Member]] = {}
    for id, kept in sorted(list_delegations(ctx.tx, ctx.tenant_id, away).items()):
        if kept.first_on <= today <= kept.last_on:
            places.setdefault(kept.delegate_id, []).append(away[id])
    return places


def _manager_of(ctx: TenantContext, person: Member, barred: Collection[str]) -> list[Member]:
    """The first one upwards who can decide."""
    at = person.id
    for _ in range(MOST_UP):
        record = list_records(ctx.tx, ctx.tenant_id, [at]).get(at)
        if record is None or record.manager_id is None or record.manager_id == person.id:
            return []
        at = record.manager_id
        if found := _able(ctx, [at], {*barred, person.id}):
            return found
    return []


def _able(ctx: TenantContext, ids: Iterable[str], barred: Collection[str]) -> list[Member]:
    """Active members among them who are not barred."""
    wanted = sorted({one for one in ids if one and one not in barred})
    found = list_members(ctx.tx, ctx.tenant_id, wanted) if wanted else []
    return sorted((one for one in found if one.active and one.kind == MEMBER), key=lambda one: one.id)
