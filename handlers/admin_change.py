"""A change of the set-up: checked as a whole, made, and told: what it was and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from handlers.admin_channels import shown_channel
from handlers.admin_settings import LABELS, SETTINGS, shown
from handlers.context import Context
from handlers.liability import costly, told_difference
from handlers.refusals import Refusal
from handlers.rules.periods import day_in
from handlers.rules.policy import OLD_NAMES, Policy
from handlers.rules.policy_bounds import misfits_of, problems_of
from handlers.ticks import move_tenant
from handlers.vocabulary import Card, Reply, Response
from store.audit import AuditFact, add_audit
from store.conversations import Place
from store.tenants import change_policy, change_programme, change_workspace, change_zone, lock_policy

CHANNEL, ZONE = "channel", "zone"
_BOUND_BY = {
    "most_points": "allowance",
    "default_points": "most_points",
    "boost_points": "most_points",
    "reason_least": "reason_most",
}
_WORDS = {one.field: one.word for one in SETTINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be otherwise. `place` and `zone` None: they stay."""

    policy: Mapping[str, Any]
    place: Place | None = None
    zone: str | None = None


def apply_change(ctx: Context, change: Change) -> Response:
    """Checks a change as a whole, makes it, and tells what is different now. What stays the same is not touched."""
    stored = lock_policy(ctx.tx, ctx.tenant_id)
    before = Policy.read(stored)
    after = _dated(ctx, before, replace(before, **change.policy))
    if before != after:
        _check(before, after)
    changes = _differences(before, after)
    if before != after:
        change_policy(ctx.tx, ctx.tenant_id, _to_store(stored, after))
    changes |= _change_place(ctx, change.place) | _change_zone(ctx, change.zone)
    if changes:
        fact = AuditFact(id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act="set-up changed", details=changes)
        add_audit(ctx.tx, ctx.tenant_id, fact)
    return Response(Reply(_changed_card(changes, _cost(ctx, before, after))))


def _cost(ctx: Context, before: Policy, after: Policy) -> list[str]:
    """What a change costs, where it is of a rule that decides that."""
    differs = [one.name for one in fields(Policy) if getattr(before, one.name) != getattr(after, one.name)]
    return told_difference(ctx, before, after) if any(map(costly, differs)) else []


def _dated(ctx: Context, before: Policy, after: Policy) -> Policy:
    """Notes the day of another kind of period, for what was not given before it belongs to no period of that kind; and
    the day from which points expire sooner, for nothing expires right after it."""
    today = day_in(ctx.now, ctx.tenant_zone).isoformat()
    if before.allowance_period != after.allowance_period:
        after = replace(after, allowance_since=today)
    if after.points_expire_months and not 0 < before.points_expire_months <= after.points_expire_months:
        after = replace(after, points_expire_since=today)
    return after


def _check(before: Policy, after: Policy) -> None:
    misfits = misfits_of(after)
    for field, sentence in problems_of(after).items():
        if misfits.get(field) == sentence:
            raise Refusal("does_not_fit", sentence, _first(field, before, after), field=field)
        raise Refusal("does_not_fit", f"{LABELS[field]}: {sentence}", "Nothing was changed.", field=field)


def _first(high: str, before: Policy, after: Policy) -> str:
    """What to change before: the rule that is too high, or, where it was just raised, the one that bounds it."""
    bound = _BOUND_BY[high]
    if getattr(after, bound) != getattr(before, bound):
        return f"Lower that first: setup {_WORDS[high]} {getattr(after, bound)}."
    return f"Raise that first: setup {_WORDS[bound]} {getattr(after, high)}."


def _differences(before: Policy, after: Policy) -> dict[str, list[Any]]:
    """By field: what it was and what it is."""
    pairs = {one.name: [getattr(before, one.name), getattr(after, one.name)] for one in fields(Policy)}
    pairs |= {"worth": [str(before.worth or ""), str(after.worth or "")]}
    return {
        name: [_plain(one) for one in pair]
        for name, pair in pairs.items()
        if name not in _TOLD_OTHERWISE and pair[0] != pair[1]
    }


_TOLD_OTHERWISE = ("allowance_since", "points_expire_since", "point_worth", "currency")
"""Dates that go with another change, and two that are one amount."""


def _to_store(stored: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    """What differs from the defaults, and what another version of the program has put there."""
    defaults = Policy()
    ours = {one.name for one in fields(Policy)}
    differs = {name for name in ours if getattr(policy, name) != getattr(defaults, name)}
    kept = {name: value for name, value in stored.items() if name not in ours | OLD_NAMES.keys()}
    return kept | {name: _plain(getattr(policy, name)) for name in sorted(differs)}


def _plain(value: object) -> object:
    return value.value if isinstance(value, StrEnum) else value


def _change_place(ctx: Context, place: Place | None) -> dict[str, list[Any]]:
    was = ctx.programme.recognition_places.get(ctx.home.workspace_id)
    if place is None or place.id == ctx.home.recognition_id:
        return {}
    change_workspace(ctx.tx, ctx.tenant_id, ctx.home.workspace_id, recognition_id=place.id)
    change_programme(ctx.tx, ctx.tenant_id)
    return {CHANNEL: [shown_channel(was) if was else "", shown_channel(place)]}


def _change_zone(ctx: Context, zone: str | None) -> dict[str, list[Any]]:
    if zone is None or zone == ctx.home.zone:
        return {}
    move_tenant(ctx, zone)
    change_zone(ctx.tx, ctx.tenant_id, zone)
    change_programme(ctx.tx, ctx.tenant_id)
    return {ZONE: [ctx.home.zone, zone]}


def _changed_card(changes: Mapping[str, list[Any]], cost: list[str]) -> Card:
    rows = [
        {"label": LABELS[name], "was": shown(was), "now": shown(now)} for name, (was, now) in sorted(changes.items())
    ]
    notes = []
    if "allowance_period" in changes:
        notes.append("Everybody gets the share of the period that is left. What they had not given yet stays behind.")
    elif "allowance" in changes:
        notes.append("Who has given something in this period keeps what they had; for them it counts from the next.")
    if "points_expire_months" in changes:
        notes.append(
            "Nothing expires within 60 days of a stricter rule, and nobody's points without two messages before."
        )
    if ZONE in changes:
        notes.append("What is posted once a week or day is still posted once, by the new clock.")
    return Card("admin_changed", {"rows": rows, "notes": [*notes, *cost]})
