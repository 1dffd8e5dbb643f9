"""Granting points from the organisation: checked, moved once, told, and in the audit."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from handlers.access import why_not_receive
from handlers.context import Context, who
from handlers.refusals import Refusal
from handlers.rules.unseen import seen
from handlers.vocabulary import Card, Direct, Reply, Response, Subject
from store import ledger
from store.audit import AuditFact, add_audit, list_acts_since
from store.people import Member
from store.recognitions import add_draft
from store.tenants import lock_policy

KIND = "admin-grant"
ACT = "points granted"
GRANTED = "points_granted"
MOST_EACH = 10_000
MOST_RECEIVERS = 50
REASON_LEAST, REASON_MOST = 3, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    receivers: tuple[Member, ...]
    points: int
    """To each."""
    reason: str


def give_points(ctx: Context, grant: Grant, key: str, *, meant: bool = False) -> Response:
    """Checks, moves the points, tells everybody. `key` names the act: the same one is granted once.

    Without `meant`, what looks like the same grant within the time of the policy is asked about.
    """
    _check(ctx, grant)
    lock_policy(ctx.tx, ctx.tenant_id)  # the same grant sent twice at once: the later one finds the first
    if not meant and _granted_just_now(ctx, grant):
        return _ask_again(ctx, grant)
    posted = _post(ctx, grant, key)
    details = {
        "people": [one.id for one in grant.receivers],
        "points": grant.points,
        "transaction": posted.transaction_id,
        "fingerprint": _fingerprint(grant),
    }
    fact = AuditFact(
        id=posted.transaction_id,  # by which statements find the reason
        at=ctx.now,
        actor_id=ctx.actor.id,
        act=ACT,
        details=details,
        reason=grant.reason,
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)
    told = tuple(
        Direct(one, _told_card(ctx, grant, posted.balances[ledger.wallet(one.id)]), Subject("grant", fact.id))
        for one in grant.receivers
    )
    return Response(Reply(_granted_card(grant)), told)


def _check(ctx: Context, grant: Grant) -> None:
    if not grant.receivers:
        raise Refusal("nobody", "Who gets the points?", "Name at least one person.", field="who")
    if len(grant.receivers) > MOST_RECEIVERS:
        raise Refusal(
            "too_many_receivers",
            f"That is {len(grant.receivers)} people; one grant goes to {MOST_RECEIVERS} at most.",
            "Grant in parts.",
            field="who",
        )
    for one in grant.receivers:
        if one.id == ctx.actor.id:
            raise Refusal(
                "oneself", "Nobody grants points to themselves.", "Another administrator can do it.", field="who"
            )
        if why := why_not_receive(one, ctx.policy):
            next_step = "Leave them out." if len(grant.receivers) > 1 else "Nothing was granted."
            raise Refusal("cannot_receive", f"{one.name} {why}.", next_step, field="who")
    if not 1 <= grant.points <= MOST_EACH:
        raise Refusal(
            "points_out_of_bounds",
            f"A grant is 1 to {MOST_EACH:,} points for each.",
            "Write a number in between.",
            field="points",
        )
    if not REASON_LEAST <= len(seen(grant.reason)) <= len(grant.reason) <= REASON_MOST:
        raise Refusal(
            "reason_out_of_bounds",
            f"A grant has a reason of {REASON_LEAST} to {REASON_MOST} characters: people read it.",
            "Say in a few words what it is for.",
            field="reason",
        )


def _post(ctx: Context, grant: Grant, key: str) -> ledger.Posted:
    new = ledger.Transaction(
        kind=KIND,
        act=f"{KIND}:{ctx.actor.id}:{key}",
        effective_at=ctx.now,
        recorded_at=ctx.now,
        postings=[ledger.Posting(ledger.Side.ISSUED, ledger.wallet(one.id), grant.points) for one in grant.receivers],
    )
    try:
        return ledger.post(ctx.tx, ctx.tenant_id, new)
    except ledger.AlreadyPosted as posted:
        raise Refusal("granted_already", "That was granted already.", "Nothing was granted twice.") from posted


def _granted_just_now(ctx: Context, grant: Grant) -> bool:
    since = ctx.now - timedelta(seconds=ctx.policy.repeat_s)
    lately = list_acts_since(ctx.tx, ctx.tenant_id, ctx.actor.id, ACT, since)
    return any(one.details.get("fingerprint") == _fingerprint(grant) for one in lately)


def _fingerprint(grant: Grant) -> str:
    """The same for the same people in any order, points and words; a command drops the "for" that a form keeps."""
    words = " ".join(grant.reason.casefold().split()).removeprefix("for ")
    parts = [*sorted(one.id for one in grant.receivers), str(grant.points), words]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _ask_again(ctx: Context, grant: Grant) -> Response:
    content = {
        "kind": KIND,
        "receivers": [one.id for one in grant.receivers],
        "points": grant.points,
        "reason": grant.reason,
    }
    draft_id = ctx.new_id()
    add_draft(ctx.tx, ctx.tenant_id, draft_id, ctx.actor.id, json.dumps(content), ctx.now)
    data = {"receivers": [who(one) for one in grant.receivers], "points": grant.points, "draft": draft_id}
    return Response(Reply(Card("admin_grant_again", data)))


def _granted_card(grant: Grant) -> Card:
    data = {
        "receivers": [who(one) for one in grant.receivers],
        "points": grant.points,
        "total": grant.points * len(grant.receivers),
        "reason": grant.reason,
    }
    return Card("admin_granted", data)


def _told_card(ctx: Context, grant: Grant, wallet: int) -> Card:
    data = {"giver": who(ctx.actor), "points": grant.points, "reason": grant.reason, "wallet": wallet}
    return Card(GRANTED, data)
