"""What a big screen shows: public thanks, one after the other, to whoever passes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers.context import TenantContext
from handlers.programme import Programmes
from handlers.rules.policy import Policy
from handlers.wall_list import Thanks, leaf_of
from store.screens import ScreenFact, find_screen, note_screen
from store.tenants import list_homes
from store.wall import Sought

RENEWED_S = 30
"""How long one recognition stays."""
LATELY = timedelta(days=30)
MOST = 12
_SEEN = timedelta(minutes=5)
"""How old the note of a screen's last use may grow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenView:
    """`number` counts from 1, of `count`; there are no `thanks` where nothing was said lately. `stale`: `note` is to be
    called."""

    screen: ScreenFact
    tenant_name: str
    thanks: Thanks | None
    number: int
    count: int
    stale: bool


class ScreenDesk:
    """Built once by the program; it begins no transaction itself."""

    def __init__(self, *, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._clock = clock
        self._new_id = new_id
        self._programmes = Programmes()

    def show(self, tx: Connection, token: str) -> ScreenView | None:
        """What it shows now. None where the link was taken back, or never was: nobody learns which."""
        screen = find_screen(tx, token)
        home = next(iter(list_homes(tx, screen.tenant_id)), None) if screen else None
        if screen is None or home is None:
            return None
        now = self._clock()
        ctx = TenantContext(
            tx=tx,
            now=now,
            new_id=self._new_id,
            home=home,
            policy=Policy.read(home.policy),
            programme=self._programmes.get(tx, home, now),
        )
        items = leaf_of(ctx, Sought(since=now - LATELY), MOST, ctx.tenant_zone).items
        turn = int(now.timestamp()) // RENEWED_S % max(len(items), 1)
        return ScreenView(
            screen=screen,
            tenant_name=home.tenant_name,
            thanks=items[turn] if items else None,
            number=turn + 1,
            count=len(items),
            stale=screen.seen_at is None or now - screen.seen_at > _SEEN,
        )

    def note(self, tx: Connection, screen: ScreenFact) -> None:
        """Writes down that it was shown."""
        note_screen(tx, screen, self._clock())
