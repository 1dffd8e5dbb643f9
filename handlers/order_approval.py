"""Orders that somebody has to agree to: what approvers read, and what follows from their decision."""

from __future__ import annotations

from sqlalchemy import Connection

from handlers.approving import Shown, approvable
from handlers.context import TenantContext, who
from handlers.fulfilment import kinds
from handlers.order_cards import ASKED, own_money
from handlers.ordering import KIND, begin, decline, lapse
from handlers.rules.money import Money
from handlers.vocabulary import Send
from store.approvals import ApprovalState, DecisionFact, find_approval_of, list_decisions
from store.people import list_members
from store.redemptions import OrderFact, OrderState, find_order, lock_order


@approvable
class Redemptions:
    kind = KIND

    def shown(self, tx: Connection, tenant_id: str, subject_id: str) -> Shown | None:
        order = find_order(tx, tenant_id, subject_id)
        if order is None:
            return None
        (person,) = list_members(tx, tenant_id, [order.person_id])
        cost = order.value_minor - order.own_minor  # beside the points: what they pay themselves costs nobody else
        return Shown(
            title=order.title,
            people=(who(person),),
            reason=_told(order),
            points=order.points,
            worth=str(Money(cost, order.currency)) if cost else "",
        )

    def barred(self, tx: Connection, tenant_id: str, subject_id: str) -> set[str]:
        return set()  # whoever orders is the asker

    def approved(self, ctx: TenantContext, subject_id: str) -> tuple[Send, ...]:
        order = lock_order(ctx.tx, ctx.tenant_id, subject_id)
        if order is None or order.state is not OrderState.ASKED:
            return ()
        approval = find_approval_of(ctx.tx, ctx.tenant_id, KIND, subject_id)
        decisions = list_decisions(ctx.tx, ctx.tenant_id, approval.id) if approval else []
        return begin(ctx, order, by=decisions[-1].person_id if decisions else "")

    def ended(
        self, ctx: TenantContext, subject_id: str, state: ApprovalState, decision: DecisionFact | None
    ) -> tuple[Send, ...]:
        order = lock_order(ctx.tx, ctx.tenant_id, subject_id)
        if order is None or order.state is not OrderState.ASKED:
            return ()
        if state is ApprovalState.DECLINED and decision:
            return decline(ctx, subject_id, by=decision.person_id, reason=decision.reason)
        return lapse(ctx, subject_id)


def _told(order: OrderFact) -> str:
    """What the person answered, where that matters for whoever agrees, and what they pay themselves."""
    discreet = getattr(kinds.get(order.fulfilment), "discreet", False)
    asked: list[dict[str, str]] = [] if discreet else order.answers.get(ASKED, [])
    own = own_money(order)
    rest = [f"They pay {own} themselves."] if own else []
    return "\n".join([*(f"{one['label']} {one['answer']}" for one in asked), *rest])
