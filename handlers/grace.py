"""The minutes in which a giver can still change their mind."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context
from handlers.refusals import Refusal
from store.recognitions import RecognitionFact, find_recognition


def find_mine(ctx: Context, recognition_id: str, *, verb: str) -> RecognitionFact:
    """The recognition, if the actor gave it and may still `verb` it. A stranger's is as good as none."""
    fact = find_recognition(ctx.tx, ctx.tenant_id, recognition_id)
    if fact is None or fact.giver_id != ctx.actor.id:
        raise Refusal("not_yours", f"Only who gave it can {verb}.", "Ask them, if something is wrong.")
    if not is_in_grace(ctx, fact):
        raise Refusal(
            "too_late",
            f"For {ctx.policy.undo_minutes} {'minute' if ctx.policy.undo_minutes == 1 else 'minutes'} you can {verb}, "
            "and that time is over.",
            "If something in it is wrong, a word to whoever received it helps most.",
        )
    return fact


def is_in_grace(ctx: Context, fact: RecognitionFact) -> bool:
    return ctx.now <= fact.given_at + timedelta(minutes=ctx.policy.undo_minutes)
