"""What is special in the text after `/reward`: money, whether it is split, a day, and a budget.

    @ann @bob +100 split on 2026-12-24 from:Support for the week-end they gave
    @ann 50 EUR for the week-end she gave

Everything else is read as a kudos is (`grammar`). These parts come before the reason: what follows the first "for" is
words, and stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from handlers.rules.money import EXPONENTS, Money, NotMoney, read_money
from handlers.vocabulary import Piece, Typed


@dataclass(frozen=True, slots=True)
class AwardWords:
    """`rest` is the text without these parts. `unclear` is what looks like one and is none, as it was typed."""

    rest: Typed
    money: Money | None = None
    split: bool = False
    arrives_on: date | None = None
    budget: str = ""
    unclear: str = ""


_REASON = re.compile(r"\b(?:for|because)\b", re.IGNORECASE)
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d{1,3})?|\d{1,9}(?:[.,]\d{1,3})?)"
_MONEY = re.compile(
    rf"(?<![\w.,])(?<!\d )\+?(?:{_NUMBER}\s?[A-Za-z]{{3}}|[A-Z]{{3}}\s?{_NUMBER})(?![\w.,]\d|\w)", re.ASCII
)
_SPLIT = re.compile(r"(?<!\w)(split|each)(?!\w)", re.IGNORECASE)
_DAY = re.compile(r"(?<!\w)on\s+(\d{4}-\d{1,2}-\d{1,2})(?!\w)", re.IGNORECASE | re.ASCII)
_OTHER_DAY = re.compile(
    r"(?<!\w)on\s+(\d{1,2}[./]\d{1,2}\S*|\d{1,2}\.?\s+[A-Za-z]+|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s+\d{1,2})(?!\w)",
    re.IGNORECASE | re.ASCII,
)
"""A day in other words: asked about, for an award that was meant for Christmas must not be given now."""
_BUDGET = re.compile(r"(?<!\w)from:\s?(?:\"([^\"]{1,80})\"|“([^”]{1,80})”|(\S{1,80}))", re.IGNORECASE)


def read_award_words(text: Typed) -> AwardWords:
    """Takes the special parts out of the head of a text. Never raises."""
    head, tail = _head_and_tail(text)
    found: dict[str, object] = {}
    kept = tuple(_without_parts(one, found) if isinstance(one, str) else one for one in head)
    return AwardWords(rest=(*kept, *tail), **found)  # type: ignore[arg-type]


def _head_and_tail(text: Typed) -> tuple[Typed, Typed]:
    """What comes before the reason, and the reason."""
    for at, piece in enumerate(text):
        if isinstance(piece, str) and (begins := _REASON.search(piece)):
            return (*text[:at], piece[: begins.start()]), (piece[begins.start() :], *text[at + 1 :])
    return text, ()


def _without_parts(piece: str, found: dict[str, object]) -> Piece:
    if match := _BUDGET.search(piece):
        found["budget"] = next(one for one in match.groups() if one)
        piece = _cut(piece, match)
    if match := _DAY.search(piece):
        try:
            found["arrives_on"] = date(*(int(one) for one in match[1].split("-")))
        except ValueError:
            found["unclear"] = match[1]
        piece = _cut(piece, match)
    elif match := _OTHER_DAY.search(piece):
        found["unclear"] = match[1]
    if match := _SPLIT.search(piece):
        found["split"] = match[1].lower() == "split"
        piece = _cut(piece, match)
    for match in _MONEY.finditer(piece):
        code = re.sub(r"[^A-Za-z]", "", match[0]).upper()
        if code not in EXPONENTS:
            continue  # "3 new" and the like are words
        try:
            found["money"] = read_money(match[0].removeprefix("+"))
        except NotMoney:
            found["unclear"] = match[0]
        return _cut(piece, match)
    return piece


def _cut(piece: str, match: re.Match[str]) -> str:
    return f"{piece[: match.start()].rstrip()} {piece[match.end() :].lstrip()}"
