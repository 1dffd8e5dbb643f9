"""Wishes: what somebody would like to have, and whether they want to hear when it is back."""

from __future__ import annotations

from handlers.catalogue import find_shown, is_gone, shelf_of
from handlers.catalogue_browse import (
    PAGE,
    Found,
    Sought,
    catalogue_card,
    list_card,
    page_of,
    reward_card,
    sought_of,
)
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.reward_words import Said, rewards_word
from handlers.vocabulary import Action, Card, Replace, Reply, Response
from store.catalogue import RewardFact, list_wishes, remove_wish, save_wish

MOST = 100
WISH, DROP, TELL, QUIET = "wish", "drop", "tell", "quiet"


@rewards_word("wishes", reads=True)
def wishes(said: Said, ctx: Context) -> Response:
    """Your wish list, and how far each wish is."""
    return Response(Reply(wishes_card(ctx, Sought())))


@action("rewards_wishes", reads=True)
def show_wishes(request: Action, ctx: Context) -> Response:
    """Shows your wish list; in place of itself with its values, to page on."""
    card = wishes_card(ctx, sought_of(request.values))
    return Response(Replace(card) if request.values.get("in") == "wishes" else Reply(card))


@action("reward_wish")
def press_wish(request: Action, ctx: Context) -> Response:
    """Puts a reward on your wish list, or takes it off; or tells you when it is back."""
    reward_id, what = request.values.get("reward", ""), request.values.get("do", WISH)
    done = _take_off(ctx, reward_id) if what == DROP else _put_on(ctx, find_shown(ctx, reward_id), what)
    match request.values.get("in"):
        case "one":
            return Response(Replace(reward_card(ctx, reward_id, done)))
        case "wishes":
            return Response(Replace(wishes_card(ctx, sought_of(request.values), done)))
        case "catalogue":
            return Response(Replace(catalogue_card(ctx, sought_of(request.values), done)))
        case _:
            return Response(Reply(Card("notice", {"sentence": done})))


def _put_on(ctx: Context, reward: RewardFact, what: str) -> str:
    """What was done, as a sentence. To hear of what is there all the time means nothing."""
    known = list_wishes(ctx.tx, ctx.tenant_id, ctx.actor.id)
    if reward.id not in known and len(known) >= MOST:
        raise Refusal("many_wishes", f"There are {MOST} wishes on your list.", "Take one off first: rewards wishes.")
    tell = what == TELL and is_gone(reward)
    if what == WISH and reward.id in known:
        tell = known[reward.id]
    save_wish(ctx.tx, ctx.tenant_id, ctx.actor.id, reward.id, ctx.now, tell=tell)
    if what == QUIET:
        return f"I will not tell you when {reward.title} is back. It stays on your wish list."
    if tell:
        return f"I will tell you once when {reward.title} is back."
    return f"{reward.title} is on your wish list."


def _take_off(ctx: Context, reward_id: str) -> str:
    """Also what is not in the catalogue any more."""
    taken = remove_wish(ctx.tx, ctx.tenant_id, ctx.actor.id, reward_id)
    return "It is off your wish list." if taken else "It was not on your wish list."


def wishes_card(ctx: Context, sought: Sought, done: str = "") -> Card:
    """What they wish for and can see, the latest wish first."""
    return list_card(ctx, list_wished(ctx, sought.page), sought, done=done, wishes=True)


def list_wished(ctx: Context, page: int, most: int = PAGE) -> Found:
    """A page of what the actor wishes for and can see, the latest wish first."""
    shelf = shelf_of(ctx)
    there = {one.id: one for one in shelf.rewards}
    return page_of(shelf, [there[one] for one in shelf.wishes if one in there], page, most)
