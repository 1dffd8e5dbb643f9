"""The page to upload a file: a link that lives for half an hour, and every step behind it, whatever kind it is.

The link's secret stands for the administrator who asked for it. Each step looks again whether they still are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from handlers.access import check_actor, check_administrator
from handlers.brought_files import BroughtFile, Preview, files, keep_preview
from handlers.context import Context
from handlers.programme import read_programme
from handlers.refusals import Refusal
from handlers.rules.policy import Policy
from handlers.vocabulary import Card, Reply, Response, WebLink
from store.imports import ImportFact, Stage, add_import, find_by_token
from store.people import list_members
from store.tenants import list_homes
from store.types import new_token

PATH = "/import"
LINK_LIFE = timedelta(minutes=30)
_LONGEST_TOKEN = 100


def hand_out_link(ctx: Context, kind: str) -> Response:
    """A new link for whoever asks, who is an administrator, and one kind of file."""
    if not ctx.public_url.startswith(("https://", "http://")):
        raise Refusal(
            "no_public_url",
            "I do not know the address under which browsers reach me.",
            f"Whoever runs Plaudit can set it as PLAUDIT_PUBLIC_URL. {files[kind].words.pasting}".strip(),
            field="way",
        )
    token = new_token()
    add_import(ctx.tx, ctx.tenant_id, ctx.new_id(), ctx.actor.id, ctx.now, ctx.now + LINK_LIFE, token, kind=kind)
    link = WebLink(f"{ctx.public_url.rstrip('/')}{PATH}/{token}", "Open the page to upload")
    minutes = int(LINK_LIFE.total_seconds()) // 60
    return Response(Reply(Card("people_upload", {"link": link, "minutes": minutes}), secret=True))


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with a link that is good. `today` is theirs; `confirmed` says that a file of theirs was taken.

    `done` says that it is not on its way any more.
    """

    one: ImportFact
    kind: BroughtFile
    ctx: Context
    today: date
    confirmed: bool
    done: bool


class UploadDesk:
    """The page's counterpart in the core, which begins no transaction itself. Built once by the program.

    Every step raises `Refusal`: for a link that is not good, and for whoever is no administrator any more.
    """

    def __init__(self, *, clock: Callable[[], datetime], new_id: Callable[[], str], owners: Iterable[str] = ()) -> None:
        self._clock = clock
        self._new_id = new_id
        self._owners = frozenset(owners)

    def visit(self, tx: Connection, token: str) -> Visit:
        """Who comes with this link. Changes nothing: links are opened by previews, too."""
        one = find_by_token(tx, token) if 0 < len(token) <= _LONGEST_TOKEN else None
        if one is None or one.kind not in files:
            raise _no_link()
        ctx = self._context(tx, one)
        confirmed = one.stage in (Stage.CONFIRMED, Stage.DONE)
        if one.expires_at <= ctx.now:
            raise _no_link()
        return Visit(one, files[one.kind], ctx, ctx.now.astimezone(ctx.zone).date(), confirmed, one.stage == Stage.DONE)

    def preview(self, tx: Connection, token: str, file: Any) -> tuple[Preview, list[str]]:
        """What a file would change, as its kind has read it, and the pages to keep. Changes nothing."""
        visit = self._unused(tx, token)
        return visit.kind.preview(tx, visit.ctx.tenant_id, file)

    def keep(self, tx: Connection, token: str, source: str, preview: Preview, pages: list[str]) -> str:
        """Keeps what was shown, to be confirmed by the id that this returns."""
        visit = self._unused(tx, token)
        content_id = self._new_id()
        if not keep_preview(tx, visit.one, content_id, source, preview, pages):
            raise _used(visit.kind)
        return content_id

    def confirm(self, tx: Connection, token: str, content_id: str) -> None:
        """Begins what was shown, once however often it is confirmed."""
        visit = self.visit(tx, token)
        visit.kind.confirm(visit.ctx, visit.one, content_id)

    def export(self, tx: Connection, token: str) -> str:
        """What there is now, as a file that may be changed and brought back."""
        visit = self.visit(tx, token)
        if not visit.kind.words.export:
            raise Refusal("no_export", "There is nothing to take along here.", "Go back to the page.")
        return visit.kind.export(visit.ctx)

    def _unused(self, tx: Connection, token: str) -> Visit:
        visit = self.visit(tx, token)
        if visit.confirmed:
            raise _used(visit.kind)
        return visit

    def _context(self, tx: Connection, one: ImportFact) -> Context:
        """What a handler is given, for the administrator of the link."""
        home = next(iter(list_homes(tx, one.tenant_id)), None)
        actor = next(iter(list_members(tx, one.tenant_id, [one.person_id])), None)
        if home is None or actor is None:
            raise _no_link()
        check_actor(actor)
        ctx = Context(
            tx=tx,
            now=self._clock(),
            new_id=self._new_id,
            home=home,
            actor=actor,
            place=None,
            people={},
            policy=Policy.read(home.policy),
            programme=read_programme(tx, one.tenant_id),
            owners=self._owners,
        )
        check_administrator(ctx)
        return ctx


def _no_link() -> Refusal:
    asks = " or ".join(one.words.ask.removeprefix("rewards-admin, ") for one in files.values())
    return Refusal(
        "no_link",
        "This link is not good any more. It lives for half an hour.",
        f"Ask for a new one on Slack or Teams: rewards-admin, {asks}.",
    )


def _used(kind: BroughtFile) -> Refusal:
    return Refusal(
        "used_link",
        "This link was used already.",
        f"For another file: Ask for a new one on Slack or Teams: {kind.words.ask}.",
    )
