"""An organisation for the circulation of points: who is there, what people do, and what its books say.

Everything goes through the real use cases. Two towns may stand on one database, as two processes do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from csv import DictReader
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import text

from bot.writing import write
from handlers.context import Context, TenantContext
from handlers.dispatch import Answered, Dispatcher
from handlers.statement import statement_csv
from handlers.ticks import Ticks
from handlers.vendor_desk import CallBack, Claimed, Heard, VendorDesk
from handlers.vendors import Answer, Verdict
from handlers.vocabulary import AccountRef, Command, ConversationRef, Mentioned, PlaceKind
from store.people import Profile, list_members, save_profiles
from store.redemptions import OrderState
from store.schedules import Scheduled
from store.sealing import Sealer
from store.types import Ids
from store.vendor_calls import CallFact, LinkFact, find_call
from tests.budgeting import within
from tests.posting import ACME, PEOPLE, PLACES, SLACK, WORKSPACE, House
from tests.shop import KEY, Shop

OWNED_BY = {"cleo@acme.test"}
_numbers = count(1)


class Traced:
    """Makes ids, and knows which of them the running thread made."""

    def __init__(self) -> None:
        self._next = Ids()
        self._mine = threading.local()

    def __call__(self) -> str:
        made = self._next()
        getattr(self._mine, "ids", []).append(made)
        return made

    def begin(self) -> None:
        self._mine.ids = []

    @property
    def mine(self) -> list[str]:
        """Those that this thread made since it began."""
        return list(getattr(self._mine, "ids", []))


class Town(Shop):
    def __init__(self, house: House, new_id: Traced) -> None:
        super().__init__(house)
        self.new_id = new_id
        common: dict[str, Any] = {"clock": house.clock, "new_id": new_id, "owners": OWNED_BY, "sealer": Sealer([KEY])}
        self.dispatcher = Dispatcher(house.database, house.presenter, **common)
        self.ticks = Ticks(house.database, house.presenter, **common)
        self.desk = VendorDesk(house.presenter, **common)
        self.claimed: dict[str, Claimed] = {}
        self.link: LinkFact
        self._answer = threading.local()

    @property
    def word(self) -> str:
        """In which this thread was answered last: done, or why it was refused."""
        return str(getattr(self._answer, "word", ""))

    def _is_done(self, answered: Answered) -> bool:
        self._answer.word = answered.outcome
        return answered.outcome == "done"

    # --- what people do: whether it was done ---

    def buys(self, who: str, reward: str, **values: str) -> bool:
        return self._is_done(self.orders(who, reward, **values))

    def thanks(self, giver: str, receivers: Iterable[str], points: int) -> bool:
        words: list[Any] = [piece for one in receivers for piece in (Mentioned(_account(one), one), " ")]
        request = Command(
            key=f"typed-{next(_numbers)}",
            who=_account(giver),
            where=ConversationRef(SLACK, "C1", PlaceKind.CHANNEL, PLACES["C1"]),
            name="kudos",
            text=(*words, f"+{points} {self.reason()}"),
        )
        return self._is_done(self.dispatcher.dispatch(request))

    def awards(self, giver: str, budget: str, receivers: Sequence[str], points: int, day: str) -> bool:
        """By the form, and then as it was shown."""
        shown = self.submits(
            giver,
            "reward",
            context={},
            receivers=tuple(_account(one) for one in receivers),
            amount=str(points),
            reason=self.reason(),
            budget=budget,
            day=day,
            share="each",
            audience="here",
        )
        return self._is_done(shown) and self.tap(giver, "award_send", draft=self._draft())

    def tap(self, who: str, what: str, **values: str) -> bool:
        return self._is_done(self.presses(who, what, **values))

    def sends(self, who: str, form: str, about: dict[str, str], **values: str) -> bool:
        return self._is_done(self.submits(who, form, context=about, **values))

    def decides(self, who: str, subject: str, *, agrees: bool) -> bool:
        approval = str(self.house.one("SELECT id FROM approval WHERE subject_id = :id", id=subject))
        answered = self.agrees(who, approval) if agrees else self.refuses(who, approval, "not now")
        return self._is_done(answered)

    def starts_goal(self, who: str, goal: int, days: int) -> bool:
        until = (self.house.clock().date() + timedelta(days=days)).isoformat()
        about = {"goal": str(goal)} if goal else {"reward": "reward mug"}
        return self.sends(who, "pool", {}, title="Breakfast", until=until, audience="here", **about)

    def comes_or_goes(self, who: str) -> None:
        here = self.house.one("SELECT active FROM person WHERE id = :id", id=f"person {who}")
        self._write(lambda tx: save_profiles(tx, ACME, WORKSPACE, [profile_of(who, active=not here)], {}))

    # --- what the vendor does ---

    def calls_vendor(self, order: str) -> bool:
        """A call goes out, unless another process has it."""

        def claim(tx: Any) -> Claimed | None:
            seen = find_call(tx, ACME, order)
            assert isinstance(seen, CallFact)
            return self.desk.claim(tx, seen, wait_s=0)

        claimed = self._write(claim)
        if claimed:
            self.claimed[order] = claimed
        return claimed is not None

    def vendor_answers(self, order: str, says: str) -> bool:
        answer = Answer({"taken": Verdict.TAKEN, "refused": Verdict.REFUSED, "again": Verdict.AGAIN}[says], says)
        self._write(lambda tx: self.desk.record(tx, self.claimed[order], answer, wait_s=0))
        return True

    def vendor_calls_back(self, order: str, state: str) -> bool:
        said = CallBack(order, OrderState(state), note="as asked")
        heard: Heard = self._write(lambda tx: self.desk.hear(tx, self.link, said))
        return heard is Heard.DONE

    # --- what time does ---

    def list_due(self) -> list[Scheduled]:
        return self.ticks.list_due(100)

    def turns(self, due: Scheduled) -> None:
        """With all its pages."""
        while any(self.ticks.turn(one) for one in self.list_due() if (one.job, one.subject) == (due.job, due.subject)):
            pass

    # --- what it needs to know ---

    def reason(self) -> str:
        return f"for deed {next(_numbers)}"

    def new_codes(self, number: int) -> str:
        return "\n".join(f"CODE-{next(_numbers)}" for _ in range(number))

    def person_in(self, line: str) -> str:
        return str(self.house.one("SELECT person_id FROM experience_line WHERE id = :id", id=line)).split()[1]

    def made(self) -> dict[str, str]:
        """What came of the act of this thread, by kind."""
        ids = ", ".join(f"'{one}'" for one in self.new_id.mine)
        if not ids:
            return {}
        each = (f"SELECT '{kind}', id FROM {table} WHERE id IN ({ids})" for kind, table in _MADE.items())  # noqa: S608
        with self.house.database.reading() as tx:
            return {kind: id for kind, id in tx.execute(text(" UNION ALL ".join(each)))}  # noqa: C416

    def statement(self, name: str) -> list[tuple[int, int]]:
        """Points and the balance after them, line by line, as the person can take it away as a file."""
        with within(self.house.database, self.house.clock()) as ctx:
            (actor,) = list_members(ctx.tx, ACME, [f"person {name}"])
            fields = {one: getattr(ctx, one) for one in TenantContext.__dataclass_fields__}
            told = statement_csv(Context(**fields, actor=actor, place=None, people={}))
        return [(int(one["Points"]), int(one["Balance after"])) for one in DictReader(told.splitlines())]

    def _draft(self) -> str:
        """The one that this thread made."""
        found = (self.house.one("SELECT id FROM draft WHERE id = :id", id=one) for one in self.new_id.mine)
        return next(str(one) for one in found if one)

    def _write(self, work: Any) -> Any:
        return write(self.house.database, work)

    # --- what an auditor sees ---

    def seen(self) -> dict[str, object]:
        """The same shape as `Model.seen`."""
        with self.house.database.reading() as tx:

            def pairs(sql: str) -> dict[Any, Any]:
                return {row[0]: row[1] for row in tx.execute(text(sql))}

            held = "SELECT {} FROM ledger_account AS a {} WHERE a.kind = 'held' AND a.balance <> 0"
            parts = "JOIN pool_part AS p ON p.id = a.owner"
            whole = held.format("a.owner, a.balance", "LEFT " + parts) + " AND p.id IS NULL"
            return {
                "wallets": {one.split()[1]: points for one, points in pairs(_balances("wallet", "owner")).items()},
                "allowances": {
                    one.removeprefix("person "): points
                    for one, points in pairs(_balances("allowance", "owner || ' ' || label")).items()
                },
                "budgets": pairs(_balances("budget", "owner")),
                "held": pairs(whole) | pairs(held.format("p.pool_id, SUM(a.balance)", parts) + " GROUP BY p.pool_id"),
                "spent": tx.execute(text(_SPENT)).scalar(),
                "stock": pairs("SELECT id, stock FROM reward"),
                "orders": pairs("SELECT id, state FROM redemption"),
                "awards": pairs("SELECT id, state FROM award"),
                "goals": pairs("SELECT id, state FROM pool"),
                "dates": pairs("SELECT id, taken FROM experience_session"),
                "lines": pairs("SELECT id, state FROM experience_line"),
                "gifts": pairs("SELECT id, taken_back_at IS NOT NULL FROM recognition"),
            }


_SPENT = "SELECT COALESCE(SUM(amount), 0) FROM ledger_entry WHERE side = 'spent'"
_MADE = {"gift": "recognition", "award": "award", "order": "redemption", "line": "experience_line", "goal": "pool"}


def _balances(kind: str, key: str) -> str:
    return f"SELECT {key}, balance FROM ledger_account WHERE kind = '{kind}' AND balance <> 0"  # noqa: S608


def _account(name: str) -> AccountRef:
    return AccountRef(SLACK, PEOPLE.get(name, name))


def profile_of(name: str, *, active: bool = True) -> Profile:
    return Profile(name, name, email=f"{name}@acme.test", handle=name, zone="UTC", active=active)
