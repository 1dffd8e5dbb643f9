"""A small shop for tests: an organisation with rewards, wallets, and people who hand out.

shop = Shop(house); mug = shop.reward("mug", price=40, people=["bob"]); shop.grant("ann", 100)
shop.orders("ann", mug); shop.presses("bob", "order_start")
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from cryptography.fernet import Fernet

from handlers.dispatch import Answered, Dispatcher
from handlers.order_checks import price_seen
from handlers.vocabulary import AccountRef, Action, FieldValue, Submission
from store import ledger
from store.catalogue import RewardFact, add_reward, find_rewards, save_reward
from store.ledger import Posting, Side, Transaction
from store.people import Profile, save_profiles
from store.sealing import Sealer
from tests.posting import ACME, PEOPLE, SLACK, WORKSPACE, House

KEY = Fernet.generate_key().decode()
_keys = count(1)


class Shop:
    """Cleo runs it. The newest order is meant where none is named."""

    def __init__(self, house: House, *, keys: tuple[str, ...] = (KEY,)) -> None:
        self.house = house
        self.dispatcher = Dispatcher(
            house.database,
            house.presenter,
            clock=house.clock,
            new_id=house.new_id,
            owners=["cleo@acme.test"],
            sealer=Sealer(keys),
        )

    # --- what there is ---

    def hires(self, number: int, points: int, prefix: str = "P") -> list[str]:
        """More people, each with so many points."""
        names = [f"{prefix}{one}" for one in range(number)]
        profiles = [Profile(one, one, email=f"{one.lower()}@acme.test", handle=one, zone="UTC") for one in names]
        with self.house.database.writing() as tx:
            save_profiles(tx, ACME, WORKSPACE, profiles, {one: f"person {one}" for one in names})
        for one in names if points else ():
            self.grant(one, points)
        return names

    def grant(self, name: str, points: int) -> None:
        act, wallet = f"test:{next(_keys)}", ledger.wallet(f"person {name}")
        now = self.house.clock()
        with self.house.database.writing() as tx:
            ledger.post(tx, ACME, Transaction("test", act, now, now, [Posting(Side.ISSUED, wallet, points)]))

    def reward(self, code: str, price: int = 40, *, people: tuple[str, ...] = ("bob",), **more: Any) -> str:
        settings = more.pop("settings", {"people": [f"person {one}" for one in people]})
        fact = RewardFact(
            id=f"reward {code}",
            code=code,
            title=code.title(),
            category="shopping",
            price=price,
            least_points=more.pop("least_points", price),
            fulfilment=more.pop("fulfilment", "manual"),
            settings=settings,
            **more,
        )
        with self.house.database.writing() as tx:
            add_reward(tx, ACME, fact)
        return fact.id

    def change(self, reward_id: str, make: Callable[[RewardFact], RewardFact]) -> None:
        with self.house.database.writing() as tx:
            save_reward(tx, ACME, make(find_rewards(tx, ACME, [reward_id])[reward_id]))

    # --- what people do ---

    def orders(self, name: str, reward_id: str, *, form: str = "", seen: str = "", **values: str) -> Answered:
        """Sends the form of a reward, as it was opened now, or with another price seen."""
        with self.house.database.reading() as tx:
            found = find_rewards(tx, ACME, [reward_id]).get(reward_id)
        context = {"reward": reward_id, "price": seen or (price_seen(found) if found else "")}
        return self.submits(name, "redeem", form=form, context=context, **values)

    def submits(
        self, name: str, what: str, *, context: dict[str, str], form: str = "", **values: FieldValue
    ) -> Answered:
        request = Submission(
            key=form or f"form-{next(_keys)}",
            who=AccountRef(SLACK, PEOPLE.get(name, name)),
            form=what,
            values=values,
            context=context,
        )
        return self.dispatcher.dispatch(request)

    def presses(self, name: str, what: str, order: str = "", key: str = "", **values: str) -> Answered:
        request = Action(
            key=key or f"tap-{next(_keys)}",
            who=AccountRef(SLACK, PEOPLE.get(name, name)),
            name=what,
            values=values or {"id": order or self.newest},
        )
        return self.dispatcher.dispatch(request)

    def done(self, name: str, order: str = "", **values: str) -> Answered:
        return self.submits(name, "order_done", context={"id": order or self.newest}, **values)

    def declines(self, name: str, order: str = "", reason: str = "none left") -> Answered:
        return self.submits(name, "order_decline", context={"id": order or self.newest}, reason=reason)

    def agrees(self, name: str, approval: str) -> Answered:
        """Decides the first step."""
        return self.presses(name, "approval_yes", id=approval, step="1")

    def refuses(self, name: str, approval: str, reason: str) -> Answered:
        return self.submits(name, "approval_no", context={"id": approval, "step": "1"}, reason=reason)

    # --- what an auditor sees ---

    @property
    def newest(self) -> str:
        return str(self.house.one("SELECT MAX(id) FROM redemption"))

    def state(self, order: str = "") -> str:
        return str(self.house.one("SELECT state FROM redemption WHERE id = :id", id=order or self.newest))

    def wallet(self, name: str) -> int:
        return self.house.balance("wallet", name)

    def stock(self, reward_id: str) -> Any:
        return self.house.one("SELECT stock FROM reward WHERE id = :id", id=reward_id)

    def held(self) -> int:
        return int(self.house.one("SELECT COALESCE(SUM(balance), 0) FROM ledger_account WHERE kind = 'held'"))
