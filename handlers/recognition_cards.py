"""How a recognition is shown: in a conversation, and to those who received it. Rendered anew when it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from handlers.context import who
from handlers.programme import Programme, read_programme
from handlers.registry import view
from handlers.vocabulary import POST_LINK, Card, WebLink
from store import ledger
from store.outbox import Due, State
from store.people import Member, list_members
from store.recognitions import RecognitionFact, find_recognition, find_thanked_back

SUBJECT = "recognition"
LINK_TO_POST = WebLink(POST_LINK, "the post")


def posted_card(fact: RecognitionFact, giver: Member, receivers: Iterable[Member], programme: Programme) -> Card:
    """The post that everybody in a conversation sees."""
    return Card("kudos_posted", _data(fact, giver, programme) | {"receivers": [who(one) for one in receivers]})


def received_card(
    fact: RecognitionFact,
    giver: Member,
    receiver: Member,
    receivers: Iterable[Member],
    programme: Programme,
    wallet: int,
    link: WebLink | None,
    thanked: bool = False,
) -> Card:
    """The message to one receiver. `wallet` is the balance after this gift, or now."""
    own = {
        "others": [who(one) for one in receivers if one.id != receiver.id],
        "wallet": wallet,
        "link": link,
        "id": fact.id,
        "thanked": thanked,
    }
    return Card("kudos_received", _data(fact, giver, programme) | own)


@view("kudos_posted")
def show_posted(tx: Connection, due: Due) -> Card | None:
    fact, people, programme = _read(tx, due)
    if fact.taken_back_at and due.state != State.SENT:
        return None
    return posted_card(fact, people[fact.giver_id], [people[one] for one in fact.receiver_ids], programme)


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
    return received_card(fact, people[fact.giver_id], receiver, receivers, programme, wallet, link, thanked)


def _read(tx: Connection, due: Due) -> tuple[RecognitionFact, Mapping[str, Member], Programme]:
    fact = find_recognition(tx, due.tenant_id, due.subject_id)
    assert fact, f"message {due.id} shows a recognition that is not there"
    people = {one.id: one for one in list_members(tx, due.tenant_id, (fact.giver_id, *fact.receiver_ids))}
    return fact, people, read_programme(tx, due.tenant_id)


def _data(fact: RecognitionFact, giver: Member, programme: Programme) -> dict[str, object]:
    value, badge = programme.value(fact.value_id), programme.badge(fact.badge_id)
    return {
        "giver": who(giver),
        "points": fact.points,
        "reason": fact.reason,
        "value": {"emoji": value.emoji, "name": value.name} if value else None,
        "badge": {"emoji": badge.emoji, "title": badge.title} if badge else None,
        "about": WebLink(fact.about_link, "about this message") if fact.about_link else None,
        "taken_back": fact.taken_back_at is not None,
    }
