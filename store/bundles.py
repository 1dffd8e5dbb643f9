"""Bundles: posts of a busy conversation that are shown together, by one message, instead of one by one.

The lane of the conversation is held by whoever calls these, so nobody else counts or bundles there meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from store.conversations import conversation
from store.outbox import BUNDLE, Due, LaneFact, SendKind, State, bundled, lane, outbox
from store.prepared import Prepared, PreparedInsert, in_list
from store.recognitions import recognition
from store.tenants import tenant
from store.types import UtcDateTime


@dataclass(frozen=True, slots=True)
class TenantRules:
    """What decides about a tenant's posts: the zone whose days count, and its policy as it is stored."""

    zone: str
    policy: Mapping[str, Any]


_RULES = Prepared(select(tenant.c.id, tenant.c.zone, tenant.c.policy).where(in_list(tenant.c.id, "tenants")))
_COUNT = Prepared(
    lane.update()
    .where(in_list(lane.c.tenant_id, "tenants"), in_list(lane.c.id, "lanes"))
    .values(
        # A day that is over does not come again, whatever zone the tenant moves to.
        posts=case((lane.c.day >= bindparam("day"), lane.c.posts + 1), else_=1),
        day=case((lane.c.day > bindparam("day"), lane.c.day), else_=bindparam("day")),
    )
)
_BUNDLE = Prepared(
    outbox.update()
    .where(
        outbox.c.pending,
        outbox.c.tenant_id == bindparam("b_tenant_id"),
        outbox.c.lane == bindparam("b_lane"),
        outbox.c.due_at <= bindparam("b_now", type_=UtcDateTime),
        outbox.c.state == State.WAITING,
        outbox.c.claims == 0,
        outbox.c.kind == SendKind.POST,
        outbox.c.subject_kind == bindparam("b_kind"),
    )
    .values(state=State.BUNDLED, pending=False)
    .returning(outbox.c.id, outbox.c.subject_id)
)
_KEEP = PreparedInsert(bundled)
_BEGUN = Prepared(
    lane.update()
    .where(lane.c.tenant_id == bindparam("b_tenant_id"), lane.c.id == bindparam("b_id"))
    .values(bundle=bindparam("b_bundle"))
)
_IN_BUNDLE = (bundled.c.tenant_id == bindparam("tenant_id")) & (bundled.c.bundle_id == bindparam("bundle_id"))
_STANDING = Prepared(
    select(bundled.c.recognition_id)
    .join(
        recognition,
        (recognition.c.tenant_id == bundled.c.tenant_id) & (recognition.c.id == bundled.c.recognition_id),
    )
    .where(_IN_BUNDLE, recognition.c.taken_back_at.is_(None))
    .order_by(bundled.c.message_id)
)
_SPREAD = Prepared(
    outbox.update()
    .where(
        outbox.c.tenant_id == bindparam("tenant_id"),
        outbox.c.id.in_(select(bundled.c.message_id).where(_IN_BUNDLE)),
    )
    .values(link=bindparam("link"))
)
_OPEN = (
    select(conversation.c.kind, conversation.c.name, outbox.c.due_at, func.count(bundled.c.message_id))
    .join_from(
        outbox,
        conversation,
        (conversation.c.tenant_id == outbox.c.tenant_id) & (conversation.c.id == outbox.c.conversation_id),
    )
    .join(bundled, (bundled.c.tenant_id == outbox.c.tenant_id) & (bundled.c.bundle_id == outbox.c.subject_id))
    .where(
        outbox.c.pending,
        outbox.c.tenant_id == bindparam("tenant_id"),
        outbox.c.subject_kind == BUNDLE,
        outbox.c.state == State.WAITING,
    )
    .group_by(conversation.c.id, conversation.c.kind, conversation.c.name, outbox.c.due_at)
    .order_by(outbox.c.due_at, conversation.c.name)
)


@dataclass(frozen=True, slots=True)
class OpenBundle:
    """A bundle that was not sent yet: how many posts are in it, and in which conversation it will be."""

    kind: str
    name: str
    due_at: datetime
    posts: int


def list_rules(tx: Connection, tenants: Collection[str]) -> dict[str, TenantRules]:
    """By tenant."""
    return {row[0]: TenantRules(row[1], row[2]) for row in _RULES.rows(tx, {"tenants": sorted(tenants)})}


def count_posts(tx: Connection, lanes: Sequence[LaneFact], day: str) -> None:
    """One post more in each of these on this day: `2026-11-18`, by the tenant's wall."""
    tenants = sorted({one.tenant_id for one in lanes})
    _COUNT.run(tx, {"tenants": tenants, "lanes": sorted(one.id for one in lanes), "day": day})


def take_posts(tx: Connection, of: LaneFact, kind: str, now: datetime) -> list[tuple[str, str]]:
    """Every post of such subjects that is due there and that nobody began to send: message and subject.

    From now on they are shown by a bundle: whoever calls this keeps them in one, in the same transaction.
    """
    row = {"b_tenant_id": of.tenant_id, "b_lane": of.id, "b_kind": kind, "b_now": now}
    return [(one[0], one[1]) for one in sorted(_BUNDLE.rows(tx, row))]


def keep_in_bundle(tx: Connection, of: LaneFact, bundle_id: str, posts: Sequence[tuple[str, str]]) -> None:
    mine = {"tenant_id": of.tenant_id, "bundle_id": bundle_id}
    _KEEP.run(tx, [mine | {"message_id": message, "recognition_id": subject} for message, subject in posts])


def note_begun(tx: Connection, of: LaneFact, bundle_id: str) -> None:
    """The bundle that what comes next there joins."""
    _BEGUN.run(tx, {"b_tenant_id": of.tenant_id, "b_id": of.id, "b_bundle": bundle_id})


def list_standing(tx: Connection, tenant_id: str, bundle_id: str) -> list[str]:
    """The recognitions in a bundle that were not taken back, in the order in which they would have been posted."""
    return [row[0] for row in _STANDING.rows(tx, {"tenant_id": tenant_id, "bundle_id": bundle_id})]


def spread_link(tx: Connection, bundle: Due, link: str) -> None:
    """Where a bundle can be opened, its posts can."""
    _SPREAD.run(tx, {"tenant_id": bundle.tenant_id, "bundle_id": bundle.subject_id, "link": link})


def list_open_bundles(tx: Connection, tenant_id: str) -> list[OpenBundle]:
    """Those that wait for the end of their two hours, the soonest first."""
    return [OpenBundle(*row) for row in tx.execute(_OPEN, {"tenant_id": tenant_id})]
