"""`/rewards together`: goals that are open near somebody, adding points to one, and how it ends."""

from __future__ import annotations

from handlers.context import Context
from handlers.opened_in import note_place
from handlers.paging import page_of, read_page
from handlers.pool_cards import USUAL, facts_of, own_card, work_card
from handlers.pool_ending import cancel_pool, give_up, hand_over
from handlers.pool_form import MOST_GOAL, read_number
from handlers.pool_rights import get_seen
from handlers.pooling import add_points, take_back
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.reward_words import Said, rewards_word
from handlers.vocabulary import (
    Action,
    Card,
    Form,
    NumberField,
    OpenForm,
    Replace,
    Reply,
    Response,
    Submission,
)
from store import ledger
from store.pools import PoolFact, list_invited_to, list_open, list_parts_of
from store.types import Points

LOOKED_AT, SHOWN = 1_000, 5


# --- looking ----------------------------------------------------------------------------------------------


@rewards_word("together", reads=True)
def together(said: Said, ctx: Context) -> Response:
    """Goals that people add points to, and starting one."""
    return Response(Reply(_list_card(ctx)))


@action("pools", reads=True)
def show_pools(request: Action, ctx: Context) -> Response:
    """Shows the goals that you can add points to, those that end next first."""
    card = _list_card(ctx, read_page(request.values))
    return Response(Replace(card) if "page" in request.values else Reply(card))


@action("pool_show", reads=True)
def show_pool(request: Action, ctx: Context) -> Response:
    """Shows your part of a goal."""
    found = get_seen(ctx, request.values.get("id", ""))
    return Response(Reply(own_card(ctx, found)))


def _list_card(ctx: Context, page: int = 0) -> Card:
    invited = list_invited_to(ctx.tx, ctx.tenant_id, ctx.actor.id)
    mine = {one.pool_id for one in list_parts_of(ctx.tx, ctx.tenant_id, ctx.actor.id)}
    near = [one for one in list_open(ctx.tx, ctx.tenant_id, most=LOOKED_AT) if _is_near(ctx, one, invited | mine)]
    shown, ways = page_of(near, page, SHOWN)
    data = {
        "rows": [facts_of(ctx.tx, ctx.tenant_id, one) for one in shown],
        "wallet": ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.wallet(ctx.actor.id)),
    }
    return Card("pools", data | ways)


def _is_near(ctx: Context, pool: PoolFact, ids: set[str]) -> bool:
    here = ctx.place is not None and ctx.place.id == pool.place_id
    return pool.public or here or pool.starter_id == ctx.actor.id or pool.id in ids


# --- adding, and taking back ------------------------------------------------------------------------------


@action("pool_add")
def press_add(request: Action, ctx: Context) -> Response:
    """Adds a few points of yours to a goal."""
    wanted = read_number(request.values.get("points", "")) or USUAL
    return _added(ctx, request.values.get("id", ""), min(wanted, USUAL))


@action("pool_add_form", reads=True)
def open_add(request: Action, ctx: Context) -> Response:
    """Opens the form to add an amount of your own choosing."""
    pool = get_seen(ctx, request.values.get("id", ""))
    wallet = ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.wallet(ctx.actor.id))
    facts = facts_of(ctx.tx, ctx.tenant_id, pool)
    if not wallet:
        raise Refusal("not_enough", "You have no points to redeem yet.", "What you receive from now on can go there.")
    form = Form(
        name="pool_add",
        form_id=ctx.new_id(),
        opened_by="pool_add_form",
        title="Add points",
        submit="Add",
        note=f"{pool.title} has {facts['have']:,} of {pool.goal:,} points. You have {wallet:,}. Until it is reached "
        "you can take yours back.",
        context=note_place(ctx.place) | {"id": pool.id},
        fields=(
            NumberField(
                name="points", label="How many?", initial=min(USUAL, wallet), least=1, most=min(wallet, MOST_GOAL)
            ),
        ),
    )
    return Response(OpenForm(form))


@submission("pool_add")
def submit_add(request: Submission, ctx: Context) -> Response:
    """Adds points of yours to a goal."""
    points = read_number(request.text("points"))
    if points is None or not 1 <= points <= MOST_GOAL:
        raise Refusal("unclear_points", "How many points?", "A whole number from 1.", field="points")
    return _added(ctx, request.context.get("id", ""), points)


@action("pool_back")
def press_back(request: Action, ctx: Context) -> Response:
    """Takes your points out of a goal, until it is reached."""
    points, pool, sends = take_back(ctx, request.values.get("id", ""))
    done = f"Your {points:,} points are back in your wallet."
    return Response(Replace(own_card(ctx, pool, done)), sends)


@action("pool_cancel")
def press_cancel(request: Action, ctx: Context) -> Response:
    """Cancels a goal that you started: everybody has their points back."""
    pool, sends = cancel_pool(ctx, request.values.get("id", ""))
    done = "It is cancelled, and everybody has their points back."
    return Response(Replace(own_card(ctx, pool, done)), sends)


@action("pool_done")
def press_done(request: Action, ctx: Context) -> Response:
    """Says that you saw to what people reached together."""
    pool, sends = hand_over(ctx, request.values.get("id", ""))
    return Response(Replace(work_card(ctx.tx, ctx.tenant_id, pool, ctx.actor.id)), sends)


@action("pool_give_up")
def press_give_up(request: Action, ctx: Context) -> Response:
    """Says that what people reached cannot be had: everybody has their points back."""
    pool, sends = give_up(ctx, request.values.get("id", ""))
    return Response(Replace(work_card(ctx.tx, ctx.tenant_id, pool, ctx.actor.id)), sends)


def _added(ctx: Context, pool_id: str, wanted: Points) -> Response:
    part, pool, sends = add_points(ctx, pool_id, wanted)
    cut = " That was all that was missing." if part.points < wanted else ""
    done = f"You added {part.points:,} {'point' if part.points == 1 else 'points'}. Thank you!{cut}"
    return Response(Reply(own_card(ctx, pool, done)), sends)
