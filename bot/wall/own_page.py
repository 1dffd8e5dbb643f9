"""A page of somebody's own under the wall: what it shows, and what its forms ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import web

from handlers.context import Context
from handlers.vocabulary import Request
from handlers.wall import Visit

Asked: TypeAlias = Mapping[str, str]
"""What stands in the address, and in a form that was sent."""
_BYTE_ORDER_MARK = "\ufeff"
"""Without it, some spreadsheets read UTF-8 as another encoding."""


@dataclass(frozen=True, slots=True)
class Acts:
    """What happens with the forms of a page. `ask` makes what was sent into a request, as a chat would make it;
    `mend` shows the page once more with a sentence for each field that needs another look; `back` is where it ends."""

    ask: Callable[[Visit, Asked], Request]
    mend: Callable[[Visit, Asked, Mapping[str, str]], str]
    back: Callable[[Asked], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """`look` checks who may. With a `file` name its text is one to be kept; `keeps` are those words of an address
    that a way in from the chat may bring along. `pictures`: it shows some of other servers. `first` is written before
    anything is shown, such as a period that is to be opened."""

    path: str
    look: Callable[[Visit, Asked], str]
    file: str = ""
    keeps: tuple[str, ...] = ()
    pictures: bool = False
    first: Callable[[Context], None] | None = None
    acts: Acts | None = None

    def as_file(self, text: str) -> web.Response:
        headers = {"Content-Disposition": f'attachment; filename="{self.file}"'}
        return web.Response(text=_BYTE_ORDER_MARK + text, content_type="text/csv", charset="utf-8", headers=headers)
