"""From a pool of gift codes: one is set aside with the order, and shown to its owner once everybody agreed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.access import list_administrators
from handlers.admin_words import command_name
from handlers.context import Context, TenantContext
from handlers.fulfilment import Begun, fulfilment
from handlers.refusals import Refusal
from handlers.vocabulary import Card, Direct, Field, NumberField, Send, Subject, Submission
from store.catalogue import RewardFact
from store.codes import count_codes, find_taken, free_code, is_told_low, keep_secret, take_code, tell_low
from store.redemptions import OrderFact, OrderState

LOW = "low"
USUAL_LOW, MOST_LOW = 5, 10_000


@fulfilment
class Codes:
    kind = "codes"
    title = "From a pool of gift codes"
    at_once = True
    """Whoever orders has it there and then, where nobody has to agree and nothing is to be paid first."""
    counts_stock = True
    """As many are left as there are codes: nobody else writes the stock of such a reward."""

    def stock_of(self, ctx: TenantContext, reward: RewardFact) -> int:
        free, _ = count_codes(ctx.tx, ctx.tenant_id, reward.id)
        return free

    def settings_fields(self, ctx: Context, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (
            NumberField(
                name=LOW,
                label="Warn when so few codes are left",
                initial=low_of(settings),
                least=0,
                most=MOST_LOW,
                hint=f"Administrators are told once. Codes are added after the reward: {command_name(ctx)} codes.",
            ),
        )

    def read_settings(self, request: Submission, ctx: Context, settings: Mapping[str, Any]) -> dict[str, Any]:
        digits = request.text(LOW)
        if not digits:
            return {LOW: USUAL_LOW}
        if not (digits.isascii() and digits.isdigit() and len(digits) < 7 and int(digits) <= MOST_LOW):
            raise Refusal("unclear_number", "That is not a whole number.", f"Write 0 to {MOST_LOW:,}.", field=LOW)
        return {LOW: int(digits)}

    def why_not(self, ctx: Context, reward: RewardFact) -> str:
        if not ctx.sealer.can_seal:
            return "Its codes cannot be opened: whoever runs the program sets PLAUDIT_SECRET_KEYS."
        free, _ = count_codes(ctx.tx, ctx.tenant_id, reward.id)
        return "" if free else "All codes are given out. You can ask to be told when it is back."

    def fields(self, ctx: Context, reward: RewardFact) -> tuple[Field, ...]:
        return ()

    def steps(self, reward: RewardFact) -> tuple[str, ...]:
        return ()

    def reserve(self, request: Submission, ctx: Context, reward: RewardFact, order_id: str) -> dict[str, Any]:
        if not take_code(ctx.tx, ctx.tenant_id, reward.id, order_id, ctx.now):
            raise Refusal(
                "sold_out", f"{reward.title} is gone: somebody was quicker.", "You can ask to be told when it is back."
            )
        return {}

    def fulfil(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Begun:
        """The code is theirs from now on; nobody else, administrators neither, ever reads it."""
        sealed = find_taken(ctx.tx, ctx.tenant_id, order.id)
        assert sealed, f"order {order.id} has no code"
        keep_secret(ctx.tx, ctx.tenant_id, order.id, sealed, ctx.now)
        return Begun(OrderState.FULFILLED, sends=_warning(ctx, reward))

    def give_back(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> tuple[Send, ...]:
        free_code(ctx.tx, ctx.tenant_id, order.id)
        return ()


def low_of(settings: Mapping[str, Any]) -> int:
    """From how many codes left on administrators are warned."""
    return int(settings.get(LOW, USUAL_LOW))


def _warning(ctx: TenantContext, reward: RewardFact) -> tuple[Send, ...]:
    """Once, until codes are added."""
    free, _ = count_codes(ctx.tx, ctx.tenant_id, reward.id)
    if free > low_of(reward.settings) or is_told_low(ctx.tx, ctx.tenant_id, reward.id):
        return ()
    tell_low(ctx.tx, ctx.tenant_id, reward.id, True)
    card = Card("codes_low", {"title": reward.title, "left": free, "reward": {"id": reward.id}})
    subject = Subject("codes", f"{reward.id}/{ctx.new_id()}")
    return tuple(Direct(one, card, subject) for one in list_administrators(ctx))
