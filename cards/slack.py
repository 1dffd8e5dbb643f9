"""The vocabulary as Slack's Block Kit."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import orjson

from cards.limits import (
    SLACK_ALT,
    SLACK_BUTTON,
    SLACK_CONFIRM,
    SLACK_CONTEXT,
    SLACK_HEADER,
    SLACK_QUOTE,
    SLACK_SPOKEN,
    SLACK_TEXT,
    clip,
    units,
)
from cards.plain import PlainUi
from cards.stack import Part, Stack
from cards.text import NO_WIDTH, ChannelName, Link, Mention, Picture, clean, clean_lines

_ROW = 600  # the most one line of `each` may take


class SlackUi(Stack):
    bold = "*"

    def title(self, pattern: str, **values: object) -> str:
        words = PlainUi(self.platform, self.locale, self.zone).fill(pattern, values, SLACK_HEADER)
        return self._add({"type": "header", "text": _plain(words)})

    def lead(self, icon: str, pattern: str, **values: object) -> str:
        """The line a post opens with; the icon is only an ornament."""
        return self.say("{icon}  " + self.translate(pattern), icon=icon, **values)

    def say(self, pattern: str, **values: object) -> str:
        return self._section(self.fill(pattern, values, SLACK_TEXT))

    def small(self, pattern: str, **values: object) -> str:
        """A remark in small print; those that follow each other share a line."""
        remark = _mrkdwn(self.fill(pattern, values, SLACK_TEXT))
        if last := self._open_context():
            last.append(remark)
            return ""
        return self._add({"type": "context", "elements": [remark]})

    def emblem(self, picture: Picture, pattern: str, **values: object) -> str:
        """A remark with a small picture before it, where there is one."""
        if not picture.url:
            return self.small(pattern, **values)
        image = {"type": "image", "image_url": picture.url, "alt_text": clip(clean(picture.alt), SLACK_ALT)}
        remark = _mrkdwn(self.fill(pattern, values, SLACK_TEXT))
        return self._add({"type": "context", "elements": [image, remark]})

    def each(self, pattern: str, rows: Iterable[Mapping[str, object]]) -> str:
        """One line a row; as many lines in a section as it holds."""
        text = ""
        for line in [self.fill(pattern, row, _ROW) for row in rows]:
            if units(text) + units(line) >= SLACK_TEXT:
                self._section(text)
                text = ""
            text = f"{text}\n{line}" if text else line
        return self._section(text) if text else ""

    def quote(self, text: str) -> str:
        """What people wrote, as rich text, which Slack does not search for mark-up and mentions."""
        words = clip("\n".join(clean_lines(text)), SLACK_QUOTE)
        if not words:
            return ""
        quote = {"type": "rich_text_quote", "elements": [{"type": "text", "text": words}]}
        return self._add({"type": "rich_text", "elements": [quote]})

    def row(self, values: Mapping[str, object], *patterns: str, caller: Callable[[], str]) -> str:
        """One of a list: its lines, and beside them its button; several stand below."""
        buttons = self._gather(caller)
        self._section("\n".join(self.fill(pattern, values, _ROW) for pattern in patterns))
        if len(buttons) == 1:
            self.parts[-1]["accessory"] = buttons[0]
            return ""
        return self._add({"type": "actions", "elements": buttons}) if buttons else ""

    def actions(self, caller: Callable[[], str]) -> str:
        buttons = self._gather(caller)
        return self._add({"type": "actions", "elements": buttons}) if buttons else ""

    def button(
        self,
        label: str,
        act: str,
        style: Literal["primary", "danger"] | None = None,
        confirm: str | None = None,
        opens_form: bool = False,  # on Slack every button may
        url: str | None = None,
        of: str | int = "",
        **values: str,
    ) -> str:
        button = {
            "type": "button",
            "text": self._label(label, SLACK_BUTTON),
            "action_id": self._action_id(act),
        }
        button |= {"url": url} if url else {"value": orjson.dumps(values).decode()}
        if of:
            button["accessibility_label"] = clip(self.spoken(label, of), SLACK_SPOKEN)
        if style:
            button["style"] = style
        if confirm:
            button["confirm"] = self._confirm(label, confirm)
        return self._add_button(button)

    def _open_context(self) -> list[Part] | None:
        """The elements of the context that was said last, if there is room for one more."""
        if self._buttons is not None or not self.parts or self.parts[-1]["type"] != "context":
            return None
        elements: list[Part] = self.parts[-1]["elements"]
        return elements if len(elements) < SLACK_CONTEXT else None

    def _section(self, text: str) -> str:
        return self._add({"type": "section", "text": _mrkdwn(text)})

    def _action_id(self, act: str) -> str:
        """Slack wants it unique in a block; `act_of` reads it back."""
        same = sum(act_of(button["action_id"]) == act for button in self._buttons or ())
        return f"{act}:{same + 1}" if same else act

    def _label(self, label: str, limit: int) -> Part:
        return _plain(clip(clean(self.translate(label)), limit))

    def _confirm(self, label: str, question: str) -> Part:
        return {
            "title": self._label(label, SLACK_CONFIRM["title"]),
            "text": self._label(question, SLACK_CONFIRM["text"]),
            "confirm": self._label(label, SLACK_CONFIRM["confirm"]),
            "deny": self._label("Not now", SLACK_CONFIRM["deny"]),
        }

    @classmethod
    def literal(cls, text: str) -> str:
        return escape(text)

    def escape(self, text: str) -> str:
        return _MARKS.sub(rf"{NO_WIDTH}\g<0>{NO_WIDTH}", escape(text))

    def mention(self, person: Mention) -> str:
        return f"<@{person.ref}>" if person.ref else self.escape(person.name)

    def channel(self, channel: ChannelName) -> str:
        return f"<#{channel.ref}>" if channel.ref else "#" + self.escape(channel.name.removeprefix("#"))

    def link(self, link: Link) -> str:
        return f"<{escape(link.url)}|{self.escape(link.label)}>"


def act_of(action_id: str) -> str:
    return action_id.partition(":")[0]


def escape(text: str) -> str:
    """All that Slack asks for; it keeps mentions, channels and links from coming alive."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# These only change looks and have no escape. Within a word, as in snake_case or :party_hat:, they are inert.
_MARKS = re.compile(r"(?<!\w)[*_~`]|[*_~`](?!\w)")


def _plain(text: str) -> Part:
    return {"type": "plain_text", "text": text, "emoji": True}


def _mrkdwn(text: str) -> Part:
    # Verbatim: bare addresses, @names and #names in it stay text.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
