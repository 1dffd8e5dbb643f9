"""Every card on every platform: with its samples, with hostile values, and with the longest."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import pytest
from jinja2 import UndefinedError
from jsonschema import Draft6Validator

from cards.limits import BadCard
from cards.render import Rendered, Target, list_cards, render, sample, samples
from cards.text import ChannelName, Link, Mention, Platform

PLATFORMS: tuple[Platform, ...] = ("slack", "teams", "plain")
SAMPLES = [(card, name) for card in list_cards() for name in samples(card)]
HOSTILE = {
    "broadcast": "<!channel> <!here> @channel",
    "slack mention": "<@U1> <#C1> <!subteam^S1>",
    "slack link": "<https://x.example|y>",
    "markdown link": "[x](http://y.example)",
    "address": "https://x.example",
    "bold": "**bold** *b* _i_ ~s~ `c`",
    "list": "- one",
    "teams mention": "<at>Bob</at><at>Ann Lee</at>",
    "template": "{{7*7}} {% raw %} {{DATE(2026-01-01T00:00:00Z)}}",
    "placeholder": "{giver} {receivers} {0}",
    "quotes": "\"'\\ O'Brien & Sons",
    "lines": "one\n\n\r\ntwo\u2028three\u2029",
    "right to left": "שלום \u202eevil\u2066",
    "emoji": "👩🏽‍🚀🏳️‍🌈",
    "zalgo": "Z" + "\u0301\u0353" * 40,
    "control": "a\x00b\x1b\ud83d",
}
LONGEST = {
    "plain": "ab cd " * 334,
    "escaped": "&<" * 1000,
    "astral": "😀" * 2000,
    "marks": "*_[" * 667,
    "lines": "a\n" * 1000,
}
NOT_TYPED = {"act", "moved", "command", "id", "draft", "means", "allowance_since", "points_expire_since"}
"""Ours, never typed by people."""


def shown(data: Mapping[str, object], text: str) -> dict[str, Any]:
    """The data, with this text for everything that somebody may have typed."""

    def swap(value: Any, key: str = "") -> Any:
        match value:
            case str():
                return value if key in NOT_TYPED else text
            case Mention() | ChannelName():
                return replace(value, name=text)
            case Link():
                return replace(value, label=text)
            case list():
                return [swap(item, key) for item in value]
            case dict():
                return {k: v if k == "values" and isinstance(v, dict) else swap(v, k) for k, v in value.items()}
        return value

    changed: dict[str, Any] = swap(dict(data))
    return changed


def strings(tree: Any, key: str = "text") -> Iterator[str]:
    """Every string under that key, however deep."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == key and isinstance(value, str):
                yield value
            yield from strings(value, key)
    elif isinstance(tree, list):
        for value in tree:
            yield from strings(value, key)


def objects(tree: Any, kind: str) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        if tree.get("type") == kind:
            yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for value in tree:
            yield from objects(value, kind)


@cache
def adaptive_card_schema() -> Draft6Validator:
    path = resources.files("adaptive_cards") / "schemas" / "schema-1.5.json"
    return Draft6Validator(json.loads(path.read_text(encoding="utf-8-sig")))


def against_the_schema(card: Mapping[str, Any]) -> list[str]:
    """What the schema says against a card. It is slow, and asked once about all that differs in texts only."""
    frame, elements = {**card, "body": []}, card["body"]
    asked = [frame, *({"type": "AdaptiveCard", "version": "1.5", "body": [one]} for one in elements)]
    return [wrong for one in asked for wrong in _against_the_schema(json.dumps(outline(one), sort_keys=True))]


@cache
def _against_the_schema(outlined: str) -> list[str]:
    return [error.message for error in adaptive_card_schema().iter_errors(json.loads(outlined))]


def outline(tree: Any) -> Any:
    """A card without `msteams`, with the same words for all texts, and what stands in a list several times once."""
    match tree:
        case dict():
            return {name: outline(value) for name, value in tree.items() if name != "msteams"}
        case list():
            return list({json.dumps(one, sort_keys=True): one for one in map(outline, tree)}.values())
        case str():
            return tree if re.fullmatch(r"[\w.]{1,40}", tree, re.ASCII) else "some text"
    return tree


def check(rendered: Rendered, platform: Platform) -> None:
    """What `render` itself has not checked."""
    assert rendered.text.strip()
    json.dumps(rendered.body, ensure_ascii=False).encode()
    if platform == "teams":
        errors = against_the_schema(rendered.body)
        assert not errors, errors[0]


def test_the_schema_tells_texts_from_each_other_nowhere() -> None:
    """Else an outline is no card's: the length of a text or of a list, or what a text says, would be told from it."""
    rules = {rule for part in _parts(adaptive_card_schema().schema) for rule, told in part.items() if told != {}}
    lengths = {"minLength", "maxItems", "minItems", "uniqueItems", "contains", "const", "not", "items"}
    assert rules & lengths == {"items"}
    lists = [part["items"] for part in _parts(adaptive_card_schema().schema) if "items" in part]
    assert lists
    assert all(isinstance(one, dict) for one in lists), "one rule for all in a list"


