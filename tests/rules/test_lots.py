"""Lots of points against a model in which every point is a token of its own, with its age written on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.lots import lots_of

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    transaction_id: str
    seq: int
    amount: int
    effective_at: datetime
    closes_id: str | None = None


class Tokens:
    """A wallet that keeps each point: when it came, and by which entry."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.wallet: list[tuple[datetime, int, str]] = []
        self.held: dict[str, list[tuple[datetime, int, str]]] = {}
        self.gifts: dict[str, int] = {}

    def _note(self, amount: int, at: datetime, closes: str | None = None) -> tuple[str, int]:
        seq = len(self.entries) + 1
        self.entries.append(Entry(f"t{seq}", seq, amount, at, closes))
        return f"t{seq}", seq

    def receive(self, points: int, at: datetime) -> None:
        id, seq = self._note(points, at)
        self.gifts[id] = points
        self.wallet += [(at, seq, id)] * points

    def leave(self, points: int, at: datetime, *, hold: bool) -> None:
        points = min(points, len(self.wallet))
        if points:
            id, _ = self._note(-points, at)
            self.wallet.sort()
            gone, self.wallet = self.wallet[:points], self.wallet[points:]
            if hold:
                self.held[id] = gone

    def release(self, which: int, at: datetime) -> None:
        if self.held:
            id = sorted(self.held)[which % len(self.held)]
            back = self.held.pop(id)
            self._note(len(back), at, id)
            self.wallet += back

    def take_back(self, which: int, at: datetime) -> None:
        if self.gifts:
            id = sorted(self.gifts)[which % len(self.gifts)]
            points = min(self.gifts.pop(id), len(self.wallet))
            if points:
                self._note(-points, at, id)
                self.wallet.sort(key=lambda one: (one[2] != id, one))
                self.wallet = self.wallet[points:]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "spend", "hold", "release", "take back"]),
        st.integers(1, 9),
        st.integers(-20, 20),
    ),
    max_size=40,
)


@given(ACTS)
def test_lots_are_the_points_one_by_one(acts: list[tuple[str, int, int]]) -> None:
    """Points that arrive on another date are as old as that date, so ages come in any order."""
    model = Tokens()
    for number, (act, amount, away) in enumerate(acts):
        at = START + timedelta(days=number + away)
        match act:
            case "receive":
                model.receive(amount, at)
            case "release":
                model.release(amount, at)
            case "take back":
                model.take_back(amount, at)
            case _:
                model.leave(amount, at, hold=act == "hold")
        lots = lots_of(model.entries)
        tokens = [(lot.since, lot.seq, lot.transaction_id) for lot in lots for _ in range(lot.points)]
        assert tokens == sorted(model.wallet)
        assert sum(lot.points for lot in lots) == sum(one.amount for one in model.entries)


def test_points_that_come_back_have_the_age_they_had() -> None:
    model = Tokens()
    model.receive(10, START)
    model.receive(10, START + timedelta(days=5))
    model.leave(15, START + timedelta(days=9), hold=True)
    model.release(0, START + timedelta(days=50))
    assert [(lot.since, lot.points) for lot in lots_of(model.entries)] == [
        (START, 10),
        (START + timedelta(days=5), 10),
    ]


def test_of_what_comes_back_in_part_the_youngest_do() -> None:
    entries = [
        Entry("a", 1, 10, START),
        Entry("b", 2, 10, START + timedelta(days=5)),
        Entry("pool", 3, -20, START + timedelta(days=6)),
        Entry("back", 4, 12, START + timedelta(days=9), "pool"),
    ]
    assert [(lot.transaction_id, lot.points) for lot in lots_of(entries)] == [("a", 2), ("b", 10)]
