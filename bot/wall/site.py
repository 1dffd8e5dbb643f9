"""Puts the wall's pages together."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.connected import Core
from bot.door import Answering
from bot.wall.page import WallPage
from bot.wall.screen_page import ScreenPage
from handlers.mailing import Mailer
from handlers.presenter import Presenter
from handlers.wall import Reception
from handlers.wall_screens import ScreenDesk
from store.sealing import Sealer


def make_wall(
    core: Core,
    presenter: Presenter,
    door: Answering,
    *,
    owners: Iterable[str],
    public_url: Callable[[], str],
    on_sends: Callable[[], None],
    sealer: Sealer,
) -> WallPage:
    """`owners` are e-mail addresses of those who may administer; `on_sends` wakes whoever empties the outbox."""
    reception = Reception(clock=core.clock, new_id=core.new_id, owners=owners, public_url=public_url, sealer=sealer)
    screens = ScreenPage(core, ScreenDesk(clock=core.clock, new_id=core.new_id))
    post = Mailer(presenter, core.new_id).send
    return WallPage(core, reception, screens, door, public_url=public_url, post=post, on_sends=on_sends)
