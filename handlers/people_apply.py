"""Applies an import that was confirmed: a page a transaction, one import of a tenant after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from handlers.context import TenantContext
from handlers.people_changes import Resolved, resolve_page
from handlers.people_preview import JOB, read_page, sentence_of
from handlers.registry import tick
from handlers.vocabulary import Card, Direct, Subject, Tick, Turned
from store.audit import AuditFact, add_audit
from store.imports import ImportFact, Stage, end_import, find_import, find_next_import, take_page, tell
from store.people import list_members
from store.person_records import RecordFact, save_records

ACT = "people imported"
GOES_ON = "on"
_TOLD_ERRORS = 8


@tick(JOB)
def apply_page(tick: Tick, ctx: TenantContext) -> Turned:
    """Applies the next page of whichever import of the tenant was confirmed first: so the last one wins.

    The page is counted in the import's own row: whoever helps with an earlier import goes on where it is.
    """
    own = find_import(ctx.tx, ctx.tenant_id, tick.subject)
    if own is None or own.stage != Stage.CONFIRMED:
        return Turned()
    current = find_next_import(ctx.tx, ctx.tenant_id)
    assert current, "there is at least this one"
    content = take_page(ctx.tx, current)
    if content is None:
        return Turned(next_page=GOES_ON)
    told = _applied(ctx, current, content)
    ended = current.page + 1 >= current.pages
    sends = _end(ctx, current, told) if ended else ()
    return Turned(sends, next_page="" if ended and current.id == own.id else GOES_ON)


def _applied(ctx: TenantContext, one: ImportFact, content: str) -> dict[str, Any]:
    """Finds people anew, for they may have changed since; what cannot be done any more is told."""
    resolved = resolve_page(ctx.tx, ctx.tenant_id, read_page(content))
    changed = [change.after for change in resolved.changes]
    for piece in _pieces(changed):
        save_records(ctx.tx, ctx.tenant_id, piece)
    told = _added(one.told, resolved)
    tell(ctx.tx, one, told)
    return told


def _added(told: Any, resolved: Resolved) -> dict[str, Any]:
    later = [*told["later"], *(sentence_of(error) for error in resolved.errors)]
    return {
        "left_out": told["left_out"],
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


def _end(ctx: TenantContext, one: ImportFact, told: dict[str, Any]) -> tuple[Direct, ...]:
    end_import(ctx.tx, one)
    details = {
        "file": one.source,
        "changed": told["changed"],
        "unchanged": told["unchanged"],
        "left out": told["left_out"] + told["later_count"],
    }
    fact = AuditFact(id=ctx.new_id(), at=ctx.now, actor_id=one.person_id, act=ACT, details=details)
    add_audit(ctx.tx, ctx.tenant_id, fact)
    data = {
        "source": one.source,
        "changed": told["changed"],
        "unchanged": told["unchanged"],
        "left_out": told["left_out"],
        "later": [{"sentence": sentence} for sentence in told["later"]],
        "more": told["later_count"] - len(told["later"]),
    }
    card = Card("people_imported", data)
    people = list_members(ctx.tx, ctx.tenant_id, [one.person_id])
    return tuple(Direct(person, card, Subject(JOB, one.id)) for person in people)
