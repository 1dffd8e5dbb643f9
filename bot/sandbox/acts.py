"""What a person does on the page, done by their client on Slack or Teams: it goes through the product's own doors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.sandbox import fake_slack, fake_teams
from bot.sandbox.fake_slack import SlackClient
from bot.sandbox.fake_teams import FakeTeams
from bot.sandbox.fake_teams.activities import typed
from bot.sandbox.fake_teams.cards import actions_of
from bot.sandbox.fake_teams.dialogs import TASK_SUBMIT
from bot.sandbox.fake_teams.world import Dialog
from bot.sandbox.view import NOBODYS
from handlers import registry

FORM, ABOUT = "kudos_form", "kudos_about"
"""Names of the two shortcuts, as both manifests have them."""


class CannotDo(Exception):
    """A sentence for the person at the page."""


class Act:
    """What the page sent: a person (`who`), a deed (`do`), and what it needs."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body
        self.who = self.text("who")
        self.do = self.text("do")

    def text(self, name: str) -> str:
        value = self._body.get(name)
        if not isinstance(value, str):
            raise CannotDo(f"{name} is missing.")
        return value

    def number(self, name: str) -> int:
        value = self._body.get(name)
        if not isinstance(value, int):
            raise CannotDo(f"{name} is missing.")
        return value

    def values(self) -> dict[str, Any]:
        value = self._body.get("values")
        return dict(value) if isinstance(value, dict) else {}

    def get(self, name: str) -> Any:
        return self._body.get(name)


# --- Slack ------------------------------------------------------------------------------------------------


async def act_on_slack(client: SlackClient, act: Act) -> str:
    """A sentence where Slack's client would show one beside the messages; mostly none."""
    match act.do:
        case "say":
            return await _say_on_slack(client, act)
        case "press":
            return _told(await client.press(act.who, _pressed_in(client, act), act.text("action"), act.get("value")))
        case "submit":
            return _told(await client.submit(act.who, values=act.values()))
        case "close":
            return _told(await client.close(act.who))
        case "home":
            return _told(await client.open_home(act.who))
        case "shortcut":
            return _told(await client.global_shortcut(act.who, FORM))
        case "about":
            return _told(await client.message_shortcut(act.who, _slack_message(client, act), ABOUT))
        case "react":
            return _told(await _react_on_slack(client, act))
        case _:
            raise CannotDo(f"Slack has no {act.do}.")


async def _say_on_slack(client: SlackClient, act: Act) -> str:
    text, place = act.text("text").strip(), client.workspace.conversation(act.text("place"))
    if place.is_archived:
        raise CannotDo("The channel is archived: nobody writes here any more.")
    if not text.startswith("/"):
        await client.say(act.who, place.id, text)
        return ""
    name, _, rest = text.partition(" ")
    if name[1:] == NOBODYS or name[1:] not in registry.commands:
        raise CannotDo(f"{name} is not a command here. Type / to see those that are.")
    return _told(await client.command(act.who, place.id, name, rest.strip()))


def _pressed_in(client: SlackClient, act: Act) -> fake_slack.View | fake_slack.Message:
    if act.get("form"):
        return _modal(client, act)
    return _home_tab(client, act) if act.get("home") else _slack_message(client, act)


def _home_tab(client: SlackClient, act: Act) -> fake_slack.View:
    view = client.home(act.who)
    if view is None:
        raise CannotDo("Open Home first, please.")
    return view


async def _react_on_slack(client: SlackClient, act: Act) -> fake_slack.Delivery:
    """Puts a reaction on a message, or takes one's own off."""
    message, emoji = _slack_message(client, act), act.text("emoji")
    if message.to:
        raise CannotDo("Nobody can react to what only you see.")
    if client.workspace.conversation(message.channel).is_archived:
        raise CannotDo("The channel is archived: nobody reacts here any more.")
    is_there = client.workspace.person(act.who).id in message.reactions.get(emoji, ())
    return await (client.unreact if is_there else client.react)(act.who, message, emoji)


def _slack_message(client: SlackClient, act: Act) -> fake_slack.Message:
    place, ts = act.text("place"), act.text("message")
    for message in client.workspace.messages:
        if (message.channel, message.ts) == (place, ts) and message.to in (None, act.who) and not message.deleted:
            return message
    raise CannotDo("That message is gone.")


