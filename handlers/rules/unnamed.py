"""Words without the names of people: for showing outside what names somebody who did not agree to that.

Who does not agree comes first: a name is taken out in every spelling that is known here, with its accents or without,
whole or in part, as a mention, and with a letter or two behind it, as some languages write it. What is an ordinary word
too, such as *will*, is left where it is written small.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from handlers.rules.unseen import is_unseen

SOMEBODY = "a colleague"
_LONG = 5
"""Letters of a name that is known with an ending, too."""
_WORDS = """
able angel art august autumn baker bill bishop black bond booker brook brown buck butler can carol chance chase
clay cliff cook cooper daisy dale dawn dean do dot drew earl eve faith farmer fisher flora forest fox frank gene
glen grace grant gray green guy hall harper heath hill holly hope hunter ivy jack jade jay jet joy june king lane
law long major marina mark mason max may melody mercy mike miles miller mills misty moss noble nova olive page
park pat pearl penny pepper pierce poppy potter price ray read reed reef rich rob robin rock rose ruby rusty sage
sandy savannah scout serena shaw short sky smith so sonny sterling stone sue summer sunny taylor teal temple
tucker tuck victor violet wade walker ward wells west white will wills winter wood woods wren you young
"""
_ORDINARY = frozenset(_WORDS.split())
"""English words that are names, too."""
_ADDRESS = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.\w+")
_MENTION = re.compile(r"(?<![\w@])@\w[\w.\-]*")


def without_names(text: str, hidden: Iterable[str], shown: Iterable[str] = ()) -> str:
    """`hidden` and `shown` are whole names. A mention stays only where it is one of somebody `shown`."""
    said = unicodedata.normalize("NFC", text)
    names = {one for name in hidden for one in _spellings(name)}
    kept = {one for name in shown for one in _spellings(name)} - names
    said = _ADDRESS.sub(SOMEBODY, said)
    said = _without(said, names)
    said = _MENTION.sub(lambda found: found[0] if _folded(found[0][1:]).rstrip(".-") in kept else SOMEBODY, said)
    return re.sub(rf"{SOMEBODY}(?:[ ,.\-]{{0,2}}{SOMEBODY})+", SOMEBODY, said) if names else said


def _spellings(name: str) -> set[str]:
    """A name as it is sought: whole, and each of its parts."""
    whole = " ".join(_folded(name).split())
    return {one for one in (whole, *whole.split(), *re.split(r"[^\w]+", whole)) if len(one) > 1}


def _without(said: str, names: Collection[str]) -> str:
    """Sought in the folded text, taken out of the text as it was written."""
    folded, origin = _folding(said)
    for name in sorted(names, key=len, reverse=True):
        for begins, ends in reversed(list(_found(folded, name))):
            first, last = origin[begins], origin[ends - 1] + 1
            if _is_ordinary(name) and said[first].islower() and said[first - 1 : first] != "@":
                continue
            if first and said[first - 1] == "@":
                first -= 1
            said = f"{said[:first]}{SOMEBODY}{said[last:]}"
            folded, origin = _folding(said)
    return said


def _found(folded: str, name: str) -> Iterator[tuple[int, int]]:
    if name.upper() == name:  # a script without capitals has no spaces, either
        pattern = re.escape(name)
    else:
        ending = r"\w{0,2}" if len(name) >= _LONG else "s?"
        pattern = rf"(?<!\w){re.escape(name)}{ending}(?!\w)"
    for one in re.finditer(pattern, folded):
        yield one.span()


def _is_ordinary(name: str) -> bool:
    return name in _ORDINARY or len(name) < 3


def _folded(text: str) -> str:
    return _folding(unicodedata.normalize("NFC", text))[0]


def _folding(text: str) -> tuple[str, list[int]]:
    """Small letters without accents and without what nobody sees, and for each where it stands in the text."""
    letters: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(text):
        if is_unseen(char):
            continue
        for one in unicodedata.normalize("NFKD", _PLAIN.get(char, char)).casefold():
            if not unicodedata.combining(one):
                letters.append(one)
                origin.append(at)
    return "".join(letters), origin


_PLAIN = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "’": "'"}
"""What decomposes into nothing simpler, and is often typed so."""
