"""Dialogs: opened from a card or a message extension, filled in, sent, and shown again or closed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from bot.sandbox.fake_teams import activities
from bot.sandbox.fake_teams.cards import actions_of, find_action, submitted
from bot.sandbox.fake_teams.wire import COMPOSE_S, TURN_S, Delivery, Sender
from bot.sandbox.fake_teams.world import Conversation, Dialog, Json, Message, Person

NO_ANSWER = "Unable to reach the app. Please try again."
TASK_SUBMIT = "task/submit"
COMPOSE_SUBMIT = "composeExtension/submitAction"
_THEME: Json = {"theme": "default"}


class Dialogs(Sender):
    async def task_fetch(
        self,
        person: Person,
        data: Json,
        *,
        message: Message | None = None,
        conversation: Conversation | None = None,
    ) -> Delivery:
        """From a button of `message`, or from anywhere in a conversation, else in the personal chat."""
        if message:
            conversation = self.world.conversations[message.conversation_id]
        dialog = Dialog(TASK_SUBMIT, conversation or self.world.chat(person), message)
        return await self._invoke(person, dialog, "task/fetch", {"data": data})

    async def compose_fetch(
        self,
        person: Person,
        conversation: Conversation,
        command_id: str,
        context: Literal["compose", "message", "commandBox"] = "compose",
        message: Message | None = None,
    ) -> Delivery:
        """A message extension's command; from a message's menu `message` is the one acted on."""
        carries: Json = {"commandId": command_id, "commandContext": context}
        if message:
            carries["messagePayload"] = activities.message_payload(self.world, message)
        dialog = Dialog(COMPOSE_SUBMIT, conversation, carries=carries)
        return await self._invoke(person, dialog, "composeExtension/fetchTask", {})

    async def task_submit(self, person: Person, filled: Json, button: str | int | None = None) -> Delivery:
        """Fill in the open dialog and send it by a button, else by its first; its hidden data goes along."""
        return await self._submit(person, TASK_SUBMIT, filled, button)

    async def compose_submit(self, person: Person, filled: Json, button: str | int | None = None) -> Delivery:
        return await self._submit(person, COMPOSE_SUBMIT, filled, button)

    def close(self, person: Person) -> None:
        self.world.open(person, None)

    async def _submit(self, person: Person, name: str, filled: Json, button: str | int | None) -> Delivery:
        dialog = self.world.dialogs.get(person.id)
        if dialog is None or dialog.submits_to != name:
            raise LookupError(f"{person.name} has no dialog open that goes to {name}")
        action = _first_submit(dialog.card) if button is None else find_action(dialog.card, button)
        return await self._invoke(person, dialog, name, {"data": submitted(dialog.card, action, filled)})

    async def _invoke(self, person: Person, dialog: Dialog, name: str, content: Json) -> Delivery:
        activity = self.activity(person, dialog.conversation, "invoke", dialog.message)
        activity |= {"name": name, "value": {**dialog.carries, **content, "context": _THEME}}
        patience_s = COMPOSE_S if name.startswith("composeExtension/") else TURN_S
        delivery = await self.wire.send(activity, patience_s)
        if delivery.status == 200:
            self._show(person, dialog, delivery.body or {})
        else:
            self.world.notice(person, NO_ANSWER)
        return delivery

    def _show(self, person: Person, dialog: Dialog, answer: Mapping[str, Any]) -> None:
        after: Dialog | None = None
        match answer:
            case {"task": {"type": "continue", "value": {"card": {"content": card}} as value}}:
                self.check_card(card)
                after = replace(dialog, title=value.get("title", ""), card=card)
            case {"task": {"type": "message", "value": text}}:
                self.world.notice(person, text)
            case {"composeExtension": {"type": "message", "text": text}}:
                self.world.notice(person, text)
            case {"composeExtension": {"type": "result", "attachments": [draft, *_]}}:
                self.world.drafts[person.id] = draft
            case {"composeExtension": {"type": "botMessagePreview", "activityPreview": draft}}:
                self.world.drafts[person.id] = draft
            case _ if answer:
                self.world.notice(person, NO_ANSWER)
        self.world.open(person, after)


def _first_submit(card: Json) -> Json:
    submits = [action for action in actions_of(card) if action["type"] == "Action.Submit"]
    if not submits:
        raise LookupError("the dialog has no button to send it")
    return submits[0]
