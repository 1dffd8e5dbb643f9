"""Browsing the catalogue: pages, a search with filters, and everything about one reward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handlers.catalogue import Shelf, facts_of, find_shown, row_of, shelf_of
from handlers.context import Context
from handlers.fulfilment import kinds
from handlers.order_checks import takes_own_money
from handlers.registry import action, submission
from handlers.reward_words import Said, command_name, rewards_word
from handlers.rules.categories import BY_NAME, CATEGORIES, category_of, read_category
from handlers.rules.money import Money
from handlers.rules.own_part import own_part
from handlers.vocabulary import (
    Action,
    Card,
    Choice,
    ChoiceField,
    Form,
    OpenForm,
    Replace,
    Reply,
    Response,
    Submission,
    TextField,
    WebLink,
)
from handlers.wall import hand_out_way, has_pages
from store.catalogue import Limited, RewardFact

PAGE = 5
PAGE_NAME = "rewards"
"""Of the page in the browser."""
ON_PAGE = 24
LONGEST_TEXT = 40
AFFORDABLE = ("affordable", "afford")
ALL, YES = "all", "yes"
_HOW = {
    "manual": "A colleague hands it out.",
    "codes": "You get a code, here and at once.",
    "webhook": "A partner of your organisation sends it.",
    "gift_cards": "You get a gift card.",
    "agreed": "You choose the days, and your manager agrees. Then you get an entry for your calendar.",
    "experience": "You choose a date while there are places. You get an entry for your calendar.",
    "charity": "It is collected, and given to the charity at the end of the month.",
}
"""How it comes to people, by the kind of its fulfilment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What somebody looks for. `page` counts from 0."""

    category: str = ""
    text: str = ""
    affordable: bool = False
    page: int = 0

    @property
    def values(self) -> dict[str, str]:
        """As buttons carry it."""
        told = {"category": self.category, "text": self.text, "afford": YES if self.affordable else ""}
        return told | {"page": str(self.page)}


# --- words, buttons, form ---------------------------------------------------------------------------------


@rewards_word("browse", usage="food, affordable, or any words", reads=True)
def browse(said: Said, ctx: Context) -> Response:
    """What your points can become. Kinds, words and “affordable” narrow it down."""
    return Response(Reply(catalogue_card(ctx, _meant(ctx, said.text))))


@action("rewards_browse", reads=True)
def turn_pages(request: Action, ctx: Context) -> Response:
    """Shows the catalogue; in place of itself with its values, to page on."""
    card = catalogue_card(ctx, sought_of(request.values))
    return Response(Replace(card) if "page" in request.values else Reply(card))


@action("rewards_filter_form", reads=True)
def open_filter(request: Action, ctx: Context) -> Response:
    """Opens the form to search the catalogue."""
    sought = sought_of(request.values)
    kinds_there = {category_of(one.category).name for one in shelf_of(ctx).rewards}
    categories = [Choice(one.name, f"{one.emoji} {one.label}") for one in CATEGORIES if one.name in kinds_there]
    form = Form(
        name="rewards_filter",
        form_id=ctx.new_id(),
        opened_by="rewards_filter_form",
        title="Search the rewards",
        submit="Search",
        fields=(
            ChoiceField(
                name="category",
                label="What kind?",
                choices=(Choice(ALL, "All kinds"), *categories),
                initial=sought.category if sought.category in kinds_there else ALL,
            ),
            TextField(name="text", label="Words in it", initial=sought.text, max_length=LONGEST_TEXT),
            ChoiceField(
                name="afford",
                label="Which of them?",
                choices=(Choice(ALL, "All"), Choice(YES, "Those that I can have now")),
                initial=YES if sought.affordable else ALL,
            ),
        ),
    )
    return Response(OpenForm(form))


@submission("rewards_filter")
def submit_filter(request: Submission, ctx: Context) -> Response:
    """Searches the catalogue."""
    told = request.texts
    return Response(Reply(catalogue_card(ctx, sought_of(told | {"page": "0"}))))


@action("rewards_link")
def open_page(request: Action, ctx: Context) -> Response:
    """Gives you a link to the rewards in the browser."""
    return hand_out_way(request, ctx, PAGE_NAME, "Open the rewards")


@action("reward_show", reads=True)
def show_reward(request: Action, ctx: Context) -> Response:
    """Shows everything about one reward."""
    return Response(Reply(reward_card(ctx, request.values.get("reward", ""))))


def _meant(ctx: Context, typed: str) -> Sought:
    """Words that are all in one title are words, also where one of them is another word for a kind: `cinema ticket`."""
    sought = read_sought(typed)
    words = " ".join(one for one in typed.split() if one.casefold() not in AFFORDABLE)
    kind = category_of(sought.category)
    if not sought.category or words.casefold() in (kind.name, kind.label.casefold()):
        return sought
    titles = [one.title.casefold() for one in shelf_of(ctx).rewards]
    titled = any(all(word in title for word in words.casefold().split()) for title in titles)
    return replace(sought, category="", text=words[:LONGEST_TEXT]) if titled else sought


def read_sought(typed: str) -> Sought:
    """`food mug affordable`: a kind of reward, words that it has, and whether they can have it now."""
    words = typed.split()
    affordable = any(one.casefold() in AFFORDABLE for one in words)
    words = [one for one in words if one.casefold() not in AFFORDABLE]
    for length in range(min(len(words), 3), 0, -1):
        for first in range(len(words) - length + 1):
            if found := read_category(" ".join(words[first : first + length])):
                rest = " ".join(words[:first] + words[first + length :])
                return Sought(category=found.name, text=rest[:LONGEST_TEXT], affordable=affordable)
    return Sought(text=" ".join(words)[:LONGEST_TEXT], affordable=affordable)


def sought_of(values: Mapping[str, str]) -> Sought:
    """What buttons and forms carry. Whatever a client makes of it, it only looks."""
    category, page = values.get("category", ""), values.get("page", "")
    return Sought(
        category=category if category in BY_NAME else "",
        text=" ".join(values.get("text", "").split())[:LONGEST_TEXT],
        affordable=values.get("afford") == YES,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 0,
    )


# --- the catalogue ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of what was looked for. `page` counts from 0."""

    shelf: Shelf
    rewards: tuple[RewardFact, ...]
    total: int
    page: int
    pages: int


