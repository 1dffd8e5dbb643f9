"""Boosts: one tap adds points of one's own to somebody else's kudos, once a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers import allowances
from handlers.access import why_not_receive
from handlers.context import Context, who
from handlers.recognition_cards import SUBJECT
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.rules.periods import tally_labels
from handlers.vocabulary import Action, Card, Reply, Response, Subject, Touch
from store.boosts import BoostFact, add_boost, keep_transaction, list_boosts, remove_boost
from store.closings import lock_accounts, take_back_all
from store.outbox import is_posted_in
from store.people import list_members
from store.recognitions import RecognitionFact, find_recognition, still_stands
from store.tallies import Count, add_counts, merged
from store.types import Id, Points

GATHERED_S = 3
"""Boosts of so many seconds are shown by one edit of the post."""


@action("boost")
def boost(request: Action, ctx: Context) -> Response:
    """Adds points of your own to somebody's kudos."""
    fact = find_recognition(ctx.tx, ctx.tenant_id, request.values.get("id", ""))
    if fact is None or not _is_seen(ctx, fact):
        raise Refusal("no_such_kudos", "I cannot find that kudos here.", "Nothing was added.")
    if why := why_not_boost(ctx, fact):
        raise why
    given = add_points(ctx, fact)
    return Response(given.answer, (touched(fact),))


def why_not_boost(ctx: Context, fact: RecognitionFact) -> Refusal | None:
    """Why the actor may not join in, whatever they have left."""
    if not ctx.policy.boost_points:
        return Refusal("no_boosts", "There are no boosts here.", "A kudos of your own says it as well.")
    if fact.private:
        return Refusal("private", "That kudos is only for those it names.", "Nothing was added.")
    if ctx.actor.id == fact.giver_id:
        return Refusal("own_kudos", "It is your own kudos, and has your points already.", "Others can join in.")
    if ctx.actor.id in fact.receiver_ids:
        return Refusal("own_thanks", "That kudos is for you.", "Thank back, if you like: it costs no points.")
    if fact.taken_back_at:
        return _taken_back()
    for one in list_members(ctx.tx, ctx.tenant_id, fact.receiver_ids):
        if why := why_not_receive(one, ctx.policy):
            return Refusal("cannot_receive", f"{one.name} {why}.", "Nothing was added.")
    return None


@dataclass(frozen=True, slots=True)
class Given:
    """A boost that was given: the transaction that moved its points, and what its person is told."""

    transaction_id: Id
    answer: Reply


def add_points(ctx: Context, fact: RecognitionFact) -> Given:
    """Moves the points, to all receivers or to none. Refuses a second boost, and what is more than is left."""
    if not still_stands(ctx.tx, ctx.tenant_id, fact.id):  # asked under a lock: it may be taken back this moment
        raise _taken_back()
    made = BoostFact(
        recognition_id=fact.id,
        person_id=ctx.actor.id,
        points=ctx.policy.boost_points,
        transaction_id=None,
        tally_labels=tally_labels(ctx.now, ctx.tenant_zone),
        boosted_at=ctx.now,
    )
    if not add_boost(ctx.tx, ctx.tenant_id, made):
        raise Refusal("boosted_already", "You joined in already.", "Once is enough: nothing more was added.")
    spent = _spend(ctx, fact, made)
    keep_transaction(ctx.tx, ctx.tenant_id, fact.id, ctx.actor.id, spent.transaction_id)
    add_counts(ctx.tx, ctx.tenant_id, fact.value_id, _counts_of(fact, made))
    return Given(spent.transaction_id, Reply(_boosted_card(ctx, fact, made, spent.left)))


def take_back_boost(ctx: Context, fact: RecognitionFact, made: BoostFact) -> bool:
    """Takes one boost off, with what its receivers still have of it. False if it is gone already."""
    if not remove_boost(ctx.tx, ctx.tenant_id, fact.id, made.person_id):
        return False
    _give_back(ctx, [made])
    subtract(ctx, fact, _counts_of_all(fact, [made]))
    return True


@dataclass(frozen=True, slots=True)
class Boosted:
    """Boosts that are off: the points that were taken, those that the receivers keep, and what they had counted."""

    returned: Points
    kept: Points
    counts: list[Count]


