"""Charity: points become a donation at once, and what a month collected is reported on the first of the next.

A donation is of one order and one month, and a month is closed once it was reported, so nothing is counted twice.
Nothing takes a donation back, before the report or after: the form says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from handlers.context import Context, TenantContext
from handlers.fulfilment import Begun, fulfilment
from handlers.refusals import Refusal
from handlers.rules.periods import Every, month_label, span_of
from handlers.rules.unseen import seen
from handlers.vocabulary import Field, Send, Submission, TextField
from store.catalogue import RewardFact
from store.charity import Collected, add_gift, find_reported
from store.redemptions import OrderFact, OrderState

CHARITY = "charity"
LONGEST = 120
_DAY = timedelta(days=1)


@fulfilment
class Charity:
    kind = "charity"
    title = "A donation, collected by month"
    short = "given at once"
    told = "It is given at once and cannot be taken back; at the end of the month all of it goes to the charity."
    given = True

    def settings_fields(self, ctx: Context, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (
            TextField(
                name=CHARITY,
                label="Who is it given to?",
                initial=str(settings.get(CHARITY, "")),
                hint="As the monthly report names it. Empty: as the reward is called.",
                max_length=LONGEST,
            ),
        )

    def read_settings(self, request: Submission, ctx: Context, settings: Mapping[str, Any]) -> dict[str, Any]:
        name = seen(request.text(CHARITY)).strip()
        if len(name) > LONGEST:
            raise Refusal("long_name", f"{LONGEST} characters at most.", "Shorten it.", field=CHARITY)
        return {CHARITY: name}

    def why_not(self, ctx: Context, reward: RewardFact) -> str:
        return ""

    def fields(self, ctx: Context, reward: RewardFact) -> tuple[Field, ...]:
        return ()

    def steps(self, reward: RewardFact) -> tuple[str, ...]:
        return ()

    def reserve(self, request: Submission, ctx: Context, reward: RewardFact, order_id: str) -> dict[str, Any]:
        return {}

    def fulfil(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Begun:
        """The order was written before, in this transaction or an earlier one."""
        given = Collected(reward.id, order.currency, 1, order.points, order.value_minor)
        add_gift(ctx.tx, ctx.tenant_id, order.id, _month(ctx), given)
        return Begun(OrderState.FULFILLED, note=f"It goes to {name_of(reward)} with all of this month. Thank you!")

    def give_back(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> tuple[Send, ...]:
        return ()


def month_beside(month: str) -> tuple[str, str]:
    """The month before `2026-11`, and the one after."""
    span = span_of(Every.MONTH, date.fromisoformat(f"{month}-01"))
    return (span.first - _DAY).isoformat()[:7], (span.last + _DAY).isoformat()[:7]


def _month(ctx: TenantContext) -> str:
    """This one, by the tenant's calendar; the next where a move to another zone brought back one that is reported."""
    month = month_label(ctx.now, ctx.tenant_zone)
    return month if find_reported(ctx.tx, ctx.tenant_id, month) is None else month_beside(month)[1]


def name_of(reward: RewardFact) -> str:
    """The charity's."""
    return str(reward.settings.get(CHARITY, "")) or reward.title
