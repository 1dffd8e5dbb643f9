"""`/rewards budget`: what you may award, how it was spent, and moving points. By buttons, forms and words.

Administrators come through the same doors; what each may do is asked again whenever something is done.
"""

from __future__ import annotations

from handlers.budget_cards import Page, budget_card, list_card
from handlers.budget_moving import (
    MOST_POINTS,
    REASON_LEAST,
    REASON_MOST,
    Moved,
    Moving,
    move_points,
    top_up,
)
from handlers.budget_rights import get_seen, rights_of
from handlers.budget_typed import read_amount, read_budget, read_only_budget, read_route
from handlers.budgets import holds, points_words, renew
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.reward_words import Said, command_name, rewards_word
from handlers.rules.grammar import KnownWords
from handlers.rules.whole_numbers import read_whole
from handlers.rules.words import tokens_of
from handlers.vocabulary import (
    Action,
    Choice,
    ChoiceField,
    Form,
    NumberField,
    OpenForm,
    Replace,
    Reply,
    Response,
    Submission,
    TextField,
)
from handlers.wall import hand_out_way

TO_ORGANISATION = "organisation"
"""Where points go back to, in a form; no id of ours looks like it."""
MOST_CHOICES = 90
"""In one list of a form: Slack takes 100."""
USUAL = 100
PAGE_NAME = "budgets"
"""Of the page in the browser."""


# --- looking ----------------------------------------------------------------------------------------------


@action("budgets")
def show_budgets(request: Action, ctx: Context) -> Response:
    """Shows the budgets that you may spend."""
    renew(ctx)
    page = Page(start=start_of(request.values.get("start", "")))
    return Response(Replace(list_card(ctx, rights_of(ctx), page)))


@action("budget_show")
def show_budget(request: Action, ctx: Context) -> Response:
    """Shows one budget."""
    renew(ctx)
    rights = rights_of(ctx)
    budget = get_seen(rights, request.values.get("budget", ""))
    return Response(Replace(budget_card(ctx, rights, budget)))


@action("budgets_link")
def open_page(request: Action, ctx: Context) -> Response:
    """Gives you a link to your budgets in the browser, with their spending as a chart."""
    budget_id = request.values.get("budget", "")
    return hand_out_way(request, ctx, PAGE_NAME, "Open the budgets", **({"budget": budget_id} if budget_id else {}))


@rewards_word("budget", usage="Marketing")
def budget(said: Said, ctx: Context) -> Response:
    """What a budget holds, and how it was spent; alone it shows yours."""
    renew(ctx)
    rights = rights_of(ctx)
    if said.text:
        seen = [one for one in rights.every.values() if rights.may_see(one)]
        return Response(Reply(budget_card(ctx, rights, read_only_budget(said.text, seen))))
    if len(rights.mine) == 1:
        (only,) = rights.mine.values()
        return Response(Reply(budget_card(ctx, rights, only.budget)))
    return Response(Reply(list_card(ctx, rights, Page())))


# --- topping up -------------------------------------------------------------------------------------------


@action("budget_top_up_form", reads=True)
def open_top_up(request: Action, ctx: Context) -> Response:
    """Opens the form to top a budget up."""
    rights = rights_of(ctx)
    found = get_seen(rights, request.values.get("budget", ""))
    if not rights.may_fill(found):
        raise Refusal(
            "not_yours_to_fill",
            f"{found.name} is topped up by whoever owns the budget above it, or by an administrator.",
            "They will be glad to hear from you what it is for.",
        )
    above = rights.every.get(found.parent_id or "")
    note = f"From {above.name}, which holds {holds(ctx, above.id):,}." if above else "From the organisation."
    form = Form(
        name="budget_top_up",
        form_id=ctx.new_id(),
        opened_by="budget_top_up_form",
        title="Top up",
        submit="Top up",
        note=f"{found.name} holds {points_words(holds(ctx, found.id))}. {note}",
        context={"budget": found.id},
        fields=(_points_field(), _reason_field()),
    )
    return Response(OpenForm(form))


@submission("budget_top_up")
def submit_top_up(request: Submission, ctx: Context) -> Response:
    """Tops a budget up by what the form says."""
    return done(ctx, top_up(ctx, request.context.get("budget", ""), _moving_of(request)))