def test_the_schema_finds_a_mistake_in_one_of_many_elements() -> None:
    body = render("notice", {"sentence": "All is well."}, Target("teams")).body
    text = {"type": "TextBlock", "text": "a"}
    for wrong in ({"type": "Knob"}, {**text, "text": 1}, {**text, "size": "b c"}):
        assert against_the_schema({**body, "body": [text, wrong, text]}), wrong
    assert against_the_schema({**body, "version": 1})
    assert against_the_schema(body) == []


def _parts(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for value in tree:
            yield from _parts(value)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(("card", "name"), SAMPLES)
def test_every_sample_is_taken_by_its_platform(card: str, name: str, platform: Platform) -> None:
    check(render(card, samples(card)[name], Target(platform)), platform)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_breaks_no_card(text: str, platform: Platform) -> None:
    for card, name in SAMPLES:
        check(render(card, shown(samples(card)[name], text), Target(platform)), platform)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("text", LONGEST.values(), ids=LONGEST)
def test_the_longest_text_fits_every_card(text: str, platform: Platform) -> None:
    for card, name in SAMPLES:
        check(render(card, shown(samples(card)[name], text), Target(platform)), platform)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("ref", ["29:1" + "x" * 60, None])
def test_thirty_people_with_long_names_fit(ref: str | None, platform: Platform) -> None:
    people = [Mention("&" * 78 + f"{i:02}", ref and f"{ref}{i}") for i in range(30)]
    check(render("kudos_posted", {**sample("kudos_posted"), "receivers": people}, Target(platform)), platform)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_typed_text_stays_text_on_slack(text: str) -> None:
    for card, name in SAMPLES:
        data = samples(card)[name]
        body = render(card, shown(data, text), Target("slack")).body
        live = re.findall(r"<[^>]*>", " ".join([body["text"], *(t["text"] for t in objects(body, "mrkdwn"))]))
        assert all(re.fullmatch(r"<@U0\w+>|<#C0\w+>|<https://acme[^|]*\|[^<>]*>", mark) for mark in live), live
        assert all(t.get("verbatim") for t in objects(body, "mrkdwn"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_typed_text_mentions_nobody_on_teams(text: str) -> None:
    for card, name in SAMPLES:
        body = render(card, shown(samples(card)[name], text), Target("teams")).body
        entities = body.get("msteams", {}).get("entities", [])
        assert all(e["mentioned"]["id"].startswith("U0") for e in entities)
        marks = {mark for t in strings(body["body"]) for mark in re.findall(r"<at>.*?</at>", t)}
        assert marks == {e["text"] for e in entities}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_typed_text_makes_no_markdown_on_teams(text: str) -> None:
    body = render("notice", {"sentence": text}, Target("teams")).body
    (written,) = strings(body["body"])
    assert not re.search(r"(?<!\\)[*_\[\]`]|\{\{|://|^[-+#>]", written)


@pytest.mark.parametrize("platform", ["slack", "teams"])
@pytest.mark.parametrize("card", list_cards())
def test_missing_data_is_an_error(card: str, platform: Platform) -> None:
    with pytest.raises((UndefinedError, TypeError)):
        render(card, {}, Target(platform))


def test_what_people_wrote_is_rich_text_on_both_platforms() -> None:
    reason = "**Great** <@U1>\n[x](http://y)"
    data = {**sample("kudos_posted"), "reason": reason}
    (quote,) = objects(render("kudos_posted", data, Target("slack")).body, "rich_text_quote")
    assert quote["elements"] == [{"type": "text", "text": reason}]
    runs = objects(render("kudos_posted", data, Target("teams")).body, "TextRun")
    assert [run["text"].replace("\u200b", "") for run in runs] == reason.split("\n")


def test_a_kudos_taken_back_no_longer_shows_its_reason() -> None:
    data = samples("kudos_posted")["taken back"]
    for platform in PLATFORMS:
        assert str(data["reason"]) not in json.dumps(render("kudos_posted", data, Target(platform)).body)


def test_the_notification_says_what_the_card_says() -> None:
    text = render("kudos_posted", sample("kudos_posted"), Target("slack")).text
    assert text.startswith("Ann Lee thanked Bob Okafor and Cléo Martin with 5 points each\n“You stayed")


def test_an_unknown_card_is_an_error() -> None:
    with pytest.raises(Exception, match="no_such_card"):
        render("no_such_card", {}, Target("slack"))


def test_a_card_that_says_nothing_is_an_error() -> None:
    with pytest.raises(BadCard, match="says nothing"):
        render("notice", {"sentence": " "}, Target("slack"))
