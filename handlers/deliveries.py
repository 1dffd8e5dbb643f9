"""What happens to messages after they were stored: claimed, shown, recorded, and what to do when that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from handlers import registry
from handlers.attention import hold_unasked
from handlers.bundles import bundle_card, hold_posts, list_facts
from handlers.context import TenantContext, reader_in, who
from handlers.mailing import Mailer
from handlers.placing import is_everybodys, why_not_here
from handlers.presenter import Payload, Presenter
from handlers.programme import Programmes
from handlers.recognition_cards import SUBJECT, posted_card, read_joined
from handlers.rules.policy import Policy
from handlers.vocabulary import Card, Direct, Post, Reader, Send, Subject
from store import outbox
from store.bundles import list_standing, spread_link
from store.conversations import Place, close_place, list_places
from store.db import Database
from store.outbox import BUNDLE, Due, LaneFact, Record, SendKind, State
from store.people import Member, find_by_emails, keep_chat, list_members
from store.recognitions import find_recognition
from store.roles import Role, list_holders
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
    """The relay's counterpart in the core. `owners` are addresses of who hears of trouble, as administrators do."""

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
        self.behind = False
        """Whether the last turn held something back, so that the next one may find more to send at once."""

    def turn(self, records: Sequence[Record], *, most: int = MOST_CLAIMS) -> list[Claimed]:
        """Writes down what became of messages, then claims what is due next: one transaction for many sends.

        What may not go now is decided there too: unasked messages wait, and busy channels get bundles.
        """
        now = self._clock()

        def refuse(heads: Sequence[Due], lanes: Mapping[str, LaneFact]) -> set[str]:
            return hold_unasked(tx, heads, now) | hold_posts(tx, heads, lanes, now, self._new_id)

        with self._database.writing() as tx:
            if records:
                self._record(tx, records, now)
            claim = outbox.claim_what_may_go(tx, now, most=most, lease_ms=LEASE_MS, refuse=refuse)
            self.behind = claim.more
            return _with_links(tx, claim.dues)

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
            if one.link and due.subject_kind == BUNDLE:
                spread_link(tx, due, one.link)
            if one.state in (State.UNCERTAIN, State.DEAD):
                self._react(tx, one, now)

    def _react(self, tx: Connection, record: Record, now: datetime) -> None:
        """Who has to know that a post was not shown, or may not have been."""
        due = record.message
        edits = due.state == State.SENT
        home = _home_of(tx, due)
        if due.kind != SendKind.POST or edits or home is None:  # without a home there is nobody to tell
            return
        ctx = self._context(tx, home, now)
        place = list_places(tx, due.tenant_id, [due.conversation_id or ""]).get(due.conversation_id or "")
        if due.subject_kind == SUBJECT:
            self._mailer.send(ctx, self._about_recognition(ctx, record, place))
        elif due.subject_kind == BUNDLE:
            self._mailer.send(ctx, self._about_bundle(ctx, record, place))
        elif record.state is State.DEAD:
            self._mailer.send(ctx, self._to_administrators(ctx, record, place))

    def _about_recognition(self, ctx: TenantContext, record: Record, place: Place | None) -> list[Send]:
        due = record.message
        fact = find_recognition(ctx.tx, due.tenant_id, due.subject_id)
        if fact is None or fact.taken_back_at:
            return []
        people = {one.id: one for one in list_members(ctx.tx, due.tenant_id, (fact.giver_id, *fact.receiver_ids))}
        giver, receivers = people[fact.giver_id], [people[one] for one in fact.receiver_ids]
        if record.state is State.UNCERTAIN:
            return [_ask_to_look(giver, due, receivers, place)]
        card = posted_card(fact, giver, receivers, ctx.programme, read_joined(ctx.tx, fact, ctx.policy))
        return [*self._to_administrators(ctx, record, place), *_elsewhere(ctx, [giver], due, card, place)]

    def _about_bundle(self, ctx: TenantContext, record: Record, place: Place | None) -> list[Send]:
        """The giver of the first in it may look whether it was shown: it has no giver of its own."""
        due = record.message
        ids = list_standing(ctx.tx, due.tenant_id, due.subject_id)
        facts = list_facts(ctx.tx, due.tenant_id, ids[:1] if record.state is State.UNCERTAIN else ids)
        if not facts:
            return []
        involved = {*(one.giver_id for one in facts), *facts[0].receiver_ids}
        people = {one.id: one for one in list_members(ctx.tx, due.tenant_id, involved)}
        givers = [people[one] for one in dict.fromkeys(one.giver_id for one in facts)]
        if record.state is State.UNCERTAIN:
            return [_ask_to_look(givers[0], due, [people[one] for one in facts[0].receiver_ids], place)]
        card = bundle_card(ctx.tx, due.tenant_id, due.subject_id)
        assert card, "something in it stands"
        return [*self._to_administrators(ctx, record, place), *_elsewhere(ctx, givers, due, card, place)]

    def _to_administrators(self, ctx: TenantContext, record: Record, place: Place | None) -> list[Send]:
        due = record.message
        data = {
            "place": place or "a channel",
            "what": record.trouble,
            "next_step": "invite the app there again, or choose another recognition channel.",
        }
        told = {one.id: one for one in list_members(ctx.tx, due.tenant_id, _administrators(ctx))}
        told |= {one.id: one for one in self._find_owners(ctx)}
        card, subject = Card("delivery_trouble", data), Subject(TROUBLE, due.id)
        return [Direct(one, card, subject) for one in told.values() if one.active]

    def _find_owners(self, ctx: TenantContext) -> Iterable[Member]:
        return find_by_emails(ctx.tx, ctx.tenant_id, self._owners).values() if self._owners else ()

    def _context(self, tx: Connection, home: Home, now: datetime) -> TenantContext:
        return TenantContext(
            tx=tx,
            now=now,
            new_id=self._new_id,
            home=home,
            policy=Policy.read(home.policy),
            programme=self._programmes.get(tx, home, now),
        )


