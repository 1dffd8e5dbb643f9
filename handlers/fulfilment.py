"""Fulfilling an order: one protocol, a file for each kind. Each registers itself, and nothing else names it.

@fulfilment
class Manual:
    kind = "manual"
    ...
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from handlers.context import Context, TenantContext
from handlers.vocabulary import Field, Send, Submission
from store.catalogue import RewardFact
from store.redemptions import OrderFact, OrderState


@dataclass(frozen=True, slots=True)
class Begun:
    """What became of an order whose fulfilment begins: `ordered` where it waits for somebody, `started` where it
    cannot be cancelled any more, `fulfilled`, or `failed`, all with a sentence for the person."""

    state: OrderState
    note: str = ""
    sends: tuple[Send, ...] = ()


class Fulfilment(Protocol):
    kind: ClassVar[str]
    """As stored: `manual`."""
    title: ClassVar[str]
    """For administrators: "by hand"."""

    def settings_fields(self, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        """What an administrator is asked when a reward is made, beside what every reward has."""

    def read_settings(self, request: Submission, ctx: Context) -> dict[str, Any]:
        """What is stored with the reward. Raises a `Refusal` at the field that does not fit."""

    def why_not(self, ctx: Context, reward: RewardFact) -> str:
        """Why it cannot be ordered just now, as a sentence with the next step; empty where it can: no code is left,
        nobody fulfils it. Writes nothing."""

    def fields(self, ctx: Context, reward: RewardFact) -> tuple[Field, ...]:
        """What somebody is asked who orders it: a date, a size."""

    def steps(self, reward: RewardFact) -> tuple[str, ...]:
        """Who has to agree to each order of it, as rules of approval say it, beside those rules: `manager`."""

    def reserve(self, request: Submission, ctx: Context, reward: RewardFact, order_id: str) -> dict[str, Any]:
        """Takes what the order needs, in its transaction: a place, a code. Gives the answers to be stored with the
        order, which are no secrets. Raises a `Refusal` at the field that does not fit; then nothing was taken."""

    def begin(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Begun:
        """Once everybody agreed."""

    def give_back(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> tuple[Send, ...]:
        """The order ended without being fulfilled: frees what was reserved. The points are back already."""


F = TypeVar("F", bound=type)

kinds: dict[str, Fulfilment] = {}


def fulfilment(made: F) -> F:
    assert made.kind not in kinds, f"two kinds of fulfilment called {made.kind}"  # type: ignore[attr-defined]
    kinds[made.kind] = made()  # type: ignore[attr-defined]
    return made
