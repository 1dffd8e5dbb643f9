"""What the wall's pages say: templates that escape everything, and keep what people wrote in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from cards.text import clean, clean_lines
from handlers.rules.days import in_words

_HERE = Path(__file__).parent
_LONG = ((1000, "longest"), (420, "longer"), (160, "long"))
"""From how many characters a text is set smaller on a big screen."""
_PAIRS = 2


def render(template: str, **shown: Any) -> str:
    """A whole page. What it shows and was not given is a bug."""
    return _ENVIRONMENT.get_template(f"{template}.html").render(**shown)


def inline(words: str) -> Markup:
    """What somebody wrote in one line: it keeps its own direction, and turns nothing around it."""
    return Markup("<bdi>{}</bdi>").format(clean(words))


def paragraphs(text: str) -> Markup:
    """What somebody wrote, line by line; each goes in the direction of its own first letter."""
    lines = (Markup('<span dir="auto">{}</span>').format(one) if one else Markup("<br>") for one in clean_lines(text))
    return Markup("\n").join(lines)


def initials(name: str) -> str:
    """At most two letters, for the coin before a name; it is never read aloud."""
    words = [one for one in clean(name).split() if one[0].isalpha()] or clean(name).split()
    return "".join(one[0] for one in (words[0], words[-1])[: min(_PAIRS, len(words))]).upper() if words else "?"


def colour(name: str) -> int:
    """One of ten, the same for the same person."""
    return sum(map(ord, name)) % 10


def step(text: str) -> str:
    """How long a text is, in steps."""
    return next((name for least, name in _LONG if len(text) >= least), "short")


def _make() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "inline": inline,
        "paragraphs": paragraphs,
        "day": in_words,
        "initials": initials,
        "colour": colour,
        "step": step,
        "number": "{:,}".format,
    }
    return made


_ENVIRONMENT = _make()
