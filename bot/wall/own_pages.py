"""Pages under the wall that are somebody's own, and the same as files: for whoever has a session there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlencode

from aiohttp import web

from bot.wall.html import render
from handlers import catalogue_browse, statement, tax_report
from handlers.catalogue import row_of
from handlers.rules.categories import CATEGORIES
from handlers.wall import Visit

Asked: TypeAlias = Mapping[str, str]
_BYTE_ORDER_MARK = "\ufeff"
"""Without it, some spreadsheets read UTF-8 as another encoding."""


@dataclass(frozen=True, slots=True)
class OwnPage:
    """`look` checks who may; with a `file` name its text is one to be kept."""

    path: str
    look: Callable[[Visit, Asked], str]
    file: str = ""

    def as_file(self, text: str) -> web.Response:
        headers = {"Content-Disposition": f'attachment; filename="{self.file}"'}
        return web.Response(text=_BYTE_ORDER_MARK + text, content_type="text/csv", charset="utf-8", headers=headers)


def _statement(visit: Visit, asked: Asked) -> str:
    before = statement.read_number(asked)
    shown = statement.read_statement(visit.ctx, before, statement.ON_PAGE)
    return render("statement", visit=visit, shown=shown, later=bool(before))


def _rewards(visit: Visit, asked: Asked) -> str:
    sought = catalogue_browse.sought_of(asked)
    found = catalogue_browse.search(visit.ctx, sought, catalogue_browse.ON_PAGE)
    return render(
        "rewards",
        visit=visit,
        sought=sought,
        found=found,
        about=catalogue_browse.about(sought),
        rows=[(one, row_of(found.shelf, one)) for one in found.rewards],
        categories=CATEGORIES,
        address=lambda page: f"?{urlencode(sought.values | {'page': str(page)})}",
    )


def _taxes(visit: Visit, asked: Asked) -> str:
    year = tax_report.read_year(visit.ctx, asked.get("year", ""))
    return render(
        "taxes", visit=visit, report=tax_report.read_report(visit.ctx, year), first_year=tax_report.FIRST_YEAR
    )


def _taxes_csv(visit: Visit, asked: Asked) -> str:
    return tax_report.report_csv(visit.ctx, tax_report.read_year(visit.ctx, asked.get("year", "")))


OWN_PAGES = (
    OwnPage(catalogue_browse.PAGE_NAME, _rewards),
    OwnPage(statement.PAGE_NAME, _statement),
    OwnPage(f"{statement.PAGE_NAME}.csv", lambda visit, _: statement.statement_csv(visit.ctx), "statement.csv"),
    OwnPage(tax_report.PAGE_NAME, _taxes),
    OwnPage(f"{tax_report.PAGE_NAME}.csv", _taxes_csv, "taxes.csv"),
)
_LEADS = {one.path for one in OWN_PAGES if not one.file}


def leads_to(asked: Asked) -> str:
    """Where a way in ends, after the wall's own path: one of the pages here, or the wall itself."""
    to, year = asked.get("to", ""), asked.get("year", "")
    if to not in _LEADS:
        return ""
    return f"/{to}" + (f"?{urlencode({'year': year[:4]})}" if year else "")
