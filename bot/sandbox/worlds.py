"""Both worlds of the demo organisation, made from one list: the same ids at every start, for the books keep them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.sandbox import fake_slack, fake_teams
from bot.sandbox.fake_slack import FakeSlack, Workspace
from bot.sandbox.fake_teams import FakeTeams
from bot.sandbox.organisation import COLLEAGUES, DESIGNERS, DOMAIN, FOUNDERS, LAUNCH_CREW, NAME, Colleague

SLACK_TEAM = "T0KESTREL"
RECOGNITION_CHANNEL = "C0KUDOS"


@dataclass(frozen=True)
class Worlds:
    """The fakes with everybody in them. People are found by handle, conversations by name."""

    slack: FakeSlack
    workspace: Workspace
    teams: FakeTeams
    teams_people: Mapping[str, fake_teams.Person]
    teams_places: Mapping[str, fake_teams.Conversation]

    @property
    def revision(self) -> int:
        return self.slack.revision.number + self.teams.revision


def fill_fakes(slack: FakeSlack, teams: FakeTeams, *, token: str | None = None) -> Worlds:
    """Fills two empty fakes. `token` is what the app shows to Slack."""
    workspace = slack.add_workspace(SLACK_TEAM, domain=DOMAIN, token=token)
    _fill_slack(workspace)
    people = {one.handle: _teams_person(teams, one) for one in COLLEAGUES if one.teams}
    places = {str(place.name): place for place in _teams_places(teams, people)}
    for person in people.values():
        teams.chat(person)  # now, so that its id is the same at every start
    return Worlds(slack, workspace, teams, people, places)


# --- Slack ------------------------------------------------------------------------------------------------


def _fill_slack(workspace: Workspace) -> None:
    staff = [one for one in COLLEAGUES if one.slack]
    workspace.add_people(*map(_slack_person, staff))
    workspace.add_groups(fake_slack.Group("S0DESIGN", "design-team", "Design team", _slack_ids(DESIGNERS)))
    present = [one.slack_id for one in staff if not one.gone]
    workspace.add_conversations(*_slack_channels(present, workspace.bot.id))
    for one in staff:
        if not (one.gone or one.bot):
            workspace.direct(one.slack_id)


def _slack_channels(everybody: list[str], bot: str) -> Iterable[fake_slack.Conversation]:
    make, public, private = fake_slack.Conversation, fake_slack.Kind.PUBLIC, fake_slack.Kind.PRIVATE
    yield make("C0GENERAL", "general", public, [*everybody, bot])
    yield make(RECOGNITION_CHANNEL, "kudos", public, [*everybody, bot])
    yield make("C0DESIGN", "design", public, [*everybody, bot])
    # Named like a value: "#teamwork" arrives as a link to this channel.
    yield make("C0TEAMWORK", "teamwork", public, [*everybody, bot])
    yield make("C0FOUNDERS", "founders", private, _slack_ids(FOUNDERS))
    yield make("C0LAUNCH25", "launch-2025", public, [*everybody, bot], is_archived=True)
    yield make("D0ALICEBOB", "directmessage", fake_slack.Kind.IM, _slack_ids(("alice", "bob")))


def _slack_person(one: Colleague) -> fake_slack.Person:
    return fake_slack.Person(
        one.slack_id,
        one.handle,
        one.name,
        one.email,
        one.zone,
        one.locale,
        is_bot=one.bot,
        deleted=one.gone,
        is_restricted=one.guest,
        is_admin=one.admin,
    )


def _slack_ids(handles: Iterable[str]) -> list[str]:
    return [one.slack_id for one in COLLEAGUES if one.handle in set(handles) and one.slack]


# --- Teams ------------------------------------------------------------------------------------------------


def _teams_person(teams: FakeTeams, one: Colleague) -> fake_teams.Person:
    return teams.person(one.name, email=one.email, time_zone=one.zone, locale=one.locale, guest=one.guest)


def _teams_places(teams: FakeTeams, people: Mapping[str, fake_teams.Person]) -> Iterable[fake_teams.Conversation]:
    general = teams.channel("General", NAME, *people.values())
    assert general.team
    yield general
    yield teams.channel("Design", general.team)
    yield teams.group_chat("Launch crew", *(people[one] for one in LAUNCH_CREW))
    yield teams.group_chat("Lunch plans", people["alice"], people["bob"], people["zoe"], installed=False)
