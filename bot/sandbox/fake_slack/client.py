"""Slack as people hold it in their hands: they type, press and fill in; it delivers and shows the answers."""

from collections.abc import Mapping
from typing import Any

from aiohttp import ClientSession

from bot.sandbox.fake_slack import composer, payloads
from bot.sandbox.fake_slack.blocks import Json, choose, find_element, missing_inputs
from bot.sandbox.fake_slack.deliveries import PATIENCE_S, Deliveries, Delivery
from bot.sandbox.fake_slack.hooks import Hook
from bot.sandbox.fake_slack.records import Message
from bot.sandbox.fake_slack.server import FakeSlack
from bot.sandbox.fake_slack.team import view_content
from bot.sandbox.fake_slack.views import View
from bot.sandbox.fake_slack.workspace import SlackError

TROUBLE = "We had some trouble connecting. Try again?"


class SlackClient:
    """The clients of everybody in one workspace. People and channels go by name or id."""

    def __init__(
        self,
        slack: FakeSlack,
        session: ClientSession,
        events_url: str,
        signing_secret: str,
        *,
        team_id: str = "T1",
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.deliveries = Deliveries(session, events_url, signing_secret, slack.clock, patience_s)
        self._slack = slack
        self._team = slack.teams[team_id]
        self.workspace = self._team.workspace
        self._views = self._team.views

    async def command(self, user: str, channel: str, name: str, text: str = "", *, thread: bool = False) -> Delivery:
        """Slack refuses every slash command in a thread by itself."""
        person, place = self.workspace.person(user), self.workspace.conversation(channel)
        url, hook = self._slack.new_response_url(self._team, place.id, person.id)
        if thread:
            hook.show({"text": f"{name} is not supported in threads. Sorry!"})
            return Delivery.unsent("not supported in threads")
        fields = payloads.command(self.workspace, person.id, place, name, self.typed(text))
        trigger = self._views.new_trigger(person.id)
        delivery = await self.deliveries.form(fields | {"response_url": url, "trigger_id": trigger})
        _show_command_answer(hook, name, delivery)
        return delivery

    async def press(self, user: str, where: Message | View, action_id: str, value: Any = None) -> Delivery:
        """A button (of several alike, the one with `value`), or `value` chosen in another element."""
        person = self.workspace.person(user)
        block_id, element = find_element(where.blocks, action_id, value)
        chosen = choose(element, value)
        if element["type"] != "button":
            where.values.setdefault(block_id, {})[action_id] = chosen
        action = {
            "action_id": action_id,
            "block_id": block_id,
            **chosen,
            "action_ts": self.workspace.next_ts(),
        }
        more = {"trigger_id": self._views.new_trigger(person.id), "actions": [action]}
        if isinstance(where, View):
            place = payloads.in_view(self.workspace, where)
        else:
            url, _ = self._slack.new_response_url(self._team, where.channel, person.id, where)
            place = payloads.in_message(self.workspace.conversation(where.channel), where) | {"response_url": url}
        return await self._interact("block_actions", person.id, **place, **more)

    async def submit(self, user: str, view: View | None = None, values: Mapping[str, Any] | None = None) -> Delivery:
        """Fills in `values` (by action_id or block_id) and submits, unless a required input stays empty."""
        person = self.workspace.person(user)
        view = view or self._open_view(person.id)
        _fill(view, values or {})
        if missing := missing_inputs(view.blocks, view.values):
            view.errors = missing
            self.workspace.revision.bump()
            return Delivery.unsent("required inputs are empty")
        shown = payloads.view_json(self.workspace, view)
        trigger = self._views.new_trigger(person.id)
        delivery = await self._interact("view_submission", person.id, view=shown, trigger_id=trigger, response_urls=[])
        self._apply(view, delivery)
        return delivery

    async def close(self, user: str, *, everything: bool = False) -> Delivery:
        """The top view, or with `everything` the whole stack; the app hears of it if it asked to."""
        person = self.workspace.person(user)
        view = self._open_view(person.id)
        shown = payloads.view_json(self.workspace, view)
        if everything:
            self._views.clear(person.id)
        else:
            self._views.close(view)
        if not view.content.get("notify_on_close"):
            return Delivery.unsent("nobody asked to be told")
        return await self._interact("view_closed", person.id, view=shown, is_cleared=everything)

    async def message_shortcut(self, user: str, message: Message, callback_id: str) -> Delivery:
        person, place = self.workspace.person(user), self.workspace.conversation(message.channel)
        url, _ = self._slack.new_response_url(self._team, place.id, person.id)
        return await self._interact(
            "message_action",
            person.id,
            callback_id=callback_id,
            trigger_id=self._views.new_trigger(person.id),
            action_ts=self.workspace.next_ts(),
            response_url=url,
            channel=payloads.in_message(place, message)["channel"],
            message_ts=message.ts,
            message=message.to_json(),
        )

    async def global_shortcut(self, user: str, callback_id: str) -> Delivery:
        person = self.workspace.person(user)
        trigger, at = self._views.new_trigger(person.id), self.workspace.next_ts()
        return await self._interact("shortcut", person.id, callback_id=callback_id, trigger_id=trigger, action_ts=at)

    async def event(self, kind: str, /, *, attempts: int = 1, **fields: Any) -> Delivery:
        """Any event in its envelope; up to `attempts` deliveries while the app does not thank for it."""
        envelope = payloads.event_callback(self.workspace, {"type": kind, **fields})
        return await self.deliveries.event(envelope, attempts)

    async def say(self, user: str, channel: str, text: str, *, thread_ts: str | None = None) -> Message:
        """An ordinary message. The app hears it where it is a member."""
        person, place = self.workspace.person(user), self.workspace.conversation(channel)
        content = {"text": composer.said(self.workspace, text)}
        message = self.workspace.post(place.id, person.id, content, thread_ts=thread_ts)
        await self._tell(place.id, payloads.message_event(place, message, self.workspace.team_id))
        return message

    async def react(self, user: str, message: Message, emoji: str) -> Delivery:
        person = self.workspace.person(user)
        people = message.reactions.setdefault(emoji, [])
        if person.id in people:
            return Delivery.unsent("already reacted")
        people.append(person.id)
        self.workspace.revision.bump()
        event = payloads.reaction_event("reaction_added", person.id, emoji, message)
        return await self._tell(message.channel, event)

    async def unreact(self, user: str, message: Message, emoji: str) -> Delivery:
        person = self.workspace.person(user)
        message.reactions[emoji].remove(person.id)
        if not message.reactions[emoji]:
            del message.reactions[emoji]
        self.workspace.revision.bump()
        event = payloads.reaction_event("reaction_removed", person.id, emoji, message)
        return await self._tell(message.channel, event)

    async def open_home(self, user: str) -> Delivery:
        person = self.workspace.person(user)
        home = self.home(user)
        event: Json = {"user": person.id, "channel": self.workspace.direct(person.id).id, "tab": "home"}
        if home:
            event["view"] = payloads.view_json(self.workspace, home)
        return await self.event("app_home_opened", **event)

    def typed(self, text: str) -> str:
        return composer.typed(self.workspace, text)

    def messages(self, channel: str) -> list[Message]:
        return list(self.workspace.shown(self.workspace.conversation(channel).id))

    def ephemerals(self, user: str, channel: str) -> list[Message]:
        return list(self.workspace.shown(self.workspace.conversation(channel).id, to=self.workspace.person(user).id))

    def direct(self, user: str) -> list[Message]:
        return list(self.workspace.shown(self.workspace.direct(self.workspace.person(user).id).id))

    def view(self, user: str) -> View | None:
        return self._views.top(self.workspace.person(user).id)

    def home(self, user: str) -> View | None:
        return self._views.homes.get(self.workspace.person(user).id)

    async def _interact(self, kind: str, user: str, **more: Any) -> Delivery:
        return await self.deliveries.interaction(payloads.interaction(self.workspace, kind, user, **more))

    async def _tell(self, channel: str, event: Json) -> Delivery:
        if self.workspace.bot.id not in self.workspace.conversations[channel].members:
            return Delivery.unsent("the app is not in this conversation")
        return await self.deliveries.event(payloads.event_callback(self.workspace, event))

    def _open_view(self, user: str) -> View:
        view = self._views.top(user)
        if view is None:
            raise LookupError(f"{user} has no view open")
        return view

    def _apply(self, view: View, delivery: Delivery) -> None:
        answer = delivery.json
        try:
            match answer.get("response_action"):
                case _ if not delivery.ok:
                    _complain(view, f"HTTP {delivery.status}")
                case "errors":
                    self._show_errors(view, answer["errors"])
                case "update":
                    self._views.update(view, view_content(self._team, answer["view"]))
                case "push":
                    self._views.push_for(view.user, view_content(self._team, answer["view"]))
                case "clear":
                    self._views.clear(view.user)
                case _:
                    self._views.close(view)
        except SlackError as error:
            _complain(view, f"{error.code} {' '.join(error.messages)}")
        self.workspace.revision.bump()

    def _show_errors(self, view: View, errors: Mapping[str, str]) -> None:
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if unknown := set(errors) - inputs:
            raise SlackError("invalid_arguments", f"no inputs {sorted(unknown)}")
        view.errors = dict(errors)


def _show_command_answer(hook: Hook, name: str, delivery: Delivery) -> None:
    error = "operation_timeout" if delivery.status is None else "" if delivery.ok else "dispatch_failed"
    answer = delivery.json or {"text": delivery.body}
    try:
        if error:
            raise SlackError(error)
        if answer.get("text") or answer.get("blocks"):
            hook.show(answer)
    except SlackError as refused:
        reason = " ".join(refused.messages)
        hook.show({"text": f'{name} failed with the error "{refused.code}" {reason}'.rstrip()})


def _fill(view: View, values: Mapping[str, Any]) -> None:
    inputs = {block["block_id"]: block["element"]["action_id"] for block in view.blocks if block["type"] == "input"}
    for name, value in values.items():
        named = [block for block in view.blocks if block["block_id"] == name]
        block_id, element = find_element(named or view.blocks, inputs.get(name, name))
        view.values.setdefault(block_id, {})[element["action_id"]] = choose(element, value)


def _complain(view: View, why: str) -> None:
    view.errors = {"": f"{TROUBLE} ({why})"}
