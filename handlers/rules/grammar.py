"""What somebody typed after `/kudos`, read into receivers, points, value, badge and reason.

    @ann @bob +10 for shipping the release on time #teamwork :rocket:

The parts come in any order; each is known by its looks. What the reason keeps is one rule of our own: *a
part at the edge of the text goes, a part within the sentence stays as typed, because the sentence needs it.*
People in the sentence are receivers all the same, and a `#value` in it is the value; an amount, a badge or a
plain `@name` in it counts where the edges have none. Of the two edges the beginning is asked first.

The looks are those that fingers know: `+10` and `#value` from Bonusly, emoji from HeyTaco.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from handlers.rules.words import (
    PARTS,
    Amount,
    Badge,
    KnownWords,
    NameRef,
    Person,
    Receiver,
    Token,
    UnknownValue,
    Value,
    tokens_of,
)
from handlers.vocabulary import Typed

__all__ = [
    "KnownWords",
    "KudosText",
    "NameRef",
    "Problem",
    "Receiver",
    "TwoAmounts",
    "TwoValues",
    "UnclearAmount",
    "UnknownValue",
    "read_kudos",
]

NAME_WORDS = 4  # "Ana María García López"
MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class UnclearAmount:
    """Looks like points, but is no whole number of at most six ASCII digits: `+1,000`, `+2.5`, `+٥`."""

    typed: str


@dataclass(frozen=True, slots=True)
class TwoAmounts:
    typed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TwoValues:
    value_ids: tuple[str, ...]


Problem: TypeAlias = UnknownValue | UnclearAmount | TwoAmounts | TwoValues


@dataclass(frozen=True, slots=True)
class KudosText:
    """A reading of the text. `points` is None where none were written.

    `guesses` are other readings, likeliest first, where words at the beginning are names ("bob great job"):
    take the first whose `NameRef`s are all found, and this reading if there is none.
    """

    receivers: tuple[Receiver, ...]
    points: int | None
    reason: str
    value_id: str | None
    badge_id: str | None
    problems: tuple[Problem, ...] = ()
    guesses: tuple[KudosText, ...] = ()


def read_kudos(text: Typed, known: KnownWords) -> KudosText:
    """Read `text` by the rules of this module. Never raises; what is odd becomes words or a `Problem`."""
    tokens = tokens_of(text, known)
    start = _reason_start(tokens)
    guesses = tuple([_reading(guess, _reason_start(guess)) for guess in _guesses(tokens, start)])
    return _reading(tokens, start, guesses)


# --- one reading of the tokens ----------------------------------------------------------------------------

_PARTS_BUT_AMOUNTS = (Person, Value, Badge)
_JOINS = re.compile(r"(?:[\s,;:&+–—-]|\band\b)*", re.IGNORECASE).fullmatch
_JOINS_PEOPLE = re.compile(r"(?:[\s,;:&+–—-]|\b(?:and|to|for)\b)*", re.IGNORECASE).fullmatch
_CLOSES = re.compile(r"\s*[.!?…]+\s*").fullmatch
_OWNS = ("'", "’")
_JOINERS = frozenset(("and", "&", "+", "-", "–", "—"))
_JOINERS_OF_PEOPLE = _JOINERS | {"to", "for"}
_LEANS = frozenset(("with", "by", "from", "of", "about", "like", "than", "in", "on", "at", "the", "a", "an", "our"))
_LEANS_ON_THINGS = _LEANS | {"to", "for"}
_OPENS = re.compile(  # "- " opens, "-5" does not; ": " does, ":tada:" and ":-)" do not
    r"(?:\s|,|[:;.!–—-](?=\s|$))*(?:(?:for|because(?:\s+of)?)(?=[\s,:]|$)(?:\s|,|:(?=\s|$))*)?", re.IGNORECASE
)
_MANY_BREAKS = re.compile(r"\n{3,}")


def _reading(tokens: Sequence[Token], start: int, guesses: tuple[KudosText, ...] = ()) -> KudosText:
    end = _reason_end(tokens, start)
    head, sentence, tail = tokens[:start], tokens[start:end], tokens[end:]
    problems: list[Problem] = []
    return KudosText(
        receivers=_receivers(tokens, start, end),
        points=_points(head, tail, sentence, problems),
        reason=_reason(sentence, tail),
        value_id=_value_id(tokens, problems),
        badge_id=next((token.id for token in (*head, *tail, *sentence) if isinstance(token, Badge)), None),
        problems=tuple(problems),
        guesses=guesses,
    )


def _reason_start(tokens: Sequence[Token]) -> int:
    """After the parts at the beginning, and the words that join them."""
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if isinstance(token, str):
            if not _joins(token, following):
                return at
        elif isinstance(following, str) and following.startswith(_OWNS):  # "@ann's idea"
            return at
    return len(tokens)


def _reason_end(tokens: Sequence[Token], start: int) -> int:
    """Before the parts at the end; where the beginning has an amount, a later one is words."""
    said = any(isinstance(token, Amount) for token in tokens[:start])
    loose = _PARTS_BUT_AMOUNTS if said else PARTS
    end = len(tokens)
    if end - start > 1 and isinstance(tokens[-1], str) and _CLOSES(tokens[-1]):
        end -= 1
    following: Token = ""
    while end > start:
        token = tokens[end - 1]
        if not (_joins(token, following) if isinstance(token, str) else isinstance(token, loose)):
            break
        following, end = token, end - 1
    if not any(isinstance(token, PARTS) for token in tokens[end:]):
        return len(tokens)
    return _after_what_it_leans_on(tokens, start, end)


def _joins(words: str, following: Token) -> bool:
    if not words or words.isspace():
        return True
    if isinstance(following, Person):
        return _JOINS_PEOPLE(words) is not None
    return not isinstance(following, str) and _JOINS(words) is not None


def _after_what_it_leans_on(tokens: Sequence[Token], start: int, end: int) -> int:
    """ "Pairing with @ann and @bob" needs its last people, "great at #teamwork" its value: end after them."""
    if end == start or end == len(tokens):
        return end
    words, part = tokens[end - 1], tokens[end]
    if not isinstance(words, str) or isinstance(part, str):
        return end
    if _last_word(words) not in (_LEANS if isinstance(part, Person) else _LEANS_ON_THINGS):
        return end
    while end < len(tokens) and isinstance(tokens[end], type(part)):
        end += 1
        if end + 1 < len(tokens) and isinstance(tokens[end], str) and isinstance(tokens[end + 1], type(part)):
            end += 1
    return end


def _last_word(words: str) -> str:
    """In lower case; nothing where no space follows it."""
    return words.rsplit(None, 1)[-1].lower() if words[-1:].isspace() and not words.isspace() else ""


def _receivers(tokens: Sequence[Token], start: int, end: int) -> tuple[Receiver, ...]:
    everybody = [(at, token.ref) for at, token in enumerate(tokens) if isinstance(token, Person)]
    sure = [ref for at, ref in everybody if not (start <= at < end and isinstance(ref, NameRef))]
    return tuple(dict.fromkeys(sure or [ref for _, ref in everybody]))


def _points(
    head: Sequence[Token], tail: Sequence[Token], sentence: Sequence[Token], problems: list[Problem]
) -> int | None:
    """Those of the first place that has any. "Raised +1,000" within the sentence is no attempt at points."""
    for place in (head, tail, sentence):
        amounts = {token.points: token.shown for token in place if isinstance(token, Amount)}
        if place is sentence:
            amounts.pop(None, None)
        if len(amounts) > 1:
            problems.append(TwoAmounts(tuple(amounts.values())))
            return None
        for points, typed in amounts.items():
            if points is None:
                problems.append(UnclearAmount(typed))
            return points
    return None


def _value_id(tokens: Sequence[Token], problems: list[Problem]) -> str | None:
    meant = dict.fromkeys(token.means for token in tokens if isinstance(token, Value))
    known = tuple(value for value in meant if isinstance(value, str))
    problems.extend(value for value in meant if isinstance(value, UnknownValue))
    if len(known) > 1:
        problems.append(TwoValues(known))
    return known[0] if len(known) == 1 else None


def _reason(sentence: Sequence[Token], tail: Sequence[Token]) -> str:
    words = "".join([token if isinstance(token, str) else token.shown for token in sentence])
    if tail and sentence and isinstance(sentence[-1], str):
        words = _without_joiner(words, tail[0])
    words = _tidy(words[_opening(words) :])
    closing = tail[-1].strip() if tail and isinstance(tail[-1], str) else ""
    return words + closing if words[-1:].isalnum() else words


def _without_joiner(words: str, part: Token) -> str:
    """ "Great work, and" before a part that goes: the comma and the "and" go too."""
    joiners = _JOINERS_OF_PEOPLE if isinstance(part, Person) else _JOINERS
    words = words.rstrip(" \t\n,;")
    while (parts := words.rsplit(None, 1)) and parts[-1].lower() in joiners:
        words = parts[0].rstrip(" \t\n,;") if len(parts) == 2 else ""
    return words


def _opening(words: str) -> int:
    """How much of the beginning only opens the reason: ": ", "for", "because of"."""
    match = _OPENS.match(words)
    return match.end() if match else 0


def _tidy(words: str) -> str:
    """Single spaces, and the line breaks that were typed, at most two in a row."""
    if "\n" not in words:
        return " ".join(words.split())
    lines = "\n".join([" ".join(line.split()) for line in words.split("\n")])
    return _MANY_BREAKS.sub("\n\n", lines).strip("\n")


# --- bare names at the beginning --------------------------------------------------------------------------

_NAME_WORD = re.compile(r"[,;&]|[^\s,;&:!?()+]+|\S")
_AND, _COMMA, _CLOSE = "and", ",", "for"
_MARKS = {"and": _AND, "&": _AND, ",": _COMMA, ";": _COMMA, "for": _CLOSE, "because": _CLOSE, ":": _CLOSE}
_NO_NAMES = frozenset(("is", "was", "has", "did", "thank", "thanks", "great", "nice", "good", "the", "you", "we", "i"))
_NO_FURTHER_NAMES = frozenset(("will", "may"))  # typed in lower case: "bob, may I say"


def _guesses(tokens: list[Token], start: int) -> list[list[Token]]:
    """The tokens with people in place of the words that may be their names, longest names first.

    Only where nobody is named otherwise, or to go on with a plain `@name` ("@Bob Smith great job"). Names
    closed by "for" or by a part within the text are taken as a whole, and what "and" joins is not parted: who
    typed three names must not find two of them thanked and the third in the reason.
    """
    before = tokens[start - 1] if start else ""
    if isinstance(before, Person) and isinstance(before.ref, NameRef):
        start -= 1
    elif any(isinstance(token, Person) for token in tokens):
        return []
    found: list[list[Token]] = []
    names = [""]
    for word, at, rest in _leading_words(tokens, start):
        if word in (_AND, _COMMA, _CLOSE):
            found = found[-1:] if word != _AND else []
            names.extend([""] if names[-1] else [])
        elif _ends(names, word):
            break
        else:
            names[-1] = f"{names[-1]} {word}".lstrip()
            people = [Person(name, NameRef(name.rstrip("."))) for name in names]
            if rest is not None or any(" " in name for name in names):
                found.append([*tokens[:start], *people, rest or "", *tokens[at + 1 :]])
    return found[::-1]


def _leading_words(tokens: Sequence[Token], start: int) -> Iterator[tuple[str, int, str | None]]:
    """Each word or mark, its token's place, and what follows it there; None: a plain `@name`."""
    for at in range(start, len(tokens)):
        token = tokens[at]
        if isinstance(token, str):
            for match in _NAME_WORD.finditer(token):
                word = match[0]
                mark = _MARKS.get(word.lower())
                yield mark or word, at, token[match.end() :]
                if mark == _CLOSE:
                    return
        elif isinstance(token, Person) and isinstance(token.ref, NameRef):
            yield _COMMA, at, None
            yield token.ref.name, at, None
        else:
            if at < _reason_end(tokens, start):
                yield _CLOSE, at, None
            return


def _ends(names: Sequence[str], word: str) -> bool:
    """Whether this word is part of the reason, or one too many."""
    if not word[0].isalpha() or word.lower() in _NO_NAMES or (word in _NO_FURTHER_NAMES and names[0]):
        return True
    return names[-1].count(" ") == NAME_WORDS - 1 or len(names) > MOST_NAMES
