"""What the programme costs, said before it is switched on: the most, the likely and the cap, and a point's worth."""

from __future__ import annotations

from handlers.access import check_administrator
from handlers.admin_change import Change, apply_change
from handlers.admin_words import Said, admin_word
from handlers.context import Context
from handlers.costing import costs_now, granted_to_all, whole_weeks
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.costs import Costs
from handlers.rules.money import Money, NotMoney, read_money
from handlers.vocabulary import Action, Card, Form, OpenForm, Replace, Reply, Response, Submission, TextField
from store.types import Points

_OFF = {"point_worth": 0, "currency": ""}


# --- buttons and forms ------------------------------------------------------------------------------------


@action("admin_cost", reads=True)
def show_cost(request: Action, ctx: Context) -> Response:
    """Shows what the programme costs."""
    check_administrator(ctx)
    return Response(Replace(cost_card(ctx, ctx.policy.worth)))


@action("admin_cost_form", reads=True)
def open_cost(request: Action, ctx: Context) -> Response:
    """Opens the form for a worth to reckon with."""
    check_administrator(ctx)
    form = Form(
        name="admin_cost",
        form_id=ctx.new_id(),
        opened_by="admin_cost_form",
        title="What it would cost",
        submit="Show",
        note="This only reckons. Nothing is switched on.",
        fields=(
            TextField(
                name="worth",
                label="What is a point worth?",
                initial=str(ctx.policy.worth or ""),
                hint="An amount and its currency, such as 0.05 EUR.",
                min_length=4,
                max_length=30,
            ),
        ),
    )
    return Response(OpenForm(form))


@submission("admin_cost")
def submit_cost(request: Submission, ctx: Context) -> Response:
    """Shows what it would cost with the worth of the form."""
    check_administrator(ctx)
    return Response(Reply(cost_card(ctx, _read(request.text("worth")))))


@action("admin_cost_on")
def press_on(request: Action, ctx: Context) -> Response:
    """Gives points a worth."""
    check_administrator(ctx)
    return _replacing(_switch_on(ctx, request.values.get("worth", "")))


@action("admin_cost_off")
def press_off(request: Action, ctx: Context) -> Response:
    """Takes the worth of points away."""
    check_administrator(ctx)
    return _replacing(apply_change(ctx, Change(policy=_OFF)))


# --- words ------------------------------------------------------------------------------------------------


@admin_word("cost", usage="0.05 EUR", reads=True)
def cost(said: Said, ctx: Context) -> Response:
    """What the programme costs, or would cost with that worth of a point."""
    return Response(Reply(cost_card(ctx, _read(said.text) if said.text else ctx.policy.worth)))


@admin_word("cost on", usage="0.05 EUR", reads=True)
def cost_on(said: Said, ctx: Context) -> Response:
    """Gives points a worth, once you have seen what it costs and pressed *Switch on*."""
    return Response(Reply(cost_card(ctx, _read(said.text))))


@admin_word("cost off")
def cost_off(said: Said, ctx: Context) -> Response:
    """Takes the worth of points away: recognition only."""
    return apply_change(ctx, Change(policy=_OFF))


# --- what it does -----------------------------------------------------------------------------------------


def _switch_on(ctx: Context, typed: str) -> Response:
    worth = _read(typed)
    return apply_change(ctx, Change(policy={"point_worth": worth.minor, "currency": worth.currency}))


def _read(typed: str) -> Money:
    try:
        return read_money(typed)
    except NotMoney as error:
        raise Refusal(
            "no_money", str(error), "Write an amount and its currency, such as cost 0.05 EUR.", field="worth"
        ) from error


def _replacing(response: Response) -> Response:
    assert isinstance(response.answer, Reply)
    return Response(Replace(response.answer.card), response.sends)


def cost_card(ctx: Context, worth: Money | None) -> Card:
    """What the programme can bring into wallets; in money where a point is worth something."""
    people, granted = granted_to_all(ctx)
    weeks = whole_weeks(ctx)
    costs = costs_now(ctx, granted, weeks)
    data = {
        "people": people,
        "granted": granted,
        "period": ctx.policy.allowance_period.value,
        "rollover": ctx.policy.rollover_periods,
        "share": costs.share,
        "assumed": costs.assumed,
        "weeks": len(weeks),
        "points": _figures(costs, None),
        "money": _figures(costs, worth) if worth else None,
        "worth": str(worth or ""),
        "plan": {"values": {"worth": str(worth or "")}},
        "planned": worth is not None and worth != ctx.policy.worth,
        "now": str(ctx.policy.worth or ""),
    }
    return Card("admin_cost", data)


def _figures(costs: Costs, worth: Money | None) -> dict[str, dict[str, str]]:
    """In points, or in money."""

    def told(points: Points) -> str:
        return str(worth.times(points)) if worth else f"{points:,} points"

    return {
        name: {"month": told(one.month), "year": told(one.year)}
        for name, one in (("most", costs.most), ("likely", costs.likely), ("cap", costs.cap))
    }
