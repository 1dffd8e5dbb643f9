"""What is special in the text after `/reward`: money, whether it is split, a day, a budget, and who sees it.

    @ann @bob +100 split on 24 December from:Support for the week-end they gave
    privately @ann 50 EUR tomorrow for the week-end she gave
    @ann +100 seen:wall cc:@cleo for the week-end she gave

Everything else is read as a kudos is (`grammar`). These parts come before the reason: what follows the first "for" is
words, and stays. A day in plain words and `privately` are taken where only parts stand beside them; where they may
belong to the reason it is asked, as it is where a day can be two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from handlers.rules.days import read_day
from handlers.rules.money import EXPONENTS, Money, NotMoney, read_money
from handlers.rules.written_dates import Unclear
from handlers.vocabulary import Piece, Typed
from store.recognitions import Audience


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question in place of a guess: its code, what is not clear, and how to write it."""

    code: str
    sentence: str
    next_step: str


@dataclass(frozen=True, slots=True)
class AwardWords:
    """`rest` is the text without these parts. A `doubt` is answered before anything is done."""

    rest: Typed
    money: Money | None = None
    split: bool = False
    arrives_on: date | None = None
    """None for at once."""
    budget: str = ""
    audience: Audience | None = None
    """None where nobody said who sees it."""
    copied: Typed = ()
    """Who is in copy, as they were named."""
    doubt: Doubt | None = None


def read_award_words(text: Typed, today: date) -> AwardWords:
    """Takes the special parts out of the head of a text. `today` by its writer's calendar. Never raises."""
    pieces, tail = _head_and_tail(text)
    head = _Head(pieces, has_reason=bool(tail))
    found: dict[str, object] = {}
    for read in (_budget, _copied, _audience, _privately, _day, _share, _money):
        found |= {name: one for name, one in read(head, today).items() if name != "doubt" or "doubt" not in found}
    return AwardWords(rest=(*head.rest(), *tail), **found)  # type: ignore[arg-type]


_REASON = re.compile(r"\b(?:for|because)\b", re.IGNORECASE)


def _head_and_tail(text: Typed) -> tuple[Typed, Typed]:
    """What comes before the reason, and the reason."""
    for at, piece in enumerate(text):
        if isinstance(piece, str) and (begins := _REASON.search(piece)):
            return (*text[:at], piece[: begins.start()]), (piece[begins.start() :], *text[at + 1 :])
    return text, ()


_CUT, _OTHER = "\ufffb", "\ufffc"
"""Stand for what was taken out, letter by letter so that places stay, and for a piece that is no text."""
_CUTS = re.compile(rf"\s*{_CUT}+\s*")
_LETTER = re.compile(r"[^\W\d_]")


class _Head:
    """The text before the reason as one string."""

    def __init__(self, pieces: Typed, *, has_reason: bool) -> None:
        self._others = [one for one in pieces if not isinstance(one, str)]
        plain = (one.replace(_CUT, "").replace(_OTHER, "") if isinstance(one, str) else _OTHER for one in pieces)
        self.text = "".join(plain)
        self._has_reason = has_reason

    def cut(self, match: re.Match[str]) -> None:
        self.text = _blanked(self.text, match)

    def take_other(self, match: re.Match[str]) -> Piece:
        """The piece that stands where something was matched."""
        return self._others.pop(self.text[: match.start()].count(_OTHER))

    def is_among_parts(self, match: re.Match[str]) -> bool:
        """Whether what was matched is a part for sure: where a reason was begun by its "for", words before the amount
        are names, and none may stand after it. Without that "for", any other word may be the reason's.
        """
        bare = _blanked(self.text, match)
        amounts = [one.start() for one in (*_AMOUNT.finditer(bare), *_money_in(bare))]
        for part in (*_money_in(bare), *(one for look in _PARTS for one in look.finditer(bare))):
            bare = _blanked(bare, part)
        words = [one.start() for one in _LETTER.finditer(bare)]
        if not words:
            return True
        return self._has_reason and bool(amounts) and words[-1] < min(amounts) < match.start()

    def rest(self) -> Iterator[Piece]:
        texts = _CUTS.sub(" ", self.text).split(_OTHER)
        for at, text in enumerate(texts):
            yield text
            yield from self._others[at : at + 1]


