"""A month of thanks in the books of the demo organisation, given by the real use case.

Every gift goes through `handlers.giving.give`, with a clock in the past: so the rules, the ledger and the tallies
are the product's own. Not through the dispatcher: a hundred commits take a hundred times the disk, and a start
that is interrupted must leave all of it or nothing. What `give` would post goes nowhere; that time is over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from random import Random

from sqlalchemy import Connection, select

from bot.sandbox.budgets import add_budgets
from bot.sandbox.catalogue import add_catalogue
from bot.sandbox.experiences import add_experiences
from bot.sandbox.gift_cards import add_card
from bot.sandbox.organisation import COLLEAGUES, NAME, REASONS, ZONE
from bot.sandbox.records import profiles_on_slack, profiles_on_teams, slack_channels, teams_channels
from bot.sandbox.together import add_together
from bot.sandbox.vendor import add_ticket
from bot.sandbox.worlds import RECOGNITION_CHANNEL, Worlds
from handlers import allowances
from handlers.context import Context
from handlers.giving import Gift, give
from handlers.programme import Programme, read_programme
from handlers.rules.policy import Policy
from handlers.vocabulary import Platform
from store.conversations import conversation, find_place, save_place
from store.db import Database
from store.outbox import outbox
from store.people import Member, find_by_emails, save_profiles
from store.programme import add_starting_programme
from store.recognitions import recognition
from store.roles import Role, give_role
from store.tenants import Workspace, add_tenant, add_workspace, change_workspace, find_home, list_homes
from store.types import Ids

DAYS = 30
GIFTS = 198  # instants; those of a weekend, and those when somebody is out of points, pass
RESERVE = 25  # of this week's points stay, for whoever tries the sandbox
_POINTS = (5, 5, 5, 5, 10, 10, 3, 15, 1, 25)
_RECEIVERS = (1, 1, 1, 1, 2, 1, 3)


def seed_history(database: Database, worlds: Worlds, now: datetime) -> bool:
    """Stores organisation, programme and history, all or nothing. False if they are there already."""
    with database.writing() as tx:
        if find_home(tx, Platform.SLACK, worlds.workspace.team_id):
            return False
        past = _Past(now - timedelta(days=DAYS))
        tenant_id = _found(tx, worlds, past)
        month = _Month(tx, tenant_id, past)
        for at in _instants(past.now, now):
            month.one_gift(at)
        add_budgets(month.as_administrator(), now)
        add_catalogue(month.as_administrator(), now)
        add_experiences(month.as_administrator(), now)
        add_together(month.as_administrator(), now)
        add_ticket(month.as_administrator())
        add_card(month.as_administrator())
    return True


def readdress(database: Database, worlds: Worlds) -> None:
    """The fake Teams has another address at every start; what waits for it is sent to the new one."""
    url = worlds.teams.service_url
    with database.writing() as tx:
        home = find_home(tx, Platform.TEAMS, worlds.teams.world.tenant_id)
        if home is None:
            return
        change_workspace(tx, home.tenant_id, home.workspace_id, url=url)
        for table in (conversation, outbox):
            mine = (table.c.tenant_id == home.tenant_id) & (table.c.workspace_id == home.workspace_id)
            tx.execute(table.update().where(mine, table.c.service_url != "").values(service_url=url))


def latest_gift(database: Database) -> datetime | None:
    """When the newest recognition was given, by the programme's clock."""
    with database.reading() as tx:
        newest = select(recognition.c.given_at).order_by(recognition.c.given_at.desc()).limit(1)
        return tx.execute(newest).scalar()


# --- the organisation -------------------------------------------------------------------------------------


