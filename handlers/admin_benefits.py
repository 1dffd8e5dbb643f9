"""`/rewards-admin benefits`: a yearly amount for a group, and what people make of it, never below five people."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.benefits import told_amount
from handlers.context import Context
from handlers.paging import page_of, read_page
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.reward_words import command_name
from handlers.rules.countries import read_country
from handlers.rules.days import read_day
from handlers.rules.money import NotMoney, read_money
from handlers.rules.periods import day_in
from handlers.rules.whole_numbers import read_whole
from handlers.rules.written_dates import HOW, Unclear
from handlers.vocabulary import (
    Action,
    Card,
    Choice,
    ChoiceField,
    Form,
    FormErrors,
    OpenForm,
    Replace,
    Reply,
    Response,
    Submission,
    TextField,
)
from handlers.wall import has_pages
from store.audit import AuditFact, add_audit
from store.benefits import (
    BenefitFact,
    Group,
    KindFact,
    Total,
    add_benefit,
    end_benefit,
    list_newest_benefits,
    lock_benefit,
    total_shares,
)

LEAST_PEOPLE = 5
"""Totals of fewer would tell what single people chose. So would totals that are looked at before and after one more
person divides theirs, so they come once it is over."""
MOST_KINDS = 10
LOOKED_AT, SHOWN = 200, 5
LONGEST_TITLE, LONGEST_KIND = 60, 40
MOST_AMOUNT = 10_000_000
LOOKED_BACK = timedelta(days=366)
LONGEST = timedelta(days=366)


@admin_word("benefits", reads=True)
def benefits(said: Said, ctx: Context) -> Response:
    """Yearly amounts that people divide among kinds of benefit."""
    return Response(Reply(_card(ctx)))


@action("admin_benefits", reads=True)
def show_benefits(request: Action, ctx: Context) -> Response:
    """Shows the yearly amounts, and how they are divided in all."""
    check_administrator(ctx)
    return Response(Replace(_card(ctx, page=read_page(request.values))))


@action("admin_benefit_form", reads=True)
def open_form(request: Action, ctx: Context) -> Response:
    """Opens the form for a yearly amount."""
    check_administrator(ctx)
    form = Form(
        name="admin_benefit",
        form_id=ctx.new_id(),
        opened_by="admin_benefit_form",
        title="A yearly amount",
        submit="Add",
        note="Each person divides it. It is an allotment, not points: nothing is paid or redeemed by it here.",
        fields=(
            TextField(name="title", label="What is it called?", min_length=1, max_length=LONGEST_TITLE),
            TextField(
                name="amount",
                label="How much for each person?",
                hint="Money such as 600 EUR, or a number of points.",
                min_length=1,
                max_length=30,
            ),
            ChoiceField(
                name="segment",
                label="For whom?",
                choices=(
                    Choice(Group.ALL, "Everybody"),
                    Choice(Group.DEPARTMENT, "A department"),
                    Choice(Group.COUNTRY, "A country"),
                ),
                initial=Group.ALL,
            ),
            TextField(name="value", label="Which one?", hint="A department, or a country such as DE.", max_length=200),
            TextField(
                name="kinds",
                label="Among which kinds?",
                hint="One in each line, with the most per cent: Wellness 50. Without a number: 100.",
                multiline=True,
                min_length=1,
                max_length=1000,
            ),
            TextField(name="until", label="Until which day?", hint=HOW, min_length=1, max_length=40),
        ),
    )
    return Response(OpenForm(form))


@submission("admin_benefit")
def submit_form(request: Submission, ctx: Context) -> Response:
    """Adds a yearly amount."""
    check_administrator(ctx)
    try:
        ends_on = read_day(request.text("until"), _today(ctx))
    except Unclear as unclear:
        return Response(FormErrors({"until": str(unclear)}))
    if not _today(ctx) <= ends_on <= _today(ctx) + LONGEST:
        raise Refusal("not_that_day", "A day from today on, within a year.", HOW, field="until")
    amount, currency = _amount(request.text("amount"))
    segment, value = _segment(request)
    fact = BenefitFact(
        id=ctx.new_id(),
        title=_title(request),
        amount=amount,
        currency=currency,
        segment=segment,
        value=value,
        kinds=_kinds(request.text("kinds")),
        ends_on=ends_on,
        made_at=ctx.now,
    )
    add_benefit(ctx.tx, ctx.tenant_id, fact)
    _audit(ctx, "yearly amount added", fact)
    return Response(Reply(_card(ctx, f"{fact.title} is there. People find it with {command_name(ctx)} benefits.")))


@action("admin_benefit_end")
def press_end(request: Action, ctx: Context) -> Response:
    """Ends the dividing of a yearly amount: from tomorrow on it stays as it is."""
    check_administrator(ctx)
    found = lock_benefit(ctx.tx, ctx.tenant_id, request.values.get("id", ""))
    if found and found.ends_on > _today(ctx):
        end_benefit(ctx.tx, ctx.tenant_id, found.id, _today(ctx))
        _audit(ctx, "yearly amount ended", found)
    return Response(Replace(_card(ctx)))


def _card(ctx: Context, done: str = "", page: int = 0) -> Card:
    """Those that end last first."""
    found = list_newest_benefits(ctx.tx, ctx.tenant_id, _today(ctx) - LOOKED_BACK, most=LOOKED_AT)
    shown, ways = page_of(found, page, SHOWN)
    data = {
        "done": done,
        "rows": [_row(ctx, one) for one in shown],
        "over": has_pages(ctx) and any(one.ends_on < _today(ctx) for one in found),
    }
    return Card("admin_benefits", data | ways)


def _row(ctx: Context, one: BenefitFact) -> dict[str, object]:
    people, totals = total_shares(ctx.tx, ctx.tenant_id, one.id)
    is_over = one.ends_on < _today(ctx)
    told = is_over and people >= LEAST_PEOPLE
    return {
        "id": one.id,
        "title": one.title,
        "amount": told_amount(one),
        "whom": one.value or "everybody",
        "until": one.ends_on,
        "over": is_over,
        "ends_early": one.ends_on > _today(ctx),
        "people": people if told else 0,
        "kinds": [_kind(one, kind, totals.get(place)) for place, kind in enumerate(one.kinds)] if told else [],
    }


def _kind(one: BenefitFact, kind: KindFact, total: Total | None) -> dict[str, object]:
    """Told from five people on; also nothing at all is not told apart from a few."""
    told = total is not None and total.people >= LEAST_PEOPLE
    return {"kind": kind.name, "amount": told_amount(one, total.percent) if told and total else "", "most": kind.most}


def _kinds(typed: str) -> tuple[KindFact, ...]:
    found = tuple(_read_kind(line) for line in typed.splitlines() if line.strip())
    if not 1 <= len(found) <= MOST_KINDS or len({one.name.casefold() for one in found}) < len(found):
        raise Refusal("unclear_kinds", f"From 1 to {MOST_KINDS} kinds, each once.", "One in each line.", field="kinds")
    if sum(one.most for one in found) < 100:
        raise Refusal("too_little", "Together they take less than 100 per cent.", "Raise one of them.", field="kinds")
    return found


def _read_kind(line: str) -> KindFact:
    name, _, number = line.strip().removesuffix("%").rstrip().rpartition(" ")
    if not (name.strip() and number.isascii() and number.isdigit() and len(number) <= 3):
        name, number = line.strip(), "100"
    if not 1 <= int(number) <= 100:
        raise Refusal("unclear_kinds", f"{name.strip()[:40]}: from 1 to 100 per cent.", "Such as 50.", field="kinds")
    return KindFact(" ".join(name.split())[:LONGEST_KIND], int(number))


def _amount(typed: str) -> tuple[int, str]:
    number = read_whole(typed)
    if number is not None and 1 <= number <= MOST_AMOUNT:
        return number, ""
    try:
        money = read_money(typed)
    except NotMoney as error:
        raise Refusal(
            "no_money", "I cannot read that as an amount.", "Write 600 EUR, or a number of points.", field="amount"
        ) from error
    return money.minor, money.currency


def _segment(request: Submission) -> tuple[Group, str]:
    chosen, value = request.text("segment"), " ".join(request.text("value").split())
    segment = Group(chosen) if chosen in list(Group) else Group.ALL
    if segment is Group.ALL:
        return segment, ""
    if segment is Group.COUNTRY:
        value = read_country(value) or ""
    if not value:
        raise Refusal("which_one", "Which one?", "The department's name, or a country such as DE.", field="value")
    return segment, value


def _title(request: Submission) -> str:
    title = " ".join(request.text("title").split())[:LONGEST_TITLE]
    if not title:
        raise Refusal("no_title", "What is it called?", "Such as: Benefits 2027.", field="title")
    return title


def _audit(ctx: Context, act: str, fact: BenefitFact) -> None:
    details = {"title": fact.title, "amount": told_amount(fact), "for": fact.value or "everybody"}
    add_audit(
        ctx.tx, ctx.tenant_id, AuditFact(id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act=act, details=details)
    )


def _today(ctx: Context) -> date:
    return day_in(ctx.now, ctx.tenant_zone)
