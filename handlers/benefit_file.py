"""Who divided a yearly amount how, for administrators, who pay it out: once its day is over, as a page and a file.

Each who divides it is told so, beside the amount and in the form. Every file that is asked for is in the audit.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers.access import check_administrator
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.rules.csv_writing import Cell, write_csv
from handlers.rules.money import Money
from handlers.rules.periods import day_in
from handlers.vocabulary import Action, Response
from handlers.wall import hand_out_way
from store.audit import AuditFact, add_audit
from store.benefits import BenefitFact, find_benefit, list_newest_benefits, list_shares, total_shares
from store.people import list_members
from store.person_records import list_records

PAGE_NAME = "yearly"
KEPT_DAYS = 366
MOST = 50
HEADER = ("Yearly amount", "Person", "E-mail", "Country", "Department", "Kind", "Per cent", "Amount", "Currency")


@dataclass(frozen=True, slots=True)
class Over:
    """A yearly amount that nobody divides any more, and how many people did."""

    benefit: BenefitFact
    people: int


@action("admin_benefit_link")
def open_page(request: Action, ctx: Context) -> Response:
    """Gives you a link to the files of yearly amounts that are over."""
    check_administrator(ctx)
    return hand_out_way(request, ctx, PAGE_NAME, "Open the yearly amounts")


# --- for pages --------------------------------------------------------------------------------------------


def list_over(ctx: Context) -> list[Over]:
    """For administrators only: raises a `Refusal` for everybody else. The latest first."""
    check_administrator(ctx)
    today = day_in(ctx.now, ctx.tenant_zone)
    since = today.fromordinal(today.toordinal() - KEPT_DAYS)
    found = [one for one in list_newest_benefits(ctx.tx, ctx.tenant_id, since, most=2 * MOST) if one.ends_on < today][
        :MOST
    ]
    return [Over(one, total_shares(ctx.tx, ctx.tenant_id, one.id)[0]) for one in found]


def shares_csv(ctx: Context, benefit_id: str) -> str:
    """A line for each person and kind, by name. For administrators only, and only once it is over."""
    check_administrator(ctx)
    found = find_benefit(ctx.tx, ctx.tenant_id, benefit_id)
    if found is None or found.ends_on >= day_in(ctx.now, ctx.tenant_zone):
        raise Refusal("not_over", "I know no such amount that is over.", "The page of yearly amounts lists them.")
    return write_csv(HEADER, _lines(ctx, found))


def note_file(ctx: Context) -> None:
    """Writes into the audit that an administrator asks for a file."""
    check_administrator(ctx)
    fact = AuditFact(
        id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act="file of a yearly amount asked for", details={}
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)


def _lines(ctx: Context, found: BenefitFact) -> list[list[Cell]]:
    shares = list_shares(ctx.tx, ctx.tenant_id, found.id)
    ids = {person_id for person_id, _, _ in shares}
    people = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, ids)}
    records = list_records(ctx.tx, ctx.tenant_id, ids)
    lines: list[list[Cell]] = []
    for person_id, place, percent in shares:
        person, record = people[person_id], records.get(person_id)
        where = [record.country, record.department] if record else ["", ""]
        part = found.amount * percent // 100
        amount: list[Cell] = (
            [Money(part, found.currency).amount, found.currency] if found.currency else [part, "points"]
        )
        kind = found.kinds[place].name
        lines.append([found.title, person.name, person.email or "", *where, kind, percent, *amount])
    return sorted(lines, key=lambda one: [str(cell).casefold() for cell in one[1:3]])
