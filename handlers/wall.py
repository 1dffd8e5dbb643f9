"""`/wall`: a link from the chat to the organisation's wall, and who stands behind a browser that came by one."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn
from urllib.parse import urlencode

from sqlalchemy import Connection

from handlers.access import is_administrator
from handlers.budgets import list_spendable
from handlers.context import Context
from handlers.programme import Programmes
from handlers.refusals import Refusal
from handlers.registry import action, command
from handlers.rules.policy import Policy
from handlers.vocabulary import Action, Card, Command, Platform, Reply, Request, Response, WebLink
from store import sign_ins
from store.people import Member, list_members
from store.sealing import Sealer
from store.sign_ins import Holder
from store.tenants import Home, list_homes
from store.types import new_token

PATH = "/wall"


@command("wall")
def open_wall(request: Command, ctx: Context) -> Response:
    """Public thanks of everybody here, in your browser."""
    if not request.wired:  # what goes through the outbox is kept, and the link is a secret
        _check(ctx)
        return Response(Reply(Card("wall_door", {"name": ctx.home.tenant_name})))
    return _hand_out_link(request, ctx)


@action("wall_link")
def open_by_button(request: Action, ctx: Context) -> Response:
    """Gives you a link to the wall."""
    if not request.wired:  # the outbox keeps what it sends, and is no place for secrets
        raise Refusal("no_wire", "I cannot tell you the link here.", "Press the button once more, please.")
    return _hand_out_link(request, ctx)


def _hand_out_link(request: Request, ctx: Context) -> Response:
    _check(ctx)
    token = new_token()
    sign_ins.add_link(ctx.tx, ctx.tenant_id, ctx.actor.id, token)
    link = WebLink(f"{ctx.public_url.rstrip('/')}{PATH}/enter/{token}", "Open the wall")
    data = {"name": ctx.home.tenant_name, "link": link, "minutes": sign_ins.LINK_MINUTES}
    return Response(Reply(Card("wall_link", data), secret=True))


def hand_out_way(request: Request, ctx: Context, to: str, label: str, **asked: str) -> Response:
    """A link that lets in once, to a page of one's own under the wall, such as `statement`, with what is `asked` there.

    For buttons. Raises a `Refusal` where nobody has said under which address browsers reach the program.
    """
    if not request.wired:
        raise Refusal("no_wire", "I cannot tell you the link here.", "Press the button once more, please.")
    _check(ctx)
    token = new_token()
    sign_ins.add_link(ctx.tx, ctx.tenant_id, ctx.actor.id, token)
    url = f"{ctx.public_url.rstrip('/')}{PATH}/enter/{token}?{urlencode({'to': to, **asked})}"
    data = {"link": WebLink(url, label), "minutes": sign_ins.LINK_MINUTES}
    return Response(Reply(Card("page_link", data), secret=True))


def has_pages(ctx: Context) -> bool:
    """Whether a way to a page can be handed out to the actor: what would be refused has no button."""
    return ctx.actor.kind == "member" and _is_public(ctx)


def _is_public(ctx: Context) -> bool:
    return ctx.public_url.startswith(("https://", "http://"))


def _check(ctx: Context) -> None:
    if ctx.actor.kind != "member":
        raise Refusal(
            "guest", "The wall is for members of the organisation.", "Somebody who is one can show it to you."
        )
    check_public_url(ctx)


def check_public_url(ctx: Context) -> None:
    """Raises a `Refusal` where nobody has said under which address browsers reach the program."""
    if not _is_public(ctx):
        raise Refusal(
            "no_public_url",
            "I do not know the address under which browsers reach me.",
            "Whoever runs Plaudit can set it as PLAUDIT_PUBLIC_URL.",
        )


# --- who comes with a browser -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with a session that is good. `form_token` stands in their forms, and in nobody else's.

    `stale`: `Reception.note` is to be called, for the last use was written down a while ago.
    """

    ctx: Context
    form_token: str
    stale: bool

    @property
    def command(self) -> str:
        return "/wall" if self.ctx.home.platform == Platform.SLACK else "wall"

    @property
    def administers(self) -> bool:
        return is_administrator(self.ctx)

    @property
    def spends(self) -> bool:
        """Whether there are budgets for them to look at."""
        return self.administers or bool(list_spendable(self.ctx))


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a link that is good is for."""

    name: str
    tenant_name: str


class Reception:
    """Lets people in, and knows them again. It begins no transaction itself; the program builds it once.

    Links and sessions live by the database's time, everything else goes by the programme's `clock`.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        owners: Iterable[str] = (),
        public_url: Callable[[], str] = lambda: "",
        sealer: Sealer | None = None,
    ) -> None:
        self._clock = clock
        self._new_id = new_id
        self._owners = frozenset(owners)
        self._public_url = public_url
        self._sealer = sealer or Sealer()
        self._programmes = Programmes()

    def invited(self, tx: Connection, token: str) -> Invited:
        """Whom a link is for. It stays good: programs that preview links open it, too."""
        home, member = self._known(tx, sign_ins.find_link(tx, token)) or _not_good()
        return Invited(member.name, home.tenant_name)

    def enter(self, tx: Connection, token: str, earlier: str) -> str:
        """Uses up a link, and returns the secret of the session that begins. That of the same browser ends."""
        holder = sign_ins.use_link(tx, token)
        if holder is None or self._known(tx, holder) is None:
            _not_good()
        sign_ins.end_session(tx, earlier)
        session = new_token()
        sign_ins.add_session(tx, holder, self._new_id(), session)
        return session

    def visit(self, tx: Connection, session: str) -> Visit:
        """Whose session it is, if they are an active member now. Changes nothing."""
        holder = sign_ins.find_session(tx, session)
        known = self._known(tx, holder)
        if holder is None or known is None:
            raise Refusal("no_session", "This page is for members who came from the chat.", _HOW)
        return Visit(self._context(tx, *known), form_token(session), holder.stale)

    def note(self, tx: Connection, session: str) -> None:
        """Keeps a session from ending for lack of use."""
        sign_ins.note_session(tx, session)

    def leave(self, tx: Connection, session: str) -> None:
        sign_ins.end_session(tx, session)

    def _known(self, tx: Connection, holder: Holder | None) -> tuple[Home, Member] | None:
        if holder is None:
            return None
        member = next(iter(list_members(tx, holder.tenant_id, [holder.person_id])), None)
        if member is None or not member.active or member.kind != "member":
            return None
        homes = list_homes(tx, holder.tenant_id)
        return (_theirs(homes, member), member) if homes else None

    def _context(self, tx: Connection, home: Home, member: Member) -> Context:
        """What a handler is given."""
        now = self._clock()
        return Context(
            tx=tx,
            now=now,
            new_id=self._new_id,
            home=home,
            actor=member,
            place=None,
            people={},
            policy=Policy.read(home.policy),
            programme=self._programmes.get(tx, home, now),
            owners=self._owners,
            sealer=self._sealer,
            public_url=self._public_url(),
        )


def _theirs(homes: list[Home], member: Member) -> Home:
    """The workspace that they were in last: what they read tells them how to write there."""
    last = {one.workspace_id: one.used_last for one in member.accounts}
    return max(homes, key=lambda one: (one.workspace_id in last, last.get(one.workspace_id, _LONG_AGO)))


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def form_token(session: str) -> str:
    """What a form of this session carries: nobody makes it without the session's secret, nor that out of it."""
    return hmac.new(session.encode(), b"a form of the wall", hashlib.sha256).hexdigest()


_HOW = "Type /wall on Slack, or write wall to Plaudit on Teams: you get a link that opens it."


def _not_good() -> NoReturn:
    """The same for a link that was used, is too old, or never was."""
    raise Refusal(
        "no_link",
        f"This link is not good any more. It opens the wall once, within {sign_ins.LINK_MINUTES} minutes.",
        "Type /wall on Slack once more, or write wall to Plaudit on Teams.",
    )
