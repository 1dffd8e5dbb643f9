"""The picture of a public recognition, for showing it outside: made by a receiver, of those only who agree.

A no takes effect at once: every look at the picture asks again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from handlers.context import Context, zone_of_tenant
from handlers.programme import read_policy, read_programme
from handlers.purposes import Purpose, choices_of, keep_choice, who_agrees
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.rules.unnamed import without_names
from handlers.vocabulary import Action, Card, Reply, Response, WebLink
from store.people import list_handles, list_members
from store.recognitions import RecognitionFact, find_recognition
from store.share_links import ShareFact, count_download, find_share, save_share
from store.tenants import list_homes
from store.types import new_token

PATH = "/share"
LIFE = timedelta(days=7)
SOMEBODY = "A colleague"


@action("share")
def share(request: Action, ctx: Context) -> Response:
    """Makes a picture of public thanks to you, to show it outside."""
    fact = find_recognition(ctx.tx, ctx.tenant_id, request.values.get("id", ""))
    if fact is None or ctx.actor.id not in fact.receiver_ids:
        raise Refusal("not_yours", "A picture is for whoever was thanked.", "Ask them, if you would like one.")
    if why := _why_not(fact):
        raise why
    if not choices_of(ctx.tx, ctx.tenant_id, ctx.policy, ctx.actor.id)[Purpose.SHARE]:
        return Response(Reply(Card("share_asks", {"id": fact.id})))
    if not ctx.public_url.startswith(("https://", "http://")):
        raise Refusal(
            "no_public_url",
            "I do not know the address under which browsers reach me.",
            "Whoever runs Plaudit can set it as PLAUDIT_PUBLIC_URL.",
        )
    if not request.wired:  # the outbox keeps what it sends, and is no place for secrets
        raise Refusal("no_wire", "I cannot tell you the link here.", "Press the button once more, please.")
    token = new_token()
    made = ShareFact(ctx.tenant_id, fact.id, ctx.actor.id, ctx.now + LIFE, 0)
    taken = save_share(ctx.tx, made, token)
    link = WebLink(f"{ctx.public_url.rstrip('/')}{PATH}/{token}", "Open the picture")
    again = "I told you that link already, and I tell it only once. Press the button once more for a new one."
    return Response(
        Reply(Card("share_link", {"link": link, "days": LIFE.days, "taken": taken}), secret=True, again=again)
    )


@action("share_allow")
def allow(request: Action, ctx: Context) -> Response:
    """Allows pictures of thanks to you, and makes this one."""
    keep_choice(ctx.tx, ctx.tenant_id, ctx.actor.id, Purpose.SHARE, True, ctx.now)
    return share(request, ctx)


def _why_not(fact: RecognitionFact) -> Refusal | None:
    if fact.taken_back_at:
        return Refusal("taken_back", "That kudos was taken back.", "There is nothing to show.")
    if not fact.public:
        return Refusal(
            "not_public",
            "That was said to some people only, so there is no picture of it.",
            "Whoever said it can say it again in a public channel.",
        )
    return None


# --- the page's counterpart -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shared:
    """What a picture shows: names of those who agree, others as a colleague."""

    giver: str
    receivers: tuple[str, ...]
    reason: str
    value: str
    badge: str
    badge_emoji: str
    badge_id: str
    organisation: str
    day: date


class ShareDesk:
    """Who comes with a link, and what they see. Built once by the program; it begins no transaction itself."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def look(self, tx: Connection, token: str) -> Shared:
        """Changes nothing. Raises a `Refusal` for a link that is not good, or not any more."""
        return self._shown(tx, self._find(tx, token))

    def take(self, tx: Connection, token: str) -> Shared:
        """The same, counted."""
        found = self._find(tx, token)
        shown = self._shown(tx, found)
        count_download(tx, found)
        return shown

    def _find(self, tx: Connection, token: str) -> ShareFact:
        found = find_share(tx, token)
        if found is None or found.expires_at <= self._clock():
            raise _gone()
        return found

    def _shown(self, tx: Connection, link: ShareFact) -> Shared:
        fact = find_recognition(tx, link.tenant_id, link.recognition_id)
        home = next(iter(list_homes(tx, link.tenant_id)), None)
        if fact is None or home is None or _why_not(fact):
            raise _gone()
        people = {one.id: one for one in list_members(tx, link.tenant_id, (fact.giver_id, *fact.receiver_ids))}
        policy = read_policy(tx, link.tenant_id)
        agreed = who_agrees(tx, link.tenant_id, policy, Purpose.SHARE, people)
        if link.person_id not in agreed or not people[link.person_id].active:
            raise _gone()
        named = {one for one in agreed if people[one].active}
        others = people.keys() - named
        programme = read_programme(tx, link.tenant_id)
        value, badge = programme.value(fact.value_id), programme.badge(fact.badge_id)
        return Shared(
            giver=people[fact.giver_id].name if fact.giver_id in named else SOMEBODY,
            receivers=tuple(people[one].name for one in fact.receiver_ids if one in named),
            reason=without_names(
                fact.reason,
                hidden=[*(people[one].name for one in others), *list_handles(tx, link.tenant_id, others)],
                shown=[*(people[one].name for one in named), *list_handles(tx, link.tenant_id, named)],
            ),
            value=f"{value.emoji} {value.name}" if value else "",
            badge=badge.title if badge else "",
            badge_emoji=badge.emoji if badge else "",
            badge_id=badge.id if badge else "",
            organisation=home.tenant_name,
            day=fact.given_at.astimezone(zone_of_tenant(home.zone)).date(),
        )


def _gone() -> Refusal:
    return Refusal(
        "no_picture",
        "This link is not good any more.",
        "Whoever was thanked can make a new one, from the message that told them.",
    )
