"""Reading an Adaptive Card as a person does: its text, its buttons, and what its inputs hold."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.fake_teams.world import Json, Message, card_in

Readable = Message | Mapping[str, Any] | None

_TEXT_KEYS = {
    "TextBlock": ("text",),
    "TextRun": ("text",),
    "Fact": ("title", "value"),
    "Input.Toggle": ("label", "title", "errorMessage"),
}


def text_of(shown: Readable) -> str:
    """All text of a message or card: blocks, runs, facts, labels. What is on buttons: `buttons_of`."""
    if isinstance(shown, Message):
        return "\n".join(filter(None, (shown.text, text_of(card_in(shown.activity)))))
    return "\n".join(text for node in _nodes(shown or {}) for text in _texts(node))


def buttons_of(shown: Readable) -> list[str]:
    return [str(action.get("title", "")) for action in actions_of(shown)]


def actions_of(shown: Readable) -> list[Json]:
    card = card_in(shown.activity) if isinstance(shown, Message) else shown
    return [dict(node) for node in _nodes(card or {}) if str(node.get("type", "")).startswith("Action.")]


def find_action(shown: Readable, name: str | int) -> Json:
    """The button with this verb, title or tooltip; by its number in reading order where several are alike."""
    if isinstance(name, int):
        return actions_of(shown)[name]
    for action in actions_of(shown):
        if name in (action.get("verb"), action.get("title"), action.get("tooltip")):
            return action
    raise LookupError(f"no button {name!r} in {[(a.get('verb'), a.get('title')) for a in actions_of(shown)]}")


def submitted(shown: Readable, action: Mapping[str, Any], filled: Mapping[str, Any]) -> Json:
    """What the client sends: the button's data, then every input, as it stands or as it was filled in."""
    card = card_in(shown.activity) if isinstance(shown, Message) else shown
    inputs = [node for node in _nodes(card or {}) if str(node.get("type", "")).startswith("Input.")]
    if unknown := set(filled) - {node["id"] for node in inputs}:
        raise LookupError(f"no inputs {sorted(unknown)} in the card")
    held = {node["id"]: filled.get(node["id"], node.get("value", "")) for node in inputs}
    data = action.get("data")
    return {**(data if isinstance(data, Mapping) else {}), **held}


def _nodes(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every element in reading order. A fallback is for clients that cannot show the thing itself."""
    if isinstance(node, Mapping):
        yield node
        for key, child in node.items():
            if key not in ("fallback", "data"):
                yield from _nodes(child)
    elif isinstance(node, list):
        for child in node:
            yield from _nodes(child)


def _texts(node: Mapping[str, Any]) -> Iterator[str]:
    kind = str(node.get("type", ""))
    if not kind and set(node) >= {"title", "value"}:
        kind = "Fact"  # facts carry no type, and neither do choices
    keys = _TEXT_KEYS.get(kind, ("label", "errorMessage") if kind.startswith("Input.") else ())
    yield from (str(node[key]) for key in keys if node.get(key))
    if kind == "RichTextBlock":
        yield from (inline for inline in node.get("inlines", ()) if isinstance(inline, str))
