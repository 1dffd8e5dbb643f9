"""A tenant's programme as requests need it: values, badges, workspaces. Read once, until its version changes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import Connection

from handlers.rules.grammar import KnownWords
from store.conversations import Place, list_places
from store.programme import BadgeFact, ValueFact, list_badges, list_values
from store.tenants import Home, list_homes


@dataclass(frozen=True, slots=True)
class Programme:
    values: tuple[ValueFact, ...]
    badges: tuple[BadgeFact, ...]
    homes: tuple[Home, ...]
    recognition_places: dict[str, Place]
    """By workspace: where recognitions go that cannot be shown where they were said."""
    words: KnownWords

    def value(self, value_id: str | None) -> ValueFact | None:
        return next((one for one in self.values if one.id == value_id), None)

    def badge(self, badge_id: str | None) -> BadgeFact | None:
        return next((one for one in self.badges if one.id == badge_id), None)


def read_programme(tx: Connection, tenant_id: str) -> Programme:
    values = list_values(tx, tenant_id)
    badges = list_badges(tx, tenant_id)
    homes = tuple(list_homes(tx, tenant_id))
    places = list_places(tx, tenant_id, [one.recognition_id for one in homes if one.recognition_id])
    return Programme(
        values=values,
        badges=badges,
        homes=homes,
        recognition_places={one.workspace_id: one for one in places.values()},
        words=_words(values, badges),
    )


def _words(values: tuple[ValueFact, ...], badges: tuple[BadgeFact, ...]) -> KnownWords:
    return KnownWords.of(
        values={one.name: one.id for one in values if one.active},
        badges={word: one.id for one in badges if one.active for word in (f":{one.shortcode}:", one.emoji)},
    )


class Programmes:
    """Keeps the programmes of the tenants that were busy last. Safe to share between threads."""

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[int, Programme]] = OrderedDict()

    def get(self, tx: Connection, home: Home) -> Programme:
        kept = self._kept.get(home.tenant_id)
        if kept and kept[0] == home.programme_version:
            return kept[1]
        programme = read_programme(tx, home.tenant_id)
        self._kept[home.tenant_id] = (home.programme_version, programme)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return programme
