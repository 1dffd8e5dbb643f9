"""What one Slack workspace holds, and how it changes."""

import asyncio
from collections.abc import Callable, Iterator
from typing import TypeVar

from bot.sandbox.fake_slack.blocks import Json
from bot.sandbox.fake_slack.records import Conversation, Group, Kind, Message, Person

Clock = Callable[[], float]


class SlackError(Exception):
    """What Slack declines, by the code it answers with."""

    def __init__(self, code: str, *messages: str) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages = messages


class Revision:
    """Counts changes, so that a page asks "anything after 41?" and waits for the answer."""

    def __init__(self) -> None:
        self.number = 0
        self._changed = asyncio.Event()

    def bump(self) -> None:
        self.number += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def after(self, seen: int, timeout_s: float) -> int:
        """The number once it has passed `seen`, or as it is when the time is over."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.number <= seen:
                    await self._changed.wait()
        except TimeoutError:
            pass
        return self.number


Named = TypeVar("Named", Person, Conversation)


class Workspace:
    """One team with the app installed in it. People and channels are found by id or by name."""

    def __init__(self, team_id: str, domain: str, token: str, clock: Clock, revision: Revision) -> None:
        self.team_id = team_id
        self.domain = domain
        self.token = token
        self.token_revoked = False
        self.clock = clock
        self.revision = revision
        self.bot = Person(f"UBOT{team_id}", "plaudit", "Plaudit", is_bot=True)
        self.bot_id = f"B{team_id}"
        # Slackbot is in every directory, and its is_bot is false.
        self.people: dict[str, Person] = {}
        self.add_people(Person("USLACKBOT", "slackbot", "Slackbot"), self.bot)
        self.groups: dict[str, Group] = {}
        self.conversations: dict[str, Conversation] = {}
        self.messages: list[Message] = []
        self._last_ts = 0

    def add_people(self, *people: Person) -> None:
        self.people |= {person.id: person for person in people}
        self.revision.bump()

    def add_groups(self, *groups: Group) -> None:
        self.groups |= {group.id: group for group in groups}
        self.revision.bump()

    def add_conversations(self, *conversations: Conversation) -> None:
        self.conversations |= {conversation.id: conversation for conversation in conversations}
        self.revision.bump()

    def person(self, who: str) -> Person:
        return _find(self.people, who.removeprefix("@"), "user_not_found")

    def user_json(self, who: str, *, locale: bool = False) -> Json:
        return self.person(who).to_json(self.team_id, self.clock(), locale=locale)

    def conversation(self, where: str) -> Conversation:
        return _find(self.conversations, where.removeprefix("#"), "channel_not_found")

    def direct(self, *people: str) -> Conversation:
        """The app's chat with these people, opened on first use."""
        members = [self.bot.id, *people]
        kind = Kind.IM if len(people) == 1 else Kind.MPIM
        for known in self.conversations.values():
            if known.kind is kind and set(known.members) == set(members):
                return known
        letter = "D" if kind is Kind.IM else "G"
        opened = Conversation(f"{letter}{'X'.join(sorted(people))}", "directmessage", kind, members)
        self.add_conversations(opened)
        return opened

    def post(
        self,
        channel: str,
        user: str,
        content: Json,
        *,
        to: str | None = None,
        bot_id: str | None = None,
        thread_ts: str | None = None,
    ) -> Message:
        message = Message(channel, self.next_ts(), user, {}, to, bot_id, thread_ts)
        message.write(content)
        self.messages.append(message)
        self.revision.bump()
        return message

    def edit(self, message: Message, content: Json) -> None:
        message.write(content)
        message.edited_ts = self.next_ts()
        self.revision.bump()

    def delete(self, message: Message) -> None:
        message.deleted = True
        self.revision.bump()

    def shown(self, channel: str, *, to: str | None = None) -> Iterator[Message]:
        """What everybody sees there, oldest first; with `to`, what that person alone sees."""
        return (m for m in self.messages if m.channel == channel and m.to == to and not m.deleted)

    def message(self, channel: str, ts: str) -> Message:
        for message in self.shown(channel):
            if message.ts == ts:
                return message
        raise SlackError("message_not_found")

    def next_ts(self) -> str:
        """The time in microseconds, which is also what orders messages: never the same one twice."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"


def _find(known: dict[str, Named], name_or_id: str, error: str) -> Named:
    if name_or_id in known:
        return known[name_or_id]
    for one in known.values():
        if one.name == name_or_id:
            return one
    raise SlackError(error)
