"""The one place that begins, commits, retries and remembers.

An acknowledgement means that it is stored: what `dispatch` returns is committed. The same request twice is
answered from the stored outcome of the first. A refusal rolls back everything but its own outcome.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sqlalchemy import Connection

from handlers import registry
from handlers.access import check_actor
from handlers.context import Context, reader_in
from handlers.mailing import Mailer
from handlers.presenter import Payload, Presenter
from handlers.programme import Programmes
from handlers.refusals import Refusal
from handlers.rules.policy import Policy
from handlers.vocabulary import (
    AccountRef,
    Answer,
    Card,
    Command,
    ConversationRef,
    EmailRef,
    Findable,
    FormErrors,
    GroupRef,
    Mentioned,
    Nothing,
    OpenForm,
    Platform,
    Reaction,
    Reader,
    Replace,
    Reply,
    Request,
    Response,
    Submission,
    Unknown,
    Whisper,
)
from store import requests
from store.conversations import Place, find_place
from store.db import Database, is_conflict, is_lost
from store.people import Member, find_members, note_use
from store.sealing import Sealer
from store.tenants import Home, find_home

RETRY_FOR_S = 1.5
"""How long conflicts are tried again; the person still has an answer within the platforms' three seconds."""
USE_LIFE = timedelta(days=1)
"""How old the note of an account's last use may grow."""

