"""What somebody gave and received, as their home lists it: five a page, each list at its own place.

Where a list stands is told by an edge: `<id` for what is older than that recognition, `>id` for what is newer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.context import Context
from handlers.vocabulary import Who
from store.looking_back import NEWEST, Cut, Listed, list_given_page, list_received_page, list_receivers
from store.people import list_members

PAGE = 5
LONGEST_REASON = 140
MOST_NAMED = 3
LISTS = ("received", "given")


@dataclass(frozen=True, slots=True)
class Page:
    facts: Sequence[Listed]
    newer: str
    older: str
    """Edges of the pages beside it; empty where there is none."""


def read_edges(values: Mapping[str, str]) -> dict[str, str]:
    """Where each list stands. What a client made up stands at the newest."""
    return {name: edge for name in LISTS if (edge := values.get(name, ""))[:1] in ("<", ">")}


def lists(ctx: Context, edges: Mapping[str, str]) -> dict[str, object]:
    """Both lists with their rows, and what their buttons carry: the other list stays where it is."""
    me = ctx.actor.id
    pages = {
        "received": _page(
            edges.get("received", ""),
            lambda cut, most: list_received_page(ctx.tx, ctx.tenant_id, me, cut, most, own=True),
        ),
        "given": _page(edges.get("given", ""), lambda cut, most: list_given_page(ctx.tx, ctx.tenant_id, me, cut, most)),
    }
    receivers = list_receivers(ctx.tx, ctx.tenant_id, [one.id for one in pages["given"].facts])
    named = {one.giver_id for one in pages["received"].facts} | {one for many in receivers.values() for one in many}
    names = {one.id: one.name for one in list_members(ctx.tx, ctx.tenant_id, named)}
    people = {one.id: (one.giver_id,) for one in pages["received"].facts} | receivers
    return {
        name: {
            "rows": [_row(ctx, one, people[one.id], names) for one in page.facts],
            "newer": {"values": {**edges, name: page.newer}} if page.newer else None,
            "older": {"values": {**edges, name: page.older}} if page.older else None,
        }
        for name, page in pages.items()
    }


def short_day(at: datetime, ctx: Context) -> str:
    """`3 Nov`, with its year if that is over, on the actor's wall."""
    local, today = at.astimezone(ctx.zone), ctx.now.astimezone(ctx.zone)
    return f"{local.day} {local:%b}" + (f" {local.year}" if local.year != today.year else "")


def clipped(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1].rstrip() + "…"


def _page(edge: str, listed: Callable[[Cut, int], list[Listed]]) -> Page:
    """One more than is shown tells whether there is a page beside it."""
    if edge.startswith(">"):
        found = listed(Cut(after=edge[1:]), PAGE + 1)
        if len(found) > PAGE:
            return _edged(found[1:], newer=True, older=True)
    elif edge and (found := listed(Cut(before=edge[1:]), PAGE + 1)):
        return _edged(found[:PAGE], newer=True, older=len(found) > PAGE)
    found = listed(NEWEST, PAGE + 1)
    return _edged(found[:PAGE], newer=False, older=len(found) > PAGE)


def _edged(facts: Sequence[Listed], *, newer: bool, older: bool) -> Page:
    return Page(facts, f">{facts[0].id}" if newer else "", f"<{facts[-1].id}" if older else "")


def _row(ctx: Context, fact: Listed, people: Sequence[str], names: Mapping[str, str]) -> dict[str, object]:
    """By name, without accounts: nobody is pinged because somebody looks back."""
    return {
        "people": [Who(one, names.get(one, "somebody who left")) for one in people[:MOST_NAMED]],
        "more": len(people) - MOST_NAMED if len(people) > MOST_NAMED else 0,
        "day": short_day(fact.given_at, ctx),
        "reason": clipped(fact.reason),
        "private": fact.private,
    }
