"""A catalogue to begin with: a dozen rewards from 30 points up, handed out by whoever runs the programme."""

from __future__ import annotations

from handlers.access import check_administrator
from handlers.admin_catalogue_saving import catalogue_card, keep_reward
from handlers.admin_words import Said, admin_word
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.reward_reading import CATEGORY, CODE, DESCRIPTION, EMOJI, PRICE, TITLE, WITHIN, blank, read_reward
from handlers.vocabulary import Action, Replace, Reply, Response
from store.catalogue import RewardFact, list_rewards
from store.tenants import lock_policy

EXAMPLES = (
    ("coffee-with-a-colleague", "Coffee with a colleague", "food", "☕", 30, 5, "A coffee for two, on us."),
    ("plant-a-tree", "A tree is planted", "charity", "🌳", 30, 10, "We plant one in your name, and tell you where."),
    ("thanks-on-the-big-stage", "Thanks at the next all-hands", "public", "📣", 35, 20, "Your work is named there."),
    ("desk-plant", "A plant for your desk", "wellness", "🪴", 40, 10, "Easy to keep alive, we promise."),
    ("audiobook", "An audiobook", "learning", "🎧", 50, 5, "One title of your choice."),
    ("team-cake", "Cake for your team", "food", "🍰", 60, 5, "Tell us the day, and who cannot eat what."),
    ("cinema", "Cinema for two", "entertainment", "🎬", 80, 5, "Two tickets, any evening."),
    ("bookshop", "A voucher for books", "shopping", "📚", 100, 5, "At the bookshop around the corner."),
    (
        "home-office-week",
        "A week of working from home",
        "flexible_work",
        "🏡",
        120,
        10,
        "To be agreed on in your team.",
    ),
    ("free-afternoon", "A free afternoon", "time_off", "🌴", 150, 10, "To be agreed on in your team."),
    ("hoodie", "The hoodie", "swag", "🎽", 200, 15, "With our name on it. Tell us your size."),
    ("day-trip", "A day trip by train", "travel", "🚆", 300, 10, "Two tickets to wherever a day reaches."),
)
"""Short name, title, category, emoji, points, working days, what it is."""


@action("admin_catalogue_examples")
def press_examples(request: Action, ctx: Context) -> Response:
    """Fills an empty catalogue with examples."""
    check_administrator(ctx)
    return Response(Replace(catalogue_card(ctx, done=_fill(ctx))))


@admin_word("catalogue examples")
def type_examples(said: Said, ctx: Context) -> Response:
    """Fills an empty catalogue with a dozen examples, to be changed."""
    return Response(Reply(catalogue_card(ctx, done=_fill(ctx))))


def _fill(ctx: Context) -> str:
    lock_policy(ctx.tx, ctx.tenant_id)
    if list_rewards(ctx.tx, ctx.tenant_id) or list_rewards(ctx.tx, ctx.tenant_id, active=False):
        raise Refusal("not_empty", "There are rewards already.", "Add and change them one by one.")
    for one in examples(ctx):
        keep_reward(ctx, None, one)
    return f"{len(EXAMPLES)} rewards are in the catalogue. Whoever runs Plaudit hands them out, until you name others."


def examples(ctx: Context) -> list[RewardFact]:
    """As rewards that are not kept yet, worth what the policy says that points are worth."""
    return [_example(ctx, *one) for one in EXAMPLES]


def _example(
    ctx: Context, code: str, title: str, category: str, emoji: str, price: int, days: int, what: str
) -> RewardFact:
    told = {CODE: code, TITLE: title, CATEGORY: category, EMOJI: emoji, PRICE: str(price), WITHIN: str(days)}
    if ctx.policy.worth:
        told["value"] = str(ctx.policy.worth.times(price)).replace(",", "")
    return read_reward(told | {DESCRIPTION: what}, blank(ctx.new_id()))