def search(ctx: Context, sought: Sought, most: int = PAGE) -> Found:
    """What the actor looks for, of what is for them."""
    shelf = shelf_of(ctx)
    return page_of(shelf, [one for one in shelf.rewards if _fits(one, sought, shelf)], sought.page, most)


def page_of(shelf: Shelf, found: Sequence[RewardFact], page: int, most: int = PAGE) -> Found:
    """The page of a list; past its end it is the last one."""
    last = max(0, (len(found) - 1) // most)
    page = min(page, last)
    here = tuple(found[page * most : (page + 1) * most])
    return Found(shelf=shelf, rewards=here, total=len(found), page=page, pages=last + 1)


def catalogue_card(ctx: Context, sought: Sought, done: str = "") -> Card:
    """A page of what the actor looks for. `done` is what they just did."""
    return list_card(ctx, search(ctx, sought), sought, done=done, wishes=False)


def list_card(ctx: Context, found: Found, sought: Sought, *, done: str, wishes: bool) -> Card:
    here = sought.values | {"page": str(found.page), "in": "wishes" if wishes else "catalogue"}
    rows = [
        row_of(found.shelf, one) | {"values": here | {"reward": one.id, "price": str(one.price)}}
        for one in found.rewards
    ]
    data = {
        "wallet": found.shelf.wallet,
        "done": done,
        "about": "" if wishes else about(sought),
        "wishes": wishes,
        "rows": rows,
        "total": found.total,
        "page": found.page + 1,
        "pages": found.pages,
        "newer": {"values": here | {"page": str(found.page - 1)}} if found.page else None,
        "older": {"values": here | {"page": str(found.page + 1)}} if found.page + 1 < found.pages else None,
        "filter": {"values": here},
        "toggle": {"values": here | {"page": "0", "afford": "" if sought.affordable else YES}},
        "affordable": sought.affordable,
        "everything": {"values": {"page": "0"}},
        "web": has_pages(ctx),
        "command": command_name(ctx),
    }
    return Card("catalogue", data)


def _fits(reward: RewardFact, sought: Sought, shelf: Shelf) -> bool:
    if sought.category and category_of(reward.category).name != sought.category:
        return False
    least = reward.least_points if takes_own_money(reward) else reward.price
    if sought.affordable and (shelf.wallet < least or reward.stock == 0):
        return False
    text = f"{reward.title} {reward.description} {category_of(reward.category).label}".casefold()
    return all(word in text for word in sought.text.casefold().split())


def about(sought: Sought) -> str:
    """What the list was narrowed down to, as the end of a sentence."""
    parts = [
        category_of(sought.category).label if sought.category else "",
        f"with “{sought.text}”" if sought.text else "",
    ]
    narrowed = ", ".join(filter(None, parts))
    if sought.affordable:
        return f"{narrowed}, that you can have now" if narrowed else "what you can have now"
    return narrowed


# --- one reward -------------------------------------------------------------------------------------------


def reward_card(ctx: Context, reward_id: str, done: str = "") -> Card:
    """Everything about one reward. Raises a `Refusal` where it is not for the actor."""
    reward = find_shown(ctx, reward_id)
    shelf = shelf_of(ctx)
    data = {
        "done": done,
        "description": reward.description,
        "how": _HOW.get(reward.fulfilment, ""),
        "limit": _limit(reward),
        "own": _own(reward),
        "link": _link(reward),
        "why_not": "" if reward.stock == 0 else kinds[reward.fulfilment].why_not(ctx, reward),
        "facts": facts_of(reward, shelf.today),
        "values": {"reward": reward.id, "price": str(reward.price), "in": "one"},
    }
    return Card("reward_details", row_of(shelf, reward) | data)


def _limit(reward: RewardFact) -> str:
    if reward.limited is Limited.NEVER or not reward.limit:
        return ""
    often = "once" if reward.limit == 1 else f"{reward.limit} times"
    period = "" if reward.limited is Limited.EVER else f" in a {reward.limited.value}"
    return f"Everybody can have it {often}{period}."


def _own(reward: RewardFact) -> str:
    if not takes_own_money(reward):
        return ""
    rest = own_part(reward.value_minor, reward.price, reward.least_points)
    return str(Money(rest, reward.currency)) if rest else ""


def _link(reward: RewardFact) -> WebLink | None:
    return WebLink(reward.picture, "See a picture") if reward.picture.startswith("https://") else None
