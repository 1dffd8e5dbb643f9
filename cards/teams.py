"""The vocabulary as an Adaptive Card 1.5, the newest that Teams shows."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal
from zoneinfo import ZoneInfo

from cards.limits import TEAMS_LABEL, TEAMS_LINES, TEAMS_TEXT, clip
from cards.stack import Part, Stack
from cards.text import NO_WIDTH, ChannelName, Link, Mention, Picture, Platform, clean, clean_lines

_ROW = 1000  # the most one line of `each` may take


class TeamsUi(Stack):
    bold = "**"

    def __init__(self, platform: Platform, locale: str, zone: ZoneInfo | None) -> None:
        super().__init__(platform, locale, zone)
        self._mentions: dict[str, Part] = {}

    @property
    def entities(self) -> list[Part]:
        return list(self._mentions.values())

    def title(self, pattern: str, **values: object) -> str:
        return self._add(_text(self._fill(pattern, values), size="Large", weight="Bolder", style="heading"))

    def lead(self, icon: str, pattern: str, **values: object) -> str:
        """The line a post opens with; the icon is only an ornament."""
        ornament = _text(self.escape(clean(icon)), size="ExtraLarge")
        words = _text(self._fill(pattern, values), size="Medium")
        columns = [
            {"type": "Column", "width": "auto", "items": [ornament]},
            {"type": "Column", "width": "stretch", "verticalContentAlignment": "Center", "items": [words]},
        ]
        return self._add({"type": "ColumnSet", "columns": columns})

    def say(self, pattern: str, **values: object) -> str:
        return self._add(_text(self._fill(pattern, values)))

    def small(self, pattern: str, **values: object) -> str:
        return self._add(_text(self._fill(pattern, values), size="Small", isSubtle=True, spacing="Small"))

    def emblem(self, picture: Picture, pattern: str, **values: object) -> str:
        """A remark with a small picture before it, where there is one."""
        if not picture.url:
            return self.small(pattern, **values)
        image = {"type": "Image", "url": picture.url, "altText": clean(picture.alt), "width": "32px", "height": "32px"}
        words = _text(self._fill(pattern, values), size="Small", isSubtle=True)
        columns = [
            {"type": "Column", "width": "auto", "items": [image]},
            {"type": "Column", "width": "stretch", "verticalContentAlignment": "Center", "items": [words]},
        ]
        return self._add({"type": "ColumnSet", "spacing": "Small", "columns": columns})

    def each(self, pattern: str, rows: Iterable[Mapping[str, object]]) -> str:
        """One line a row, close together."""
        for row in rows:
            self._add(_text(self.fill(pattern, row, _ROW), spacing="Small"))
        return ""

    def quote(self, text: str) -> str:
        """What people wrote, as rich text: no markdown is looked for in it, and its lines stay lines."""
        lines = [line for line in clean_lines(text) if line]
        lines[TEAMS_LINES:] = [" ".join(lines[TEAMS_LINES:])] if lines[TEAMS_LINES:] else []
        items = [_rich(clip(_inert(line), TEAMS_TEXT), spacing="Small") for line in lines]
        return self._add({"type": "Container", "style": "emphasis", "items": items}) if items else ""

    def row(self, values: Mapping[str, object], *patterns: str, caller: Callable[[], str]) -> str:
        """One of a list: its lines, and beside them its button; several, or one that unfolds, stand below."""
        buttons = self._gather(caller)
        lines = [_text(self.fill(pattern, values, _ROW), spacing="Small") for pattern in patterns]
        if len(buttons) == 1 and buttons[0]["type"] != "Action.ShowCard":
            columns = [
                {"type": "Column", "width": "stretch", "verticalContentAlignment": "Center", "items": lines},
                {"type": "Column", "width": "auto", "items": [{"type": "ActionSet", "actions": buttons}]},
            ]
            return self._add({"type": "ColumnSet", "spacing": "Small", "columns": columns})
        for line in lines:
            self._add(line)
        return self._add({"type": "ActionSet", "actions": buttons}) if buttons else ""

    def actions(self, caller: Callable[[], str]) -> str:
        buttons = self._gather(caller)
        return self._add({"type": "ActionSet", "actions": buttons}) if buttons else ""

    def button(
        self,
        label: str,
        act: str,
        style: Literal["primary", "danger"] | None = None,
        confirm: str | None = None,
        opens_form: bool = False,
        url: str | None = None,
        of: str | int = "",
        **values: str,
    ) -> str:
        title = clip(clean(self.translate(label)), TEAMS_LABEL)
        button = _open(title, url) if url else _press(title, {"act": act, **values}, opens_form)
        if style:
            button["style"] = _STYLES[style]
        if confirm:
            button = self._confirmed(title, confirm, button)
        if of:
            button["tooltip"] = clip(self.spoken(label, of), TEAMS_LABEL)
        return self._add_button(button)

    def _confirmed(self, title: str, question: str, button: Part) -> Part:
        """Teams asks nothing back by itself, so the button unfolds the question and the real button."""
        body = [_text(self._fill(question, {}))]
        card = {"type": "AdaptiveCard", "body": body, "actions": [button]}
        return {"type": "Action.ShowCard", "title": title, "card": card}

    def _fill(self, pattern: str, values: Mapping[str, object]) -> str:
        return self.fill(pattern, values, TEAMS_TEXT)

    @classmethod
    def literal(cls, text: str) -> str:
        return text

    def escape(self, text: str) -> str:
        return _MARKDOWN.sub(r"\\\g<0>", _LIST.sub(NO_WIDTH, _inert(text)))

    def mention(self, person: Mention) -> str:
        if person.ref is None:
            return self.escape(person.name)
        entity = self._mentions.get(person.ref) or self._mention(person.name, person.ref)
        text: str = entity["text"]
        return text

    def _mention(self, name: str, ref: str) -> Part:
        """Teams finds the entity by its text, so namesakes are told apart by a character without width."""
        name = clean(_NO_NAME.sub(" ", name)) or self.translate("somebody")
        shown = name + NO_WIDTH * sum(known["mentioned"]["name"] == name for known in self._mentions.values())
        mentioned = {"id": ref, "name": name}
        entity: Part = {"type": "mention", "text": f"<at>{shown}</at>", "mentioned": mentioned}
        self._mentions[ref] = entity
        return entity

    def channel(self, channel: ChannelName) -> str:
        return self.escape(channel.name)

    def link(self, link: Link) -> str:
        return f"[{self.escape(link.label)}]({link.url})"


# Mobile clients show the backslash before other marks, so only these get one.
_MARKDOWN = re.compile(r"[\\*_\[\]`]")
_LIST = re.compile(r"^(?=[-+#>]|\d+[.)])")  # would begin a list, a heading or a quotation
_LIVE = re.compile(r"<|\{(?=\{)|:(?=//)")  # tags, {{DATE(...)}}, and addresses that would become links
_NO_NAME = re.compile(r"[\\*_\[\]`<>{}]+")  # escapes do not work in a mention
_STYLES = {"primary": "positive", "danger": "destructive"}


def _inert(text: str) -> str:
    return _LIVE.sub(rf"\g<0>{NO_WIDTH}", text)


def _text(text: str, **looks: object) -> Part:
    return {"type": "TextBlock", "text": text, "wrap": True, **looks}


def _rich(text: str, **looks: object) -> Part:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text}], **looks}


def _open(title: str, url: str) -> Part:
    return {"type": "Action.OpenUrl", "title": title, "url": url}


def _press(title: str, data: dict[str, str], opens_form: bool) -> Part:
    if opens_form:
        return {"type": "Action.Submit", "title": title, "data": {**data, "msteams": {"type": "task/fetch"}}}
    submit = {"type": "Action.Submit", "title": title, "data": data}
    return {"type": "Action.Execute", "title": title, "verb": data["act"], "data": data, "fallback": submit}
