"""What the tests of scheduled things say about time and people, on a whole world.

person = rhythm.person("Ann"); rhythm.agrees(person, Purpose.CELEBRATION); await rhythm.at("2026-11-20T08:00Z")
"""

from __future__ import annotations

from datetime import date, datetime

from handlers.purposes import Purpose
from store.choices import choose
from store.people import Member, list_persons
from store.person_records import RecordFact, save_records
from store.tenants import change_policy, list_all_homes
from tests.world import World


class Rhythm:
    """`zone` is the tenant's. Nothing is scheduled before `begin`."""

    def __init__(self, world: World, zone: str = "Europe/Berlin") -> None:
        self.world = world
        self.tenant = ""
        self._zone = zone

    async def begin(self) -> None:
        with self.world.reading() as tx:
            self.tenant = list_all_homes(tx)[0].tenant_id
        self.world.change("UPDATE tenant SET zone = :zone", zone=self._zone)
        self.world.change("DELETE FROM schedule")  # the process may have planned already, by the zone that it found
        await self.world.process.ticks.plan()

    async def at(self, instant: str | datetime) -> None:
        """It is this instant, and all that is due is done and shown."""
        self.world.clock.now = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        await self.world.process.ticks.run()
        await self.world.settled()

    def person(self, name: str) -> Member:
        with self.world.reading() as tx:
            return next(one for one in list_persons(tx, self.tenant) if one.name.startswith(name))

    def record(self, name: str, *, birthday: str | None = None, started: str | None = None) -> None:
        """What the organisation told about somebody."""
        started_on = date.fromisoformat(started) if started else None
        fact = RecordFact(self.person(name).id, birthday=birthday, started_on=started_on)
        with self.world.process.core.database.writing() as tx:
            save_records(tx, self.tenant, [fact])

    def chose(self, name: str, purpose: Purpose, chosen: bool = True) -> None:
        with self.world.process.core.database.writing() as tx:
            choose(tx, self.tenant, self.person(name).id, purpose, chosen, self.world.clock())

    def policy(self, **rules: object) -> None:
        with self.world.process.core.database.writing() as tx:
            change_policy(tx, self.tenant, rules)
