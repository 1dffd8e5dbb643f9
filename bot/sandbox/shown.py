"""What the fakes show before anybody acts: their memory ends with the process, the books' does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.sandbox import fake_slack, fake_teams
from bot.sandbox.fake_slack.composer import said
from bot.sandbox.fake_teams.activities import typed
from bot.sandbox.organisation import COLLEAGUES, SLACK_TALK, TEAMS_TALK
from bot.sandbox.reposted import Reposted, note_where_posts_are
from bot.sandbox.worlds import RECOGNITION_CHANNEL, Worlds
from handlers.context import reader_in
from handlers.presenter import Presenter
from handlers.programme import read_policy, read_programme
from handlers.recognition_cards import posted_card, read_joined
from handlers.rules.policy import Policy
from handlers.vocabulary import Card, Platform
from store.db import Database
from store.people import list_members
from store.recognitions import RecognitionFact, find_recognition, recognition
from store.tenants import Home, find_home, list_homes

Json = dict[str, Any]

LATEST = 10
_ADAPTIVE_CARD = "application/vnd.microsoft.card.adaptive"


def show_talk(worlds: Worlds, now: datetime) -> None:
    """What colleagues said to each other lately."""
    ids = {one.handle: one.slack_id for one in COLLEAGUES}
    channels = {one.name: one.id for one in worlds.workspace.conversations.values()}
    for channel, who, hours, words in SLACK_TALK:
        content = {"text": said(worlds.workspace, words)}
        _on_slack(worlds, channels[channel], ids[who], now - timedelta(hours=hours), content)
    for place, who, hours, words in TEAMS_TALK:
        _said_on_teams(worlds, place, who, words, now - timedelta(hours=hours))


def show_latest(database: Database, presenter: Presenter, worlds: Worlds) -> int:
    """The last recognitions in both recognition channels, as they would be posted now. How many there are."""
    with database.reading() as tx:
        home = find_home(tx, Platform.SLACK, worlds.workspace.team_id)
        if home is None:
            return 0
        homes = {one.platform: one for one in list_homes(tx, home.tenant_id)}
        facts = _latest(tx, home.tenant_id)
        policy = read_policy(tx, home.tenant_id)
        cards = [_card(tx, fact, policy) for fact in facts]
    both = zip(facts, cards, strict=True)
    shown = [post for fact, card in both for post in _show(worlds, presenter, homes, fact, card)]
    note_where_posts_are(database, shown)
    return len(facts)


def _latest(tx: Connection, tenant_id: str) -> list[RecognitionFact]:
    """Oldest first."""
    mine = (recognition.c.tenant_id == tenant_id) & recognition.c.public & recognition.c.taken_back_at.is_(None)
    ids = select(recognition.c.id).where(mine).order_by(recognition.c.given_at.desc()).limit(LATEST)
    found = (find_recognition(tx, tenant_id, one) for one in tx.execute(ids).scalars().all())
    return [fact for fact in found if fact][::-1]


def _card(tx: Connection, fact: RecognitionFact, policy: Policy) -> Card:
    people = {one.id: one for one in list_members(tx, fact.tenant_id, (fact.giver_id, *fact.receiver_ids))}
    receivers = [people[one] for one in fact.receiver_ids]
    programme, joined = read_programme(tx, fact.tenant_id), read_joined(tx, fact, policy)
    return posted_card(fact, people[fact.giver_id], receivers, programme, joined)


def _show(
    worlds: Worlds, presenter: Presenter, homes: dict[str, Home], fact: RecognitionFact, card: Card
) -> Iterator[Reposted]:
    slack, teams = homes[Platform.SLACK], homes[Platform.TEAMS]
    content = presenter.card(card, reader_in(slack))
    ts = _on_slack(worlds, RECOGNITION_CHANNEL, worlds.workspace.bot.id, fact.given_at, content)
    yield Reposted(fact, slack, RECOGNITION_CHANNEL, f"{RECOGNITION_CHANNEL}:{ts}", content)
    content = presenter.card(card, reader_in(teams))
    attachment = {"contentType": _ADAPTIVE_CARD, "content": content["card"]}
    activity = {"type": "message", "summary": content["text"], "attachments": [attachment]}
    general = worlds.teams_places["General"]
    activity_id = _on_teams(worlds, general, None, activity, fact.given_at)
    yield Reposted(fact, teams, general.id, f"{general.id}|{activity_id}", content)


def _on_slack(worlds: Worlds, channel: str, user: str, at: datetime, content: Json) -> str:
    """Slack's name of the message."""
    workspace = worlds.workspace
    bot_id = workspace.bot_id if user == workspace.bot.id else None
    message = fake_slack.Message(channel, f"{at.timestamp():.6f}", user, {}, bot_id=bot_id)
    message.write(content)
    workspace.messages.append(message)
    workspace.revision.bump()
    return message.ts


def _said_on_teams(worlds: Worlds, name: str, who: str, words: str, at: datetime) -> None:
    teams, place, person = worlds.teams, worlds.teams_places[name], worlds.teams_people[who]
    text, mentions = typed(teams.world, words, to_bot=False)
    activity = teams.activity(person, place, "message")
    _on_teams(worlds, place, person, activity | {"text": text, "entities": mentions}, at)


def _on_teams(
    worlds: Worlds,
    place: fake_teams.Conversation,
    person: fake_teams.Person | None,
    activity: Json,
    at: datetime,
) -> str:
    """Teams' name of the message."""
    world = worlds.teams.world
    message = fake_teams.Message(world.new_id(), place.id, person, activity, at)
    world.keep(message)
    return message.id
