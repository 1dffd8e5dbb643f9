"""What blocks on Slack and elements on Teams have in common: one stands below the other, and buttons only in a row of
their own, which a template gathers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from cards.limits import BadCard
from cards.text import Platform, Writer

Part = dict[str, Any]


class Stack(Writer):
    """`parts` is the card, from above."""

    def __init__(self, platform: Platform, locale: str, zone: ZoneInfo | None) -> None:
        super().__init__(platform, locale, zone)
        self.parts: list[Part] = []
        self._buttons: list[Part] | None = None

    def _gather(self, caller: Callable[[], str]) -> list[Part]:
        """The buttons that a part of a template makes."""
        buttons: list[Part] = []
        self._buttons = buttons
        caller()
        self._buttons = None
        return buttons

    def _add(self, part: Part) -> str:
        if self._buttons is not None:
            raise BadCard(f"only buttons stand in actions, not a {part['type']}")
        self.parts.append(part)
        return ""

    def _add_button(self, button: Part) -> str:
        if self._buttons is None:
            raise BadCard("a button stands in actions")
        self._buttons.append(button)
        return ""
