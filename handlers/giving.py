"""Giving a recognition: the one use case behind the command, the form, the shortcut and "Send again"."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.access import why_not_receive
from handlers.context import Context, who
from handlers.placing import Placement, place_for
from handlers.recognition_cards import LINK_TO_POST, SUBJECT, posted_card, received_card
from handlers.refusals import Refusal
from handlers.rules.periods import tally_labels, week_label
from handlers.rules.policy import Policy
from handlers.vocabulary import Card, Direct, Platform, Post, Reply, Response, Send, Subject, WebLink
from store import ledger
from store.conversations import list_places
from store.people import Member, list_members
from store.recognitions import RecognitionFact, add_draft, add_recognition, find_draft, find_same
from store.tallies import Count, add_counts, private_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What somebody wants to give. `points` None means the programme's usual."""

    receivers: tuple[Member, ...]
    reason: str
    points: int | None = None
    value_id: str | None = None
    badge_id: str | None = None
    shown: bool = True
    about_link: str = ""


def give(ctx: Context, gift: Gift, *, draft_id: str = "") -> Response:
    """Checks a gift, moves the points, stores the recognition and tells everybody. Refuses whole, or does whole.

    What waited as a draft becomes the recognition of that id, and is meant even if it looks like one just given.
    """
    points = _points(ctx, gift)
    _check_receivers(ctx, gift.receivers)
    _check_reason(ctx, gift.reason)
    fact = _fact(ctx, gift, points, draft_id or ctx.new_id())
    if not draft_id and _given_just_now(ctx, fact):
        return _ask_again(ctx, gift)
    posted = _move_points(ctx, fact)
    fact = replace(fact, transaction_id=posted.transaction_id)
    add_recognition(ctx.tx, fact)
    add_counts(ctx.tx, ctx.tenant_id, fact.value_id, counts_of(fact))
    placement = place_for(ctx, shown=gift.shown)
    left = posted.balances[allowance_of(ctx)]
    return Response(
        Reply(_given_card(ctx, gift.receivers, fact, placement, left)),
        _sends(ctx, gift.receivers, fact, placement, posted),
    )


def give_draft(ctx: Context, draft_id: str) -> Response:
    """Gives what waited for one more word of its giver: once, and where it was said."""
    content = find_draft(ctx.tx, ctx.tenant_id, draft_id, ctx.actor.id)
    kept = json.loads(content or "{}")
    if not kept or "kind" in kept:  # none, or of something else than a recognition
        raise Refusal("no_draft", "I do not have that draft any more.", "Type it once more, please.")
    by_id = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, kept["receivers"])}
    receivers = tuple(by_id[one] for one in kept.pop("receivers"))
    place_id = kept.pop("place", "")
    said_in = replace(ctx, place=list_places(ctx.tx, ctx.tenant_id, [place_id]).get(place_id))
    try:
        return give(said_in, Gift(receivers=receivers, **kept), draft_id=draft_id)
    except ledger.AlreadyPosted as posted:
        raise Refusal("sent_already", "You sent that again already.", "Nothing was sent twice.") from posted


# --- checks -----------------------------------------------------------------------------------------------


def _check_receivers(ctx: Context, receivers: tuple[Member, ...]) -> None:
    if not receivers:
        raise Refusal(
            "nobody",
            "Whom would you like to thank?",
            "Mention somebody: @name for the reason.",
            field="receivers",
        )
    if any(one.id == ctx.actor.id for one in receivers):
        raise Refusal(
            "oneself",
            "It is good to be pleased with yourself, but kudos go to others.",
            "Name a colleague who helped.",
            field="receivers",
        )
    for one in receivers:
        if why := why_not_receive(one, ctx.policy):
            next_step = "Leave them out, and send it again." if len(receivers) > 1 else "Name a colleague who helped."
            raise Refusal("cannot_receive", f"{one.name} {why}.", next_step, field="receivers")
    if len(receivers) > ctx.policy.most_receivers:
        raise Refusal(
            "too_many_receivers",
            f"That is {len(receivers)} people; one kudos goes to {ctx.policy.most_receivers} at most.",
            "Thank the closest ones, or send it in parts.",
            field="receivers",
        )