def _blanked(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + _CUT * len(match[0]) + text[match.end() :]


# --- budget and share -------------------------------------------------------------------------------------

_BUDGET = re.compile(
    rf"(?<!\w)from:\s?(?:\"([^\"{_OTHER}]{{1,80}})\"|“([^”{_OTHER}]{{1,80}})”|([^\s{_OTHER}]{{1,80}}))", re.IGNORECASE
)
_SPLIT = re.compile(r"(?<!\w)(split|each)(?!\w)", re.IGNORECASE)


def _budget(head: _Head, today: date) -> dict[str, object]:
    if not (match := _BUDGET.search(head.text)):
        return {}
    head.cut(match)
    return {"budget": next(one for one in match.groups() if one)}


def _share(head: _Head, today: date) -> dict[str, object]:
    if not (match := _SPLIT.search(head.text)):
        return {}
    head.cut(match)
    return {"split": match[1].lower() == "split"}


_COPIED = re.compile(
    rf"(?<!\w)cc:\s?(?:({_OTHER})|\"([^\"{_OTHER}]{{1,80}})\"|“([^”{_OTHER}]{{1,80}})”|([^\s,{_OTHER}]{{1,80}}))",
    re.IGNORECASE,
)


def _copied(head: _Head, today: date) -> dict[str, object]:
    """One person each, so that who follows is a receiver."""
    found: list[Piece] = []
    while match := _COPIED.search(head.text):
        found.append(head.take_other(match) if match[1] else next(one for one in match.groups() if one))
        head.cut(match)
    return {"copied": tuple(found)} if found else {}


# --- who sees it ------------------------------------------------------------------------------------------

_SEEN = re.compile(r"(?<!\w)seen(?:[ -]by)?:( ?)(\w+)", re.IGNORECASE)
_SEEN_BY = {
    "here": Audience.HERE,
    "wall": Audience.WALL,
    "everybody": Audience.WALL,
    "receiver": Audience.RECEIVERS,
    "receivers": Audience.RECEIVERS,
}
_PRIVATELY = re.compile(r"(?<!\w)privately(?!\w)", re.IGNORECASE)


def _audience(head: _Head, today: date) -> dict[str, object]:
    if not (match := _SEEN.search(head.text)):
        return {}
    known = _SEEN_BY.get(match[2].lower())
    if known is None and match[1]:  # "as seen: all green" is words
        return {}
    head.cut(match)
    if known is None:
        how = "Write seen:here, seen:wall or seen:receivers; people in copy are named: cc:@name."
        return {"doubt": Doubt("unknown_audience", f"I do not know who sees it with “{match[0]}”.", how)}
    return {"audience": known}


def _privately(head: _Head, today: date) -> dict[str, object]:
    if not (match := _PRIVATELY.search(head.text)):
        return {}
    if head.text[: match.start()].strip() and not head.is_among_parts(match):
        how = "Begin with “privately” for the one; write “for” before the whole reason for the other."
        doubt = Doubt("who_sees", "Shall only they see it, or is “privately” a part of the reason?", how)
        return {"doubt": doubt}
    head.cut(match)
    return {"audience": Audience.RECEIVERS}  # the narrower one, if two were written


# --- the day ----------------------------------------------------------------------------------------------

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_TH, _YEAR = r"(?:st|nd|rd|th|\.)?", r"(?:,?\s+\d{4})?"
_PLAIN = (
    r"\d{4}-\d{1,2}-\d{1,2}|tomorrow|today"
    rf"|\d{{1,2}}\.\s?\d{{1,2}}\.(?:\s?\d{{4}})?|\d{{1,2}}{_TH}(?:\s+of)?[\s-]+{_MONTH}{_YEAR}"
    rf"|{_MONTH}\s+\d{{1,2}}{_TH}{_YEAR}|(?:next|this|coming)\s+{_WEEKDAY}"
)
_AFTER_ON = (
    rf"{_WEEKDAY}|\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?|next\s+\w+"
    r"|\d{1,2}(?:st|nd|rd|th)|\d{1,2}\.?\s+[A-Za-z]+"
)
"""Days only where "on" says so; also what nobody can read, for an award meant for Christmas must not be given now."""
_DAY = re.compile(
    rf"(?<![\w.,:/@+＋-])(?:(?P<on>on)\s+(?:the\s+)?(?P<said>{_PLAIN}|{_AFTER_ON})|(?P<plain>{_PLAIN}))"
    r"(?![\w'’-]|[.,/]\d)",
    re.IGNORECASE | re.ASCII,
)
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)


def _day(head: _Head, today: date) -> dict[str, object]:
    found = [one for one in _DAY.finditer(head.text) if _typed(one).lower() != "today" or head.is_among_parts(one)]
    if not found:
        return {}
    match = found[0]
    typed = _typed(match)
    if len(found) > 1:
        return _ask("Which day is it?", f"There are {typed} and {_typed(found[1])}: write one.")
    written = match["on"] and _ISO.fullmatch(typed)  # nobody writes a reason so
    if not written and not head.is_among_parts(match):
        return _ask(
            f"Is “{match[0]}” the day when it arrives, or a part of the reason?",
            "Write the day right after the amount for the one; write “for” before the whole reason for the other.",
        )
    head.cut(match)
    try:
        day = read_day(typed, today)
    except Unclear as unclear:
        return _ask(f"Which day do you mean by “{typed}”?", str(unclear))
    return {"arrives_on": None if day == today else day}


def _typed(match: re.Match[str]) -> str:
    """The day itself, as it was written."""
    return str(match["said"] or match["plain"])


def _ask(sentence: str, next_step: str) -> dict[str, object]:
    return {"doubt": Doubt("which_day", sentence, next_step)}


# --- money ------------------------------------------------------------------------------------------------

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d{1,3})?|\d{1,9}(?:[.,]\d{1,3})?)"
_MONEY = re.compile(
    rf"(?<![\w.,])(?<!\d )\+?(?:{_NUMBER}\s?[A-Za-z]{{3}}|[A-Z]{{3}}\s?{_NUMBER})(?![\w.,]\d|\w)", re.ASCII
)
_AMOUNT = re.compile(r"(?<!\S)[+＋]\d[\d.,]*(?:\s?(?:points?|pts?)\b)?", re.IGNORECASE)
_PARTS = (
    _AMOUNT,
    _SPLIT,
    _PRIVATELY,
    _DAY,
    re.compile(r":[^\s:]+:|#\S+|\S*@\S+|\b(?:and|to)\b", re.IGNORECASE),
)
"""What stands beside a part and is no word of a reason: others, badges, values, people, and what joins them."""


def _money(head: _Head, today: date) -> dict[str, object]:
    for match in _money_in(head.text):
        head.cut(match)
        try:
            return {"money": read_money(match[0].removeprefix("+"))}
        except NotMoney:
            how = "Money is written like 50 EUR."
            return {"doubt": Doubt("unclear_part", f"I cannot read {match[0]}.", how)}
    return {}


def _money_in(text: str) -> Iterator[re.Match[str]]:
    """ "3 new" and the like are words."""
    return (one for one in _MONEY.finditer(text) if re.sub(r"[^A-Za-z]", "", one[0]).upper() in EXPONENTS)
