"""A reward as an administrator writes it: by form, by word or as a line of a file, read in one place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from handlers.admin_spans import ENDS, STARTS, span_of
from handlers.fulfilment import kinds
from handlers.picture_address import picture_address_of
from handlers.refusals import Refusal
from handlers.rules.categories import CATEGORIES, read_category
from handlers.rules.countries import HOW, read_country
from handlers.rules.money import Money, NotMoney, read_money
from handlers.rules.people_csv import LONGEST_DEPARTMENT
from handlers.rules.unseen import is_unseen
from handlers.rules.value_words import read_emoji
from store.catalogue import Limited, RewardFact

LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_CODE = 60, 1_000, 40
MOST_POINTS, MOST_STOCK, MOST_LIMIT, MOST_DAYS = 1_000_000, 1_000_000, 1_000, 90
MOST_PLACES = 30
NEVER = "never"
"""For a form, in which empty means that nothing was chosen."""

TITLE, CODE, CATEGORY, PRICE, LEAST, VALUE = "title", "code", "category", "price", "least", "value"
DESCRIPTION, EMOJI, PICTURE, COUNTRIES, DEPARTMENTS = "description", "emoji", "picture", "countries", "departments"
STOCK, LIMIT, LIMITED, KIND, WITHIN = "stock", "limit", "limited", "kind", "within"

_CODE = re.compile(r"[a-z0-9][a-z0-9-]*")
_LIMITED = {
    "": Limited.NEVER,
    NEVER: Limited.NEVER,
    "ever": Limited.EVER,
    "month": Limited.MONTH,
    "quarter": Limited.QUARTER,
    "year": Limited.YEAR,
}


def blank(reward_id: str) -> RewardFact:
    """What a new reward begins with: handed out by hand, for everybody, as many as are asked for."""
    return RewardFact(
        id=reward_id,
        code="",
        title="",
        category="other",
        price=0,
        least_points=0,
        fulfilment="manual",
        settings={},
    )


def read_reward(told: Mapping[str, str], was: RewardFact) -> RewardFact:
    """What was written on top of what there is: a name that is not in it stays, an empty text clears.

    Raises a `Refusal` that names the field.
    """
    written: dict[str, Any] = {_FIELDS[name]: read(told[name]) for name, read in _READERS.items() if name in told}
    wanted = replace(was, **written)
    if not wanted.code:
        wanted = replace(wanted, code=code_from(wanted.title))
    wanted = _with_money(told, was, wanted)
    dates = {STARTS: str(was.starts_on or ""), ENDS: str(was.ends_on or "")} | dict(told)
    first, last = span_of(dates)
    wanted = replace(wanted, starts_on=first, ends_on=last)
    _check(wanted)
    return wanted


def code_from(title: str) -> str:
    """`coffee-mug`, as files and words name it."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_CODE].strip("-")


def _with_money(told: Mapping[str, str], was: RewardFact, wanted: RewardFact) -> RewardFact:
    """The points that are asked for at least follow the price where nobody pays a part."""
    least = was.least_points if was.least_points < was.price else wanted.price
    if LEAST in told:
        least = _number(told[LEAST], LEAST, MOST_POINTS) or wanted.price
    if VALUE not in told:
        return replace(wanted, least_points=min(least, wanted.price))
    money = _money(told[VALUE])
    return replace(
        wanted,
        least_points=least,
        value_minor=money.minor if money else 0,
        currency=money.currency if money else "",
    )


def _check(wanted: RewardFact) -> None:
    if wanted.price < 1:
        raise Refusal("no_price", "What does it take?", f"Write 1 to {MOST_POINTS:,} points.", field=PRICE)
    if wanted.least_points > wanted.price:
        raise Refusal("least_too_high", "That is more than it takes.", "Write less, or leave it empty.", field=LEAST)
    if wanted.least_points < wanted.price and not wanted.value_minor:
        raise Refusal(
            "no_value", "How much money is the rest?", "Write what it is worth, such as 12.50 EUR.", field=VALUE
        )
    if not wanted.code:
        raise Refusal("no_code", "I can make no short name of that title.", "Write one: coffee-mug.", field=CODE)
    if bool(wanted.limit) != (wanted.limited is not Limited.NEVER):
        raise Refusal(
            "half_limit",
            "A limit is a number and a time.",
            "Write 1 and choose a quarter, for example; or 0 and no limit.",
            field=LIMIT,
        )


# --- one field after the other ----------------------------------------------------------------------------