def _points(ctx: Context, gift: Gift) -> int:
    points = ctx.policy.default_points if gift.points is None else gift.points
    if points > ctx.policy.most_points:
        raise Refusal(
            "too_many_points",
            f"{points} points are more than one kudos may carry: {ctx.policy.most_points} to each person.",
            f"Write +{ctx.policy.most_points} or less.",
            field="points",
        )
    if points < 1:
        raise Refusal("no_points", "A kudos carries at least 1 point.", "Write +1 or more.", field="points")
    return points


def _check_reason(ctx: Context, reason: str) -> None:
    if Policy().reason_least <= len(reason) < ctx.policy.reason_least:
        raise Refusal(
            "short_reason",
            f"That is {len(reason)} characters; a reason has at least {ctx.policy.reason_least} here.",
            "A few more words, please: what did it change for you?",
            field="reason",
        )
    if len(reason) < ctx.policy.reason_least:
        raise Refusal(
            "no_reason",
            "What was it for? A few words make all the difference.",
            "Write it after the name: for helping me with the release.",
            field="reason",
        )
    if len(reason) > ctx.policy.reason_most:
        raise Refusal(
            "long_reason",
            f"That is {len(reason):,} characters; a reason has {ctx.policy.reason_most:,} at most.",
            "Shorten it a little.",
            field="reason",
        )


def _given_just_now(ctx: Context, fact: RecognitionFact) -> bool:
    since = ctx.now - timedelta(seconds=ctx.policy.repeat_s)
    return find_same(ctx.tx, ctx.tenant_id, ctx.actor.id, fact.fingerprint, since) is not None


def _ask_again(ctx: Context, gift: Gift) -> Response:
    content = {
        "receivers": [one.id for one in gift.receivers],
        "reason": gift.reason,
        "points": gift.points,
        "value_id": gift.value_id,
        "badge_id": gift.badge_id,
        "shown": gift.shown,
        "about_link": gift.about_link,
        "place": ctx.place.id if ctx.place else "",
    }
    draft_id = ctx.new_id()
    add_draft(ctx.tx, ctx.tenant_id, draft_id, ctx.actor.id, json.dumps(content), ctx.now)
    data = {"draft": draft_id, "receivers": [who(one) for one in gift.receivers], "reason": gift.reason}
    return Response(Reply(Card("kudos_again", data)))


# --- the books --------------------------------------------------------------------------------------------


def _fact(ctx: Context, gift: Gift, points: int, recognition_id: str) -> RecognitionFact:
    return RecognitionFact(
        tenant_id=ctx.tenant_id,
        id=recognition_id,
        giver_id=ctx.actor.id,
        receiver_ids=tuple(one.id for one in gift.receivers),
        reason=gift.reason,
        value_id=gift.value_id,
        badge_id=gift.badge_id,
        points=points,
        shown=gift.shown,
        about_link=gift.about_link,
        transaction_id=None,
        tally_labels=_labels(ctx, gift),
        fingerprint=_fingerprint(gift, points),
        given_at=ctx.now,
    )


def _labels(ctx: Context, gift: Gift) -> tuple[str, ...]:
    """What only its receivers see counts for the two of them, and on no board."""
    labels = tally_labels(ctx.now, ctx.tenant_zone)
    return labels if gift.shown else tuple(private_label(one) for one in labels)


def _fingerprint(gift: Gift, points: int) -> str:
    """The same for the same receivers in any order, amount and words."""
    parts = [*sorted(one.id for one in gift.receivers), str(points), gift.value_id or "", gift.badge_id or ""]
    return hashlib.sha256("\n".join([*parts, gift.reason]).encode()).hexdigest()[:32]


