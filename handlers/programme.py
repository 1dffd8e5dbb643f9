"""A tenant's programme as requests need it: values, badges, workspaces. Read once, until its version changes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from handlers.rules.grammar import KnownWords
from handlers.rules.periods import zone_or
from handlers.rules.policy import Policy
from store.allowances import RuleFact, list_rules
from store.conversations import Place, list_places
from store.programme import BadgeFact, ValueFact, list_badges, list_values
from store.tenants import Home, list_homes

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Programme:
    values: tuple[ValueFact, ...]
    badges: tuple[BadgeFact, ...]
    homes: tuple[Home, ...]
    recognition_places: dict[str, Place]
    """By workspace: where recognitions go that cannot be shown where they were said."""
    words: KnownWords
    day: date
    """The day, by the tenant's calendar, that what can be given was looked up for."""
    allowance_rules: tuple[RuleFact, ...] = ()
    """What groups of people may give instead of what everybody may."""

    @property
    def current_values(self) -> tuple[ValueFact, ...]:
        """Those that can be given today."""
        return tuple(one for one in self.values if one.is_current(self.day))

    @property
    def current_badges(self) -> tuple[BadgeFact, ...]:
        """Those that can be given or earned today, by whoever may."""
        return tuple(one for one in self.badges if one.is_current(self.day))

    def value(self, value_id: str | None) -> ValueFact | None:
        return next((one for one in self.values if one.id == value_id), None)

    def badge(self, badge_id: str | None) -> BadgeFact | None:
        return next((one for one in self.badges if one.id == badge_id), None)


def read_programme(tx: Connection, tenant_id: str, day: date = date.max) -> Programme:
    """Without a day for what is shown only, where nobody chooses."""
    values = list_values(tx, tenant_id)
    badges = list_badges(tx, tenant_id)
    homes = tuple(list_homes(tx, tenant_id))
    places = list_places(tx, tenant_id, [one.recognition_id for one in homes if one.recognition_id])
    return Programme(
        values=values,
        badges=badges,
        homes=homes,
        recognition_places={one.workspace_id: one for one in places.values()},
        words=_words(values, badges, day),
        day=day,
        allowance_rules=list_rules(tx, tenant_id),
    )


def read_policy(tx: Connection, tenant_id: str) -> Policy:
    """The policy in force, for what is rendered without a request."""
    return Policy.read(next(iter(list_homes(tx, tenant_id))).policy)


def _words(values: tuple[ValueFact, ...], badges: tuple[BadgeFact, ...], day: date) -> KnownWords:
    return KnownWords.of(
        values={one.name: one.id for one in values if one.is_current(day)},
        badges={word: one.id for one in badges if one.is_current(day) for word in (f":{one.shortcode}:", one.emoji)},
    )


class Programmes:
    """Keeps the programmes of the tenants that were busy last. Safe to share between threads."""

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[int, Programme]] = OrderedDict()

    def get(self, tx: Connection, home: Home, now: datetime) -> Programme:
        """As it is now: what can be given may change with the day of the tenant."""
        kept, day = self._kept.get(home.tenant_id), now.astimezone(zone_or(home.zone, _UTC)).date()
        if kept and kept[0] == home.programme_version and kept[1].day == day:
            return kept[1]
        programme = read_programme(tx, home.tenant_id, day)
        self._kept[home.tenant_id] = (home.programme_version, programme)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return programme
