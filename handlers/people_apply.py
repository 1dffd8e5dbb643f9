"""Applies an import that was confirmed: a page a transaction, one import of a tenant after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from handlers.access import list_administrators, may_administer
from handlers.brought_files import sentence_of
from handlers.context import TenantContext
from handlers.people_changes import Resolved, fields_of, resolve_page
from handlers.people_preview import JOB, read_page
from handlers.registry import tick
from handlers.vocabulary import Card, Direct, Subject, Tick, Turned
from store.audit import AuditFact, add_audit
from store.imports import ImportFact, Stage, end_import, find_import, find_next_import, take_page, tell
from store.people import Member, list_members
from store.person_records import RecordFact, save_records

CHANGED, ENDED, STOPPED = "people changed", "people imported", "people import stopped"
GOES_ON = "on"
_TOLD_ERRORS = 8


@tick(JOB)
def apply_page(tick: Tick, ctx: TenantContext) -> Turned:
    """Applies the next page of whichever import of the tenant was confirmed first: so the last one wins.

    The page is counted in the import's own row: whoever helps with an earlier import goes on where it is. Each page
    asks again whether whoever confirmed it may still do such things.
    """
    own = find_import(ctx.tx, ctx.tenant_id, tick.subject)
    if own is None or own.stage != Stage.CONFIRMED:
        return Turned()
    current = find_next_import(ctx.tx, ctx.tenant_id)
    assert current, "there is at least this one"
    goes_on = "" if current.id == own.id else GOES_ON
    person = next(iter(list_members(ctx.tx, ctx.tenant_id, [current.person_id])), None)
    if person is None or not may_administer(ctx, person):
        return Turned(_stop(ctx, current), next_page=goes_on)
    content = take_page(ctx.tx, current)
    if content is None:
        return Turned(next_page=GOES_ON)
    told = _applied(ctx, current, content)
    if current.page + 1 < current.pages:
        return Turned(next_page=GOES_ON)
    return Turned((_end(ctx, current, person, told),), next_page=goes_on)


def _applied(ctx: TenantContext, one: ImportFact, content: str) -> dict[str, Any]:
    """Finds people anew, for they may have changed since; what cannot be done any more is told."""
    resolved = resolve_page(ctx.tx, ctx.tenant_id, read_page(content))
    changed = [change.after for change in resolved.changes]
    for piece in _pieces(changed):
        save_records(ctx.tx, ctx.tenant_id, piece)
    for fields, people in _by_fields(resolved).items():
        _write_down(ctx, one, CHANGED, {"file": one.source, "people": people, "fields": ", ".join(fields)})
    told = _added(one.told, resolved)
    tell(ctx.tx, one, told)
    return told


def _added(told: Any, resolved: Resolved) -> dict[str, Any]:
    later = [*told["later"], *(sentence_of(error) for error in resolved.errors)]
    return {
        **told,
        "changed": told["changed"] + len(resolved.changes),
        "unchanged": told["unchanged"] + len(resolved.kept) - len(resolved.changes),
        "later": later[:_TOLD_ERRORS],
        "later_count": told["later_count"] + len(resolved.errors),
    }


def _pieces(facts: Sequence[RecordFact]) -> Iterator[Sequence[RecordFact]]:
    """In powers of two: each number of rows is a statement of its own, compiled and kept."""
    first = 0
    while first < len(facts):
        size = 1 << ((len(facts) - first).bit_length() - 1)
        yield facts[first : first + size]
        first += size


def _by_fields(resolved: Resolved) -> dict[tuple[str, ...], list[str]]:
    """Ids of the people in whom the same fields change: what the audit tells, and never a day."""
    people: dict[tuple[str, ...], list[str]] = {}
    for change in resolved.changes:
        people.setdefault(fields_of(change), []).append(change.after.person_id)
    return people


def _end(ctx: TenantContext, one: ImportFact, person: Member, told: Mapping[str, Any]) -> Direct:
    end_import(ctx.tx, one)
    _write_down(ctx, one, ENDED, _summary(one, told))
    data = {
        "source": one.source,
        "changed": told["changed"],
        "unchanged": told["unchanged"],
        "left_out": told["left_out"],
        "later": [{"sentence": sentence} for sentence in told["later"]],
        "more": told["later_count"] - len(told["later"]),
    }
    return Direct(person, Card("people_imported", data), Subject(JOB, one.id))


def _summary(one: ImportFact, told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "file": one.source,
        "changed": told["changed"],
        "unchanged": told["unchanged"],
        "left out": told["left_out"] + told["later_count"],
    }


def _stop(ctx: TenantContext, one: ImportFact) -> tuple[Direct, ...]:
    """What is in stays, and whoever else runs the programme hears of it."""
    if not end_import(ctx.tx, one):
        return ()
    told = one.told
    left = told["rows"] - told["changed"] - told["unchanged"] - told["later_count"]
    _write_down(ctx, one, STOPPED, _summary(one, told) | {"not applied": left})
    card = Card("people_import_stopped", {"source": one.source, "changed": told["changed"], "left": left})
    return tuple(Direct(person, card, Subject(JOB, one.id)) for person in list_administrators(ctx))


def _write_down(ctx: TenantContext, one: ImportFact, act: str, details: Mapping[str, Any]) -> None:
    fact = AuditFact(id=ctx.new_id(), at=ctx.now, actor_id=one.person_id, act=act, details=details)
    add_audit(ctx.tx, ctx.tenant_id, fact)
