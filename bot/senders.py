"""Finds the sender for a message: the platform of its workspace, with what that workspace needs."""

from __future__ import annotations

from collections.abc import Mapping

from bot.connected import Connected, Core
from bot.transport import Transport
from handlers.vocabulary import Platform
from store.outbox import Due
from store.tenants import Home, list_all_homes


class Senders:
    """Keeps one sender a workspace, until that workspace is told to be different."""

    def __init__(self, core: Core, platforms: Mapping[Platform, Connected]) -> None:
        self._core = core
        self._platforms = platforms
        self._kept: dict[str, Transport] = {}

    async def find(self, due: Due) -> Transport | None:
        """None while the workspace is not connected in this process."""
        if due.workspace_id not in self._kept:
            homes = await self._core.readers.run(self._homes, background=True)
            self._kept = {
                home.workspace_id: self._platforms[platform].transport(home)
                for home in homes
                if (platform := Platform(home.platform)) in self._platforms
            }
        return self._kept.get(due.workspace_id)

    def forget(self) -> None:
        """Reads the workspaces anew for the next message."""
        self._kept = {}

    def _homes(self) -> list[Home]:
        with self._core.database.reading() as tx:
            return list_all_homes(tx)