class _Past:
    """A clock that is set, and ids of the time it shows: the same ones at every first start of a day."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.chance = Random(NAME)  # noqa: S311 - a made-up month is to be the same each time
        self.new_id = Ids(lambda: int(self.now.timestamp() * 1000), self.chance.getrandbits)


def _found(tx: Connection, worlds: Worlds, past: _Past) -> str:
    tenant_id, slack_id, teams_id = past.new_id(), past.new_id(), past.new_id()
    add_tenant(tx, tenant_id, NAME, ZONE, past.now)
    add_starting_programme(tx, tenant_id)
    for made in (_slack(worlds, tenant_id, slack_id), _teams(worlds, tenant_id, teams_id)):
        add_workspace(tx, made)
    for place in slack_channels(worlds, tenant_id, slack_id, past.new_id):
        save_place(tx, place)
    for place in teams_channels(worlds, tenant_id, teams_id, past.new_id):
        save_place(tx, place)
    for workspace_id, profiles in ((slack_id, profiles_on_slack()), (teams_id, profiles_on_teams(worlds))):
        ids = {one.ref: past.new_id() for one in profiles}
        save_profiles(tx, tenant_id, workspace_id, profiles, ids, past.now)
    _choose_channels(tx, tenant_id, {slack_id: RECOGNITION_CHANNEL, teams_id: worlds.teams_places["General"].id})
    _appoint(tx, tenant_id, past.now)
    return tenant_id


def _slack(worlds: Worlds, tenant_id: str, workspace_id: str) -> Workspace:
    slack = worlds.workspace
    return Workspace(
        tenant_id=tenant_id,
        id=workspace_id,
        platform=Platform.SLACK,
        ref=slack.team_id,
        name=NAME,
        bot_ref=slack.bot.id,
        url=f"https://{slack.domain}.slack.com/",
    )


def _teams(worlds: Worlds, tenant_id: str, workspace_id: str) -> Workspace:
    world = worlds.teams.world
    return Workspace(
        tenant_id=tenant_id,
        id=workspace_id,
        platform=Platform.TEAMS,
        ref=world.tenant_id,
        name=NAME,
        bot_ref=world.bot_id,
        url=worlds.teams.service_url,
    )


def _choose_channels(tx: Connection, tenant_id: str, chosen: Mapping[str, str]) -> None:
    for workspace_id, ref in chosen.items():
        place = find_place(tx, tenant_id, workspace_id, ref)
        assert place
        change_workspace(tx, tenant_id, workspace_id, recognition_id=place.id)


def _appoint(tx: Connection, tenant_id: str, at: datetime) -> None:
    """Whom the demo organisation calls its administrators, on both platforms, for they have an account on each."""
    emails = [one.email for one in COLLEAGUES if one.admin]
    for one in find_by_emails(tx, tenant_id, emails).values():
        give_role(tx, tenant_id, Role.ADMINISTRATOR, one.id, at)


# --- the month --------------------------------------------------------------------------------------------


def _instants(began: datetime, now: datetime) -> Iterator[datetime]:
    """Evenly over the month, on working days, the last one some hours ago."""
    pause = (now - began) / (GIFTS + 1)
    for number in range(1, GIFTS + 1):
        at = began + pause * number
        if at.isoweekday() <= 5:
            yield at


class _Month:
    """Gives one gift after the other."""

    def __init__(self, tx: Connection, tenant_id: str, past: _Past) -> None:
        self._tx = tx
        self._past = past
        self._homes = {one.workspace_id: one for one in list_homes(tx, tenant_id)}
        self._programme: Programme = read_programme(tx, tenant_id)
        self._members = _givers(tx, tenant_id)
        self._numbers = count()

    def one_gift(self, at: datetime) -> None:
        """Somebody thanks somebody, as far as their points of that week go."""
        self._past.now = at
        chance = self._past.chance
        giver, *receivers = chance.sample(self._members, 1 + chance.choice(_RECEIVERS))
        ctx = self._context(giver)
        affordable = (allowances.left(ctx).points - RESERVE) // len(receivers)
        points = min(chance.choice(_POINTS), affordable)
        if points > 0:
            give(ctx, self._gift(tuple(receivers), points), draft_id=ctx.new_id())

    def as_administrator(self) -> Context:
        return self._context(next(one for one in self._members if one.email == COLLEAGUES[0].email))

    def _gift(self, receivers: tuple[Member, ...], points: int) -> Gift:
        value, badge, words = REASONS[next(self._numbers) % len(REASONS)]
        values = {one.name: one.id for one in self._programme.values}
        badges = {one.shortcode: one.id for one in self._programme.badges}
        return Gift(
            receivers=receivers,
            reason=words,
            points=points,
            value_id=values[value] if value else None,
            badge_id=badges[badge] if badge else None,
        )

    def _context(self, giver: Member) -> Context:
        home = self._homes[giver.accounts[0].workspace_id]
        return Context(
            tx=self._tx,
            now=self._past.now,
            new_id=self._past.new_id,
            home=home,
            actor=giver,
            place=None,
            people={},
            policy=Policy.read(home.policy),
            programme=self._programme,
        )


def _givers(tx: Connection, tenant_id: str) -> list[Member]:
    emails = [one.email for one in COLLEAGUES if one.gives]
    found = find_by_emails(tx, tenant_id, emails)
    return [found[email] for email in emails]
