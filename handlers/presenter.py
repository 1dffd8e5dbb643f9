"""What the core asks of `cards`, which it does not know: the program brings both together."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from handlers.vocabulary import Card, Form, Reader

Payload: TypeAlias = dict[str, Any]


class Presenter(Protocol):
    """Turns cards and forms into a platform's payloads. Raises where a limit of the platform does not hold."""

    def card(self, card: Card, reader: Reader) -> Payload: ...

    def form(self, form: Form, reader: Reader) -> Payload: ...