def lock_points(ctx: Context, fact: RecognitionFact) -> None:
    """Every account that taking back a recognition may touch, in one order and before its counts: as gifts do."""
    boosts = list_boosts(ctx.tx, ctx.tenant_id, [fact.id])
    ids = (fact.transaction_id, fact.badge_transaction_id, *(one.transaction_id for one in boosts))
    lock_accounts(ctx.tx, ctx.tenant_id, [one for one in ids if one])


def take_back_boosts(ctx: Context, fact: RecognitionFact, *, by_administrator: bool = False) -> Boosted:
    """Takes every boost off a recognition that was taken back; call it after that, in the same transaction.

    What the receivers still have of them goes back to who gave it, or by an administrator out of the programme.
    The caller subtracts the counts together with those of the recognition.
    """
    made = list_boosts(ctx.tx, ctx.tenant_id, [fact.id])
    gone = [one for one in made if remove_boost(ctx.tx, ctx.tenant_id, fact.id, one.person_id)]
    returned, kept = _give_back(ctx, gone, by_administrator=by_administrator)
    return Boosted(returned, kept, _counts_of_all(fact, gone))


def subtract(ctx: Context, fact: RecognitionFact, counts: list[Count]) -> None:
    """Takes these off the tallies at once, in one order."""
    add_counts(ctx.tx, ctx.tenant_id, fact.value_id, merged(counts), sign=-1)


def is_recent(ctx: Context, made: BoostFact) -> bool:
    """Whether it may still be taken back."""
    return ctx.now <= made.boosted_at + timedelta(minutes=ctx.policy.undo_minutes)


def touched(fact: RecognitionFact) -> Touch:
    return Touch(Subject(SUBJECT, fact.id), within_s=GATHERED_S)


# --- checks -----------------------------------------------------------------------------------------------


def _is_seen(ctx: Context, fact: RecognitionFact) -> bool:
    """Whether the actor can see it: everybody can, or it has a post where they are. An id can be sent by anybody."""
    named = ctx.actor.id in (fact.giver_id, *fact.receiver_ids, *fact.copied_ids)
    if fact.public or named:
        return True
    return ctx.place is not None and is_posted_in(ctx.tx, ctx.tenant_id, SUBJECT, fact.id, ctx.place.id)


def _taken_back() -> Refusal:
    return Refusal("taken_back", "That kudos was taken back.", "Nothing was added.")


# --- the books --------------------------------------------------------------------------------------------


def _spend(ctx: Context, fact: RecognitionFact, made: BoostFact) -> allowances.Spent:
    # A boost may come off and on again by a reaction, so the act is not the pair of kudos and person: of that the
    # key of the boost sees to it that there is one.
    spending = allowances.Spending(
        kind="boost",
        act=f"boost:{fact.id}:{ctx.actor.id}:{ctx.new_id()}",
        each=made.points,
        receiver_ids=fact.receiver_ids,
    )
    try:
        return allowances.spend(ctx, spending)
    except Refusal as short:
        raise Refusal(short.code, short.sentence, "A thank-you in the thread costs none.") from short


def _counts_of(fact: RecognitionFact, made: BoostFact) -> list[Count]:
    """What a boost adds to the tallies: as much as a kudos of the same points."""
    people = fact.receiver_ids
    counts = []
    for label in made.tally_labels:
        counts.append(Count(label, made.person_id, given=len(people), points_given=made.points * len(people)))
        counts += [Count(label, one, received=1, points_received=made.points) for one in people]
    return counts


def _counts_of_all(fact: RecognitionFact, boosts: list[BoostFact]) -> list[Count]:
    return [count for one in boosts for count in _counts_of(fact, one)]


def _give_back(ctx: Context, boosts: list[BoostFact], *, by_administrator: bool = False) -> tuple[Points, Points]:
    acts = {one.transaction_id: f"undo:{one.transaction_id}" for one in boosts if one.transaction_id}
    return take_back_all(ctx.tx, ctx.tenant_id, acts, ctx.now, by_administrator=by_administrator)


# --- telling ----------------------------------------------------------------------------------------------


def _boosted_card(ctx: Context, fact: RecognitionFact, made: BoostFact, left: allowances.Left) -> Card:
    by_id = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, fact.receiver_ids)}
    return Card(
        "boosted",
        {
            "receivers": [who(by_id[one]) for one in fact.receiver_ids],
            "points": made.points,
            "left": left.points,
            "allowance": left.of,
            "until": left.until,
        },
    )
