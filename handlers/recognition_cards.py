"""How a recognition is shown: in a conversation, and to those who received it. Rendered anew when it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from handlers.context import who
from handlers.programme import Programme, read_policy, read_programme
from handlers.registry import view
from handlers.rules.policy import Policy
from handlers.vocabulary import POST_LINK, BadgePicture, Card, WebLink, Who
from store import ledger
from store.boosts import list_boosts
from store.outbox import Due, State
from store.people import Member, list_members
from store.programme import BadgeFact
from store.recognitions import RecognitionFact, RecognitionKind, find_recognition, find_thanked_back

SUBJECT = "recognition"
LINK_TO_POST = WebLink(POST_LINK, "the post")
NAMED_JOINERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Who boosted a recognition: the first of them, how many more, and what all of them added for each receiver.

    `offer`: points that one more boost adds; 0 where there is none to be had.
    """

    offer: int = 0
    first: tuple[Who, ...] = ()
    others: int = 0
    points: int = 0


NOBODY = Joined()


def posted_card(
    fact: RecognitionFact,
    giver: Member,
    receivers: Iterable[Member],
    programme: Programme,
    joined: Joined = NOBODY,
) -> Card:
    """The post that everybody in a conversation sees."""
    own = {"receivers": [who(one) for one in receivers], "id": fact.id, "offer": joined.offer}
    return Card("kudos_posted", _data(fact, giver, programme) | _joiners(joined) | own)


def received_card(
    fact: RecognitionFact,
    giver: Member,
    receiver: Member,
    receivers: Iterable[Member],
    programme: Programme,
    wallet: int,
    link: WebLink | None,
    thanked: bool = False,
    joined: Joined = NOBODY,
    copied: Iterable[Member] = (),
) -> Card:
    """The message to one receiver. `wallet` is the balance after this gift, or now; `copied` read along."""
    named = {giver.id, *fact.receiver_ids}
    own = {
        "others": [who(one) for one in receivers if one.id != receiver.id],
        "wallet": wallet,
        "link": link,
        "id": fact.id,
        "thanked": thanked,
        "private": fact.private,
        "readers": [who(one) for one in copied if one.id not in named],
    }
    return Card("kudos_received", _data(fact, giver, programme) | _joiners(joined) | own)


def read_joined(tx: Connection, fact: RecognitionFact, policy: Policy) -> Joined:
    """How things stand with the boosts of a recognition."""
    boosts = list_boosts(tx, fact.tenant_id, [fact.id])
    first = [one.person_id for one in boosts[:NAMED_JOINERS]]
    names = {one.id: one.name for one in list_members(tx, fact.tenant_id, first)} if first else {}
    return Joined(
        offer=policy.boost_points,
        first=tuple(Who(one, names[one]) for one in first),  # without accounts: named, for nobody is called for that
        others=len(boosts) - len(first),
        points=sum(one.points for one in boosts),
    )


def copied_card(
    fact: RecognitionFact, giver: Member, receivers: Iterable[Member], programme: Programme, link: WebLink | None
) -> Card:
    """The message to whoever may read along."""
    own = {"receivers": [who(one) for one in receivers], "link": link, "private": fact.private}
    return Card("kudos_copied", _data(fact, giver, programme) | own)


@view("kudos_posted")
def show_posted(tx: Connection, due: Due) -> Card | None:
    fact, people, programme = _read(tx, due)
    if fact.taken_back_at and due.state != State.SENT:
        return None
    joined = read_joined(tx, fact, read_policy(tx, due.tenant_id))
    return posted_card(fact, people[fact.giver_id], [people[one] for one in fact.receiver_ids], programme, joined)


@view("kudos_received")
def show_received(tx: Connection, due: Due) -> Card | None:
    assert due.reader_id, "a direct message has a reader"
    fact, people, programme = _read(tx, due)
    if fact.taken_back_at and due.state != State.SENT:
        return None
    wallet = ledger.find_balance(tx, due.tenant_id, ledger.wallet(due.reader_id))
    thanked = find_thanked_back(tx, due.tenant_id, fact.id, due.reader_id) is not None
    receivers = [people[one] for one in fact.receiver_ids]
    receiver = people[due.reader_id]
    link = LINK_TO_POST if due.linked else None
    joined = read_joined(tx, fact, read_policy(tx, due.tenant_id))
    copied = list_members(tx, due.tenant_id, fact.copied_ids) if fact.copied_ids else []
    return received_card(
        fact, people[fact.giver_id], receiver, receivers, programme, wallet, link, thanked, joined, copied
    )


@view("kudos_copied")
def show_copied(tx: Connection, due: Due) -> Card | None:
    fact, people, programme = _read(tx, due)
    if fact.taken_back_at and due.state != State.SENT:
        return None
    receivers = [people[one] for one in fact.receiver_ids]
    return copied_card(fact, people[fact.giver_id], receivers, programme, LINK_TO_POST if due.linked else None)


def _read(tx: Connection, due: Due) -> tuple[RecognitionFact, Mapping[str, Member], Programme]:
    fact = find_recognition(tx, due.tenant_id, due.subject_id)
    assert fact, f"message {due.id} shows a recognition that is not there"
    people = {one.id: one for one in list_members(tx, due.tenant_id, (fact.giver_id, *fact.receiver_ids))}
    return fact, people, read_programme(tx, due.tenant_id)


def _joiners(joined: Joined) -> dict[str, object]:
    return {"joiners": list(joined.first), "more_joiners": joined.others, "joined_points": joined.points}


def _data(fact: RecognitionFact, giver: Member, programme: Programme) -> dict[str, object]:
    value, badge = programme.value(fact.value_id), programme.badge(fact.badge_id)
    return {
        "giver": who(giver),
        "points": fact.points,
        "award": fact.kind is RecognitionKind.AWARD,
        "reason": fact.reason,
        "value": {"emoji": value.emoji, "name": value.name} if value else None,
        "badge": _badge(fact, badge) if badge else None,
        "about": WebLink(fact.about_link, "about this message") if fact.about_link else None,
        "public": fact.public,
        "edited": fact.edited_at is not None,
        "taken_back": fact.taken_back_at is not None,
        "by_administrator": fact.taken_back_by is not None,
    }


def _badge(fact: RecognitionFact, badge: BadgeFact) -> dict[str, object]:
    return {
        "emoji": badge.emoji,
        "title": badge.title,
        "points": fact.badge_points,
        "picture": BadgePicture(fact.tenant_id, badge.id, badge.emoji, badge.title, badge.picture),
    }
