"""The form of `/reward`."""

from __future__ import annotations

from datetime import date

from handlers import budgets
from handlers.award_checks import Wished, check_may_award, points_each
from handlers.award_drafts import preview
from handlers.badges import badges_of
from handlers.context import Context
from handlers.finding import find_picked
from handlers.opened_in import note_place
from handlers.placing import why_not_here
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.days import read_day
from handlers.rules.money import Money, NotMoney, read_money
from handlers.rules.periods import day_in
from handlers.rules.whole_numbers import read_whole
from handlers.rules.written_dates import Unclear
from handlers.vocabulary import (
    Action,
    Choice,
    ChoiceField,
    Form,
    OpenForm,
    PeopleField,
    Response,
    Submission,
    TextField,
)
from store.people import Member
from store.recognitions import Audience

EACH, SPLIT = "each", "split"
USUAL = "100"


@action("reward_form", menu="Reward somebody", reads=True)
def open_form(request: Action, ctx: Context) -> Response:
    """Opens the form to reward somebody out of a budget."""
    return Response(OpenForm(open_reward_form(ctx)))


def open_reward_form(ctx: Context) -> Form:
    """Refuses whoever has no budget to award out of."""
    found = budgets.list_spendable(ctx)
    if not found:
        raise Refusal(
            "no_budget",
            "You have no budget to award out of.",
            "Whoever runs Plaudit can give you one; a kudos is always yours to give.",
        )
    check_may_award(ctx, found)
    here = "in the recognition channel" if why_not_here(ctx.place) else "here"
    shown = tuple(
        Choice(
            one.budget.id,
            f"{one.budget.name}: {one.balance:,} points" + (f", for {one.for_whom.name}" if one.for_whom else ""),
        )
        for one in found
    )
    worth = next((one for budget in found if (one := budgets.worth_of(ctx, budget.budget))), None)
    badges = tuple(Choice(one.id, f"{one.emoji} {one.title}") for one in badges_of(ctx))
    audience = (
        Choice(Audience.HERE, f"Everybody {here}, as a post"),
        Choice(Audience.WALL, "The whole organisation, on its wall"),
        Choice(Audience.RECEIVERS, "The receivers only"),
        Choice(Audience.COPIED, "The receivers and the people in copy"),
    )
    return Form(
        name="reward",
        form_id=ctx.new_id(),
        opened_by="reward_form",
        title="Reward somebody",
        submit="Show what it costs",
        note="Nothing is sent yet: what it costs comes first.",
        context=note_place(ctx.place),
        fields=(
            PeopleField(name="receivers", label="Whom do you reward?"),
            TextField(
                name="amount",
                label="How much?",
                initial=USUAL,
                hint=f"Points, or money such as 50 {worth.currency}." if worth else "Points.",
                min_length=1,
                max_length=30,
            ),
            ChoiceField(
                name="share",
                label="For several people",
                choices=(Choice(EACH, "That much for each"), Choice(SPLIT, "That much in all, split evenly")),
                initial=EACH,
            ),
            TextField(
                name="reason",
                label="What for?",
                hint="What they did, and what it changed.",
                multiline=True,
                min_length=ctx.policy.reason_least,
                max_length=ctx.policy.reason_most,
            ),
            ChoiceField(name="budget", label="Out of which budget?", choices=shown, initial=shown[0].value),
            ChoiceField(name="badge", label="A badge with it?", choices=badges, optional=True),
            ChoiceField(name="audience", label="Who sees it?", choices=audience, initial=Audience.HERE),
            PeopleField(name="copied", label="In copy", optional=True),
            TextField(
                name="day",
                label="On which day?",
                hint="Empty for at once. Tomorrow, Friday, 24 December or 2026-12-24.",
                max_length=40,
            ),
        ),
    )


@submission("reward")
def submit_reward(request: Submission, ctx: Context) -> Response:
    """Shows what it costs."""
    budgets.renew(ctx)
    spendable = budgets.get_spendable(ctx, request.text("budget"))
    receivers = find_picked(request, ctx, "receivers")
    points, money = _amount(request.text("amount"))
    named = {ctx.actor.id, *(one.id for one in receivers)}
    copied = tuple(one for one in find_picked(request, ctx, "copied") if one.id not in named)
    audience = _audience(request.text("audience"))
    each = points_each(ctx, spendable, len(receivers), points=points, money=money, split=request.text("share") == SPLIT)
    wished = Wished(
        receivers=receivers,
        points=each,
        reason=request.text("reason"),
        budget_id=spendable.budget.id,
        badge_id=request.text("badge") or None,
        audience=audience_of(audience, copied),
        copied=copied,
        arrives_on=_day(request.text("day"), today_of_writer(ctx)),
    )
    return preview(ctx, wished, spendable)


def audience_of(chosen: Audience, copied: tuple[Member, ...]) -> Audience:
    """Somebody in copy of words for the receivers only was meant to read them."""
    return Audience.COPIED if chosen is Audience.RECEIVERS and copied else chosen


def _amount(typed: str) -> tuple[int | None, Money | None]:
    points = read_whole(typed)
    if points is not None:
        return points, None
    try:
        return None, read_money(typed)
    except NotMoney as error:
        raise Refusal(
            "unclear_amount",
            "I cannot read that as points, nor as money.",
            "Write 100, or money such as 50 EUR where points have a worth.",
            field="amount",
        ) from error


def _audience(chosen: str) -> Audience:
    if chosen and chosen not in set(Audience):
        raise Refusal("unknown_audience", "Who shall see it?", "Choose one of those offered.", field="audience")
    return Audience(chosen) if chosen else Audience.HERE


def _day(typed: str, today: date) -> date | None:
    if not typed:
        return None
    try:
        day = read_day(typed, today)
    except Unclear as unclear:
        raise Refusal("unclear_day", str(unclear), "Or leave it empty for at once.", field="day") from unclear
    return None if day == today else day


def today_of_writer(ctx: Context) -> date:
    """By their own calendar, on which they say "tomorrow"."""
    return day_in(ctx.now, ctx.zone)
