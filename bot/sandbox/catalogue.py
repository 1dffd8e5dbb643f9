"""What points become in the demo organisation: the examples, handed out by Alice, and a few that are not for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from handlers.admin_catalogue_saving import keep_reward
from handlers.catalogue_examples import examples
from handlers.context import Context
from store.catalogue import Limited, RewardFact

QUESTIONS = {
    "hoodie": "Which size?",
    "bookshop": "Which shop do you like?",
    "team-cake": "Which day, and for how many?",
}


def add_catalogue(ctx: Context, now: datetime) -> None:
    """As an administrator would have; `ctx` is theirs, and they hand out."""
    for one in examples(ctx):
        keep_reward(ctx, None, _made(one, ctx.actor.id, now))


def _made(reward: RewardFact, person_id: str, now: datetime) -> RewardFact:
    """The cinema is a limited drop, the hoodie is gone, and everybody has one plant."""
    settings = {"people": [person_id], "question": QUESTIONS.get(reward.code, "")}
    match reward.code:
        case "cinema":
            return replace(reward, settings=settings, stock=3, ends_on=(now + timedelta(days=6)).date())
        case "hoodie":
            return replace(reward, settings=settings, stock=0)
        case "desk-plant":
            return replace(reward, settings=settings, limit=1, limited=Limited.EVER)
        case _:
            return replace(reward, settings=settings)
