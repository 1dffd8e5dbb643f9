"""What the edge promises to `dispatch`: whoever and whatever is unknown is looked up where the platform knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from handlers.vocabulary import AccountRef, Findable, GroupRef, WorkspaceRef


@dataclass(frozen=True, slots=True)
class Found:
    """People and conversations that were found are in the store by now; groups are told here."""

    groups: Mapping[GroupRef, tuple[AccountRef, ...]] = field(default_factory=dict)


class LookupFailed(Exception):
    """The platform did not answer. What was asked can be asked again; nothing was taken."""


class Directory(Protocol):
    async def look_up(self, workspace: WorkspaceRef, refs: Sequence[Findable]) -> Found:
        """Finds what it can and stores it; what does not exist is simply not found. Raises `LookupFailed`."""