def _title(typed: str) -> str:
    title = " ".join("".join(one for one in unicodedata.normalize("NFC", typed) if not is_unseen(one)).split())
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise Refusal(
            "unclear_title", f"A title has 1 to {LONGEST_TITLE} characters.", "Such as: Coffee mug.", field=TITLE
        )
    return title


def _code(typed: str) -> str:
    code = typed.strip().lower()
    if code and (len(code) > LONGEST_CODE or not _CODE.fullmatch(code)):
        raise Refusal(
            "unclear_code",
            f"A short name has up to {LONGEST_CODE} letters, digits and hyphens.",
            "Such as: coffee-mug.",
            field=CODE,
        )
    return code


def _category(typed: str) -> str:
    if found := read_category(typed):
        return found.name
    names = ", ".join(one.label for one in CATEGORIES)
    raise Refusal("no_category", "I do not know that kind of reward.", f"There are {names}.", field=CATEGORY)


def _price(typed: str) -> int:
    return _number(typed, PRICE, MOST_POINTS)


def _description(typed: str) -> str:
    text = typed.strip()
    if len(text) > LONGEST_DESCRIPTION:
        raise Refusal(
            "long_description",
            f"That is {len(text):,} characters; a description has {LONGEST_DESCRIPTION:,} at most.",
            "Shorten it a little.",
            field=DESCRIPTION,
        )
    return text


def _emoji(typed: str) -> str:
    if not typed.strip():
        return ""
    if emoji := read_emoji(typed):
        return emoji
    raise Refusal("unclear_emoji", "A reward goes with one emoji.", "Write one, such as ☕.", field=EMOJI)


def _picture(typed: str) -> str:
    return picture_address_of(typed, PICTURE)


def _countries(typed: str) -> tuple[str, ...]:
    found = []
    for word in re.split(r"[\s,;]+", typed.strip()):
        code = read_country(word) if word else ""
        if code is None:
            raise Refusal("unclear_country", f"“{word[:20]}” is no country that I know.", HOW, field=COUNTRIES)
        found.append(code)
    return tuple(sorted({one for one in found if one}))


def _departments(typed: str) -> tuple[str, ...]:
    names = sorted({" ".join(one.split()) for one in re.split(r"[\n\r;]+", typed)} - {""})
    if len(names) > MOST_PLACES or any(len(one) > LONGEST_DEPARTMENT for one in names):
        raise Refusal(
            "many_departments",
            f"{MOST_PLACES} departments at most, each of {LONGEST_DEPARTMENT} characters at most.",
            "Write them with a semicolon between.",
            field=DEPARTMENTS,
        )
    return tuple(names)


def _stock(typed: str) -> int | None:
    return _number(typed, STOCK, MOST_STOCK) if typed.strip() else None


def _limit(typed: str) -> int:
    return _number(typed, LIMIT, MOST_LIMIT)


def _limited(typed: str) -> Limited:
    word = typed.strip().casefold()
    if word not in _LIMITED:
        raise Refusal("no_period", "I do not know that time.", "Write month, quarter, year or ever.", field=LIMITED)
    return _LIMITED[word]


def _kind(typed: str) -> str:
    kind = typed.strip().casefold()
    if kind not in kinds:
        raise Refusal("no_kind", "I know no such way to hand it out.", f"There are {', '.join(kinds)}.", field=KIND)
    return kind


def _within(typed: str) -> int:
    return _number(typed, WITHIN, MOST_DAYS)


def _money(typed: str) -> Money | None:
    if not typed.strip() or typed.strip() == "0":
        return None
    try:
        return read_money(typed)
    except NotMoney as unclear:
        raise Refusal("unclear_value", str(unclear), "Write it like 12.50 EUR.", field=VALUE) from unclear


def _number(typed: str, field: str, most: int) -> int:
    digits = typed.strip() or "0"
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9 and int(digits) <= most):
        raise Refusal(
            "unclear_number", "That is no number that I can take.", f"Write a whole one, up to {most:,}.", field=field
        )
    return int(digits)


_READERS: Mapping[str, Callable[[str], Any]] = {
    TITLE: _title,
    CODE: _code,
    CATEGORY: _category,
    PRICE: _price,
    DESCRIPTION: _description,
    EMOJI: _emoji,
    PICTURE: _picture,
    COUNTRIES: _countries,
    DEPARTMENTS: _departments,
    STOCK: _stock,
    LIMIT: _limit,
    LIMITED: _limited,
    KIND: _kind,
    WITHIN: _within,
}
_FIELDS = {name: name for name in _READERS} | {KIND: "fulfilment", WITHIN: "within_days"}
