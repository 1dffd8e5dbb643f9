"""What an administrator is shown of a file before anything changes, and how it is kept until they confirm it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from handlers.context import Context
from handlers.people_changes import Resolved, counts_of, describe, resolve_file
from handlers.refusals import Refusal
from handlers.rules.people_csv import LineError, PeopleFile, PersonRow
from handlers.ticks import schedule_once
from store.audit import AuditFact, add_audit
from store.imports import ImportFact, Stage, confirm_import, find_import, keep_content
from store.people import list_members

JOB = "people_import"
ACT = "people import confirmed"
PAGE = 200
"""Rows of one transaction."""
SHOWN_CHANGES, SHOWN_ERRORS = 20, 200
_SHOWN_NAMES = 20


@dataclass(frozen=True, slots=True)
class ShownChange:
    line: int
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do. `changes` and `errors` are the first ones; all are counted."""

    rows: int
    """That could be read and found their people."""
    changed: int
    counts: Mapping[str, int]
    changes: tuple[ShownChange, ...]
    errors: tuple[LineError, ...]
    error_count: int
    left_out: int
    """Lines with an error."""
    encoding: str
    separator: str
    ignored: tuple[str, ...]


def preview_of(tx: Connection, tenant_id: str, file: PeopleFile) -> tuple[Preview, list[str]]:
    """What would change, and the pages to keep. Changes nothing."""
    resolved = resolve_file(tx, tenant_id, file.rows)
    errors = sorted([*file.errors, *resolved.errors], key=lambda one: one.line)
    changes = resolved.changes
    preview = Preview(
        rows=len(resolved.kept),
        changed=len(changes),
        counts=counts_of(changes),
        changes=_shown(tx, tenant_id, resolved),
        errors=tuple(errors[:SHOWN_ERRORS]),
        error_count=len(errors),
        left_out=len({one.line for one in errors}),
        encoding=file.encoding,
        separator=file.separator,
        ignored=file.ignored[:_SHOWN_NAMES],
    )
    return preview, _pages([one.row for one in resolved.kept])


def keep_preview(
    tx: Connection, one: ImportFact, content_id: str, source: str, preview: Preview, pages: Sequence[str]
) -> bool:
    """Keeps what was shown, to be confirmed. False where something was confirmed already."""
    told = {
        "rows": preview.rows,
        "left_out": preview.left_out,
        "changed": 0,
        "unchanged": 0,
        "later": [],
        "later_count": 0,
    }
    return keep_content(tx, one, content_id, source, pages, told)


def read_page(content: str) -> list[PersonRow]:
    return [PersonRow(*row) for row in json.loads(content)]


def confirm(ctx: Context, one: ImportFact, content_id: str) -> None:
    """From here on it is applied, once, however often it is confirmed."""
    if one.stage in (Stage.CONFIRMED, Stage.DONE):
        return
    check_fresh(one, ctx.now)
    done = confirm_import(ctx.tx, one, content_id, ctx.now)
    now = find_import(ctx.tx, one.tenant_id, one.id)
    if done and now:
        schedule_once(ctx, JOB, one.id)
        details = {"file": now.source, "rows": now.told["rows"]}
        fact = AuditFact(id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act=ACT, details=details)
        add_audit(ctx.tx, ctx.tenant_id, fact)
        return
    if now is None or now.stage not in (Stage.CONFIRMED, Stage.DONE):
        raise Refusal(
            "other_content", "Another file was brought here since.", "Look at its preview, and confirm that one."
        )


def check_fresh(one: ImportFact, now: datetime) -> None:
    if one.expires_at <= now:
        raise Refusal("expired", "That was here too long, and is forgotten.", "Bring it once more, please.")


def sentence_of(error: LineError) -> str:
    """An error as a sentence: where, what was found, what to do."""
    where = f"Line {error.line}" if error.line else ""
    where = ", ".join(filter(None, (where, error.column)))
    found = f"“{error.found}”" if error.found else ""
    return ": ".join(filter(None, (" ".join(filter(None, (where, found))), error.says)))


def _shown(tx: Connection, tenant_id: str, resolved: Resolved) -> tuple[ShownChange, ...]:
    """The first ones by the order of the file."""
    first = sorted(resolved.changes, key=lambda one: one.row.line)[:SHOWN_CHANGES]
    managers = {fact.manager_id for one in first for fact in (one.before, one.after) if fact.manager_id}
    names = {one.id: one.name for one in list_members(tx, tenant_id, managers)} if managers else {}
    return tuple(ShownChange(one.row.line, one.name, describe(one, names)) for one in first)


def _pages(rows: Sequence[PersonRow]) -> list[str]:
    return [_page(rows[first : first + PAGE]) for first in range(0, len(rows), PAGE)]


def _page(rows: Iterable[PersonRow]) -> str:
    told = [(one.line, one.email, one.birthday, one.started_on, one.department, one.manager) for one in rows]
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)
