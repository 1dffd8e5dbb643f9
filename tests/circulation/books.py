"""What the model knows: who holds what, by dictionaries. What may happen to it stands beside each act."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.budget_model import Budgets

ALLOWANCE, BOOST = 50, 2
ASK_FROM, ASK_FROM_AWARD = 25, 60
"""Points from which on somebody has to agree."""
BOB, CLEO = "bob", "cleo"
STAFF = ("ann", "dan", "eve")
"""They report to Bob, who owns the team's budget. Cleo runs it all, and owns the company's."""
PEOPLE = (*STAFF, BOB, CLEO)
COMPANY, TEAM = "company", "team"


class No(Exception):
    """The rules do not allow it, and nothing happens."""


def check(allowed: object) -> None:
    if not allowed:
        raise No


@dataclass(order=True)
class Lot:
    """Points that came in at once: `number` says when among all of this purse, `of` what brought them."""

    since: datetime
    number: int
    points: int
    of: str


@dataclass
class Purse:
    """The oldest points go first; what comes back comes as what it was."""

    lots: list[Lot] = field(default_factory=list)
    number: int = 0

    @property
    def holds(self) -> int:
        return sum(one.points for one in self.lots)

    def put(self, points: int, since: datetime, of: str = "") -> None:
        self.number += 1
        self.lots.append(Lot(since, self.number, points, of))
        self.lots.sort()

    def put_back(self, lots: Iterable[Lot]) -> None:
        self.lots += lots
        self.lots.sort()

    def take(self, points: int, of: str = "") -> list[Lot]:
        """Those that `of` brought before all others."""
        check(points <= self.holds)
        taken = []
        for lot in sorted(self.lots, key=lambda one: (not of or one.of != of, one)):
            cut = min(points, lot.points)
            points -= cut
            lot.points -= cut
            taken += [Lot(lot.since, lot.number, cut, lot.of)] if cut else []
        self.lots = [one for one in self.lots if one.points]
        return taken


@dataclass
class Gift:
    """A recognition: a kudos out of the allowance of a week, or an award out of a budget."""

    giver: str
    receivers: tuple[str, ...]
    points: int
    at: datetime
    week: str = ""
    budget: str = ""
    is_back: bool = False
    boosts: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    """By whom: when, and out of the allowance of which week."""

    def in_order(self) -> list[str]:
        """Who boosted it, the earliest first."""
        return sorted(self.boosts, key=lambda one: (self.boosts[one][0], one))


@dataclass
class Award:
    giver: str
    budget: str
    receivers: tuple[str, ...]
    points: int
    day: date | None
    state: str
    at: datetime

    @property
    def total(self) -> int:
        return self.points * len(self.receivers)


@dataclass
class Asked:
    """Somebody has to agree. Who was asked may press the button for ever."""

    kind: str
    asker: str
    deciders: set[str]
    since: date
    is_open: bool = True


@dataclass
class Reward:
    price: int
    kind: str
    stock: int | None = None
    least: int = 0
    limit: int = 0


@dataclass
class Order:
    person: str
    reward: str
    points: int
    state: str
    at: datetime
    held: list[Lot]
    date: str = ""
    told: int = 1
    """Messages about it that the person got: as it was ordered, and whenever something became of it."""


@dataclass
class Date:
    """Of an experience."""

    begins: datetime
    places: int
    taken: int = 0
    state: str = "open"


@dataclass
class Line:
    date: str
    person: str
    state: str
    until: datetime | None = None


@dataclass
class Goal:
    starter: str
    goal: int
    reward: str
    ends: date
    parts: list[tuple[str, list[Lot]]] = field(default_factory=list)
    spent: list[tuple[str, int]] = field(default_factory=list)
    """By whom, once it is reached."""
    state: str = "open"

    @property
    def have(self) -> int:
        return sum(lot.points for _, held in self.parts for lot in held)


@dataclass
class Warned:
    expires: date
    first_points: int
    second: date | None = None
    second_points: int = 0
    seen: date | None = None


@dataclass
class Model:
    at: datetime
    gone: set[str] = field(default_factory=set)
    purses: dict[str, Purse] = field(default_factory=lambda: {one: Purse() for one in PEOPLE})
    allowances: Counter[tuple[str, str]] = field(default_factory=Counter)
    granted: set[tuple[str, str]] = field(default_factory=set)
    since: date = field(init=False)
    budgets: Budgets = field(default_factory=Budgets)
    gifts: dict[str, Gift] = field(default_factory=dict)
    awards: dict[str, Award] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    rewards: dict[str, Reward] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    dates: dict[str, Date] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    goals: dict[str, Goal] = field(default_factory=dict)
    calls: dict[str, str] = field(default_factory=dict)
    warned: dict[str, dict[date, Warned]] = field(default_factory=lambda: {one: {} for one in PEOPLE})
    leavers: dict[str, date] = field(default_factory=dict)
    spent: int = 0

    def __post_init__(self) -> None:
        self.since = self.today

    def copy(self) -> Model:
        made: Model = pickle.loads(pickle.dumps(self))  # noqa: S301 - what was written the moment before
        return made

    @property
    def today(self) -> date:
        return self.at.date()

    def check_here(self, *people: str) -> None:
        check(not self.gone & set(people))

    # --- what people may give ---

    @property
    def week(self) -> str:
        return _week(self.today)

    def give_away(self, giver: str, points: int) -> None:
        """Out of the allowance of this week, which is there from its first use on, with what is left of the last."""
        key, before = (giver, self.week), (giver, _week(self.today - timedelta(days=7)))
        if key not in self.granted:
            self.granted.add(key)
            if before not in self.granted and _week(self.since) <= before[1]:
                self.granted.add(before)
                self.allowances[before] += ALLOWANCE
            rest = self.allowances.pop(before, 0)
            self.allowances[key] += ALLOWANCE + min(rest, ALLOWANCE)
        check(self.allowances[key] >= points)
        self.allowances[key] -= points

    # --- budgets ---

    def renew(self) -> None:
        self.budgets.at = self.at
        self.budgets.renew(self.today)

    # --- what an auditor sees ---

    def seen(self) -> dict[str, object]:
        """The same shape as `Town.seen`."""
        held = {id: one.points for id, one in self.orders.items() if one.state in ("asked", "ordered", "started")}
        held |= {id: one.total for id, one in self.awards.items() if one.state in ("asked", "due")}
        return {
            "wallets": {name: one.holds for name, one in self.purses.items() if one.holds},
            "allowances": {f"{name} {week}": points for (name, week), points in self.allowances.items() if points},
            "budgets": {name: one.holds for name, one in self.budgets.budgets.items() if one.holds},
            "held": held | {id: one.have for id, one in self.goals.items() if one.have},
            "spent": self.spent,
            "stock": {id: one.stock for id, one in self.rewards.items()},
            "orders": {id: one.state for id, one in self.orders.items()},
            "awards": {id: one.state for id, one in self.awards.items()},
            "goals": {id: one.state for id, one in self.goals.items()},
            "dates": {id: one.taken for id, one in self.dates.items()},
            "lines": {id: one.state for id, one in self.lines.items()},
            "gifts": {id: one.is_back for id, one in self.gifts.items()},
        }


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
