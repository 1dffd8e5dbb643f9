"""`/rewards benefits`: a yearly amount that each person divides among kinds of benefit, until a day.

It is an allotment, and told as one: no points, and nothing is redeemed from it here.
"""

from __future__ import annotations

from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.reward_words import Said, command_name, rewards_word
from handlers.rules.money import Money
from handlers.rules.periods import day_in
from handlers.vocabulary import (
    Action,
    Card,
    Form,
    FormErrors,
    NumberField,
    OpenForm,
    Reply,
    Response,
    Submission,
)
from store.benefits import BenefitFact, find_benefit, find_shares, list_benefits, lock_benefit, save_shares
from store.person_records import list_records

SHOWN = 10
_LOOKED_AT = 100


@rewards_word("benefits", reads=True)
def benefits(said: Said, ctx: Context) -> Response:
    """Your yearly amount, and dividing it among kinds of benefit."""
    return Response(Reply(_card(ctx)))


@action("benefits", reads=True)
def show_benefits(request: Action, ctx: Context) -> Response:
    """Shows your yearly amount, and how you divided it."""
    return Response(Reply(_card(ctx)))


@action("benefit_form", reads=True)
def open_form(request: Action, ctx: Context) -> Response:
    """Opens the form to divide your yearly amount."""
    found = _mine(ctx, find_benefit(ctx.tx, ctx.tenant_id, request.values.get("id", "")))
    shares = find_shares(ctx.tx, ctx.tenant_id, found.id, ctx.actor.id)
    fields = tuple(
        NumberField(
            name=f"kind{place}",
            label=one.name,
            initial=shares.get(place, 0),
            least=0,
            most=one.most,
            hint=f"Per cent, up to {one.most}.",
        )
        for place, one in enumerate(found.kinds)
    )
    form = Form(
        name="benefit",
        form_id=ctx.new_id(),
        opened_by="benefit_form",
        title="Divide it",
        submit="Keep",
        note=f"{found.title}: {told_amount(found)}. In per cent, 100 in all. You can change it until "
        f"{found.ends_on.day} {found.ends_on:%B}. After that, those who run Plaudit here see it, to pay it out.",
        context={"id": found.id},
        fields=fields,
    )
    return Response(OpenForm(form))


@submission("benefit")
def submit_form(request: Submission, ctx: Context) -> Response:
    """Keeps how you divide your yearly amount."""
    found = _mine(ctx, lock_benefit(ctx.tx, ctx.tenant_id, request.context.get("id", "")))
    shares = {place: _percent(request.values.get(f"kind{place}", "")) for place, _ in enumerate(found.kinds)}
    errors = {
        f"kind{place}": f"A whole number from 0 to {one.most}."
        for place, one in enumerate(found.kinds)
        if not 0 <= shares[place] <= one.most
    }
    total = sum(shares.values())
    if not errors and total > 100:
        errors = {f"kind{len(found.kinds) - 1}": f"Together that is {total} per cent: {total - 100} too many."}
    if errors:
        return Response(FormErrors(errors))
    save_shares(ctx.tx, ctx.tenant_id, found.id, ctx.actor.id, shares)
    return Response(Reply(_card(ctx, "It is kept." if total else "Nothing is divided any more.")))


def told_amount(one: BenefitFact, percent: int = 100) -> str:
    """`600.00 EUR`, or `600 points' worth`: of the whole, or of some per cent of it, rounded down."""
    part = one.amount * percent // 100
    return str(Money(part, one.currency)) if one.currency else f"the worth of {part:,} points"


def _card(ctx: Context, done: str = "") -> Card:
    today, mine = day_in(ctx.now, ctx.tenant_zone), _segments(ctx)
    here = [one for one in list_benefits(ctx.tx, ctx.tenant_id, today, most=_LOOKED_AT) if mine and one.is_for(*mine)]
    return Card("benefits", {"done": done, "rows": [_row(ctx, one) for one in here[:SHOWN]]})


def _row(ctx: Context, one: BenefitFact) -> dict[str, object]:
    shares = find_shares(ctx.tx, ctx.tenant_id, one.id, ctx.actor.id)
    return {
        "id": one.id,
        "title": one.title,
        "amount": told_amount(one),
        "until": one.ends_on,
        "left": 100 - sum(shares.values()),
        "shares": [
            {"kind": kind.name, "percent": shares[place], "amount": told_amount(one, shares[place])}
            for place, kind in enumerate(one.kinds)
            if place in shares
        ],
    }


def _mine(ctx: Context, found: BenefitFact | None) -> BenefitFact:
    """Raises a `Refusal` for one that is for others, or over: buttons and forms may be sent by anybody."""
    mine = _segments(ctx)
    if found is None or mine is None or not found.is_for(*mine):
        word = f"{command_name(ctx)} benefits"
        raise Refusal("no_benefit", "I know no such amount of yours.", f"See what there is: {word}.")
    if found.ends_on < day_in(ctx.now, ctx.tenant_zone):
        raise Refusal(
            "over", f"{found.title} could be divided until {found.ends_on.day} {found.ends_on:%B}.", "It stays."
        )
    return found


def _segments(ctx: Context) -> tuple[str, str] | None:
    """The actor's country and department; None for whoever is no member."""
    if ctx.actor.kind != "member":
        return None
    record = list_records(ctx.tx, ctx.tenant_id, [ctx.actor.id]).get(ctx.actor.id)
    return (record.country, record.department) if record else ("", "")


def _percent(typed: object) -> int:
    text = typed.strip() if isinstance(typed, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 0 if not text else -1
