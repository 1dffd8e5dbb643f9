"""What an administrator is shown of a file before anything changes, and how it is kept until they confirm it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Connection

from handlers.brought_files import (
    SHOWN_CHANGES,
    SHOWN_ERRORS,
    SHOWN_NAMES,
    FileWords,
    Preview,
    ShownChange,
    brought_file,
    check_fresh,
    other_content,
)
from handlers.context import Context
from handlers.people_changes import Resolved, counts_of, describe, resolve_file
from handlers.rules.people_csv import PeopleFile, PersonRow, read_people
from handlers.ticks import schedule_once
from store.audit import AuditFact, add_audit
from store.imports import ImportFact, Stage, confirm_import, find_import
from store.people import list_members

JOB = "people_import"
ACT = "people import confirmed"
PAGE = 200
"""Rows of one transaction."""


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
        ignored=file.ignored[:SHOWN_NAMES],
    )
    return preview, _pages([one.row for one in resolved.kept])


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
        raise other_content()


def _shown(tx: Connection, tenant_id: str, resolved: Resolved) -> tuple[ShownChange, ...]:
    """The first ones by the order of the file."""
    first = sorted(resolved.changes, key=lambda one: one.row.line)[:SHOWN_CHANGES]
    managers = {fact.manager_id for one in first for fact in (one.before, one.after) if fact.manager_id}
    names = {one.id: one.name for one in list_members(tx, tenant_id, managers)} if managers else {}
    return tuple(ShownChange(one.row.line, one.name, describe(one, names)) for one in first)


def _pages(rows: Sequence[PersonRow]) -> list[str]:
    return [_page(rows[first : first + PAGE]) for first in range(0, len(rows), PAGE)]


def _page(rows: Iterable[PersonRow]) -> str:
    told = [
        (one.line, one.email, one.birthday, one.started_on, one.department, one.manager, one.country) for one in rows
    ]
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


@brought_file
class People:
    name: ClassVar[str] = "people"
    words: ClassVar[FileWords] = FileWords(
        title="Import people",
        one="person",
        many="people",
        about="every other line is one person. Only the e-mail address is needed",
        columns=(
            ("email", "whose line it is: the address they have on Slack or Teams"),
            ("birthday", "day and month; a year is not needed, and never kept"),
            ("start date", "the first day, best written like 2024-03-09"),
            ("department", "or team, at most 80 characters"),
            ("manager", "their e-mail address"),
            ("country", "where they work, by the two letters of ISO 3166, such as DE"),
        ),
        example="""email,birthday,start date,department,manager
ann@acme.test,03-09,2019-04-01,Design,-
bob@acme.test,,2024-03-09,Design,ann@acme.test""",
        limits="At most 5 MB and 50,000 lines.",
        counted=(
            ("birthdays", "birthday", "birthdays"),
            ("starts", "start date", "start dates"),
            ("departments", "department", "departments"),
            ("managers", "manager", "managers"),
            ("countries", "country", "countries"),
        ),
        ask="rewards-admin, people import",
        begun="Your file is on its way. I will write to you on Slack or Teams when it is done.",
        done="Your file was taken. Slack or Teams tells you how it went.",
        pasting="Until then, paste the lines here in parts.",
    )

    def read(self, content: bytes, today: date) -> PeopleFile:
        return read_people(content, today)

    def preview(self, tx: Connection, tenant_id: str, file: Any) -> tuple[Preview, list[str]]:
        return preview_of(tx, tenant_id, file)

    def confirm(self, ctx: Context, one: ImportFact, content_id: str) -> None:
        confirm(ctx, one, content_id)

    def export(self, ctx: Context) -> str:
        """None: what is told about people leaves by no link."""
        return ""
