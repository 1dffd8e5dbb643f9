"""The catalogue in the browser, and one reward of it with its form: what there is, how far it is, wishes and orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bot.wall.asking import Told, answer_to, press, submit
from bot.wall.html import render
from bot.wall.own_page import Acts, Asked, OwnPage
from handlers import catalogue_browse, redeeming, wishes
from handlers.catalogue import drop_of, row_of
from handlers.catalogue_browse import ON_PAGE, Found, Sought
from handlers.refusals import Refusal
from handlers.rules.categories import CATEGORIES, category_of
from handlers.vocabulary import Form, OpenForm, Request
from handlers.wall import PATH, Visit

WISHES = "wishes"
"""As the value of `list`: the own wish list, instead of all that there is."""
FIELD = "field-"
"""Before the names of what is asked with an order, which are not ours to choose."""
_ORDER = "order"
_WISHED = {
    wishes.WISH: "Wish for it",
    wishes.DROP: "Take it off my wish list",
    wishes.TELL: "Tell me when it is back",
    wishes.QUIET: "Do not tell me when it is back",
}


# --- the catalogue ----------------------------------------------------------------------------------------


def _catalogue(visit: Visit, asked: Asked) -> str:
    sought = catalogue_browse.sought_of(asked)
    wished = asked.get("list") == WISHES
    found = wishes.list_wished(visit.ctx, sought.page, ON_PAGE) if wished else _search(visit, sought)
    rows = [_row(visit, found, number) for number in range(len(found.rewards))]
    at = asked.get("at", "")
    return render(
        "rewards",
        visit=visit,
        sought=sought,
        wished=wished,
        found=found,
        about="" if wished else catalogue_browse.about(sought),
        rows=rows,
        told=answer_to(visit.ctx, asked.get("answer", "")),
        at=at if any(one["id"] == at for one in rows) else "",
        categories=_offered(found, sought),
        address=lambda page: f"?{urlencode(_carried(sought, wished) | {'page': str(page)})}",
        carried=_carried(sought, wished),
        wish_labels=_WISHED,
    )


def _search(visit: Visit, sought: Sought) -> Found:
    return catalogue_browse.search(visit.ctx, sought, ON_PAGE)


def _row(visit: Visit, found: Found, number: int) -> dict[str, object]:
    reward = found.rewards[number]
    row = row_of(found.shelf, reward)
    own = {
        "description": reward.description,
        "category": category_of(reward.category).label,
        "drop": drop_of(reward, found.shelf.today),
        "form_id": visit.ctx.new_id(),
    }
    return row | own | {"do": _next_wish(row)}


def _next_wish(row: Mapping[str, object]) -> str:
    """What its button does about a reward, as the cards of the chats have it."""
    if row["gone"] and not row["told"]:
        return wishes.TELL
    if row["gone"]:
        return wishes.QUIET
    return wishes.DROP if row["wished"] else wishes.WISH


def _offered(found: Found, sought: Sought) -> list[tuple[str, str]]:
    """The kinds of which there is something, and the one that is looked for."""
    there = {category_of(one.category).name for one in found.shelf.rewards} | {sought.category}
    return [(one.name, one.label) for one in CATEGORIES if one.name in there]


def _carried(sought: Sought, wished: bool) -> dict[str, str]:
    """What a button of the list brings along, so that the same list is shown afterwards."""
    carried = sought.values | {"list": WISHES if wished else ""}
    return {name: value for name, value in carried.items() if value and (name, value) != ("page", "0")}


# --- one reward -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Way:
    """To order it: a form, or why there is none."""

    form: Form | None = None
    refusal: Refusal | None = None


def _reward(visit: Visit, asked: Asked) -> str:
    return _shown(visit, asked, {}, answer_to(visit.ctx, asked.get("answer", "")))


def _mended(visit: Visit, asked: Asked, errors: Mapping[str, str]) -> str:
    return _shown(visit, asked, errors, None)


def _shown(visit: Visit, asked: Asked, errors: Mapping[str, str], told: Told | None) -> str:
    reward_id = asked.get("reward", "")
    shown = catalogue_browse.reward_card(visit.ctx, reward_id).data
    way = _way(visit, asked, shown)
    return render(
        "reward",
        visit=visit,
        one=shown,
        way=way,
        typed={name.removeprefix(FIELD): text for name, text in asked.items() if name.startswith(FIELD)},
        errors=errors,
        form_id=asked.get("form", "") or (way.form.form_id if way.form else ""),
        wish_id=visit.ctx.new_id(),
        do=_next_wish(shown),
        wish_labels=_WISHED,
        told=told,
    )


def _way(visit: Visit, asked: Asked, shown: Mapping[str, object]) -> _Way:
    if shown["gone"] or not shown["payable"] or shown["why_not"]:
        return _Way()
    wanted = press(visit.ctx, "redeem", "", {"reward": str(shown["id"])})
    try:
        answer = redeeming.open_redeem(wanted, visit.ctx).answer
    except Refusal as refusal:
        return _Way(refusal=refusal)
    assert isinstance(answer, OpenForm)
    return _Way(form=answer.form)


# --- what is asked for ------------------------------------------------------------------------------------


def _ask(visit: Visit, asked: Asked) -> Request:
    act, form_id, reward_id = asked.get("act", ""), asked.get("form", ""), asked.get("reward", "")
    if act == _ORDER and form_id:
        values = {name.removeprefix(FIELD): text for name, text in asked.items() if name.startswith(FIELD)}
        context = {"reward": reward_id, "price": asked.get("price", "")}
        return submit(visit.ctx, "redeem", form_id, values, context)
    if act in _WISHED and form_id:
        return press(visit.ctx, "reward_wish", form_id, {"reward": reward_id, "do": act})
    raise Refusal("no_form", "I cannot read that.", "Go back, and press the button again.")


def _back(asked: Asked) -> str:
    """The list that the button was pressed in, at the same reward; else the reward's own page."""
    reward_id, answer = asked.get("reward", ""), asked.get("form", "")
    if asked.get("in") == "list":
        here = _carried(catalogue_browse.sought_of(asked), asked.get("list") == WISHES)
        told = urlencode(here | {"at": reward_id, "answer": answer})
        return f"{PATH}/{catalogue_browse.PAGE_NAME}?{told}#r-{quote(reward_id)}"
    return f"{PATH}/{catalogue_browse.PAGE_NAME}/{quote(reward_id)}?{urlencode({'answer': answer})}"


CATALOGUE = OwnPage(path=catalogue_browse.PAGE_NAME, look=_catalogue, pictures=True)
REWARD = OwnPage(
    path=f"{catalogue_browse.PAGE_NAME}/{{reward}}", look=_reward, pictures=True, acts=Acts(_ask, _mended, _back)
)