def _modal(client: SlackClient, act: Act) -> fake_slack.View:
    view = client.view(act.who)
    if view is None:
        raise CannotDo("That form is closed.")
    return view


def _told(delivery: fake_slack.Delivery) -> str:
    if not delivery.sent or delivery.ok:
        return ""
    return "The app did not answer in time." if delivery.status is None else f"The app answered {delivery.status}."


# --- Teams ------------------------------------------------------------------------------------------------


async def act_on_teams(teams: FakeTeams, act: Act) -> str:
    person = teams.world.people[act.who]
    teams.world.notices.pop(person.id, None)
    match act.do:
        case "say":
            return await _say_on_teams(teams, person, act)
        case "press" if act.get("form"):
            card = _dialog(teams, person).card
            return _heard(await _submit(teams, person)(person, act.values(), _button(card, act)))
        case "press":
            message = teams.message(act.text("message"))
            button = _button(message.card_for(person), act)
            return _heard(await teams.press(person, message, button, act.values()))
        case "submit":
            return _heard(await _submit(teams, person)(person, act.values()))
        case "close":
            teams.close(person)
            return ""
        case "shortcut":
            return _heard(await teams.compose_fetch(person, _place(teams, act), FORM))
        case "about":
            message = teams.message(act.text("message"))
            place = teams.world.conversations[message.conversation_id]
            return _heard(await teams.compose_fetch(person, place, ABOUT, "message", message))
        case "react":
            return await _react_on_teams(teams, person, act)
        case _:
            raise CannotDo(f"Teams has no {act.do}.")


async def _say_on_teams(teams: FakeTeams, person: fake_teams.Person, act: Act) -> str:
    """The menu of slash commands opens the form; with words it sends them to the app, which alone sees them."""
    text, place = act.text("text").strip(), _place(teams, act)
    if text == "/kudos":
        return _heard(await teams.compose_fetch(person, place, FORM))
    if text.startswith("/"):
        return _heard(await teams.slash(person, place, text.removeprefix("/")))
    to_app = f"@{teams.world.bot_name}" in text or place.kind is fake_teams.Kind.PERSONAL
    if to_app and place.installed:
        return _heard(await teams.say(person, place, text))
    _talk(teams, person, place, text)
    return ""


async def _react_on_teams(teams: FakeTeams, person: fake_teams.Person, act: Act) -> str:
    """Puts a reaction on a message, or takes one's own off. The app hears of those to its own messages only."""
    message, kind = teams.message(act.text("message")), act.text("emoji")
    if message.to:
        raise CannotDo("Nobody can react to what only you see.")
    delivery = await teams.reaction(person, message, kind, added=(person.id, kind) not in message.reactions)
    return _heard(delivery) if delivery else ""


def _talk(teams: FakeTeams, person: fake_teams.Person, place: fake_teams.Conversation, text: str) -> None:
    """Colleagues among themselves: the app hears nothing of it."""
    shown, mentions = typed(teams.world, text, to_bot=False)
    activity = teams.activity(person, place, "message")
    said = {"id": teams.world.new_id(), "text": shown, "entities": mentions}
    teams.world.post(place, person, activity | said)


def _button(card: Mapping[str, Any] | None, act: Act) -> int:
    """Its number on the card, if the card still has it there."""
    number, buttons = act.number("number"), actions_of(card)
    if not (0 <= number < len(buttons)) or buttons[number].get("title") != act.text("title"):
        raise CannotDo("That card has just changed. Look again, please.")
    return number


def _submit(teams: FakeTeams, person: fake_teams.Person) -> Callable[..., Awaitable[fake_teams.Delivery]]:
    """What a button of the open dialog sends, wherever on its card it stands."""
    return teams.task_submit if _dialog(teams, person).submits_to == TASK_SUBMIT else teams.compose_submit


def _dialog(teams: FakeTeams, person: fake_teams.Person) -> Dialog:
    if dialog := teams.world.dialogs.get(person.id):
        return dialog
    raise CannotDo("That form is closed.")


def _place(teams: FakeTeams, act: Act) -> fake_teams.Conversation:
    return teams.world.conversations[act.text("place")]


def _heard(delivery: fake_teams.Delivery) -> str:
    return "" if delivery.status < 300 else f"The app answered {delivery.status}."
