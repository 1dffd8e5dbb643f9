"""Reactions: the programme's emoji on a message gives its author the usual points, and on a kudos it joins in.

Nobody who reacts has asked for an answer: they hear what it cost them, or that they have too little left, and else
nothing. Events come late, twice and in any order; `store.reactions` tells what each of them changed.
"""

from __future__ import annotations

from handlers import boosting
from handlers.context import Context
from handlers.giving import Gift, give
from handlers.grace import is_in_grace
from handlers.recognition_cards import SUBJECT
from handlers.refusals import Refusal
from handlers.registry import reaction
from handlers.rules.policy import Policy
from handlers.rules.reaction_names import is_negative, same_emoji
from handlers.undo import take_back_kudos
from handlers.vocabulary import Nothing, PlaceKind, Platform, Reaction, Response, Subject, Touch
from store.boosts import BoostFact, list_boosts
from store.outbox import find_posted
from store.people import Member
from store.reactions import ReactionFact, ReactionKey, keep_given, list_of_person, note
from store.recognitions import RecognitionFact, find_recognition


def is_ours(request: Reaction, policy: Policy) -> bool:
    """On Slack the programme's emoji; on Teams, which tells of our own posts only, any that means well."""
    if request.who.workspace.platform is Platform.SLACK:
        return bool(policy.reaction) and same_emoji(request.emoji, policy.reaction)
    return policy.boost_points > 0 and not is_negative(request.emoji)


@reaction(concerns=is_ours)
def react(request: Reaction, ctx: Context) -> Response:
    """Gives the usual points to who wrote a message, or joins in a kudos; taken off soon, it takes that back."""
    key = ReactionKey(
        ctx.home.workspace_id, request.about.conversation.id, request.about.id, request.who.id, request.emoji
    )
    if not note(ctx.tx, ctx.tenant_id, key, request.event_at, present=request.added):
        return Response(Nothing())
    known = list_of_person(ctx.tx, ctx.tenant_id, key)  # after it, for what arrives at the same time waited there
    posted = find_posted(ctx.tx, ctx.tenant_id, ctx.home.workspace_id, request.about.id)
    if posted and posted[0] == SUBJECT:
        fact = find_recognition(ctx.tx, ctx.tenant_id, posted[1])
        assert fact, f"a post shows {posted[1]}, which is not there"
        return _join(ctx, fact, key) if request.added else _leave(ctx, fact, key, known)
    return _thank(ctx, request, key, known) if request.added else _unthank(ctx, key, known)


# --- on what somebody wrote -------------------------------------------------------------------------------


def _thank(ctx: Context, request: Reaction, key: ReactionKey, known: list[ReactionFact]) -> Response:
    author = _author(ctx, request)
    before = _given_by(ctx, key, known)
    if author is None or (before and not _gives_anew(before)):
        return Response(Nothing())
    gift = Gift(receivers=(author,), reason=_reason(ctx), about_link=request.about.link, quiet=True)
    recognition_id = ctx.new_id()
    keep_given(ctx.tx, ctx.tenant_id, key, recognition_id)
    try:
        return give(ctx, gift, draft_id=recognition_id)
    except Refusal as refused:
        if refused.code == "allowance_spent":
            raise Refusal(refused.code, refused.sentence, "Your reaction says thanks all the same.") from refused
        raise


def _gives_anew(before: RecognitionFact) -> bool:
    """Taken off too late it stayed given, and what an administrator took back stays taken back."""
    return before.taken_back_at is not None and before.taken_back_by is None


def _unthank(ctx: Context, key: ReactionKey, known: list[ReactionFact]) -> Response:
    """What is older than the time in which it can be taken back stays given."""
    fact = _given_by(ctx, key, known)
    if fact is None or not is_in_grace(ctx, fact) or take_back_kudos(ctx, fact) is None:
        return Response(Nothing())
    return Response(Nothing(), (Touch(Subject(SUBJECT, fact.id)),))


def _author(ctx: Context, request: Reaction) -> Member | None:
    """Whom it thanks: nobody for a message of one's own, or of an app."""
    author = ctx.people.get(request.about.author) if request.about.author else None
    return author if author and author.kind != "bot" and author.id != ctx.actor.id else None


def _reason(ctx: Context) -> str:
    """The name of a channel that not everybody may see is nobody else's."""
    if ctx.place and ctx.place.kind == PlaceKind.CHANNEL and ctx.place.name:
        return f"A message in #{ctx.place.name}"
    return "A message"


def _given_by(ctx: Context, key: ReactionKey, known: list[ReactionFact]) -> RecognitionFact | None:
    given_id = next((one.given_id for one in known if one.emoji == key.emoji), None)
    return find_recognition(ctx.tx, ctx.tenant_id, given_id) if given_id else None


# --- on a kudos -------------------------------------------------------------------------------------------


def _join(ctx: Context, fact: RecognitionFact, key: ReactionKey) -> Response:
    """A boost, if there is one to be had."""
    if boosting.why_not_boost(ctx, fact) or _own_boost(ctx, fact):
        return Response(Nothing())
    given = boosting.add_points(ctx, fact)
    keep_given(ctx.tx, ctx.tenant_id, key, given.transaction_id)
    return Response(given.answer, (boosting.touched(fact),))


def _leave(ctx: Context, fact: RecognitionFact, key: ReactionKey, known: list[ReactionFact]) -> Response:
    """Takes the boost back that a reaction was, once the last one is off; what a button gave stays."""
    made = _own_boost(ctx, fact)
    stays = any(one.present for one in known if one.emoji != key.emoji and not is_negative(one.emoji))
    by_reaction = {one.given_id for one in known if one.given_id}
    if made is None or stays or made.transaction_id not in by_reaction or not boosting.is_recent(ctx, made):
        return Response(Nothing())
    if not boosting.take_back_boost(ctx, fact, made):
        return Response(Nothing())
    return Response(Nothing(), (boosting.touched(fact),))


def _own_boost(ctx: Context, fact: RecognitionFact) -> BoostFact | None:
    made = list_boosts(ctx.tx, ctx.tenant_id, [fact.id])
    return next((one for one in made if one.person_id == ctx.actor.id), None)
