"""What the model and the program both do: an act is done by the one, and foretold by the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from tests.circulation.books import Model

if TYPE_CHECKING:
    from tests.circulation.town import Town

A = TypeVar("A", bound="Act")


@dataclass(frozen=True)
class Act:
    """What one person, or time, does in one transaction. Numbers stand for the things there are: see `aimed`."""

    def aimed(self: A, model: Model) -> A | None:
        """With the ids of things in place of numbers; None where there is nothing to do it to."""
        return self

    def do(self, town: Town) -> bool:
        """By the program: whether it was done, and not refused."""
        raise NotImplementedError

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        """By the rules: changes the model, or raises `No`. `made` is what the program made of it, ids by kind."""
        raise NotImplementedError

    def at(self: A, name: str, things: Mapping[str, Any]) -> A | None:
        """This act on one of these."""
        ids = sorted(things)
        return replace(self, **{name: ids[int(getattr(self, name)) % len(ids)]}) if ids else None
