"""The parts of a typed text, known by their looks: people, amounts, values and badges among words.

What a part looks like is our own rule; `+10` and `#value` are what fingers know from Bonusly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple, TypeAlias

from handlers.vocabulary import AccountRef, ChannelLink, EmailRef, GroupRef, Mentioned, Typed

MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class NameRef:
    """A name as somebody typed it, without its `@`; who it is, if anybody, the caller finds out."""

    name: str


Receiver: TypeAlias = AccountRef | GroupRef | EmailRef | NameRef


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """`#word` names no value; `closest` is the id of the one that was perhaps meant."""

    typed: str
    closest: str | None


@dataclass(frozen=True, slots=True)
class KnownWords:
    """The words of a programme: ids by what people type for them. Made by `of`, which folds the spellings."""

    values: Mapping[str, str]
    badges: Mapping[str, str]

    @classmethod
    def of(cls, values: Mapping[str, str], badges: Mapping[str, str]) -> KnownWords:
        """`values`: id by name or alias; `badges`: id by `:code:` and by emoji."""
        by_name = {_folded_value(name): value_id for name, value_id in values.items()}
        by_sign = {_folded_badge(sign): badge_id for sign, badge_id in badges.items()}
        by_sign.pop("", None)  # an emoji left empty
        return cls(by_name, by_sign)


class Person(NamedTuple):
    shown: str
    ref: Receiver


class Amount(NamedTuple):
    shown: str
    points: int | None  # None: unclear


class Value(NamedTuple):
    shown: str
    means: str | UnknownValue


class Badge(NamedTuple):
    shown: str
    id: str


Part: TypeAlias = Person | Amount | Value | Badge
Token: TypeAlias = str | Part
PARTS = (Person, Amount, Value, Badge)

_PICTURE = r"\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_EMOJI = rf"[{_PICTURE}][\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
_WORD = rf"[^\s#＃,.;:!?()\[\]{{}}<>\"“”'’/\\+&@*~`|…{_PICTURE}]"  # \w lacks the vowel signs of many scripts

_UNITS = r"percent|degree|sec|second|min|minute|hr|hour|day|week|month|year"
_EMAIL = r"(?<![^\s,;:&(<]) (?P<email> [\w.+'-]++ @ [\w-]++ (?:\.[\w-]++)++ ) (?!@)"
_LOOKS = rf"""
      (?P<link> ://\S+ )                                                    # so that "#" in it is no value
    | (?<!\S) [+＋] (?P<points> \d++ (?:[.,]\d++)* ) (?: \s?(?i:points?|pts?)\b )?
          (?! [\w%°€$£+*/=^-] | [.,:]\d )
          (?! \s?(?: [%°€$£] | (?i:{_UNITS})s?\b ) )
          (?! (?:[\s()/-]?\d){{6}} )                                        # a telephone number
    | (?<![^\W_]|[&/#＃]) [#＃] (?P<value> (?=\w) {_WORD}+ )
    | (?P<code> :[^\s:]{{1,100}}: ) (?: :skin-tone-[1-6]: )?
    | (?P<emoji> [\U0001f1e6-\U0001f1ff]{{2}} | [0-9#*]\ufe0f?\u20e3 | {_EMOJI}(?:\u200d{_EMOJI})* )
    | (?<![^\s,;:&(]) @ (?P<name> (?=[^\W_]) (?: {_WORD} | (?:\.|['’](?!s\b))(?={_WORD}) )+ )
"""
# Looking first for one of the characters a part begins with is three times faster; an e-mail has none.
_PARTS_IN = re.compile(rf"(?=[:+＋#＃@*0-9{_PICTURE}]) (?: {_LOOKS} )", re.VERBOSE)
_PARTS_AND_EMAIL_IN = re.compile(rf"{_EMAIL} | {_LOOKS}", re.VERBOSE)
_BREAKS = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile(  # controls, lone surrogates, what turns text around or has no width; joiners are needed
    r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
_TONES = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")


def tokens_of(text: Typed, known: KnownWords) -> list[Token]:
    """The words as they were typed, and between them the parts that are known by their looks."""
    tokens: list[Token] = []
    for piece in text:
        if isinstance(piece, str):
            tokens.extend(_in_words(_clean(piece), known))
        elif isinstance(piece, Mentioned):
            tokens.append(Person(_clean(piece.label).removeprefix("@"), piece.ref))
        else:
            tokens.append(_of_channel(piece, known))
    return tokens


def _clean(text: str) -> str:
    """Composed (NFC), with plain line breaks, and without what nobody can see."""
    if not text.isprintable():
        text = _UNSEEN.sub("", _BREAKS.sub("\n", text))
    return unicodedata.normalize("NFC", text)


def _in_words(text: str, known: KnownWords) -> Iterator[Token]:
    done = 0
    looks = _PARTS_AND_EMAIL_IN if "@" in text else _PARTS_IN
    for match in looks.finditer(text):
        if part := _part(match, known):
            if done < match.start():
                yield text[done : match.start()]
            yield part
            done = match.end()
    if done < len(text):
        yield text[done:]


def _part(match: re.Match[str], known: KnownWords) -> Part | None:
    """The part, or None where it only looked like one: a link, an emoji that is no badge."""
    look = match.lastgroup
    assert look is not None, "each look has its group"
    typed = match[look]
    if look == "points":
        return Amount(match[0], _whole_number(typed))
    if look == "value":
        return _value(typed, match[0], known)
    if look == "name":
        return Person(match[0], NameRef(typed))
    if look == "email":
        return Person(typed, EmailRef(typed.lower()))
    if look != "link" and (badge_id := known.badges.get(_folded_badge(typed))):
        return Badge(match[0], badge_id)
    return None


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= MOST_DIGITS and digits.isascii() and digits.isdigit() else None


def _value(word: str, typed: str, known: KnownWords) -> Value | None:
    """An unknown word is an attempt at a value if it begins with a letter: "#1" and "#42" are just words."""
    folded = _folded_value(word)
    if value_id := known.values.get(folded):
        return Value(typed, value_id)
    if not word[0].isalpha():
        return None
    closest = get_close_matches(folded[:100], known.values, n=1)
    return Value(typed, UnknownValue(typed, known.values[closest[0]] if closest else None))


def _of_channel(link: ChannelLink, known: KnownWords) -> Token:
    """Slack turns `#teamwork` into a link where there is such a channel."""
    shown = f"#{_clean(link.name) or link.id}"
    value_id = known.values.get(_folded_value(link.name))
    return Value(shown, value_id) if value_id else shown


def _folded_value(name: str) -> str:
    """`Customer First`, `customer-first`, `customer_first` and `CustomerFirst` are one."""
    name = unicodedata.normalize("NFC", name).casefold()
    return "".join(name.replace("-", " ").replace("_", " ").split())


def _folded_badge(sign: str) -> str:
    """Codes in lower case, emoji without their variation selectors and skin tones."""
    return sign.lower() if sign[:1] == ":" else _TONES.sub("", sign)
