"""Pages under the wall that are somebody's own, and the same as files: for whoever has a session there."""

from __future__ import annotations

from urllib.parse import urlencode

from bot.wall.budgets_page import BUDGETS
from bot.wall.html import render
from bot.wall.liability_page import LIABILITY
from bot.wall.orders_page import ORDERS
from bot.wall.own_page import Asked, OwnPage
from bot.wall.rewards_pages import CATALOGUE, REWARD
from bot.wall.yearly_page import YEARLY, YEARLY_FILE
from handlers import statement, tax_report
from handlers.wall import Visit

_MOST_KEPT = 40


def _statement(visit: Visit, asked: Asked) -> str:
    before = statement.read_number(asked)
    shown = statement.read_statement(visit.ctx, before, statement.ON_PAGE)
    return render("statement", visit=visit, shown=shown, later=bool(before))


def _statement_csv(visit: Visit, asked: Asked) -> str:
    return statement.statement_csv(visit.ctx)


def _taxes(visit: Visit, asked: Asked) -> str:
    year = tax_report.read_year(visit.ctx, asked.get("year", ""))
    return render(
        "taxes", visit=visit, report=tax_report.read_report(visit.ctx, year), first_year=tax_report.FIRST_YEAR
    )


def _taxes_csv(visit: Visit, asked: Asked) -> str:
    return tax_report.report_csv(visit.ctx, tax_report.read_year(visit.ctx, asked.get("year", "")))


OWN_PAGES = (
    CATALOGUE,
    REWARD,
    ORDERS,
    BUDGETS,
    LIABILITY,
    OwnPage(path=statement.PAGE_NAME, look=_statement),
    OwnPage(path=f"{statement.PAGE_NAME}.csv", look=_statement_csv, file="statement.csv"),
    OwnPage(path=tax_report.PAGE_NAME, look=_taxes, keeps=("year",)),
    OwnPage(path=f"{tax_report.PAGE_NAME}.csv", look=_taxes_csv, file="taxes.csv"),
    YEARLY,
    YEARLY_FILE,
)
_LEADS = {one.path: one for one in OWN_PAGES if not one.file and "{" not in one.path}


def leads_to(asked: Asked) -> str:
    """Where a way in ends, after the wall's own path: one of the pages here, or the wall itself."""
    page = _LEADS.get(asked.get("to", ""))
    if page is None:
        return ""
    kept = {name: asked[name][:_MOST_KEPT] for name in page.keeps if asked.get(name)}
    return f"/{page.path}" + (f"?{urlencode(kept)}" if kept else "")
