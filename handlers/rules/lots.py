"""How old the points of a wallet are: a fold over the entries of its account, first in, first out. Nothing is stored.

The rule, entry by entry, in the order of `seq`:

* Points that come in are a lot, as old as the instant their transaction took effect.
* Points that go out are taken from the oldest lots first; of lots equally old from the one that came first.
* What closes another transaction undoes it. A release gives back the very points that were taken, with the age they
  had; if fewer come back than were taken, the youngest of them do. A gift that is taken back takes its own lot first,
  for the other points came otherwise, and what is missing there from the oldest.

So a hold neither makes points younger nor lets them skip the line, and at every moment the lots sum to the balance.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from store.types import Points


class Move(Protocol):
    """An entry of a wallet: `amount` is signed, `closes_id` the transaction that this one releases or reverses."""

    @property
    def transaction_id(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def amount(self) -> Points: ...
    @property
    def effective_at(self) -> datetime: ...
    @property
    def closes_id(self) -> str | None: ...


class Lot(NamedTuple):
    """Points of one age; lots sort by it. `seq` is of the entry that brought them."""

    since: datetime
    seq: int
    points: Points
    transaction_id: str


def lots_of(moves: Iterable[Move]) -> list[Lot]:
    """What a wallet holds after these entries, which are all of it in the order of `seq`; the oldest lot first."""
    lots: list[Lot] = []
    taken: dict[str, list[Lot]] = {}
    """By transaction: which points it took, the oldest first."""
    for one in moves:
        if one.amount < 0:
            taken[one.transaction_id] = _take(lots, -one.amount, one.closes_id)
            continue
        back = _give_back(taken.get(one.closes_id or "", []), one.amount)
        new = one.amount - sum(lot.points for lot in back)
        for lot in (*back, *([Lot(one.effective_at, one.seq, new, one.transaction_id)] if new else [])):
            _put(lots, lot)
    return lots


def _take(lots: list[Lot], amount: Points, first_of: str | None) -> list[Lot]:
    """Takes points out of `lots`, and gives them as lots, the oldest first."""
    pieces: list[Lot] = []
    if first_of is not None:
        for at in [at for at, one in enumerate(lots) if one.transaction_id == first_of]:  # one, or none
            amount -= _cut(lots, at, amount, pieces)
    while amount:
        amount -= _cut(lots, 0, amount, pieces)
    return sorted(pieces)


def _cut(lots: list[Lot], at: int, most: Points, pieces: list[Lot]) -> Points:
    """Moves up to `most` points of one lot to `pieces`, and says how many."""
    lot = lots[at]
    cut = min(lot.points, most)
    if cut:
        pieces.append(lot._replace(points=cut))
        lots[at : at + 1] = [lot._replace(points=lot.points - cut)] if cut < lot.points else []
    return cut


def _give_back(pieces: list[Lot], amount: Points) -> list[Lot]:
    """Of what was taken, the youngest points first; `pieces` keeps the rest."""
    back: list[Lot] = []
    while pieces and amount:
        last = pieces.pop()
        piece = last._replace(points=min(last.points, amount))
        if piece.points < last.points:
            pieces.append(last._replace(points=last.points - piece.points))
        amount -= piece.points
        back.append(piece)
    return back


def _put(lots: list[Lot], lot: Lot) -> None:
    """Into its place by age; points that come back are one lot again with what stayed of it."""
    if not lots or lots[-1][:2] < lot[:2]:  # nearly always: the youngest come last
        lots.append(lot)
        return
    at = bisect_left(lots, lot[:2], key=lambda one: one[:2])
    same = lots[at].seq == lot.seq
    lots[at : at + same] = [lot._replace(points=lot.points + lots[at].points) if same else lot]
