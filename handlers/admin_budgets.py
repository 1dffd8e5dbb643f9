"""`/rewards-admin budgets`: what owners may award: add, change, hand over, top up, close. By buttons and one form."""

from __future__ import annotations

from dataclasses import replace

from handlers.access import check_administrator
from handlers.budget_cards import Page, in_tree, list_card
from handlers.budget_moving import MOST_POINTS
from handlers.budget_rights import Rights, get_seen, rights_of
from handlers.budget_saving import LONGEST_NAME, give_up, keep_budget
from handlers.budget_screens import MOST_CHOICES, done, number_of, start_of
from handlers.budgets import owner_of, renew, worth_words
from handlers.context import Context, who
from handlers.finding import find_picked
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.money import NotMoney, read_money
from handlers.vocabulary import (
    AccountRef,
    Action,
    Choice,
    ChoiceField,
    Form,
    NumberField,
    OpenForm,
    PeopleField,
    Replace,
    Response,
    Submission,
    TextField,
)
from store.budgets import BudgetFact, Renewal
from store.people import Member

NOBODY_ABOVE = "none"
"""In a form, in which empty means that nothing was chosen."""
YES, NO = "yes", "no"
RENEWALS = {
    Renewal.MONTH: "Every month",
    Renewal.QUARTER: "Every quarter",
    Renewal.YEAR: "Every year",
    Renewal.NEVER: "Never: it is filled once",
}


@action("admin_budgets")
def show_budgets(request: Action, ctx: Context) -> Response:
    """Shows all budgets."""
    check_administrator(ctx)
    renew(ctx)
    page = Page(administers=True, start=start_of(request.values.get("start", "")))
    return Response(Replace(list_card(ctx, rights_of(ctx), page)))


@action("admin_budget_form", reads=True)
def open_budget(request: Action, ctx: Context) -> Response:
    """Opens the form of one budget, or of a new one."""
    check_administrator(ctx)
    rights, budget_id = rights_of(ctx), request.values.get("budget", "")
    return Response(OpenForm(budget_form(ctx, rights, get_seen(rights, budget_id) if budget_id else None)))


@submission("admin_budget")
def submit_budget(request: Submission, ctx: Context) -> Response:
    """Adds or changes a budget."""
    check_administrator(ctx)
    told = request.texts
    rights, budget_id = rights_of(ctx), request.context.get("budget", "")
    was = get_seen(rights, budget_id) if budget_id else None
    renewal, parent = told.get("renewal", ""), told.get("parent", "")
    before = was or BudgetFact(id=ctx.new_id(), name="", owner_id="")
    wanted = replace(
        before,
        name=told.get("name", ""),
        parent_id=None if parent in ("", NOBODY_ABOVE) else parent,
        renewal=Renewal(renewal) if renewal in set(Renewal) else before.renewal,
        plan=number_of(told.get("plan", ""), "plan"),
        carries_over=told.get("carries", NO) == YES,
    )
    return done(ctx, keep_budget(ctx, with_worth(wanted, told.get("worth", "")), _owner_in(request, ctx, was)))


@action("admin_budget_close")
def press_close(request: Action, ctx: Context) -> Response:
    """Closes a budget for good."""
    check_administrator(ctx)
    closed = give_up(ctx, request.values.get("budget", ""))
    page = Page(administers=True, done=closed.done)
    return Response(Replace(list_card(ctx, rights_of(ctx), page)), closed.sends)


def with_worth(budget: BudgetFact, typed: str) -> BudgetFact:
    """Empty: the programme's own holds."""
    if not typed.strip():
        return replace(budget, worth=0, currency="")
    try:
        money = read_money(typed)
    except NotMoney as error:
        next_step = "Write an amount and its currency, such as 0.05 EUR, or leave it empty."
        raise Refusal("no_money", str(error), next_step, field="worth") from error
    return replace(budget, worth=money.minor, currency=money.currency)


def _owner_in(request: Submission, ctx: Context, was: BudgetFact | None) -> Member:
    """Whom the form names; an owner who is on the other platform only cannot be picked here, and stays."""
    picked = find_picked(request, ctx, "owner")
    if len(picked) == 1:
        return picked[0]
    if not picked and was and (owner := owner_of(ctx, was)) and not _accounts_here(ctx, owner):
        return owner
    raise Refusal("not_one_owner", "Whose budget is it?", "Choose one person.", field="owner")


def _accounts_here(ctx: Context, member: Member) -> tuple[AccountRef, ...]:
    return tuple(ref for ref in who(member).accounts if ref.workspace.id == ctx.home.workspace_ref)


def budget_form(ctx: Context, rights: Rights, budget: BudgetFact | None) -> Form:
    owner = owner_of(ctx, budget) if budget else None
    accounts = _accounts_here(ctx, owner) if owner else ()
    leaves = owner is not None and not owner.active
    return Form(
        name="admin_budget",
        form_id=ctx.new_id(),
        opened_by="admin_budget_form",
        title="Change a budget" if budget else "Add a budget",
        submit="Save",
        note="Another plan or rhythm counts from the next period, by the organisation's calendar." if budget else "",
        context={"budget": budget.id} if budget else {},
        fields=(
            TextField(
                name="name",
                label="What is it called?",
                initial=budget.name if budget else "",
                hint="Such as Marketing.",
                min_length=1,
                max_length=LONGEST_NAME,
            ),
            PeopleField(
                name="owner",
                label="Whose is it?",
                initial=() if leaves else accounts[:1],
                hint="One person, who may award out of it, and lets somebody stand in when away.",
                optional=bool(owner and not accounts),
            ),
            ChoiceField(
                name="renewal",
                label="How often does it come anew?",
                choices=tuple(Choice(one.value, label) for one, label in RENEWALS.items()),
                initial=(budget.renewal if budget else Renewal.QUARTER).value,
            ),
            NumberField(
                name="plan",
                label="Points for each period",
                initial=budget.plan if budget else 1_000,
                least=0,
                most=MOST_POINTS,
            ),
            ChoiceField(
                name="carries",
                label="What is left at the end of a period",
                choices=(Choice(NO, "Goes back"), Choice(YES, "Stays, on top of the next")),
                initial=YES if budget and budget.carries_over else NO,
            ),
            _parent_field(rights, budget),
            TextField(
                name="worth",
                label="What is a point of it worth?",
                initial=worth_words(budget) if budget else "",
                hint="Such as 0.05 EUR. Empty: what holds for the programme.",
                max_length=40,
            ),
        ),
    )


def _parent_field(rights: Rights, budget: BudgetFact | None) -> ChoiceField:
    """Those nearer to the top first, for these are whom others draw on; the one it draws on now is always there."""
    others = [one for one in in_tree(rights) if budget is None or one.id != budget.id]
    now = budget.parent_id if budget else None
    others.sort(key=lambda one: (one.id != now, one.parent_id is not None))
    return ChoiceField(
        name="parent",
        label="Which budget does it draw on?",
        choices=(
            Choice(NOBODY_ABOVE, "None: its points come from the organisation"),
            *(Choice(one.id, one.name) for one in others[:MOST_CHOICES]),
        ),
        initial=now or NOBODY_ABOVE,
        hint="It never gets more than that one holds.",
    )
