"""Giving a recognition: the one use case behind the command, the form, the shortcut and "Send again"."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers import allowances
from handlers.access import why_not_receive
from handlers.badges import add_badge_points, check_may_give, check_points, keep_month
from handlers.context import Context, who
from handlers.pair_hint import mostly_thanked
from handlers.placing import Placement, place_for
from handlers.recognising import Named, counts_of, fingerprint_of, labels_of, tell
from handlers.refusals import Refusal
from handlers.rules.policy import Policy
from handlers.rules.unseen import seen
from handlers.vocabulary import Card, Platform, Reply, Response, WebLink
from store import ledger
from store.conversations import list_places
from store.people import Member, list_members
from store.recognitions import (
    Audience,
    RecognitionFact,
    add_draft,
    add_recognition,
    find_draft,
    find_recognition,
    find_same,
    use_draft,
)
from store.tallies import add_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What somebody wants to give. `points` None means the programme's usual; 0 is appreciation without points."""

    receivers: tuple[Member, ...]
    reason: str
    points: int | None = None
    value_id: str | None = None
    badge_id: str | None = None
    audience: Audience = Audience.HERE
    copied: tuple[Member, ...] = ()
    """Who may read along."""
    about_link: str = ""
    quiet: bool = False
    """Posted nowhere, for there is a sign of it already: a reaction. It counts like every other."""


def give(ctx: Context, gift: Gift, *, draft_id: str = "") -> Response:
    """Checks a gift, moves the points, stores the recognition and tells everybody. Refuses whole, or does whole.

    What waited as a draft becomes the recognition of that id, and is meant even if it looks like one just given.
    """
    points = _points(ctx, gift)
    _check_receivers(ctx, gift.receivers)
    if not gift.quiet:  # whose words are ours
        check_reason(ctx, gift.reason)
    check_copied(ctx, gift.audience, gift.copied)
    badge = ctx.programme.badge(gift.badge_id)
    check_may_give(ctx, badge)
    _check_value(ctx, gift)
    if badge and badge.points:
        check_points(ctx, badge, gift.receivers, private=gift.audience in (Audience.RECEIVERS, Audience.COPIED))
    placement = Placement(()) if gift.quiet else place_for(ctx, gift.audience)
    fact = _fact(ctx, gift, points, draft_id or ctx.new_id(), placement)
    if not draft_id and _given_just_now(ctx, fact):
        return _ask_again(ctx, gift)
    spent = _spend(ctx, fact) if points else None
    brought = add_badge_points(ctx, fact.id, badge, gift.receivers) if badge and badge.points else None
    fact = replace(
        fact,
        transaction_id=spent.transaction_id if spent else None,
        badge_points=badge.points if badge else 0,
        badge_transaction_id=brought.transaction_id if brought else None,
    )
    add_recognition(ctx.tx, fact)
    if badge and brought:
        keep_month(ctx, fact.id, badge, gift.receivers)
    add_counts(ctx.tx, ctx.tenant_id, fact.value_id, counts_of(fact))
    left = spent.left if spent else allowances.left(ctx)
    balances = {**(spent.balances if spent else {}), **(brought.balances if brought else {})}  # the last one holds
    return Response(
        Reply(_given_card(ctx, gift, fact, placement, left)),
        tell(ctx, fact, Named(giver=ctx.actor, receivers=gift.receivers, copied=gift.copied), placement, balances),
    )


def give_draft(ctx: Context, draft_id: str) -> Response:
    """Gives what waited for one more word of its giver: once, and where it was said."""
    content = find_draft(ctx.tx, ctx.tenant_id, draft_id, ctx.actor.id)
    kept = json.loads(content or "{}")
    if not content and find_recognition(ctx.tx, ctx.tenant_id, draft_id):
        raise Refusal("sent_already", "You sent that again already.", "Nothing was sent twice.")
    if not kept or "kind" in kept:  # none, or of something else than a recognition
        raise Refusal("no_draft", "I do not have that draft any more.", "Type it once more, please.")
    by_id = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, kept["receivers"])}
    receivers = tuple(by_id[one] for one in kept.pop("receivers"))
    place_id = kept.pop("place", "")
    if not use_draft(ctx.tx, ctx.tenant_id, draft_id, ctx.actor.id):  # two presses at once: the row decides
        raise Refusal("sent_already", "You sent that again already.", "Nothing was sent twice.")
    shown = kept.pop("shown", True)  # how drafts of an earlier version say it
    audience = Audience(kept.pop("audience", Audience.HERE if shown else Audience.RECEIVERS))
    copied = tuple(list_members(ctx.tx, ctx.tenant_id, kept.pop("copied", ())))
    said_in = replace(ctx, place=list_places(ctx.tx, ctx.tenant_id, [place_id]).get(place_id))
    try:
        return give(said_in, Gift(receivers=receivers, audience=audience, copied=copied, **kept), draft_id=draft_id)
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
    if points < 0:
        raise Refusal("no_points", "Points go to people, and are never taken.", "Write +1 or more.", field="points")
    return points


