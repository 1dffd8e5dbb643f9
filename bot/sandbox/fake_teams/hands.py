"""What people do in Teams: each act becomes the activity Teams sends, and its answer is shown to them."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.fake_teams import activities
from bot.sandbox.fake_teams.cards import find_action, submitted
from bot.sandbox.fake_teams.dialogs import NO_ANSWER, Dialogs
from bot.sandbox.fake_teams.wire import Delivery
from bot.sandbox.fake_teams.world import ADAPTIVE_CARD, Conversation, Json, Kind, Message, Person

_TEXT_ANSWER = "application/vnd.microsoft.activity.message"


class Hands(Dialogs):
    async def say(
        self, person: Person, conversation: Conversation, text: str, *, reply_to: Message | None = None
    ) -> Delivery:
        """`@Ann Alba` becomes a mention; with others around, the bot is mentioned first if it was not."""
        activity = self._typed(person, conversation, text)
        root_id = (reply_to.root_id or reply_to.id) if reply_to else None
        activity = activities.in_thread(activity, conversation, root_id or activity["id"])
        self.world.post(conversation, person, activity, root_id=root_id)
        return await self.wire.send(activity)

    async def slash(self, person: Person, conversation: Conversation, text: str) -> Delivery:
        """A command from the slash menu: plain text that only its author sees, addressed to the bot."""
        activity = self._typed(person, conversation, text, mention_bot=False)
        activity["recipient"]["isTargeted"] = True
        to = None if conversation.kind is Kind.PERSONAL else person.id
        self.world.post(conversation, person, activity, to=to)
        return await self.wire.send(activity)

    async def edited(self, person: Person, message: Message, text: str) -> Delivery:
        conversation = self.world.conversations[message.conversation_id]
        activity = self._typed(person, conversation, text) | {"type": "messageUpdate", "id": message.id}
        activity["channelData"]["eventType"] = "editMessage"
        activity = activities.in_thread(activity, conversation, message.root_id or message.id)
        self.world.keep(message, activity=activity, edits=message.edits + 1)
        return await self.wire.send(activity)

    async def reaction(
        self, person: Person, message: Message, kind: str = "like", *, added: bool = True
    ) -> Delivery | None:
        """The bot hears of reactions to its own messages only: None for any other."""
        current, mark = self.world.messages[message.id], {(person.id, kind)}
        self.world.keep(current, reactions=current.reactions | mark if added else current.reactions - mark)
        if message.author is not None:
            return None
        change = {"reactionsAdded" if added else "reactionsRemoved": [{"type": kind}]}
        activity = self._about(person, message, "messageReaction") | {"timestamp": activities.utc(self.world.instant())}
        return await self.wire.send(activity | change)

    async def press(self, person: Person, message: Message, button: str | int, filled: Json | None = None) -> Delivery:
        """A button by its verb, title or number; its kind decides what is sent, as in the client."""
        shown = self.world.messages[message.id].card_for(person)
        action = find_action(shown, button)
        data = submitted(shown, action, filled or {})
        if action["type"] == "Action.Execute":
            return await self._execute(person, message, action, data)
        if (data.get("msteams") or {}).get("type") == "task/fetch":
            return await self.task_fetch(person, data, message=message)
        return await self.submit_old(person, message, data)

    async def submit_old(self, person: Person, message: Message, data: Json) -> Delivery:
        """Action.Submit: a message with a value and no text."""
        activity = self._about(person, message, "message")
        return await self.wire.send(activity | {"id": self.world.new_id(), "value": data})

    async def _execute(self, person: Person, message: Message, action: Mapping[str, Any], data: Json) -> Delivery:
        pressed = {key: action[key] for key in ("type", "id", "verb", "title") if key in action}
        value = {"action": pressed | {"data": data}, "trigger": "manual"}
        invoke = self._about(person, message, "invoke") | {"name": "adaptiveCard/action", "value": value}
        delivery = await self.wire.send(invoke)
        self._show_answer(person, message, delivery.body if delivery.status == 200 else None)
        return delivery

    def _show_answer(self, person: Person, message: Message, answer: Any) -> None:
        """A card that comes back is for the one who pressed; others see it once the bot edits the message."""
        match answer:
            case {"statusCode": 200, "type": kind, "value": card} if kind == ADAPTIVE_CARD:
                self.check_card(card)
                current = self.world.messages[message.id]
                self.world.keep(current, views={**current.views, person.id: card})
            case {"statusCode": 200, "type": kind, "value": text} if kind == _TEXT_ANSWER:
                self.world.notice(person, str(text))
            case {"value": {"message": text}}:
                self.world.notice(person, str(text))
            case _:
                self.world.notice(person, NO_ANSWER)

    def _typed(self, person: Person, conversation: Conversation, text: str, *, mention_bot: bool = True) -> Json:
        if not conversation.installed:
            raise LookupError(f"{self.world.bot_name} is not in {conversation.name or 'this chat'}")
        to_bot = mention_bot and conversation.kind is not Kind.PERSONAL
        shown, mentions = activities.typed(self.world, text, to_bot=to_bot)
        activity = self.activity(person, conversation, "message")
        entities = mentions + activity["entities"]
        typed = {"id": self.world.new_id(), "text": shown, "textFormat": "plain", "entities": entities}
        return activity | typed

    def _about(self, person: Person, message: Message, kind: str) -> Json:
        return self.activity(person, self.world.conversations[message.conversation_id], kind, message)
