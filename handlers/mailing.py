"""Puts what a handler sends into the outbox: to whom, which account, which conversation, rendered now.

A person gets one message an act at most, and none of a kind that they muted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta

from handlers.attention import REASONS, UNASKED_LIFE
from handlers.context import TenantContext
from handlers.presenter import Presenter
from handlers.purposes import Purpose, who_agrees
from handlers.vocabulary import Direct, PlaceKind, Platform, Post, Reader, Send, Touch, Whisper
from store.outbox import NewMessage, SendKind, add_messages, touch
from store.people import Member, MemberAccount

WHISPER_LIFE = timedelta(minutes=15)
"""An answer that comes later confuses more than it helps."""


class Mailer:
    def __init__(self, presenter: Presenter, new_id: Callable[[], str]) -> None:
        self._presenter = presenter
        self._new_id = new_id

    def send(self, ctx: TenantContext, sends: Sequence[Send]) -> None:
        messages: list[NewMessage] = []
        posted_in = {send.place.workspace_id for send in sends if isinstance(send, Post)}
        for send in _without_too_many(ctx, sends):
            match send:
                case Touch(subject, within_s, reader_id):
                    due_at = ctx.now + timedelta(seconds=within_s)
                    touch(ctx.tx, ctx.tenant_id, subject.kind, subject.id, due_at, reader_id)
                case Post():
                    messages.append(self._post(ctx, send))
                case Direct():
                    messages += self._direct(ctx, send, posted_in)
                case Whisper():
                    messages += self._whisper(ctx, send)
        if messages:
            add_messages(ctx.tx, ctx.tenant_id, messages, ctx.now)

    def _post(self, ctx: TenantContext, send: Post) -> NewMessage:
        place = send.place
        reader = Reader(Platform(place.platform), place.workspace_id, place.workspace_ref, ctx.home.zone)
        return NewMessage(
            id=self._new_id(),
            workspace_id=place.workspace_id,
            kind=SendKind.POST,
            view=send.card.name,
            payload=self._presenter.card(send.card, reader),
            conversation_id=place.id,
            conversation_ref=place.ref,
            service_url=place.service_url,
            subject_kind=send.subject.kind,
            subject_id=send.subject.id,
            wanted=int(send.renewed),
        )

    def _direct(self, ctx: TenantContext, send: Direct, posted_in: Collection[str]) -> list[NewMessage]:
        """To the account used last; somebody whose workspaces are all gone gets nothing."""
        account = _used_last(ctx, send.person)
        if account is None:
            return []
        return [
            NewMessage(
                id=self._new_id(),
                workspace_id=account.workspace_id,
                kind=SendKind.DIRECT,
                view=send.card.name,
                payload=self._presenter.card(send.card, _reader(account, send.person, ctx)),
                conversation_ref=account.chat_ref,
                account_id=account.id,
                account_ref=account.other_ref or account.ref,
                subject_kind=send.subject.kind,
                subject_id=send.subject.id,
                reader_id=send.person.id,
                linked=send.linked,
                waits=send.linked and account.workspace_id in posted_in,
                unasked=send.unasked,
                expires_at=send.expires_at or (ctx.now + UNASKED_LIFE if send.unasked else None),
            )
        ]

    def _whisper(self, ctx: TenantContext, send: Whisper) -> list[NewMessage]:
        account = _account_in(ctx, send.person)
        if account is None:
            return []
        place = send.place
        personal = place is None or place.kind == PlaceKind.PERSONAL
        return [
            NewMessage(
                id=self._new_id(),
                workspace_id=account.workspace_id,
                kind=SendKind.DIRECT if personal else SendKind.WHISPER,
                view=send.card.name,
                payload=self._presenter.card(send.card, _reader(account, send.person, ctx)),
                conversation_ref=place.ref if place else account.chat_ref,
                service_url=place.service_url if place else "",
                account_id=account.id,
                account_ref=account.other_ref or account.ref,
                reader_id=send.person.id,
                expires_at=ctx.now + WHISPER_LIFE,
            )
        ]


def _without_too_many(ctx: TenantContext, sends: Sequence[Send]) -> list[Send]:
    """Leaves out what somebody muted, and whatever is a second message to somebody about the same."""
    directs = [one for one in sends if isinstance(one, Direct)]
    if not directs:
        return list(sends)
    muted = _muted(ctx, directs)
    told = set()
    kept: list[Send] = []
    for send in sends:
        if isinstance(send, Direct):
            whom = (send.person.id, send.subject)
            if whom in told or (send.person.id, send.card.name) in muted:
                continue
            told.add(whom)
        kept.append(send)
    return kept


def _muted(ctx: TenantContext, directs: Iterable[Direct]) -> set[tuple[str, str]]:
    """People and cards. A hint was asked about by whoever made it, and is once more when it goes."""
    readers: dict[tuple[str, Purpose], set[str]] = defaultdict(set)
    for one in directs:
        reason = REASONS.get(one.card.name)
        if reason and reason.mute and not reason.hint:
            readers[one.card.name, reason.mute].add(one.person.id)
    return {
        (person_id, card)
        for (card, purpose), people in readers.items()
        for person_id in people - who_agrees(ctx.tx, ctx.tenant_id, ctx.policy, purpose, people)
    }


def _account_in(ctx: TenantContext, member: Member) -> MemberAccount | None:
    return next((one for one in member.accounts if one.workspace_id == ctx.home.workspace_id), None)


def _used_last(ctx: TenantContext, member: Member) -> MemberAccount | None:
    """The account somebody used last; where nobody knows, one in the workspace of the request."""
    connected = {one.workspace_id for one in ctx.programme.homes}
    candidates = [one for one in member.accounts if one.workspace_id in connected]
    return max(
        candidates,
        key=lambda one: (one.used_last, one.workspace_id == ctx.home.workspace_id),
        default=None,
    )


def _reader(account: MemberAccount, member: Member, ctx: TenantContext) -> Reader:
    return Reader(
        Platform(account.platform),
        account.workspace_id,
        account.workspace_ref,
        member.zone or ctx.home.zone,
        member.locale,
    )
