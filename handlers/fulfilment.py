"""Fulfilling an order: one protocol, a file for each kind. Each registers itself, and nothing else names it.

@fulfilment
class Manual:
    kind = "manual"
    ...
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

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
    @property
    def kind(self) -> str:
        """As stored: `manual`. A class says it as it likes: `kind = "manual"`."""

    @property
    def title(self) -> str:
        """For administrators: "By hand"."""

    def settings_fields(self, ctx: Context, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        """What an administrator is asked when a reward is made, beside what every reward has. `settings` are those
        of the reward as it is, empty for a new one or one of another kind until now."""

    def read_settings(self, request: Submission, ctx: Context, settings: Mapping[str, Any]) -> dict[str, Any]:
        """What is stored with the reward instead of `settings`. Raises a `Refusal` at the field that does not fit."""

    def why_not(self, ctx: Context, reward: RewardFact) -> str:
        """Why it cannot be ordered just now, as a sentence with the next step; empty where it can: no code is left,
        nobody fulfils it. Writes nothing."""

    def fields(self, ctx: Context, reward: RewardFact) -> tuple[Field, ...]:
        """What somebody is asked who orders it: a date, a size."""

    def steps(self, reward: RewardFact) -> tuple[str, ...]:
        """Who has to agree to each order of it, as rules of approval say it, beside those rules: `manager`."""

    def reserve(self, request: Submission, ctx: Context, reward: RewardFact, order_id: str) -> dict[str, Any]:
        """Takes what the order needs, in its transaction: a place, a code. Gives the answers to be stored with the
        order, which are no secrets: a list of `label` and `answer` under `asked` is read by those who hand it out, and
        by approvers unless the kind is `discreet`. Raises a `Refusal` at the field that does not fit; then nothing was
        taken."""

    def fulfil(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Begun:
        """Once everybody agreed, and what has to be paid first was paid. Called once."""

    def give_back(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> tuple[Send, ...]:
        """The order ended without being fulfilled: frees what was reserved. The points are back already."""


PROMISED = "promised_on"
"""Of an order's answers: the day of a promise, as ISO 8601 writes it, where it is not so many working days away."""

F = TypeVar("F", bound=Fulfilment)

kinds: dict[str, Fulfilment] = {}


def fulfilment(made: type[F]) -> type[F]:
    """Registers a kind. What only some have beside the protocol, they have as attributes:

    `told`: a sentence of the form instead of the promised days; `short`: a few words of the catalogue instead of them.
    `instead(request, ctx, reward)`: a `Response` where something else comes of it than an order, such as a place in a
    line. `event` and `in_calendar`: `order_events`.
    `confirms_payment`: it sees itself to what people pay from their own pocket; any other begins once administrators
    said that it is paid. `tells(reward)`: a sentence for whoever is about to order, on what goes to somebody outside.
    `discreet`: what people answer is for those who hand it out only, not for whoever agrees.
    `given`: it goes to somebody else, so nobody has it in the end.
    `call` and `read`: `handlers.vendors.Vendor`. `counts_stock`: it knows itself how many are left, and `stock_of(ctx,
    reward)` how many there are when a reward becomes one of its kind.
    """
    one = made()
    assert one.kind not in kinds, f"two kinds of fulfilment called {one.kind}"
    kinds[one.kind] = one
    return made
