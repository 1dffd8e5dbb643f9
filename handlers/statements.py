"""What moved in somebody's wallet, in words: one line for each entry of the ledger, so that it adds up to the balance.

It is the person's own, and so are the words in it: of a recognition those that were written to them. Who brings
another kind of movement says what it is: `@named("pool")` on a function that knows it by the id in its act.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from handlers.context import Context
from handlers.rules.periods import day_in
from store.ledger import Kind
from store.people import list_members
from store.types import Points
from store.wallets import WalletLine, list_goal_titles, list_order_titles, list_reasons, list_recognised

LONGEST_REASON = 80

Names: TypeAlias = Callable[[Context, Collection[str]], Mapping[str, str]]
"""What the acts of a kind stand for, by what follows the kind in the act: `Mug`, or `Kudos from Ann: for the tests`."""

_names: dict[str, Names] = {}


def named(act: str) -> Callable[[Names], Names]:
    """For acts that begin with this word. The names are the actor's: nobody reads another's statement."""

    def register(names: Names) -> Names:
        assert act not in _names, f"two names for {act}"
        _names[act] = names
        return names

    return register


@dataclass(frozen=True, slots=True)
class StatementLine:
    """`on` by the person's own wall; `after` is the balance."""

    seq: int
    on: date
    what: str
    points: Points
    after: Points


def lines_of(ctx: Context, entries: Sequence[WalletLine]) -> list[StatementLine]:
    """Entries of the actor's own wallet in words."""
    names = _names_of(ctx, entries)
    return [
        StatementLine(one.seq, day_in(one.at, ctx.zone), _words(one, names), one.amount, one.balance_after)
        for one in entries
    ]


def _names_of(ctx: Context, entries: Sequence[WalletLine]) -> dict[str, str]:
    """By act."""
    acts: dict[str, set[str]] = defaultdict(set)
    for one in entries:
        word, _, rest = _about(one).partition(":")
        acts[word].add(rest)
    return {
        f"{word}:{rest}": told
        for word, rests in sorted(acts.items())
        if word in _names
        for rest, told in _names[word](ctx, rests).items()
    }


def _about(one: WalletLine) -> str:
    """The act that it is about: its own, or that of what it undoes."""
    return one.closed or one.act


def _words(one: WalletLine, names: Mapping[str, str]) -> str:
    word = _about(one).partition(":")[0]
    name = names.get(_about(one)) or _USUAL.get(word, "Points")
    if one.closed:
        return f"Back from {name}" if one.amount > 0 else f"Taken back: {name}"
    return f"Set aside for {name}" if one.kind == Kind.HOLD else name


_USUAL = {
    "recognition": "Kudos",
    "boost": "Boost",
    "badge": "Badge with points",
    "award": "Award",
    "admin-grant": "Granted by your organisation",
    "expire": "Expired",
    "order": "an order",
    "pool": "a shared goal",
    "pool-refund": "Back from a shared goal",
}
"""Where nobody knows more."""


# --- what is always there ---------------------------------------------------------------------------------


@named("order")
def name_orders(ctx: Context, orders: Collection[str]) -> Mapping[str, str]:
    return list_order_titles(ctx.tx, ctx.tenant_id, ctx.actor.id, orders)


@named("pool")
def name_goals(ctx: Context, parts: Collection[str]) -> Mapping[str, str]:
    return list_goal_titles(ctx.tx, ctx.tenant_id, ctx.actor.id, parts)


@named("pool-refund")
def name_refunds(ctx: Context, parts: Collection[str]) -> Mapping[str, str]:
    return {one: f"Back from {title}" for one, title in name_goals(ctx, parts).items()}


@named("recognition")
def name_kudos(ctx: Context, rests: Collection[str]) -> Mapping[str, str]:
    return _recognised(ctx, "Kudos", {one: one for one in rests})


@named("award")
def name_awards(ctx: Context, rests: Collection[str]) -> Mapping[str, str]:
    return _recognised(ctx, "Award", {one: one for one in rests})


@named("badge")
def name_badges(ctx: Context, rests: Collection[str]) -> Mapping[str, str]:
    return _recognised(ctx, "Badge", {one: one for one in rests})


@named("boost")
def name_boosts(ctx: Context, rests: Collection[str]) -> Mapping[str, str]:
    """Their acts name the recognition, and who boosted it."""
    boosters = {one: one.partition(":")[2].partition(":")[0] for one in rests}
    people = {one.id: one.name for one in list_members(ctx.tx, ctx.tenant_id, set(boosters.values()))}
    return {one: f"Boost from {people[booster]}" for one, booster in boosters.items() if booster in people}


@named("admin-grant")
def name_grants(ctx: Context, rests: Collection[str]) -> Mapping[str, str]:
    """Their acts name who granted them."""
    reasons = list_reasons(ctx.tx, ctx.tenant_id, {f"admin-grant:{one}" for one in rests})
    granters = {one: one.partition(":")[0] for one in rests}
    people = {one.id: one.name for one in list_members(ctx.tx, ctx.tenant_id, set(granters.values()))}
    told: dict[str, str] = {}
    for one, granter in granters.items():
        reason = reasons.get(f"admin-grant:{one}", "")
        words = f": {_clipped(reason)}" if reason else ""
        told[one] = f"Granted by {people.get(granter, 'your organisation')}{words}"
    return told


def _recognised(ctx: Context, what: str, acts: Mapping[str, str]) -> dict[str, str]:
    """From whom and for what, by act; `acts` has the recognition of each."""
    found = list_recognised(ctx.tx, ctx.tenant_id, ctx.actor.id, set(acts.values()))
    givers = {giver for giver, _ in found.values()}
    names = {one.id: one.name for one in list_members(ctx.tx, ctx.tenant_id, givers)} if givers else {}
    told: dict[str, str] = {}
    for act, id in acts.items():
        if id in found:
            giver, reason = found[id]
            words = f": {_clipped(reason)}" if reason else ""
            told[act] = f"{what} from {names.get(giver, 'somebody')}{words}"
    return told


def _clipped(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1].rstrip() + "…"
