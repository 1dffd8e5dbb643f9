"""Orders whose people changed: whoever hands a reward out from now on gets the cards of what is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time

from handlers.context import TenantContext
from handlers.fulfillers import GONE, MANUAL, PEOPLE, fulfillers
from handlers.order_cards import WORK, work_card
from handlers.registry import tick
from handlers.rules.instants import Daily
from handlers.vocabulary import Direct, Send, Subject, Tick, Turned
from store.catalogue import RewardFact, list_rewards, lock_reward, save_reward
from store.people import list_members
from store.redemptions import UNDER_WAY, OrderFact, list_in_state

LOOKED_AT = 500
"""Open orders of each state among which those of a reward are looked for."""
MOST = 50
"""Orders of a reward that are handed on: administrators have the list of all."""


@tick("handing_on", rule=Daily(time(6, 45)), by_tenant=True)
def hand_on_of_leavers(tick: Tick, ctx: TenantContext) -> Turned:
    """One reward a page, of those with somebody named who left: others get their cards, once for each who left."""
    left = _left(ctx)
    if not left:
        return Turned()
    reward = lock_reward(ctx.tx, ctx.tenant_id, min(left))
    assert reward, f"no reward {min(left)}"
    kept = reward.settings | {GONE: sorted({*reward.settings.get(GONE, ()), *left[reward.id]})}
    save_reward(ctx.tx, ctx.tenant_id, replace(reward, settings=kept))
    had = set(reward.settings.get(PEOPLE, ()))
    return Turned(_cards(ctx, reward, lambda _: had), next_page=str(int(tick.page or 1) + 1))


def hand_on(ctx: TenantContext, before: RewardFact, after: RewardFact) -> tuple[Send, ...]:
    """Others are named: they get the cards of what is open. Those who had them keep theirs."""
    if (before.fulfilment, before.settings) == (after.fulfilment, after.settings):
        return ()
    return _cards(ctx, after, lambda order: {one.id for one in fulfillers(ctx, before, order.person_id)})


def _left(ctx: TenantContext) -> dict[str, set[str]]:
    """By reward, of those named with it: who is not active, and was not seen to before."""
    every = (*list_rewards(ctx.tx, ctx.tenant_id), *list_rewards(ctx.tx, ctx.tenant_id, active=False))
    named = {one.id: set(one.settings.get(PEOPLE, ())) for one in every if one.fulfilment == MANUAL}
    people = set().union(*named.values())
    away = {one.id for one in list_members(ctx.tx, ctx.tenant_id, people) if not one.active} if people else set()
    found = {one.id: named[one.id] & away - set(one.settings.get(GONE, ())) for one in every if one.id in named}
    return {reward_id: left for reward_id, left in found.items() if left}


def _cards(ctx: TenantContext, reward: RewardFact, had: Callable[[OrderFact], set[str]]) -> tuple[Send, ...]:
    found = [one for state in UNDER_WAY for one in list_in_state(ctx.tx, ctx.tenant_id, state, most=LOOKED_AT)]
    theirs = [one for one in found if one.reward_id == reward.id and one.fulfilment == MANUAL]
    return tuple(
        Direct(person, work_card(ctx.tx, ctx.tenant_id, order), Subject(WORK, order.id))
        for order in theirs[:MOST]
        for person in fulfillers(ctx, reward, order.person_id)
        if person.id not in had(order)
    )
