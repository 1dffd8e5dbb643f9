"""The catalogue as a file: taken along, changed elsewhere, brought back; shown line by line before anything changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Connection

from handlers.access import check_administrator
from handlers.admin_catalogue_saving import differences
from handlers.admin_words import Said, admin_word
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
from handlers.catalogue_rows import KeptRow, apply_rows, code_of, read_row
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.reward_reading import CODE, STOCK
from handlers.rules.catalogue_csv import (
    HEADINGS,
    MOST_LINES,
    CatalogueFile,
    RewardRow,
    found,
    heading,
    read_catalogue,
)
from handlers.rules.categories import category_of
from handlers.rules.csv_text import LineError
from handlers.rules.csv_writing import write_csv
from handlers.rules.money import Money
from handlers.upload_desk import hand_out_link
from handlers.vocabulary import Action, Response
from store.audit import AuditFact, add_audit
from store.catalogue import RewardFact, find_coded, list_rewards
from store.imports import ImportFact, Stage, confirm_import, end_import, find_import, take_page, tell

NAME = "catalogue"
ENDED = "catalogue imported"


@admin_word("catalogue import")
def import_word(said: Said, ctx: Context) -> Response:
    """A page to bring the catalogue as a CSV, or to take it along as one."""
    return hand_out_link(ctx, NAME)


@admin_word("catalogue export")
def export_word(said: Said, ctx: Context) -> Response:
    """A page to take the catalogue along as a CSV."""
    return hand_out_link(ctx, NAME)


@action("admin_catalogue_file")
def press_file(request: Action, ctx: Context) -> Response:
    """Gives a page to bring the catalogue as a file, or to take it along."""
    check_administrator(ctx)
    return hand_out_link(ctx, NAME)


# --- what a file would change -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Change:
    line: int
    was: RewardFact | None
    wanted: RewardFact


def _resolve(tx: Connection, tenant_id: str, rows: Sequence[RewardRow]) -> tuple[list[_Change], list[LineError]]:
    """Each row against the reward that it names; a name that none has is a new one."""
    known = find_coded(tx, tenant_id, {code_of(one) for one in rows} - {""}) if rows else {}
    first: dict[str, int] = {}
    changes: list[_Change] = []
    errors: list[LineError] = []
    for row in rows:
        code = code_of(row)
        if (line := first.setdefault(code, row.line)) != row.line and code:
            errors.append(LineError(row.line, heading(CODE), code, f"Line {line} is about it, too. Make one of both."))
            continue
        try:
            changes.append(_Change(row.line, known.get(code), read_row(row, known.get(code))))
        except Refusal as refusal:
            told = found(row.told.get(refusal.field, ""))
            says = f"{refusal.sentence} {refusal.next_step}"
            errors.append(LineError(row.line, heading(refusal.field), told, says))
    return changes, errors


def _preview(tx: Connection, tenant_id: str, file: CatalogueFile) -> tuple[Preview, list[str]]:
    resolved, wrong = _resolve(tx, tenant_id, file.rows)
    errors = sorted([*file.errors, *wrong], key=lambda one: one.line)
    changes = [one for one in resolved if one.was != one.wanted]
    added = sum(one.was is None for one in changes)
    preview = Preview(
        rows=len(resolved),
        changed=len(changes),
        counts={"added": added, "changed": len(changes) - added},
        changes=tuple(ShownChange(one.line, one.wanted.title, _described(one)) for one in changes[:SHOWN_CHANGES]),
        errors=tuple(errors[:SHOWN_ERRORS]),
        error_count=len(errors),
        left_out=len({one.line for one in errors}),
        encoding=file.encoding,
        separator=file.separator,
        ignored=file.ignored[:SHOWN_NAMES],
    )
    # Lines that say nothing new are not kept: nobody confirmed what they would undo by then.
    seen = {one.line: _stock_of(one.was) for one in changes}
    return preview, [json.dumps([[one.line, dict(one.told), seen[one.line]] for one in file.rows if one.line in seen])]


def _stock_of(reward: RewardFact | None) -> str:
    return "" if reward is None or reward.stock is None else str(reward.stock)


def _described(change: _Change) -> str:
    """`price 45, was 40; stock 10, was 3`."""
    if change.was is None:
        left = "" if change.wanted.stock is None else f", {change.wanted.stock:,} left"
        return f"new: {change.wanted.price:,} points{left}"
    told = differences(change.was, change.wanted)
    parts = [f"{name.replace('_', ' ')} {now or 'cleared'}, was {was or 'empty'}" for name, (was, now) in _pairs(told)]
    return "; ".join(parts) or "how it is handed out"


def _pairs(told: Mapping[str, Any]) -> Iterable[tuple[str, Sequence[Any]]]:
    return ((name, pair) for name, pair in told.items() if isinstance(pair, list))


# --- applying ---------------------------------------------------------------------------------------------


def _confirm(ctx: Context, one: ImportFact, content_id: str) -> None:
    """At once and in one transaction: a catalogue is no longer than a page."""
    if one.stage in (Stage.CONFIRMED, Stage.DONE):
        return
    check_fresh(one, ctx.now)
    done = confirm_import(ctx.tx, one, content_id, ctx.now)
    now = find_import(ctx.tx, one.tenant_id, one.id)
    if not done or now is None:
        if now is None or now.stage not in (Stage.CONFIRMED, Stage.DONE):
            raise other_content()
        return
    rows = [KeptRow(RewardRow(line, told), seen) for line, told, seen in json.loads(take_page(ctx.tx, now) or "[]")]
    changed, left_out = apply_rows(ctx, rows)
    told = {**now.told, "changed": changed, "unchanged": now.told["rows"] - changed - left_out, "later_count": left_out}
    tell(ctx.tx, now, told)
    end_import(ctx.tx, now)
    details = {"file": now.source, "changed": changed, "left out": left_out + now.told["left_out"]}
    add_audit(
        ctx.tx,
        ctx.tenant_id,
        AuditFact(id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act=ENDED, details=details),
    )


# --- taking it along --------------------------------------------------------------------------------------


def _export(ctx: Context) -> str:
    found = [*list_rewards(ctx.tx, ctx.tenant_id), *list_rewards(ctx.tx, ctx.tenant_id, active=False)]
    rows = [_cells(one) for one in found]
    return write_csv([names[0] for names in HEADINGS.values()], [[row[name] for name in HEADINGS] for row in rows])


def _cells(reward: RewardFact) -> dict[str, str]:
    value = Money(reward.value_minor, reward.currency) if reward.value_minor else None
    return {
        "code": reward.code,
        "title": reward.title,
        "category": category_of(reward.category).label,
        "price": str(reward.price),
        "least": str(reward.least_points) if reward.least_points < reward.price else "",
        "value": str(value).replace(",", "") if value else "",
        "description": reward.description,
        "emoji": reward.emoji,
        "picture": reward.picture,
        "countries": " ".join(reward.countries),
        "departments": "; ".join(reward.departments),
        STOCK: "" if reward.stock is None else str(reward.stock),
        "limit": str(reward.limit) if reward.limit else "",
        "limited": reward.limited.value,
        "starts_on": str(reward.starts_on or ""),
        "ends_on": str(reward.ends_on or ""),
        "kind": reward.fulfilment,
        "within": str(reward.within_days),
        "use": "yes" if reward.active else "no",
    }


@brought_file
class Catalogue:
    name: ClassVar[str] = NAME
    words: ClassVar[FileWords] = FileWords(
        title="The catalogue as a file",
        one="reward",
        many="rewards",
        about="every other line is one reward. A short name that there is changes that reward, another one adds it",
        columns=(
            ("short name", "such as coffee-mug; empty: made of the title"),
            ("title", "at most 60 characters"),
            ("category", "such as food, learning, time off, charity"),
            ("points", "what it takes"),
            ("points at least", "where the rest may be paid in money; then say what it is worth"),
            ("worth", "with its currency, such as 12.50 EUR"),
            ("description, emoji, picture", "the picture by its address, which begins with https://"),
            ("countries, departments", "for whom it is: DE AT, or Design; Sales. Empty: everybody"),
            ("left", "how many there are; empty: as many as are asked for"),
            ("limit for each person, limit in a", "such as 1 and quarter; a time is month, quarter, year or ever"),
            ("from, to", "days like 2027-03-09"),
            ("handed out, working days", "how, such as manual or codes, and within how many days"),
            ("in use", "yes or no"),
        ),
        example="""short name,title,category,points,left,working days
coffee-mug,Coffee mug,company swag,40,25,10
book,A book of your choice,learning,60,,5""",
        limits=f"At most 1 MB and {MOST_LINES:,} lines.",
        counted=(("added", "new one", "new ones"), ("changed", "changed one", "changed ones")),
        ask="rewards-admin, catalogue import",
        begun="Your file was taken.",
        done="Your file was taken. Look at what there is now: rewards-admin, catalogue.",
        export="Take the catalogue along as it is now",
    )

    def read(self, content: bytes, today: date) -> CatalogueFile:
        return read_catalogue(content)

    def preview(self, tx: Connection, tenant_id: str, file: Any) -> tuple[Preview, list[str]]:
        return _preview(tx, tenant_id, file)

    def confirm(self, ctx: Context, one: ImportFact, content_id: str) -> None:
        _confirm(ctx, one, content_id)

    def export(self, ctx: Context) -> str:
        return _export(ctx)
