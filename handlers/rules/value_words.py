"""How a company value is written: a name that can be typed after `#`, and one emoji."""

from __future__ import annotations

import re
import unicodedata

from handlers.rules.unseen import is_unseen
from handlers.rules.words import Badge, KnownWords, Value, tokens_of

LONGEST_NAME = 30
LONGEST_MEANING = 150
MOST_ACTIVE = 20
_MOST_IN_EMOJI = 10
"""Code points: the longest emoji there are, two people of two skin tones who kiss, have ten."""
_CODE = re.compile(r":[a-z0-9_+'-]{1,50}:")


def read_name(typed: str) -> str | None:
    """The name as it is kept, without its `#`; None for one that could not be typed in a kudos.

    Letters of any script with their marks, digits, hyphen and underscore; it begins with a letter or a digit.
    """
    name = unicodedata.normalize("NFC", typed.strip().lstrip("#＃").strip())
    if not name or len(name) > LONGEST_NAME or not all(_may_stand(one) for one in name):
        return None
    return name if tokens_of((f"#{name}",), KnownWords.of({name: "it"}, {})) == [Value(f"#{name}", "it")] else None


def is_same_name(one: str, other: str) -> bool:
    """Whether both are typed alike: `Customer-First` and `customer_first` are one."""
    return KnownWords.of({one: ""}, {}).values.keys() == KnownWords.of({other: ""}, {}).values.keys()


def read_emoji(typed: str) -> str | None:
    """The one emoji that was typed; None for anything else.

    Slack's own name of it, `:handshake:`, becomes the character where Unicode knows it by that name, because Teams
    shows names as words. An emoji of the workspace's own keeps its name.
    """
    sign = typed.strip()
    if sign.startswith(":") and sign.endswith(":"):
        sign = _named(sign) or sign.lower()
        if sign.startswith(":") and not _CODE.fullmatch(sign):
            return None
    if len(sign) > _MOST_IN_EMOJI and not sign.startswith(":"):
        return None
    return sign if tokens_of((sign,), KnownWords.of({}, {sign: "it"})) == [Badge(sign, "it")] else None


def _may_stand(char: str) -> bool:
    return char in "-_" or (unicodedata.category(char)[0] in "LNM" and not is_unseen(char))


def _named(code: str) -> str:
    """`:yellow_heart:` is YELLOW HEART; Slack's names and Unicode's are often the same."""
    try:
        sign = unicodedata.lookup(code.strip(":").replace("_", " ").upper())
    except KeyError:
        return ""
    return sign if tokens_of((sign,), KnownWords.of({}, {sign: "it"})) == [Badge(sign, "it")] else ""
