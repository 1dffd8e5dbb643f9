"""Asking somebody to agree before something is done: who, by which rule; deciding once; and what follows.

What can be asked for registers itself, by kind: awards, redemptions.

@approvable
class Awards:
    kind = "award"
    ...
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

from sqlalchemy import Connection

from handlers.context import TenantContext
from handlers.vocabulary import Send, Who
from store.approvals import ApprovalState, DecisionFact
from store.people import Member
from store.types import Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be agreed to. `owner_id` is that of the budget it comes out of, where it comes out of one."""

    kind: str
    subject_id: str
    asker: Member
    points: Points
    owner_id: str = ""
    extra: tuple[str, ...] = ()
    """Who has to agree in any case, as rules say it, before those whom the rules name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an approver reads."""

    title: str
    """A reward's title, or "Award for Bob and Cleo"."""
    people: tuple[Who, ...]
    """Who gets it."""
    reason: str
    points: Points
    """In all."""
    worth: str = ""
    """The same as money, or empty."""
    left: Points | None = None
    """What the budget holds after it, where there is one."""


class Approvable(Protocol):
    kind: ClassVar[str]

    def shown(self, tx: Connection, tenant_id: str, subject_id: str) -> Shown | None:
        """None where there is nothing to agree to any more."""

    def approved(self, ctx: TenantContext, subject_id: str) -> tuple[Send, ...]:
        """Everybody agreed: does it."""

    def ended(
        self, ctx: TenantContext, subject_id: str, state: ApprovalState, decision: DecisionFact | None
    ) -> tuple[Send, ...]:
        """It was declined, or nobody decided in time: gives back what was held, and tells whoever asked."""


A = TypeVar("A", bound=type)

kinds: dict[str, Approvable] = {}


def approvable(made: A) -> A:
    assert made.kind not in kinds, f"two kinds of approval called {made.kind}"  # type: ignore[attr-defined]
    kinds[made.kind] = made()  # type: ignore[attr-defined]
    return made


def steps_for(ctx: TenantContext, asked: Asked) -> tuple[str, ...]:
    """Who has to agree, one after the other, as rules say it; empty where nobody has to."""
    raise NotImplementedError


def ask(ctx: TenantContext, asked: Asked, steps: tuple[str, ...]) -> tuple[Send, ...]:
    """Writes down that it waits for the first step, and asks whoever decides it."""
    raise NotImplementedError


def withdraw(ctx: TenantContext, kind: str, subject_id: str) -> tuple[Send, ...]:
    """Whoever asked does not want it any more: cards of approvers say so, and nothing more can be decided."""
    raise NotImplementedError
