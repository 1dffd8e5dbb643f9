"""`/rewards together`: goals that are open near somebody, starting one, adding points and taking them back."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.asked_days import day_of
from handlers.catalogue import find_shown, is_gone, shelf_of
from handlers.context import Context
from handlers.finding import find_picked
from handlers.fulfillers import MANUAL
from handlers.opened_in import note_place
from handlers.placing import why_not_here
from handlers.pool_cards import USUAL, facts_of, own_card, work_card
from handlers.pooling import (
    Wished,
    add_points,
    cancel_pool,
    check_may_start,
    get_seen,
    hand_over,
    start_pool,
    take_back,
)
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.reward_words import Said, rewards_word
from handlers.rules.periods import day_in
from handlers.rules.written_dates import HOW, Unclear, read_date
from handlers.vocabulary import (
    Action,
    Card,
    Choice,
    ChoiceField,
    Form,
    FormErrors,
    NumberField,
    OpenForm,
    PeopleField,
    Replace,
    Reply,
    Response,
    Submission,
    TextField,
)
from store import ledger
from store.catalogue import RewardFact
from store.people import Member
from store.pools import PoolFact, list_invited_to, list_open, list_parts_of
from store.types import Points

MOST_GOAL = 1_000_000
MOST_CHOICES = 90
LOOKED_AT, SHOWN = 200, 5
LONGEST_TITLE = 80
MOST_INVITED = 50
LONGEST = timedelta(days=366)
USUAL_DAYS = timedelta(days=14)
HERE, INVITED = "here", "invited"


# --- looking ----------------------------------------------------------------------------------------------


@rewards_word("together", reads=True)
def together(said: Said, ctx: Context) -> Response:
    """Goals that people add points to, and starting one."""
    return Response(Reply(_list_card(ctx)))


@action("pools", reads=True)
def show_pools(request: Action, ctx: Context) -> Response:
    """Shows the goals that you can add points to."""
    return Response(Reply(_list_card(ctx)))


@action("pool_show", reads=True)
def show_pool(request: Action, ctx: Context) -> Response:
    """Shows your part of a goal."""
    found = get_seen(ctx, request.values.get("id", ""))
    return Response(Reply(own_card(ctx.tx, ctx.tenant_id, found, ctx.actor.id)))


def _list_card(ctx: Context) -> Card:
    invited = list_invited_to(ctx.tx, ctx.tenant_id, ctx.actor.id)
    mine = {one.pool_id for one in list_parts_of(ctx.tx, ctx.tenant_id, ctx.actor.id)}
    near = [one for one in list_open(ctx.tx, ctx.tenant_id, most=LOOKED_AT) if _is_near(ctx, one, invited | mine)]
    data = {
        "rows": [facts_of(ctx.tx, ctx.tenant_id, one) for one in near[:SHOWN]],
        "more": max(0, len(near) - SHOWN),
        "wallet": ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.wallet(ctx.actor.id)),
    }
    return Card("pools", data)


def _is_near(ctx: Context, pool: PoolFact, ids: set[str]) -> bool:
    here = ctx.place is not None and ctx.place.id == pool.place_id
    return pool.public or here or pool.starter_id == ctx.actor.id or pool.id in ids


# --- starting ---------------------------------------------------------------------------------------------


@action("pool_form", reads=True)
def open_form(request: Action, ctx: Context) -> Response:
    """Opens the form to start a goal that people add points to."""
    check_may_start(ctx)
    today = day_in(ctx.now, ctx.tenant_zone)
    here = "in the recognition channel" if why_not_here(ctx.place) else "here"
    rewards = [one for one in shelf_of(ctx).rewards if one.fulfilment == MANUAL and not is_gone(one)][:MOST_CHOICES]
    of_catalogue = ChoiceField(
        name="reward",
        label="A reward of the catalogue?",
        choices=tuple(Choice(one.id, f"{one.title}: {one.price:,} points"[:75]) for one in rewards),
        hint="Or something else, below.",
        optional=True,
    )
    form = Form(
        name="pool",
        form_id=ctx.new_id(),
        opened_by="pool_form",
        title="Reach it together",
        submit="Start",
        note="People set points aside for it. If it is not reached by its day, everybody has theirs back.",
        context=note_place(ctx.place),
        fields=(
            *((of_catalogue,) if rewards else ()),
            TextField(name="title", label="What for?", hint="Such as: a team breakfast.", max_length=LONGEST_TITLE),
            TextField(name="goal", label="How many points?", hint="Empty: the price of the reward.", max_length=12),
            TextField(
                name="until",
                label="Until which day?",
                initial=(today + USUAL_DAYS).isoformat(),
                hint=HOW,
                min_length=1,
                max_length=40,
            ),
            PeopleField(
                name="helper",
                label="Who sees to it, once it is reached?",
                hint="Empty: you. A reward of the catalogue goes to those who hand it out.",
                optional=True,
            ),
            ChoiceField(
                name="audience",
                label="Who can join in?",
                choices=(Choice(HERE, f"Everybody {here}, by a post"), Choice(INVITED, "Only those I invite")),
                initial=HERE,
            ),
            PeopleField(name="invited", label="Whom do you invite?", hint="Each gets a message.", optional=True),
        ),
    )
    return Response(OpenForm(form))


@submission("pool")
def submit_form(request: Submission, ctx: Context) -> Response:
    """Starts a goal that people add points to."""
    try:
        ends_on = _last_day(request, ctx)
    except Unclear as unclear:
        return Response(FormErrors({"until": str(unclear)}))
    reward = _reward(ctx, request.text("reward"))
    invited = tuple(one for one in find_picked(request, ctx, "invited") if one.id != ctx.actor.id)
    if len(invited) > MOST_INVITED:
        raise Refusal("too_many", f"{MOST_INVITED} people at most.", "A post reaches more.", field="invited")
    wished = Wished(
        title=_title(request, reward),
        reward=reward,
        helper=_helper(request, ctx),
        goal=_goal(request, reward),
        ends_on=ends_on,
        invited=_who_may(invited, "invited"),
        posted=request.text("audience") != INVITED,
    )
    pool, sends = start_pool(ctx, wished)
    done = "It is started. Add points of your own, and others see that it has begun."
    return Response(Reply(own_card(ctx.tx, ctx.tenant_id, pool, ctx.actor.id, done)), sends)


def _reward(ctx: Context, reward_id: str) -> RewardFact | None:
    """Only what people hand out: a code, a place or a donation goes to one person."""
    reward = find_shown(ctx, reward_id) if reward_id else None
    if reward and reward.fulfilment != MANUAL:
        raise Refusal("not_together", f"{reward.title} is for one person.", "Choose another.", field="reward")
    return reward


def _title(request: Submission, reward: RewardFact | None) -> str:
    typed = " ".join(request.text("title").split())[:LONGEST_TITLE]
    if not typed and reward is None:
        raise Refusal("no_title", "What is it for?", "A few words, or a reward of the catalogue.", field="title")
    return typed or reward.title if reward else typed


def _goal(request: Submission, reward: RewardFact | None) -> Points:
    typed = request.text("goal").replace(",", "").removeprefix("+")
    if not typed and reward:
        return reward.price
    goal = _number(typed)
    if goal is None or not 1 <= goal <= MOST_GOAL:
        raise Refusal("unclear_points", "How many points?", f"A number from 1 to {MOST_GOAL:,}.", field="goal")
    if reward and goal != reward.price:
        raise Refusal("not_its_price", f"{reward.title} takes {reward.price:,}.", "Leave it empty.", field="goal")
    return goal


def _last_day(request: Submission, ctx: Context) -> date:
    """Raises `Unclear`, or a `Refusal` for a day that is too early or too late."""
    today = day_in(ctx.now, ctx.tenant_zone)
    day = day_of(read_date(request.text("until")), today)
    if not today <= day <= today + LONGEST:
        raise Refusal("not_that_day", "A day from today on, within a year.", HOW, field="until")
    return day


def _helper(request: Submission, ctx: Context) -> Member:
    picked = find_picked(request, ctx, "helper")
    if len(picked) > 1:
        raise Refusal("too_many", "One person sees to it.", "Choose one.", field="helper")
    return _who_may(picked, "helper")[0] if picked else ctx.actor


def _who_may(people: tuple[Member, ...], field: str) -> tuple[Member, ...]:
    if any(one.kind in ("bot", "stranger") or not one.active for one in people):
        raise Refusal("cannot_join", "Only colleagues who are active can be named.", "Take out others.", field=field)
    return people


# --- adding, and taking back ------------------------------------------------------------------------------


@action("pool_add")
def press_add(request: Action, ctx: Context) -> Response:
    """Adds a few points of yours to a goal."""
    wanted = _number(request.values.get("points", "")) or USUAL
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
    points = _number(request.text("points"))
    if points is None or not 1 <= points <= MOST_GOAL:
        raise Refusal("unclear_points", "How many points?", "A whole number from 1.", field="points")
    return _added(ctx, request.context.get("id", ""), points)


@action("pool_back")
def press_back(request: Action, ctx: Context) -> Response:
    """Takes your points out of a goal, until it is reached."""
    points, pool, sends = take_back(ctx, request.values.get("id", ""))
    done = f"Your {points:,} points are back in your wallet."
    return Response(Replace(own_card(ctx.tx, ctx.tenant_id, pool, ctx.actor.id, done)), sends)


@action("pool_cancel")
def press_cancel(request: Action, ctx: Context) -> Response:
    """Cancels a goal that you started: everybody has their points back."""
    pool, sends = cancel_pool(ctx, request.values.get("id", ""))
    done = "It is cancelled, and everybody has their points back."
    return Response(Replace(own_card(ctx.tx, ctx.tenant_id, pool, ctx.actor.id, done)), sends)


@action("pool_done")
def press_done(request: Action, ctx: Context) -> Response:
    """Says that you saw to what people reached together."""
    pool, sends = hand_over(ctx, request.values.get("id", ""))
    return Response(Replace(work_card(ctx.tx, ctx.tenant_id, pool)), sends)


def _added(ctx: Context, pool_id: str, wanted: Points) -> Response:
    part, pool, sends = add_points(ctx, pool_id, wanted)
    cut = " That was all that was missing." if part.points < wanted else ""
    done = f"You added {part.points:,} {'point' if part.points == 1 else 'points'}. Thank you!{cut}"
    return Response(Reply(own_card(ctx.tx, ctx.tenant_id, pool, ctx.actor.id, done)), sends)


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else None
