"""The audit: who changed what of the programme, and when. The newest first, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.access import check_administrator
from handlers.admin_settings import LABELS, shown
from handlers.admin_words import Said, admin_word
from handlers.context import Context
from handlers.registry import action
from handlers.rules.shortening import shorten_together
from handlers.vocabulary import Action, Card, Replace, Reply, Response
from store.audit import AuditFact, list_audit
from store.people import Member, list_members

PAGE = 10
LONGEST = 300
"""Characters of one entry that a page shows."""
MOST_TOLD = 7_000
"""What all entries of a page weigh together: a message of Slack holds 13,200, and names and times come on top."""
_LONGEST_NAME = 80
_HIDDEN = ("fingerprint", "transaction")
"""Kept for the program, or for somebody with the database before them."""
_MOST_NAMED = 5


@action("admin_audit", reads=True)
def show_audit(request: Action, ctx: Context) -> Response:
    """Shows who changed what, or older changes."""
    check_administrator(ctx)
    return Response(Replace(_audit_card(ctx, request.values.get("before", ""))))


@admin_word("audit", reads=True)
def audit(said: Said, ctx: Context) -> Response:
    """Who changed what, and when."""
    return Response(Reply(_audit_card(ctx)))


def moment(at: datetime, zone: ZoneInfo) -> str:
    """`18 Nov 2026, 09:05` on the wall of a zone."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def _audit_card(ctx: Context, before: str = "") -> Card:
    found = list_audit(ctx.tx, ctx.tenant_id, before=before, most=PAGE + 1)
    facts, more = found[:PAGE], len(found) > PAGE
    people = _people_of(ctx, facts)
    told = shorten_together([_told(one, people) for one in facts], MOST_TOLD)
    rows = [
        {"when": moment(one.at, ctx.zone), "actor": _name(one.actor_id, people), "act": one.act, "told": what}
        for one, what in zip(facts, told, strict=True)
    ]
    data = {"rows": rows, "zone": ctx.zone.key, "older": {"id": facts[-1].id} if more else None, "first": not before}
    return Card("admin_audit", data)


def _people_of(ctx: Context, facts: Iterable[AuditFact]) -> Mapping[str, Member]:
    """Everybody whom these name; who was erased is missing."""
    ids = {name for one in facts for name in (one.actor_id, one.subject_id, *_named_in(one)) if name}
    return {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, ids)}


def _named_in(fact: AuditFact) -> list[str]:
    people = fact.details.get("people", ())
    return [one for one in people if isinstance(one, str)] if isinstance(people, list) else []


def _told(fact: AuditFact, people: Mapping[str, Member]) -> str:
    what = "; ".join(_details(fact, people))[:LONGEST]
    reason = f"“{fact.reason[:LONGEST]}”" if fact.reason else ""
    return ". ".join(filter(None, (what, reason)))


def _details(fact: AuditFact, people: Mapping[str, Member]) -> list[str]:
    """Whom it was done to, then what it was and what it is, in words."""
    told = [_name(fact.subject_id, people)] if fact.subject_id in people else []
    if named := _named_in(fact):
        names = [_name(one, people) for one in named[:_MOST_NAMED]]
        told.append(", ".join(names) + (f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""))
    for name, value in fact.details.items():
        if name == "people" or name in _HIDDEN:
            continue
        label = LABELS.get(name, name.replace("_", " "))
        match value:
            case [was, now]:
                told.append(f"{label}: {shown(was)} → {shown(now)}")
            case _:
                told.append(f"{label}: {shown(value)}")
    return told


def _name(person_id: str, people: Mapping[str, Member]) -> str:
    return people[person_id].name[:_LONGEST_NAME] if person_id in people else "somebody who left"
