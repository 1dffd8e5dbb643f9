"""The form that starts a shared goal: a reward of the catalogue or something else, until a day, for whom."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.catalogue import find_shown, is_gone, shelf_of
from handlers.context import Context
from handlers.finding import find_picked
from handlers.fulfillers import MANUAL
from handlers.opened_in import note_place
from handlers.placing import why_not_here
from handlers.pool_cards import own_card
from handlers.pool_starting import Wished, check_may_start, start_pool
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.days import read_day
from handlers.rules.periods import day_in
from handlers.rules.unseen import seen
from handlers.rules.whole_numbers import read_whole
from handlers.rules.written_dates import HOW, Unclear
from handlers.vocabulary import (
    Action,
    Choice,
    ChoiceField,
    Form,
    FormErrors,
    OpenForm,
    PeopleField,
    Reply,
    Response,
    Submission,
    TextField,
)
from store.catalogue import RewardFact
from store.people import Member
from store.types import Points

MOST_GOAL = 1_000_000
MOST_CHOICES = 90
LONGEST_TITLE = 80
MOST_INVITED = 50
LONGEST = timedelta(days=366)
USUAL_DAYS = timedelta(days=14)
HERE, INVITED = "here", "invited"


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


# --- what was typed ---------------------------------------------------------------------------------------


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
    return Response(Reply(own_card(ctx, pool, done)), sends)


def _reward(ctx: Context, reward_id: str) -> RewardFact | None:
    """Only what people hand out: a code, a place or a donation goes to one person."""
    reward = find_shown(ctx, reward_id) if reward_id else None
    if reward and reward.fulfilment != MANUAL:
        raise Refusal("not_together", f"{reward.title} is for one person.", "Choose another.", field="reward")
    return reward


def _title(request: Submission, reward: RewardFact | None) -> str:
    typed = seen(" ".join(request.text("title").split()))[:LONGEST_TITLE]
    if not typed and reward is None:
        raise Refusal("no_title", "What is it for?", "A few words, or a reward of the catalogue.", field="title")
    return typed or reward.title if reward else typed


def _goal(request: Submission, reward: RewardFact | None) -> Points:
    typed = request.text("goal")
    if not typed and reward:
        return reward.price
    goal = read_whole(typed)
    if goal is None or not 1 <= goal <= MOST_GOAL:
        raise Refusal("unclear_points", "How many points?", f"A number from 1 to {MOST_GOAL:,}.", field="goal")
    if reward and goal != reward.price:
        raise Refusal("not_its_price", f"{reward.title} takes {reward.price:,}.", "Leave it empty.", field="goal")
    return goal


def _last_day(request: Submission, ctx: Context) -> date:
    """Raises `Unclear`, or a `Refusal` for a day that is too early or too late."""
    today = day_in(ctx.now, ctx.tenant_zone)
    day = read_day(request.text("until"), today)
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


def read_number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else None
