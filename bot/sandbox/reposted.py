"""What the fakes show again stands in the books under its new reference, so that boosts and edits find it.

A fake forgets its messages at every end, and the month of history was posted nowhere. The sandbox alone may say
afterwards where a post is to be found; in a real workspace the relay knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from handlers.recognition_cards import SUBJECT
from store.conversations import Place, find_place
from store.db import Database
from store.outbox import NewMessage, SendKind, State, add_messages, outbox
from store.recognitions import RecognitionFact
from store.tenants import Home
from store.types import Ids

_VIEW = "kudos_posted"


@dataclass(frozen=True, slots=True)
class Reposted:
    """A recognition as a fake shows it: in which channel, with which content; `ref` as the transports write it."""

    fact: RecognitionFact
    home: Home
    channel_ref: str
    ref: str
    content: Mapping[str, Any]


def note_where_posts_are(database: Database, posts: Iterable[Reposted]) -> None:
    """As sent. A post that the books have in that channel gets the new reference, and any other a row."""
    new_id = Ids()
    with database.writing() as tx:
        for post in posts:
            place = find_place(tx, post.home.tenant_id, post.home.workspace_id, post.channel_ref)
            assert place, "the recognition channels are in the books from the first start on"
            if not _is_moved(tx, post, place):
                _add(tx, post, place, new_id())
                _is_moved(tx, post, place)


def _is_moved(tx: Connection, post: Reposted, place: Place) -> bool:
    of_post = (outbox.c.subject_kind == SUBJECT) & (outbox.c.subject_id == post.fact.id)
    here = (outbox.c.kind == SendKind.POST) & (outbox.c.conversation_id == place.id)
    sent = {"state": State.SENT, "pending": False, "ref": post.ref, "shown": outbox.c.wanted}
    mine = outbox.c.tenant_id == post.home.tenant_id
    return bool(tx.execute(outbox.update().where(mine, of_post, here).values(sent)).rowcount)


def _add(tx: Connection, post: Reposted, place: Place, message_id: str) -> None:
    message = NewMessage(
        id=message_id,
        workspace_id=place.workspace_id,
        kind=SendKind.POST,
        view=_VIEW,
        payload=post.content,
        conversation_id=place.id,
        conversation_ref=place.ref,
        service_url=place.service_url,
        subject_kind=SUBJECT,
        subject_id=post.fact.id,
    )
    add_messages(tx, post.home.tenant_id, [message], post.fact.given_at)
