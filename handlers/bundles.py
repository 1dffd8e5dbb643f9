"""Bundles: what a busy channel is told together, every two hours, once its single posts of the day are used up.

The relay asks here while it holds the lane of the channel, in the transaction of its claim: the lane's row counts the
posts, so nothing is counted twice, and a process that dies leaves either a post that waits or one that is in a bundle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from handlers.context import who, zone_of_tenant
from handlers.programme import Programme, read_policy, read_programme
from handlers.recognition_cards import SUBJECT
from handlers.registry import view
from handlers.rules.openings import bundle_end
from handlers.rules.policy import Policy
from handlers.rules.shortening import weight
from handlers.vocabulary import Card, Who
from store.boosts import list_boosts
from store.bundles import count_posts, keep_in_bundle, list_rules, list_standing, note_begun, take_posts
from store.outbox import BUNDLE, Due, LaneFact, NewMessage, SendKind, State, add_messages, release_linked, touch
from store.people import Member, list_members
from store.recognitions import RecognitionFact, find_recognition

MOST_SHOWN = 25
"""Rows of a bundle, whose mentions a message of Teams still holds."""
MOST_TOLD = 9_000
"""What they weigh together: a message of Slack holds 13,200, and marks come on top."""
MOST_NAMED = 3
"""Receivers of a row by name."""
_REASON = 140
_NAME = 40


# --- at the claim ---------------------------------------------------------------------------------------------


def hold_posts(
    tx: Connection, heads: Sequence[Due], lanes: Mapping[str, LaneFact], now: datetime, new_id: Callable[[], str]
) -> set[str]:
    """Of the messages that lanes begin with, the ids of posts that are shown by a bundle from now on."""
    posts = [one for one in heads if one.kind == SendKind.POST and one.subject_kind == SUBJECT and one.is_new]
    if not posts:
        return set()
    rules = list_rules(tx, {one.tenant_id for one in posts})
    most_a_day = {tenant_id: Policy.read(one.policy).channel_posts for tenant_id, one in rules.items()}
    single: dict[str, list[LaneFact]] = defaultdict(list)
    held: set[str] = set()
    for one in posts:
        of, zone = lanes[one.lane], zone_of_tenant(rules[one.tenant_id].zone)
        most = most_a_day[one.tenant_id]
        day = now.astimezone(zone).date().isoformat()
        if most and of.posts >= most and of.day >= day:
            _bundle(tx, one, of, bundle_end(now, zone), now, new_id)
            held.add(one.id)
        elif most:
            single[day].append(of)
    for day, counted in sorted(single.items()):
        count_posts(tx, counted, day)
    return held


def _bundle(tx: Connection, first: Due, of: LaneFact, end: datetime, now: datetime, new_id: Callable[[], str]) -> None:
    """Everything that waits there goes into the bundle of these two hours."""
    posts = take_posts(tx, of, SUBJECT, now)
    period = f"{end.isoformat()}/"
    bundle_id = of.bundle
    # Where it is no message that is still told of changes, another one is begun, and shows nothing twice.
    if not bundle_id.startswith(period) or not touch(tx, of.tenant_id, BUNDLE, bundle_id, end):
        bundle_id = period + new_id()
        _begin(tx, first, bundle_id, end, new_id)
        note_begun(tx, of, bundle_id)
    keep_in_bundle(tx, of, bundle_id, posts)
    release_linked(tx, [(first, subject_id) for _, subject_id in posts], now)


def _begin(tx: Connection, first: Due, bundle_id: str, end: datetime, new_id: Callable[[], str]) -> None:
    message = NewMessage(
        id=new_id(),
        workspace_id=first.workspace_id,
        kind=SendKind.POST,
        view=BUNDLE,
        payload={},  # it is rendered when it is sent
        conversation_id=first.conversation_id,
        conversation_ref=first.conversation_ref,
        service_url=first.service_url,
        subject_kind=BUNDLE,
        subject_id=bundle_id,
        wanted=1,
        due_at=end,
    )
    add_messages(tx, first.tenant_id, [message], end)


# --- what it shows --------------------------------------------------------------------------------------------


@view(BUNDLE)
def show_bundle(tx: Connection, due: Due) -> Card | None:
    return bundle_card(tx, due.tenant_id, due.subject_id, empty=due.state == State.SENT)


def bundle_card(tx: Connection, tenant_id: str, bundle_id: str, *, empty: bool = False) -> Card | None:
    """None where everything in it was taken back, unless there is a message that has to say so (`empty`)."""
    ids = list_standing(tx, tenant_id, bundle_id)
    if not ids and not empty:
        return None
    facts = list_facts(tx, tenant_id, ids[:MOST_SHOWN])
    involved = {id for one in facts for id in (one.giver_id, *one.receiver_ids)}
    people = {one.id: one for one in list_members(tx, tenant_id, involved)}
    boosts = [one.recognition_id for one in list_boosts(tx, tenant_id, [one.id for one in facts])]
    programme = read_programme(tx, tenant_id)
    rows = _fitting([_row(one, people, programme, boosts.count(one.id)) for one in facts])
    single = read_policy(tx, tenant_id).channel_posts
    return Card(BUNDLE, {"rows": rows, "number": len(ids), "more": len(ids) - len(rows), "single": single})


def list_facts(tx: Connection, tenant_id: str, ids: Iterable[str]) -> list[RecognitionFact]:
    found = (find_recognition(tx, tenant_id, one) for one in ids)
    return [one for one in found if one]


def _row(fact: RecognitionFact, people: Mapping[str, Member], programme: Programme, boosts: int) -> dict[str, object]:
    value, badge = programme.value(fact.value_id), programme.badge(fact.badge_id)
    shown = fact.receiver_ids[: MOST_NAMED if len(fact.receiver_ids) <= MOST_NAMED else MOST_NAMED - 1]
    reason = " ".join(fact.reason.split())
    return {
        "emoji": badge.emoji if badge else value.emoji if value else "🎉",
        "giver": _named(people[fact.giver_id]),
        "receivers": [_named(people[one]) for one in shown],
        "others": len(fact.receiver_ids) - len(shown),
        "reason": reason if len(reason) <= _REASON else reason[: _REASON - 1].rstrip() + "…",
        "boosts": boosts,
    }


def _named(member: Member) -> Who:
    shown = who(member)
    return shown if len(shown.name) <= _NAME else Who(shown.person_id, shown.name[: _NAME - 1] + "…", shown.accounts)


def _fitting(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """As many of the first rows as a message holds."""
    fitting: list[dict[str, object]] = []
    told = 0
    for row in rows:
        names = [row["giver"], *row["receivers"]]  # type: ignore[misc]
        told += weight(str(row["reason"])) + sum(weight(one.name) + _NAME for one in names if isinstance(one, Who))
        if told > MOST_TOLD:
            break
        fitting.append(row)
    return fitting