def _administrators(ctx: TenantContext) -> list[str]:
    return list_holders(ctx.tx, ctx.tenant_id, Role.ADMINISTRATOR)


def _ask_to_look(giver: Member, due: Due, receivers: Sequence[Member], place: Place | None) -> Direct:
    """Only the giver can find out whether a post is there."""
    data = {"receivers": [who(one) for one in receivers], "place": place or "the channel", "id": due.id}
    return Direct(giver, Card("post_uncertain", data), Subject(TROUBLE, due.id))


def _elsewhere(ctx: TenantContext, givers: Sequence[Member], due: Due, card: Card, place: Place | None) -> list[Send]:
    """A post that its channel does not take goes to the recognition channel, if it was not for there.

    What was said among some people, in a private channel, a group or a team, goes nowhere else.
    """
    open_to_all = place is not None and is_everybodys(ctx.programme, place)
    fallback = ctx.programme.recognition_places.get(due.workspace_id)
    sends: list[Send] = []
    sentence = "Your kudos could not be posted. Its points and words reached everybody you named."
    if open_to_all and fallback and fallback.id != due.conversation_id and not why_not_here(fallback):
        sends.append(Post(fallback, card, Subject(due.subject_kind, due.subject_id), renewed=card.name == BUNDLE))
        sentence = "Your kudos could not be shown where you wrote it, so it is in the recognition channel."
    notice = Card("notice", {"sentence": sentence})
    return [*sends, *(Direct(one, notice, Subject(TROUBLE, f"{due.id}/giver")) for one in givers)]


def _home_of(tx: Connection, due: Due) -> Home | None:
    """None once the app was removed from the workspace."""
    return next((one for one in list_homes(tx, due.tenant_id) if one.workspace_id == due.workspace_id), None)


def _reader(tx: Connection, home: Home, due: Due) -> Reader:
    person = next(iter(list_members(tx, due.tenant_id, [due.reader_id])), None) if due.reader_id else None
    return reader_in(home, person)


def _with_links(tx: Connection, dues: Iterable[Due]) -> list[Claimed]:
    return [Claimed(due, outbox.find_link(tx, due) if due.linked else "") for due in dues]
