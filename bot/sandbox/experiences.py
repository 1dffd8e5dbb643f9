"""Time and places in the demo organisation: days that a manager agrees to, a charity, an evening with few places."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from handlers.admin_catalogue_saving import keep_reward
from handlers.admin_sessions import keep_session
from handlers.context import Context
from handlers.reward_reading import CATEGORY, CODE, DESCRIPTION, EMOJI, PRICE, TITLE, WITHIN, blank, read_reward
from handlers.rules.instants import due_on
from handlers.rules.periods import day_in
from store.catalogue import find_coded
from store.experiences import SessionFact

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "free-afternoon": ("agreed", {"days": 1}),
    "home-office-week": ("agreed", {"days": 5}),
    "plant-a-tree": ("charity", {"charity": "Trees for the valley"}),
}
"""How some of the examples are handed out, by short name."""
POTTERY = {
    CODE: "pottery-evening",
    TITLE: "Pottery evening",
    CATEGORY: "experience",
    EMOJI: "🏺",
    PRICE: "60",
    WITHIN: "5",
    DESCRIPTION: "An evening at the wheel. What you make is fired and sent to you.",
}
DATES = ((9, 6), (23, 1))
"""In how many days, and for how many."""


def add_experiences(ctx: Context, now: datetime) -> None:
    """As an administrator would have; `ctx` is theirs. After the catalogue."""
    for code, (kind, settings) in KINDS.items():
        one = find_coded(ctx.tx, ctx.tenant_id, [code])[code]
        keep_reward(ctx, one, replace(one, fulfilment=kind, settings=settings))
    pottery = replace(read_reward(POTTERY, blank(ctx.new_id())), fulfilment="experience", settings={"badge": ""})
    keep_reward(ctx, None, pottery)
    for days, places in DATES:
        day = day_in(now, ctx.tenant_zone) + timedelta(days=days)
        begins = due_on(day, time(18), ctx.tenant_zone).astimezone(UTC)
        fact = SessionFact(
            id=ctx.new_id(),
            reward_id=pottery.id,
            starts_at=begins,
            ends_at=begins + timedelta(hours=3),
            place="Studio Clay, Mill Lane 4",
            capacity=places,
        )
        keep_session(ctx, fact)
