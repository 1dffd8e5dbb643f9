"""The words of `/rewards`, for everybody. Alone it shows the catalogue."""

from __future__ import annotations

from handlers.context import Context
from handlers.typed_words import Said, WordBook, plain
from handlers.vocabulary import Platform

__all__ = ["Said", "book", "command_name", "plain", "rewards_word"]

book = WordBook()
rewards_word = book.word
"""`@rewards_word("orders", reads=True)`."""


def command_name(ctx: Context) -> str:
    return "/rewards" if ctx.home.platform == Platform.SLACK else "rewards"
