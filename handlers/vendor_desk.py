"""Calls to vendors and their calls back, as the books see them. Built once by the program; it begins no transaction.

Each step locks the order first, then the call. What was written down once is not written again: an answer counts only
for the attempt it belongs to, and a call back only while the order is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from sqlalchemy import Connection

from handlers.context import TenantContext
from handlers.fulfilment_webhook import WEBHOOK
from handlers.mailing import Mailer
from handlers.order_secrets import seal_secret
from handlers.ordering import fail, finish, start
from handlers.presenter import Presenter
from handlers.programme import Programmes
from handlers.rules.policy import Policy
from handlers.vendor_cards import tell_administrators
from handlers.vendors import Answer, Call, CannotCall, Verdict, find_vendor
from handlers.vocabulary import Send
from store.catalogue import find_rewards
from store.redemptions import UNDER_WAY, OrderFact, OrderState, change_order, find_order, lock_order
from store.sealing import NoKeys, NotOpened, Sealer
from store.tenants import list_homes
from store.vendor_calls import (
    CallFact,
    CallState,
    LinkFact,
    claim_call,
    find_call,
    find_vendor_link,
    list_due_calls,
    move_call,
    put_off_call,
)

MOST_DUE = 16
LEASE_MS = 60_000
"""Well over what a call may take, with a busy database on both sides of it."""
AWAY_MS = 15 * 60_000
"""How long a call rests that nothing can be done about now."""
LOST = "The vendor could not be reached."
FAULT = "Something went wrong here: the program's log says what."
DECLINED = "The vendor does not take the order."
AFTERWARDS = "The vendor says afterwards that it handed it over, when the points were back already."
NOT_AFTER_ALL = "The vendor says afterwards that it was not possible, when the points were spent already."


@dataclass(frozen=True, slots=True)
class Claimed:
    """A call that is ours for a while."""

    tenant_id: str
    order_id: str
    attempt: int
    kind: str
    call: Call


@dataclass(frozen=True, slots=True)
class CallBack:
    """What a vendor says of an order: `state` is started, fulfilled or failed."""

    order_id: str
    state: OrderState
    note: str = ""
    code: str = field(default="", repr=False)


class Heard(Enum):
    """What came of a call back."""

    DONE = "done"
    ALREADY = "already"
    TOO_LATE = "too late"
    UNKNOWN = "unknown"
    NOT_NOW = "not now"


class VendorDesk:
    """`owners` are e-mail addresses of those who may administer."""

    def __init__(
        self,
        presenter: Presenter,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        owners: Iterable[str] = (),
        sealer: Sealer | None = None,
    ) -> None:
        self._clock = clock
        self._new_id = new_id
        self._owners = frozenset(owners)
        self._sealer = sealer or Sealer()
        self._mailer = Mailer(presenter, new_id)
        self._programmes = Programmes()

    # --- calls out ----------------------------------------------------------------------------------------

    def list_due(self, tx: Connection) -> list[CallFact]:
        return list_due_calls(tx, MOST_DUE)

    def claim(self, tx: Connection, seen: CallFact, *, wait_s: float | None) -> Claimed | None:
        """The call to send now; its order is started from then on. None where somebody else has it, or nothing can be
        sent: then it rests for `wait_s` seconds, or is given up where that is None."""
        order = lock_order(tx, seen.tenant_id, seen.order_id)
        assert order, f"a call of order {seen.order_id}, which is not there"
        if order.state not in UNDER_WAY:
            move_call(tx, seen.tenant_id, seen.order_id, CallState.WAITING, CallState.WITHDRAWN)
            return None
        ctx = self._context(tx, seen.tenant_id)
        if ctx is None:  # the app was removed everywhere: nobody would hear how it ends, and it is no attempt
            put_off_call(tx, seen.tenant_id, seen.order_id, seen.attempt, AWAY_MS, seen.trouble)
            return None
        if not claim_call(tx, seen, LEASE_MS):
            return None
        attempt = seen.attempt + 1
        vendor = find_vendor(order.fulfilment)
        reward = find_rewards(tx, seen.tenant_id, [order.reward_id])[order.reward_id]
        try:
            if vendor is None:
                raise CannotCall("This version knows no such vendor.", passes=True)
            call = vendor.call(ctx, reward, order)
        except CannotCall as why:
            taken = bool(order.vendor_ref)  # the vendor may hand it over any day: only people can say that it will not
            verdict = Verdict.AGAIN if why.passes or taken else Verdict.REFUSED
            self._send(ctx, self._settle(ctx, order, attempt, Answer(verdict, str(why)), wait_s))
            return None
        if order.state is OrderState.ORDERED:
            self._send(ctx, start(ctx, order.id))
        return Claimed(seen.tenant_id, order.id, attempt, order.fulfilment, call)

    def leave_alone(self, tx: Connection, seen: CallFact) -> None:
        """It failed in a way that nobody foresaw, before it was claimed or after."""
        for attempt in (seen.attempt, seen.attempt + 1):
            put_off_call(tx, seen.tenant_id, seen.order_id, attempt, AWAY_MS, FAULT)

    def read(self, claimed: Claimed, status: int, body: bytes) -> Answer:
        """What an answer over HTTP means."""
        vendor = find_vendor(claimed.kind)
        assert vendor, f"it was {claimed.kind} that made the call"
        return vendor.read(status, body)

    def record(self, tx: Connection, claimed: Claimed, answer: Answer, *, wait_s: float | None) -> None:
        """Writes down what came of a call, unless somebody else had it since or the vendor called back meanwhile.

        It is sent again after `wait_s` seconds, or is given up where that is None.
        """
        order = lock_order(tx, claimed.tenant_id, claimed.order_id)
        call = find_call(tx, claimed.tenant_id, claimed.order_id)
        assert order, f"order {claimed.order_id} was claimed"
        assert call, f"order {claimed.order_id} was claimed"
        ctx = self._context(tx, claimed.tenant_id)
        if ctx is None or call.attempt != claimed.attempt:
            return
        if call.state is CallState.WAITING:
            self._send(ctx, self._settle(ctx, order, claimed.attempt, answer, wait_s))
        elif call.state is CallState.WITHDRAWN and answer.verdict is Verdict.HANDED_OVER:
            self._tell_afterwards(ctx, order, call, AFTERWARDS)

    def _settle(
        self, ctx: TenantContext, order: OrderFact, attempt: int, answer: Answer, wait_s: float | None
    ) -> tuple[Send, ...]:
        if answer.ref and not order.vendor_ref:
            change_order(ctx.tx, ctx.tenant_id, order.id, vendor_ref=answer.ref)
        match answer.verdict:
            case Verdict.TAKEN:
                move_call(ctx.tx, ctx.tenant_id, order.id, CallState.WAITING, CallState.SENT)
                return ()
            case Verdict.HANDED_OVER:
                if answer.secret:
                    seal_secret(ctx, order.id, answer.secret)
                move_call(ctx.tx, ctx.tenant_id, order.id, CallState.WAITING, CallState.ANSWERED)
                return finish(ctx, order.id)
            case Verdict.AGAIN if wait_s is not None or order.vendor_ref or answer.ref:
                # What the vendor has taken, and named, is not given up: it may hand it over any day.
                wait_ms = AWAY_MS if wait_s is None else int(wait_s * 1000)
                put_off_call(ctx.tx, ctx.tenant_id, order.id, attempt, wait_ms, answer.why)
                return ()
            case _:
                reason = DECLINED if answer.verdict is Verdict.REFUSED else LOST
                return self._give_up(ctx, order, CallState.WAITING, answer.why, reason)

    def _give_up(self, ctx: TenantContext, order: OrderFact, was: CallState, why: str, reason: str) -> tuple[Send, ...]:
        """The points go back; the person reads the `reason`, administrators the order with `why`."""
        state = CallState.GIVEN_UP
        move_call(ctx.tx, ctx.tenant_id, order.id, was, state, why)
        sends = fail(ctx, order.id, reason=reason)
        return (*sends, *self._to_administrators(ctx, order.id, "given up"))

    def _to_administrators(self, ctx: TenantContext, order_id: str, what: str) -> tuple[Send, ...]:
        order, call = find_order(ctx.tx, ctx.tenant_id, order_id), find_call(ctx.tx, ctx.tenant_id, order_id)
        assert order, "it is locked"
        assert call, "it is locked"
        return tell_administrators(ctx, order, call, what)

    # --- calls back ---------------------------------------------------------------------------------------

    def look(self, tx: Connection, token: str) -> LinkFact | None:
        """Whose address a vendor calls. Nobody learns whether one that is not good ever was."""
        return find_vendor_link(tx, token)

    def secret_of(self, link: LinkFact) -> str | None:
        """What the vendor signs with; None where its key is missing."""
        try:
            return self._sealer.open(link.sealed)
        except NotOpened:
            return None

    def hear(self, tx: Connection, link: LinkFact, said: CallBack) -> Heard:
        """What a vendor says, once: a second time changes nothing, and nothing changes an order that has ended."""
        order = lock_order(tx, link.tenant_id, said.order_id)
        call = find_call(tx, link.tenant_id, said.order_id) if order else None
        if order is None or call is None or order.reward_id != link.reward_id or order.fulfilment != WEBHOOK:
            return Heard.UNKNOWN
        ctx = self._context(tx, link.tenant_id)
        if ctx is None:
            return Heard.NOT_NOW
        if order.state not in UNDER_WAY:
            return self._hear_late(ctx, order, call, said)
        if said.state is OrderState.STARTED:
            if order.state is OrderState.STARTED:
                return Heard.ALREADY
            self._send(ctx, start(ctx, order.id, note=said.note))
            return Heard.DONE
        if said.state is OrderState.FAILED:
            self._send(ctx, self._give_up(ctx, order, call.state, said.note or DECLINED, said.note or DECLINED))
            return Heard.DONE
        return self._hand_over(ctx, order, call, said)

    def _hand_over(self, ctx: TenantContext, order: OrderFact, call: CallFact, said: CallBack) -> Heard:
        try:
            if said.code:
                seal_secret(ctx, order.id, said.code)
        except NoKeys:
            return Heard.NOT_NOW
        move_call(ctx.tx, ctx.tenant_id, order.id, call.state, CallState.ANSWERED)
        self._send(ctx, finish(ctx, order.id, note=said.note))
        return Heard.DONE

    def _hear_late(self, ctx: TenantContext, order: OrderFact, call: CallFact, said: CallBack) -> Heard:
        """Of an order that has ended. Of what was handed over and nobody pays for, and of what was paid for and not
        handed over, administrators hear once."""
        spent = order.state is OrderState.FULFILLED
        if order.state is said.state or (spent and said.state is OrderState.STARTED):
            return Heard.ALREADY
        trouble = NOT_AFTER_ALL if spent else AFTERWARDS
        matters = spent or said.state is OrderState.FULFILLED
        if matters and not call.trouble.startswith(trouble):
            self._tell_afterwards(ctx, order, call, f"{trouble} {said.note}".strip())
        return Heard.TOO_LATE

    def _tell_afterwards(self, ctx: TenantContext, order: OrderFact, call: CallFact, trouble: str) -> None:
        move_call(ctx.tx, ctx.tenant_id, order.id, call.state, call.state, trouble)
        self._send(ctx, tell_administrators(ctx, order, replace(call, trouble=trouble), "afterwards"))

    # --- both ---------------------------------------------------------------------------------------------

    def _send(self, ctx: TenantContext, sends: tuple[Send, ...]) -> None:
        self._mailer.send(ctx, sends)

    def _context(self, tx: Connection, tenant_id: str) -> TenantContext | None:
        """None once the app was removed from all workspaces."""
        home = next(iter(list_homes(tx, tenant_id)), None)
        if home is None:
            return None
        now = self._clock()
        return TenantContext(
            tx=tx,
            now=now,
            new_id=self._new_id,
            home=home,
            policy=Policy.read(home.policy),
            programme=self._programmes.get(tx, home, now),
            owners=self._owners,
            sealer=self._sealer,
        )