def _move_points(ctx: Context, fact: RecognitionFact) -> ledger.Posted:
    """Moves points from the giver's allowance of this week to the wallets, for all receivers or for none."""
    source = allowance_of(ctx)
    ledger.grant(ctx.tx, ctx.tenant_id, source, ctx.policy.weekly_allowance, ctx.now)
    gift = ledger.Transaction(
        kind="gift",
        act=f"recognition:{fact.id}",
        effective_at=ctx.now,
        recorded_at=ctx.now,
        postings=[ledger.Posting(source, ledger.wallet(one), fact.points) for one in fact.receiver_ids],
    )
    try:
        return ledger.post(ctx.tx, ctx.tenant_id, gift)
    except ledger.InsufficientPoints as short:
        raise _allowance_spent(ctx, fact, short.available) from short


def allowance_of(ctx: Context) -> ledger.Account:
    """What the actor may give this week, by the calendar on their own wall."""
    return ledger.allowance(ctx.actor.id, week_label(ctx.now, ctx.zone))


def left_this_week(ctx: Context) -> int:
    """Points that the actor may still give; all of them, before the first gift of the week."""
    of = allowance_of(ctx)
    kept = ledger.find_balance(ctx.tx, ctx.tenant_id, of)
    return kept if ledger.is_granted(ctx.tx, ctx.tenant_id, of) else kept + ctx.policy.weekly_allowance


def _allowance_spent(ctx: Context, fact: RecognitionFact, left: int) -> Refusal:
    people = len(fact.receiver_ids)
    needed = f"{fact.points * people} ({fact.points} each for {people})" if people > 1 else str(fact.points)
    each = left // people
    return Refusal(
        "allowance_spent",
        f"You have {left} of {ctx.policy.weekly_allowance} points left this week, and this takes {needed}.",
        f"Write +{each} or less, or come back on Monday." if each else "Fresh points arrive on Monday.",
        field="points",
    )


def counts_of(fact: RecognitionFact) -> list[Count]:
    """What a recognition adds to the tallies of its periods: one for the giver, one for each receiver."""
    total = fact.points * len(fact.receiver_ids)
    counts = []
    for label in fact.tally_labels:
        counts.append(Count(label, fact.giver_id, given=len(fact.receiver_ids), points_given=total))
        counts += [Count(label, one, received=1, points_received=fact.points) for one in fact.receiver_ids]
    return counts


# --- telling ----------------------------------------------------------------------------------------------


def _given_card(
    ctx: Context, receivers: tuple[Member, ...], fact: RecognitionFact, placement: Placement, left: int
) -> Card:
    """The giver's confirmation."""
    return Card(
        "kudos_given",
        {
            "receivers": [who(one) for one in receivers],
            "points": fact.points,
            "total": fact.points * len(receivers),
            "place": placement.posts[0] if placement.posts else None,
            "moved": placement.moved,
            "invite": _invite_link(ctx) if placement.moved == "not_in_channel" else None,
            "left": left,
            "allowance": ctx.policy.weekly_allowance,
            "until": "Monday",
            "id": fact.id,
            "undo_minutes": ctx.policy.undo_minutes,
        },
    )


def _invite_link(ctx: Context) -> WebLink | None:
    """Where the app can be added to a channel: on its own page. None where it has none that we know."""
    if ctx.home.platform != Platform.SLACK or not ctx.home.app_ref:
        return None
    page = f"https://slack.com/app_redirect?app={ctx.home.app_ref}&team={ctx.home.workspace_ref}"
    return WebLink(page, "Add me to a channel")


def _sends(
    ctx: Context,
    receivers: tuple[Member, ...],
    fact: RecognitionFact,
    placement: Placement,
    posted: ledger.Posted,
) -> tuple[Send, ...]:
    subject = Subject(SUBJECT, fact.id)
    card = posted_card(fact, ctx.actor, receivers, ctx.programme)
    link = LINK_TO_POST if placement.posts else None
    posts = [Post(place, card, subject) for place in placement.posts]
    directs = [
        Direct(
            one,
            received_card(fact, ctx.actor, one, receivers, ctx.programme, posted.balances[ledger.wallet(one.id)], link),
            subject,
            linked=link is not None,
        )
        for one in receivers
    ]
    return (*posts, *directs)
