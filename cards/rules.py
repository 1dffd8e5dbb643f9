"""Rules for trees of JSON: a rule looks at one value and raises, and the path is put before the message
on the way out, so that a tree without mistakes costs no paths."""

from collections.abc import Callable, Mapping
from typing import Any

from cards.limits import BadCard, CardTooLarge, fits, units

Rule = Callable[[Any], None]
Fields = Mapping[str, Rule]


def inside(step: str | int, rule: Rule, value: Any) -> None:
    try:
        rule(value)
    except BadCard as error:
        raise type(error)(f"/{step}{error}") from None


def anything(value: Any) -> None:
    pass


def unknown(value: Any) -> None:
    raise BadCard(": unknown field")


def one_of(*values: object) -> Rule:
    def rule(value: Any) -> None:
        if value not in values:
            raise BadCard(f": {value!r} is none of {values}")

    return rule


def string(longest: int) -> Rule:
    def rule(value: Any) -> None:
        if not isinstance(value, str) or not value:
            raise BadCard(": wants text")
        if not fits(value, longest):
            raise CardTooLarge(f": {units(value)} characters, {longest} are taken")

    return rule


def text(longest: int, *kinds: str) -> Rule:
    """A text object, {"type": "plain_text" or "mrkdwn", "text": ...}."""
    allowed = kinds or ("plain_text", "mrkdwn")
    fields = {"type*": one_of(*allowed), "text*": string(longest), "emoji": anything, "verbatim": anything}
    return object_of(fields)


def plain(longest: int) -> Rule:
    return text(longest, "plain_text")


def many(each: Rule, most: int) -> Rule:
    def rule(value: Any) -> None:
        if not isinstance(value, list) or not value:
            raise BadCard(": wants a list that is not empty")
        if len(value) > most:
            raise CardTooLarge(f": {len(value)} of them, {most} are taken")
        for index, item in enumerate(value):
            inside(index, each, item)
        _check_unique(value)

    return rule


def object_of(fields: Fields) -> Rule:
    """A name ending in * is required."""
    required = {name[:-1] for name in fields if name.endswith("*")}
    rules = {name.removesuffix("*"): rule for name, rule in fields.items()}

    def rule(value: Any) -> None:
        if not isinstance(value, dict):
            raise BadCard(": wants an object")
        if missing := required - value.keys():
            raise BadCard(f": without {sorted(missing)}")
        name = ""
        try:
            for name, item in value.items():
                rules.get(name, unknown)(item)
        except BadCard as error:
            raise type(error)(f"/{name}{error}") from None

    return rule


def node(tables: Mapping[str, Rule], *kinds: str) -> Rule:
    """A block or element, by its type; the table is filled further down, so it is read when used."""

    def rule(value: Any) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in tables or (kinds and kind not in kinds):
            raise BadCard(f": {kind!r} does not belong here")
        tables[kind](value)

    return rule


def _check_unique(items: list[Any]) -> None:
    for field in ("action_id", "block_id"):
        ids = [item[field] for item in items if isinstance(item, dict) and field in item]
        if len(set(ids)) < len(ids):
            raise BadCard(f": the same {field} twice")
