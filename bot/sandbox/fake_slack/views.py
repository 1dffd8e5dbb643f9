"""Modals and home tabs of a workspace, and the trigger ids that open them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.fake_slack.blocks import Json, start_values, with_ids
from bot.sandbox.fake_slack.workspace import SlackError, Workspace

# docs.slack.dev/interactivity/handling-user-interaction and .../surfaces/modals
TRIGGER_LIFE_S = 3
STACK_LIMIT = 3


@dataclass
class View:
    id: str
    user: str
    content: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: dict[str, Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        return list(self.content["blocks"])

    def write(self, content: Json, new_hash: str) -> None:
        """Inputs that keep their ids keep what was filled in."""
        self.content = content | {"blocks": with_ids(content["blocks"])}
        self.hash = new_hash
        self.errors = {}
        typed, self.values = self.values, start_values(self.content["blocks"])
        for block_id, inputs in self.values.items():
            kept = typed.get(block_id, {})
            inputs.update({action_id: kept[action_id] for action_id in inputs if action_id in kept})

    def to_json(self, workspace: Workspace) -> Json:
        defaults = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": None,
            "close": None,
        }
        flags = {"submit": None, "clear_on_close": False, "notify_on_close": False}
        return {
            **defaults,
            **flags,
            **self.content,
            "id": self.id,
            "team_id": workspace.team_id,
            "state": {"values": self.values},
            "hash": self.hash,
            "root_view_id": self.root_view_id,
            "previous_view_id": self.previous_view_id,
            "app_installed_team_id": workspace.team_id,
            "bot_id": workspace.bot_id,
        }


@dataclass
class Trigger:
    user: str
    issued_at: float
    used: bool = False


class Views:
    """What each person has open: a stack of at most three modals, and a home tab beneath."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._triggers: dict[str, Trigger] = {}
        self._made = 0
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def new_trigger(self, user: str) -> str:
        trigger_id = f"{len(self._triggers) + 1}.{self._workspace.team_id}.{self._workspace.next_ts()}"
        self._triggers[trigger_id] = Trigger(user, self._workspace.clock())
        return trigger_id

    def open(self, trigger_id: str, content: Json) -> View:
        user = self._take(trigger_id)
        view = self._make(user, content)
        self.stacks[user] = [view]
        return view

    def push(self, trigger_id: str, content: Json) -> View:
        return self.push_for(self._take(trigger_id), content)

    def push_for(self, user: str, content: Json) -> View:
        stack = self.stacks.get(user, [])
        if not stack:
            raise SlackError("invalid_arguments", "invalid `trigger_id`")
        if len(stack) >= STACK_LIMIT:
            raise SlackError("push_limit_reached")
        view = self._make(user, content, below=stack[-1])
        stack.append(view)
        return view

    def update(self, view: View, content: Json, seen_hash: str | None = None) -> View:
        if seen_hash and seen_hash != view.hash:
            raise SlackError("hash_conflict")
        view.write(content, self._workspace.next_ts())
        self._workspace.revision.bump()
        return view

    def publish(self, user: str, content: Json, seen_hash: str | None = None) -> View:
        if home := self.homes.get(user):
            return self.update(home, content, seen_hash)
        self.homes[user] = self._make(user, content)
        return self.homes[user]

    def close(self, view: View) -> None:
        stack = self.stacks.get(view.user, [])
        if view in stack:
            stack.remove(view)
        self._workspace.revision.bump()

    def clear(self, user: str) -> None:
        self.stacks[user] = []
        self._workspace.revision.bump()

    def top(self, user: str) -> View | None:
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def find(self, view_id: str | None, external_id: str | None) -> View:
        for view in self._all():
            if view.id == view_id or (external_id and view.content.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def _take(self, trigger_id: str) -> str:
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_arguments", "invalid `trigger_id`")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._workspace.clock() - trigger.issued_at > TRIGGER_LIFE_S:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def _make(self, user: str, content: Json, below: View | None = None) -> View:
        external_id = content.get("external_id")
        if external_id and any(view.content.get("external_id") == external_id for view in self._all()):
            raise SlackError("duplicate_external_id")
        self._made += 1
        view_id = f"V{self._made}{self._workspace.team_id}"
        view = View(view_id, user, {}, "", below.root_view_id if below else view_id, below.id if below else None)
        view.write(content, self._workspace.next_ts())
        self._workspace.revision.bump()
        return view

    def _all(self) -> Iterator[View]:
        for stack in self.stacks.values():
            yield from stack
        yield from self.homes.values()
