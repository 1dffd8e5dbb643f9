"""The words of `/rewards-admin`. The command has checked who asks before a word's handler is called."""

from __future__ import annotations

from handlers.context import Context
from handlers.typed_words import Said, WordBook, plain
from handlers.vocabulary import Platform

__all__ = ["Said", "admin_word", "book", "command_name", "plain"]

book = WordBook()
admin_word = book.word


def command_name(ctx: Context) -> str:
    return "/rewards-admin" if ctx.home.platform == Platform.SLACK else "rewards-admin"