def _check_value(ctx: Context, gift: Gift) -> None:
    """A draft may be older than the value's time."""
    value = ctx.programme.value(gift.value_id)
    if value and not value.is_current(ctx.programme.day):
        raise Refusal(
            "value_over", f"#{value.name} cannot be given today.", "Choose another value, or none.", field="value"
        )


def check_copied(ctx: Context, audience: Audience, copied: tuple[Member, ...]) -> None:
    """Raises a `Refusal` at the field of the people in copy."""
    if audience is Audience.COPIED and not copied:
        raise Refusal(
            "nobody_copied",
            "Who may read along?",
            "Name somebody in copy, or choose the receivers only.",
            field="copied",
        )
    if len(copied) > ctx.policy.most_receivers:
        raise Refusal(
            "too_many_copied",
            f"That is {len(copied)} people in copy; there can be {ctx.policy.most_receivers} at most.",
            "Leave some out, or show it on the wall.",
            field="copied",
        )
    for one in copied:
        if why := why_not_receive(one, ctx.policy):
            raise Refusal("cannot_read", f"{one.name} {why}.", "Leave them out, and send it again.", field="copied")


def check_reason(ctx: Context, reason: str) -> None:
    """Raises a `Refusal` at the field of the reason. What nobody sees of it is no part of it."""
    told = len(seen(reason))
    if Policy().reason_least <= told < ctx.policy.reason_least:
        raise Refusal(
            "short_reason",
            f"That is {told} characters; a reason has at least {ctx.policy.reason_least} here.",
            "A few more words, please: what did it change for you?",
            field="reason",
        )
    if told < ctx.policy.reason_least:
        raise Refusal(
            "no_reason",
            "What was it for? A few words make all the difference.",
            "Say what they did, such as: for helping me with the release.",
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
        "audience": gift.audience,
        "copied": [one.id for one in gift.copied],
        "about_link": gift.about_link,
        "place": ctx.place.id if ctx.place else "",
    }
    draft_id = ctx.new_id()
    add_draft(ctx.tx, ctx.tenant_id, draft_id, ctx.actor.id, json.dumps(content), ctx.now)
    data = {"draft": draft_id, "receivers": [who(one) for one in gift.receivers], "reason": gift.reason}
    return Response(Reply(Card("kudos_again", data)))


# --- the books --------------------------------------------------------------------------------------------


def _fact(ctx: Context, gift: Gift, points: int, recognition_id: str, placement: Placement) -> RecognitionFact:
    return RecognitionFact(
        tenant_id=ctx.tenant_id,
        id=recognition_id,
        giver_id=ctx.actor.id,
        receiver_ids=tuple(one.id for one in gift.receivers),
        reason=gift.reason,
        value_id=gift.value_id,
        badge_id=gift.badge_id,
        points=points,
        audience=gift.audience,
        public=gift.audience is Audience.WALL or placement.public,
        about_link=gift.about_link,
        transaction_id=None,
        tally_labels=labels_of(ctx, gift.audience),
        fingerprint=fingerprint_of(
            [one.id for one in gift.receivers], points, gift.value_id, gift.badge_id, gift.reason
        ),
        given_at=ctx.now,
        copied_ids=tuple(sorted(one.id for one in gift.copied)),
    )


def _spend(ctx: Context, fact: RecognitionFact) -> allowances.Spent:
    """Moves points from the giver's allowance to the wallets, for all receivers or for none."""
    act = f"recognition:{fact.id}"
    return allowances.spend(
        ctx, allowances.Spending(kind="gift", act=act, each=fact.points, receiver_ids=fact.receiver_ids)
    )


# --- telling ----------------------------------------------------------------------------------------------


def _given_card(ctx: Context, gift: Gift, fact: RecognitionFact, placement: Placement, left: allowances.Left) -> Card:
    """The giver's confirmation."""
    mostly = mostly_thanked(ctx, gift.receivers)
    return Card(
        "reaction_given" if gift.quiet else "kudos_given",
        {
            "receivers": [who(one) for one in gift.receivers],
            "copied": [who(one) for one in gift.copied],
            "points": fact.points,
            "total": fact.points * len(gift.receivers),
            "place": placement.posts[0] if placement.posts else None,
            "moved": placement.moved,
            "invite": _invite_link(ctx) if placement.moved == "not_in_channel" else None,
            "left": left.points,
            "allowance": left.of,
            "until": left.until,
            "mostly": who(mostly) if mostly else None,
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
