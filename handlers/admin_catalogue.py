"""The catalogue as administrators keep it: buttons and words. The forms are in `admin_catalogue_forms`."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from handlers.access import check_administrator
from handlers.admin_catalogue_forms import settings_form
from handlers.admin_catalogue_saving import (
    ADDED,
    catalogue_card,
    counts_stock,
    find_by_code,
    find_known,
    lacks_settings,
    lock_known,
    reward_card,
    saved_card,
)
from handlers.admin_words import Said, admin_word, command_name
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.reward_reading import EMOJI, PRICE, STOCK, TITLE, blank, code_from, read_reward
from handlers.rules.value_words import read_emoji
from handlers.vocabulary import Action, Replace, Reply, Response
from store.audit import list_acts_since
from store.catalogue import RewardFact, find_coded, find_rewards
from store.tenants import lock_policy

_PLUS = re.compile(r"\+\s*(\d{1,7})", re.ASCII)
ANY = "any"
TWICE_WITHIN = timedelta(minutes=10)
"""In which the same title typed again is a slip, and no second reward."""


# --- buttons ----------------------------------------------------------------------------------------------


@action("admin_catalogue", reads=True)
def show_catalogue(request: Action, ctx: Context) -> Response:
    """Shows the catalogue to whoever keeps it."""
    check_administrator(ctx)
    typed = request.values.get("page", "")
    page = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    return Response(Replace(catalogue_card(ctx, page=page)))


@action("admin_reward", reads=True)
def show_reward(request: Action, ctx: Context) -> Response:
    """Shows one reward with everything that can be set."""
    check_administrator(ctx)
    return Response(Replace(reward_card(ctx, find_known(ctx, request.values.get("reward", "")))))


@action("admin_reward_use")
def press_use(request: Action, ctx: Context) -> Response:
    """Takes a reward out of the catalogue, or brings it back."""
    check_administrator(ctx)
    was = lock_known(ctx, request.values.get("reward", ""))
    wanted = replace(was, active=request.values.get("use") == "yes")
    _check_settings(ctx, was, wanted)
    return Response(Replace(saved_card(ctx, was, wanted)))


# --- words ------------------------------------------------------------------------------------------------


@admin_word("catalogue", reads=True)
def catalogue(said: Said, ctx: Context) -> Response:
    """The rewards: add, change, retire, restock, import, export."""
    return Response(Reply(catalogue_card(ctx)))


@admin_word("catalogue add", usage="40 ☕ Coffee mug")
def add(said: Said, ctx: Context) -> Response:
    """Adds a reward that is handed out by hand: points, emoji, title."""
    price, _, rest = said.text.partition(" ")
    sign, _, title = rest.strip().partition(" ")
    emoji = read_emoji(sign) if sign else None
    told = {PRICE: price, TITLE: title if emoji else rest, EMOJI: emoji or ""}
    wanted = read_reward(told, blank(ctx.new_id()))
    _check_not_twice(ctx, wanted)
    wanted = replace(wanted, code=free_code(ctx, wanted.title))
    return Response(Reply(saved_card(ctx, None, wanted)))


@admin_word("catalogue price", usage="coffee-mug 45")
def price(said: Said, ctx: Context) -> Response:
    """Another price. What is ordered already keeps its own."""
    was, typed = _named(said, ctx)
    return _kept(ctx, was, read_reward({PRICE: typed}, was))


@admin_word("catalogue stock", usage="coffee-mug +10")
def stock(said: Said, ctx: Context) -> Response:
    """How many there are: +10 more, 12 in all, or any."""
    was, typed = _named(said, ctx)
    if counts_stock(was):
        raise Refusal(
            "counted", f"Of {was.title} there are as many as there are codes.", "Add some: rewards-admin codes."
        )
    if added := _PLUS.fullmatch(typed):
        if was.stock is None:
            raise Refusal(
                "not_counted", f"Of {was.title} there are as many as are asked for.", "Write how many there are: 12."
            )
        typed = str(was.stock + int(added[1]))
    elif not typed:
        raise Refusal("no_number", "How many are there?", "Write +10 for ten more, 12 for twelve in all, or any.")
    return _kept(ctx, was, read_reward({STOCK: "" if typed.casefold() == ANY else typed}, was))


@admin_word("catalogue retire", usage="coffee-mug")
def retire(said: Said, ctx: Context) -> Response:
    """Nobody can order it any more; what was ordered stays ordered."""
    was, _ = _named(said, ctx)
    return _kept(ctx, was, replace(was, active=False))


@admin_word("catalogue back", usage="coffee-mug")
def bring_back(said: Said, ctx: Context) -> Response:
    """Brings a retired reward back."""
    was, _ = _named(said, ctx)
    wanted = replace(was, active=True)
    _check_settings(ctx, was, wanted)
    return _kept(ctx, was, wanted)


def free_code(ctx: Context, title: str) -> str:
    """A short name made of a title, which no other reward has."""
    code = code_from(title)
    taken = find_coded(ctx.tx, ctx.tenant_id, [code, *(f"{code[:36]}-{number}" for number in range(2, 20))])
    return next(
        (one for one in (code, *(f"{code[:36]}-{number}" for number in range(2, 20))) if one not in taken), code
    )


def _check_not_twice(ctx: Context, wanted: RewardFact) -> None:
    """The same title typed twice is one reward: a second one of that name would be seen by everybody."""
    lock_policy(ctx.tx, ctx.tenant_id)  # the same word sent twice at once: the later one finds the first
    lately = list_acts_since(ctx.tx, ctx.tenant_id, ctx.actor.id, ADDED, ctx.now - TWICE_WITHIN)
    added = find_rewards(ctx.tx, ctx.tenant_id, [one.subject_id for one in lately]) if lately else {}
    for one in added.values():
        if one.active and one.title.casefold() == wanted.title.casefold():
            raise Refusal(
                "added_just_now",
                f"You added {one.title} just now: its short name is {one.code}, and it takes {one.price:,} points.",
                f"To change that: {command_name(ctx)} catalogue price {one.code} {wanted.price}. "
                "Another reward needs another title.",
            )


def _named(said: Said, ctx: Context) -> tuple[RewardFact, str]:
    """The reward that a word begins with, locked, and what follows its short name."""
    code, _, rest = said.text.partition(" ")
    return lock_known(ctx, find_by_code(ctx, code).id), rest.strip()


def _kept(ctx: Context, was: RewardFact, wanted: RewardFact) -> Response:
    return Response(Reply(saved_card(ctx, was, wanted)))


def _check_settings(ctx: Context, was: RewardFact, wanted: RewardFact) -> None:
    """What nobody has said how to hand out is not offered."""
    if wanted.active and not was.active and lacks_settings(ctx, wanted):
        title = settings_form(ctx, wanted, wanted.fulfilment, begins=True).title
        raise Refusal("no_settings", f"{wanted.title} is not ready yet.", f"Fill in “{title}” first.")