@rewards_word("budget top-up", usage="Marketing +100 for the fair")
def type_top_up(said: Said, ctx: Context) -> Response:
    """Adds points from the budget above it; you must own that one."""
    return top_up_typed(said, ctx, f"{command_name(ctx)} budget top-up Marketing +100 for the fair")


def top_up_typed(said: Said, ctx: Context, example: str) -> Response:
    rights = rights_of(ctx)
    seen = [one for one in rights.every.values() if rights.may_see(one)]
    found, rest = read_budget(said.text, seen)
    points, reason = read_amount(rest, example)
    return done(ctx, top_up(ctx, found.id, Moving(points=points, reason=reason, key=said.request.key)))


# --- moving -----------------------------------------------------------------------------------------------


@action("budget_move_form", reads=True)
def open_move(request: Action, ctx: Context) -> Response:
    """Opens the form to move points to another budget."""
    rights = rights_of(ctx)
    source = get_seen(rights, request.values.get("budget", ""))
    targets = [Choice(one.id, one.name) for one in rights.targets(source)[:MOST_CHOICES]]
    if rights.administers:
        targets.append(Choice(TO_ORGANISATION, "Back to the organisation"))
    if not targets:
        raise Refusal(
            "nowhere_to_move",
            f"There is no other budget that points of {source.name} could go to by you.",
            "They can go to another one of the same owner, or back to the one above it.",
        )
    form = Form(
        name="budget_move",
        form_id=ctx.new_id(),
        opened_by="budget_move_form",
        title="Move points",
        submit="Move",
        note=f"{source.name} holds {points_words(holds(ctx, source.id))}.",
        context={"budget": source.id},
        fields=(
            ChoiceField(name="target", label="Where to?", choices=tuple(targets), initial=targets[0].value),
            _points_field(),
            _reason_field(),
        ),
    )
    return Response(OpenForm(form))


@submission("budget_move")
def submit_move(request: Submission, ctx: Context) -> Response:
    """Moves points as the form says."""
    target = request.text("target")
    if not target:
        raise Refusal("no_target", "Where do the points go?", "Choose a budget.", field="target")
    aim = "" if target == TO_ORGANISATION else target
    return done(ctx, move_points(ctx, request.context.get("budget", ""), aim, _moving_of(request)))


@rewards_word("budget move", usage="100 from Marketing to Sales for the fair")
def type_move(said: Said, ctx: Context) -> Response:
    """Moves points between your budgets, or back to the one above."""
    return move_typed(said, ctx, f"{command_name(ctx)} budget move 100 from Marketing to Sales for the fair")


def move_typed(said: Said, ctx: Context, example: str) -> Response:
    points, rest = read_amount(said.text, example)
    source, target, reason = read_route(rest, rights_of(ctx), example)
    moving = Moving(points=points, reason=reason, key=said.request.key)
    return done(ctx, move_points(ctx, source.id, target.id if target else "", moving))


# --- forms ------------------------------------------------------------------------------------------------


def done(ctx: Context, moved: Moved) -> Response:
    """The budget as it is now; the list, where it is closed."""
    rights = rights_of(ctx)
    found = rights.every.get(moved.budget.id)
    if found is None or not rights.may_see(found):
        page = Page(administers=rights.administers, done=moved.done)
        return Response(Reply(list_card(ctx, rights, page)), moved.sends)
    return Response(Reply(budget_card(ctx, rights, found, moved.done)), moved.sends)


def start_of(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0


def number_of(typed: str, field: str) -> int:
    number = read_whole(typed)
    if number is None:
        raise Refusal("unclear_amount", "That is not a whole number.", "Write 100, for example.", field=field)
    return number


def _points_field() -> NumberField:
    return NumberField(name="points", label="Points", initial=USUAL, least=1, most=MOST_POINTS)


def _reason_field() -> TextField:
    return TextField(
        name="reason",
        label="What is it for?",
        hint="It stands in the audit, and the owner reads it.",
        min_length=REASON_LEAST,
        max_length=REASON_MOST,
    )


def _moving_of(request: Submission) -> Moving:
    points = number_of(request.text("points"), "points")
    return Moving(points=points, reason=_cleaned(request.text("reason")), key=request.key)


def _cleaned(typed: str) -> str:
    """Without what nobody can see."""
    nothing = KnownWords({}, {})
    return "".join([one if isinstance(one, str) else one.shown for one in tokens_of((typed,), nothing)]).strip()
