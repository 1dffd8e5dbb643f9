"""What becomes of a text that somebody types into Slack's message field."""

import re
from html import escape

from bot.sandbox.fake_slack.workspace import Workspace

BROADCASTS = ("here", "channel", "everyone")
_ADDRESS_OR_NAME = re.compile(r"https?://(?:(?!&[lg]t;)[^\s|])+|(?<![\w@#/.])[@#]\w[\w.-]*")


def typed(workspace: Workspace, text: str) -> str:
    """As a slash command with `should_escape` carries it: names resolved, the rest entity-escaped once.

    "@ann", "@group", "#channel" and addresses become `<@U1|ann>`, `<!subteam^S1|@group>`, `<#C1|channel>`
    and `<https://...>`; a name that nobody has stays text.
    """
    return _ADDRESS_OR_NAME.sub(lambda found: _resolve(workspace, found[0]), escape(text, quote=False))


def said(workspace: Workspace, text: str) -> str:
    """As a message event carries it: like `typed`, without the names of people."""
    return re.sub(r"<@(\w+)\|[^>]*>", r"<@\1>", typed(workspace, text))


def _resolve(workspace: Workspace, word: str) -> str:
    if word.startswith("http"):
        return f"<{word}>"
    name = word[1:].rstrip(".-")
    mention = _channel(workspace, name) if word[0] == "#" else _people(workspace, name)
    return mention + word[1 + len(name) :] if mention else word


def _channel(workspace: Workspace, name: str) -> str | None:
    known = (c for c in workspace.conversations.values() if c.name == name.lower())
    return next((f"<#{conversation.id}|{conversation.name}>" for conversation in known), None)


def _people(workspace: Workspace, name: str) -> str | None:
    if name in BROADCASTS:
        return f"<!{name}>"
    for person in workspace.people.values():
        if person.name.lower() == name.lower():
            return f"<@{person.id}|{person.name}>"
    groups = (group for group in workspace.groups.values() if group.handle == name.lower())
    return next((f"<!subteam^{group.id}|@{group.handle}>" for group in groups), None)
