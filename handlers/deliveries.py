"""What happens to messages after they were stored: claimed, shown, recorded, and what to do when that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from handlers import registry
from handlers.context import Context, reader_in, who
from handlers.mailing import Mailer
from handlers.placing import why_not_here
from handlers.presenter import Payload, Presenter
from handlers.programme import Programmes
from handlers.recognition_cards import SUBJECT, posted_card
from handlers.rules.policy import Policy
from handlers.vocabulary import Card, Direct, Post, Reader, Send, Subject
from store import outbox
from store.conversations import Place, close_place, list_places
from store.db import Database
from store.outbox import Due, Record, SendKind, State
from store.people import Member, find_by_emails, keep_chat, list_members
from store.recognitions import find_recognition
from store.tenants import Home, change_programme, list_homes, pause_workspace

MOST_CLAIMS = 64
LEASE_MS = 30_000
TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message to send, and the address of the post it links to, if it links to one that was sent."""

    due: Due
    link: str = ""


class Deliveries:
    """The relay's counterpart in the core. `owners` are e-mail addresses of who hears of trouble."""

    def __init__(
        self,
        database: Database,
        presenter: Presenter,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        owners: Sequence[str] = (),
    ) -> None:
        self._database = database
        self._presenter = presenter
        self._clock = clock
        self._new_id = new_id
        self._owners = owners
        self._mailer = Mailer(presenter, new_id)
        self._programmes = Programmes()

    def turn(self, records: Sequence[Record], *, most: int = MOST_CLAIMS) -> list[Claimed]:
        """Writes down what became of messages, then claims what is due next: one transaction for many sends."""
        now = self._clock()
        with self._database.writing() as tx:
            if records:
                self._record(tx, records, now)
            dues = outbox.claim_due(tx, now, most=most, lease_ms=LEASE_MS) if most else []
            return _with_links(tx, dues)

    def is_past(self, at: datetime | None) -> bool:
        return at is not None and at < self._clock()

    def show(self, due: Due) -> Payload | None:
        """What the message is to show now. None: its subject is not to be shown any more."""
        with self._database.reading() as tx:
            home = _home_of(tx, due)
            card = registry.views[due.view](tx, due) if home else None
            if home is None or card is None:
                return None
            return self._presenter.card(card, _reader(tx, home, due))

    def _record(self, tx: Connection, records: Sequence[Record], now: datetime) -> None:
        for one in outbox.record(tx, records, now):
            due = one.message
            if one.chat_ref and due.account_id and one.chat_ref != due.conversation_ref:
                keep_chat(tx, due.tenant_id, due.account_id, one.chat_ref)
            if one.pause_ms:
                pause_workspace(tx, due.tenant_id, due.workspace_id, one.pause_ms)
            if one.closed and due.conversation_id:
                close_place(tx, due.tenant_id, due.conversation_id, archived=one.closed == "archived")
                change_programme(tx, due.tenant_id)
            if one.state in (State.UNCERTAIN, State.DEAD):
                self._react(tx, one, now)

    def _react(self, tx: Connection, record: Record, now: datetime) -> None:
        """Who has to know that a message was not shown, or may not have been."""
        due = record.message
        fact = find_recognition(tx, due.tenant_id, due.subject_id) if due.subject_kind == SUBJECT else None
        edits = due.state == State.SENT
        if fact is None or due.kind != SendKind.POST or edits or fact.taken_back_at:
            return
        home = _home_of(tx, due)
        if home is None:  # the app was removed: there is nobody to tell, and no way to
            return
        people = {one.id: one for one in list_members(tx, due.tenant_id, (fact.giver_id, *fact.receiver_ids))}
        ctx = self._context(tx, home, people[fact.giver_id], now)
        receivers = [people[one] for one in fact.receiver_ids]
        place = list_places(tx, due.tenant_id, [due.conversation_id or ""]).get(due.conversation_id or "")
        if record.state is State.UNCERTAIN:
            self._mailer.send(ctx, [_ask_to_look(ctx, due, receivers, place)])
        else:
            sends = _elsewhere(ctx, due, posted_card(fact, ctx.actor, receivers, ctx.programme))
            self._mailer.send(ctx, [*sends, *self._to_owners(tx, record, place)])

    def _to_owners(self, tx: Connection, record: Record, place: Place | None) -> list[Send]:
        due = record.message
        data = {
            "place": place or "a channel",
            "what": record.trouble,
            "next_step": "invite the app there again, or choose another recognition channel.",
        }
        owners = find_by_emails(tx, due.tenant_id, self._owners) if self._owners else {}
        return [Direct(one, Card("delivery_trouble", data), Subject(TROUBLE, due.id)) for one in owners.values()]

    def _context(self, tx: Connection, home: Home, actor: Member, now: datetime) -> Context:
        return Context(
            tx=tx,
            now=now,
            new_id=self._new_id,
            home=home,
            actor=actor,
            place=None,
            people={},
            policy=Policy.read(home.policy),
            programme=self._programmes.get(tx, home),
        )


def _ask_to_look(ctx: Context, due: Due, receivers: Sequence[Member], place: Place | None) -> Direct:
    """Only the giver can find out whether a post is there."""
    data = {"receivers": [who(one) for one in receivers], "place": place or "the channel", "id": due.id}
    return Direct(ctx.actor, Card("post_uncertain", data), Subject(TROUBLE, due.id))


def _elsewhere(ctx: Context, due: Due, card: Card) -> list[Send]:
    """A post that its conversation does not take goes to the recognition channel, if it was not for there."""
    fallback = ctx.programme.recognition_places.get(due.workspace_id)
    sends: list[Send] = []
    sentence = "Your kudos could not be posted. Its points and words reached everybody you named."
    if fallback and fallback.id != due.conversation_id and not why_not_here(fallback):
        sends.append(Post(fallback, card, Subject(SUBJECT, due.subject_id)))
        sentence = "Your kudos could not be shown where you wrote it, so it is in the recognition channel."
    return [*sends, Direct(ctx.actor, Card("notice", {"sentence": sentence}), Subject(TROUBLE, due.id))]


def _home_of(tx: Connection, due: Due) -> Home | None:
    """None once the app was removed from the workspace."""
    return next((one for one in list_homes(tx, due.tenant_id) if one.workspace_id == due.workspace_id), None)


def _reader(tx: Connection, home: Home, due: Due) -> Reader:
    person = next(iter(list_members(tx, due.tenant_id, [due.reader_id])), None) if due.reader_id else None
    return reader_in(home, person)


def _with_links(tx: Connection, dues: Iterable[Due]) -> list[Claimed]:
    return [Claimed(due, outbox.find_link(tx, due) if due.linked else "") for due in dues]