AnswerKind: TypeAlias = Literal["reply", "replace", "form", "errors", "nothing"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What the edge writes back. `outcome` is for logs: done, read, or the code of a refusal."""

    kind: AnswerKind
    payload: Payload
    outcome: str
    tenant_id: str = ""
    again: bool = False
    """Whether this was the answer to an earlier delivery."""


class Dispatcher:
    """Built once by the program. `on_sends` is called when something was left in the outbox.

    Where requests are committed together that is a little before the commit, and a turn of the relay waits behind it.
    `owners` are e-mail addresses in lower case of those who may administer. `public_url` is asked for the address
    under which browsers reach the program.
    """

    def __init__(
        self,
        database: Database,
        presenter: Presenter,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        on_sends: Callable[[], None] = lambda: None,
        owners: Iterable[str] = (),
        sealer: Sealer | None = None,
        public_url: Callable[[], str] = lambda: "",
    ) -> None:
        self._database = database
        self._presenter = presenter
        self._clock = clock
        self._new_id = new_id
        self._on_sends = on_sends
        self._owners = frozenset(owners)
        self._sealer = sealer or Sealer()
        self._public_url = public_url
        self._programmes = Programmes()
        self._mailer = Mailer(presenter, new_id)

    def reads(self, request: Request) -> bool:
        """Whether a request changes nothing, so that it may run beside writers."""
        entry = registry.find(request)
        return request.wired and (entry is None or entry.only_reads(request))

    def concerns(self, request: Request) -> bool:
        """Whether a request is for us: of what platforms tell unasked, most is not, and that has to cost little."""
        entry = registry.find(request)
        if entry is None or entry.concerns is None:
            return True
        workspace = request.who.workspace
        with self._database.reading() as tx:
            home = find_home(tx, workspace.platform, workspace.id)
        return home is not None and entry.concerns(request, Policy.read(home.policy))

    def dispatch(self, request: Request) -> Answered:
        """Handles a request, whole or not at all. Raises `Unknown` before anything is stored."""
        entry = registry.find(request)
        if self.reads(request) or entry is None:
            return self._read(request, entry)
        until = time.monotonic() + RETRY_FOR_S
        while True:
            try:
                return self._write(request, entry)
            except Exception as error:
                if not (is_conflict(error) or is_lost(error)) or time.monotonic() > until:
                    raise

    # --- reading: no key, no outcome ---

    def _read(self, request: Request, entry: registry.Entry | None) -> Answered:
        with self._database.reading() as tx:
            home = self._home(tx, request)
            reader = reader_in(home)
            try:
                ctx = self._context(tx, home, request)
                reader = reader_in(home, ctx.actor)
                response = self._handle(entry, request, ctx)
                outcome = "read"
            except Refusal as refusal:
                response, outcome = Response(_refused(refusal, request)), refusal.code
            assert not response.sends, f"{entry} is registered as reading, and sends"
            return self._answered(response.answer, reader, outcome, home.tenant_id)

    # --- writing: claim, handle, send, remember, commit ---

    def _write(self, request: Request, entry: registry.Entry) -> Answered:
        try:
            with self._database.writing() as tx:
                home = self._home(tx, request)
                known = requests.claim(tx, home.tenant_id, _key_of(request), entry.name, self._clock())
                if known:
                    return _remembered(known, home.tenant_id)
                ctx = self._context(tx, home, request)
                response = self._handle(entry, request, ctx)
                if isinstance(response.answer, FormErrors):
                    raise _Mend(response.answer, home)
                answered = self._store(tx, request, ctx, response, "done")
            if response.sends or not request.wired:
                self._on_sends()
            return answered
        except _Mend as mend:
            return self._answered(mend.errors, reader_in(mend.home), "mend", mend.home.tenant_id)
        except Refusal as refusal:
            return self._refuse(request, entry, refusal)

    def _refuse(self, request: Request, entry: registry.Entry, refusal: Refusal) -> Answered:
        """Stores a refusal's outcome in a transaction of its own, unless a delivery was quicker."""
        answer = _refused(refusal, request)
        with self._database.writing() as tx:
            home = self._home(tx, request)
            if isinstance(answer, FormErrors):
                return self._answered(answer, reader_in(home), refusal.code, home.tenant_id)
            known = requests.claim(tx, home.tenant_id, _key_of(request), entry.name, self._clock())
            if known:
                return _remembered(known, home.tenant_id)
            ctx = self._context(tx, home, request, whoever=True)
            answered = self._store(tx, request, ctx, Response(answer), refusal.code)
        if not request.wired:
            self._on_sends()
        return answered

    def _handle(self, entry: registry.Entry | None, request: Request, ctx: Context) -> Response:
        if entry is None:
            start = "Type /kudos" if ctx.home.platform == Platform.SLACK else "Write kudos to me"
            raise Refusal("gone", "That button has had its day.", f"{start} to start afresh.")
        response = entry.handler(request, ctx)
        assert isinstance(response, Response)
        return response

    def _store(self, tx: Connection, request: Request, ctx: Context, response: Response, outcome: str) -> Answered:
        """Writes the outbox rows, rendered, and the outcome."""
        _note_use(ctx)
        answer, sends = response.answer, response.sends
        if not request.wired:
            answer, sends = Nothing(), (*_whispered(answer, ctx), *sends)
        self._mailer.send(ctx, sends)
        reader = reader_in(ctx.home, ctx.actor)
        answered = self._answered(answer, reader, outcome, ctx.tenant_id)
        known = _without_secret(answer)
        remembered = answered if known is answer else self._answered(known, reader, outcome, ctx.tenant_id)
        kept = {"kind": remembered.kind, "payload": remembered.payload}
        requests.keep_outcome(tx, ctx.tenant_id, _key_of(request), outcome, kept)
        return answered

    # --- who, where, by which rules ---

    def _home(self, tx: Connection, request: Request) -> Home:
        workspace = request.who.workspace
        home = find_home(tx, workspace.platform, workspace.id)
        if home is None:
            raise Unknown((request.who,))
        return home

    def _context(self, tx: Connection, home: Home, request: Request, *, whoever: bool = False) -> Context:
        people, place = self._resolve(tx, home, request)
        actor = people.get(request.who)
        if actor is None:
            raise Unknown((request.who,))
        if not whoever:
            check_actor(actor)
        now = self._clock()
        return Context(
            tx=tx,
            now=now,
            new_id=self._new_id,
            home=home,
            actor=actor,
            place=place,
            people=people,
            policy=Policy.read(home.policy),
            programme=self._programmes.get(tx, home, now),
            owners=self._owners,
            sealer=self._sealer,
            public_url=self._public_url(),
        )

    def _resolve(
        self, tx: Connection, home: Home, request: Request
    ) -> tuple[dict[AccountRef | EmailRef, Member], Place | None]:
        refs = _named_in(request)
        found = find_members(tx, home.tenant_id, home.workspace_id, {one.id for one in refs})
        people: dict[AccountRef | EmailRef, Member] = {ref: found[ref.id] for ref in refs if ref.id in found}
        place = _place(tx, home, request.where)
        missing: list[Findable] = [ref for ref in refs if ref not in people]
        if request.where and place is None:
            missing.append(request.where)
        missing = [ref for ref in missing if ref not in request.looked_up]
        missing += [ref for ref in _groups_in(request) if ref not in request.groups]
        if missing:
            raise Unknown(tuple(missing))
        return people, place

    # --- the answer ---

    def _answered(self, answer: Answer, reader: Reader, outcome: str, tenant_id: str) -> Answered:
        kind: AnswerKind
        match answer:
            case Reply(card):
                kind, payload = "reply", self._presenter.card(card, reader)
            case Replace(card):
                kind, payload = "replace", self._presenter.card(card, reader)
            case OpenForm(form):
                kind, payload = "form", self._presenter.form(form, reader)
            case FormErrors(errors):
                kind, payload = "errors", dict(errors)
            case Nothing():
                kind, payload = "nothing", {}
        return Answered(kind, payload, outcome, tenant_id)


class _Mend(Exception):
    """A form needs another look: roll back, store nothing."""

    def __init__(self, errors: FormErrors, home: Home) -> None:
        super().__init__()
        self.errors = errors
        self.home = home


def _key_of(request: Request) -> str:
    """A form's key comes back from the client: it is good for one person, so that a copied one is another key."""
    return f"{request.key}/{request.who.id}" if isinstance(request, Submission) else request.key


def _remembered(known: requests.Outcome, tenant_id: str) -> Answered:
    return Answered(known.answer["kind"], known.answer["payload"], known.outcome, tenant_id, again=True)


_MAY_NOT = ("bot", "deactivated", "stranger")


def _refused(refusal: Refusal, request: Request) -> Answer:
    """A refusal goes to its field where a form can show it, else it is a card.

    Whoever may not take part and reacts to a message has asked for nothing, and is told nothing.
    """
    if isinstance(request, Reaction) and refusal.code in _MAY_NOT:
        return Nothing()
    if refusal.field and isinstance(request, Submission):
        return FormErrors({refusal.field: f"{refusal.sentence} {refusal.next_step}"})
    return Reply(Card("refusal", {"sentence": refusal.sentence, "next_step": refusal.next_step}))


def _without_secret(answer: Answer) -> Answer:
    """What of an answer is stored: outcomes are kept for weeks, and are no place for secrets."""
    if isinstance(answer, Reply) and answer.secret:
        return Reply(Card("notice", {"sentence": answer.again}))
    return answer


def _whispered(answer: Answer, ctx: Context) -> tuple[Whisper, ...]:
    """An answer where there is no wire to send it back on."""
    match answer:
        case Reply(secret=True):  # the outbox keeps what it sends for a while, and a conversation for good
            notice = Card("notice", {"sentence": "Open the form from its button, please."})
            return (Whisper(ctx.actor, ctx.place, notice),)
        case Reply(card) | Replace(card):
            return (Whisper(ctx.actor, ctx.place, card),)
        case OpenForm(form):
            data = {
                "sentence": form.note,
                "label": form.title,
                "act": form.opened_by,
                "opens_form": True,
                "values": form.context,
            }
            return (Whisper(ctx.actor, ctx.place, Card("open_form", data)),)
        case FormErrors() | Nothing():
            return ()


def _note_use(ctx: Context) -> None:
    """Which platform somebody was on last: messages to them go there. Most have one only, and nothing is noted."""
    accounts = ctx.actor.accounts
    if len(accounts) < 2:
        return
    here = next(one for one in accounts if one.workspace_id == ctx.home.workspace_id)
    latest = max(one.used_last for one in accounts)
    if here.used_last < latest or ctx.now - latest > USE_LIFE:
        note_use(ctx.tx, ctx.tenant_id, here.id, ctx.now)


def _named_in(request: Request) -> list[AccountRef]:
    """Everybody whom a request names by an account, the asker first, each once."""
    refs = [request.who, *(one for members in request.groups.values() for one in members)]
    if isinstance(request, Command):
        refs += [one.ref for one in request.text if isinstance(one, Mentioned) and isinstance(one.ref, AccountRef)]
    if isinstance(request, Submission):
        refs += [ref for value in request.values.values() if isinstance(value, tuple) for ref in value]
    about = getattr(request, "about", None)
    if about and about.author:
        refs.append(about.author)
    return list(dict.fromkeys(refs))


def _groups_in(request: Request) -> list[GroupRef]:
    text = request.text if isinstance(request, Command) else ()
    return [one.ref for one in text if isinstance(one, Mentioned) and isinstance(one.ref, GroupRef)]


def _place(tx: Connection, home: Home, where: ConversationRef | None) -> Place | None:
    return find_place(tx, home.tenant_id, home.workspace_id, where.id) if where else None
