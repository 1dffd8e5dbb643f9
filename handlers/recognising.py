"""What every recognition has in common, kudos and awards: how it counts, and who is told of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handlers.context import TenantContext
from handlers.placing import Placement
from handlers.recognition_cards import LINK_TO_POST, SUBJECT, Joined, copied_card, posted_card, received_card
from handlers.rules.periods import tally_labels
from handlers.vocabulary import Direct, Post, Send, Subject
from store import ledger
from store.people import Member
from store.recognitions import Audience, RecognitionFact, RecognitionKind
from store.tallies import Count, private_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Everybody whom a recognition names."""

    giver: Member
    receivers: tuple[Member, ...]
    copied: tuple[Member, ...] = ()


def labels_of(ctx: TenantContext, audience: Audience) -> tuple[str, ...]:
    """What only its receivers see counts for the two of them, and on no board."""
    labels = tally_labels(ctx.now, ctx.tenant_zone)
    private = audience in (Audience.RECEIVERS, Audience.COPIED)
    return tuple(private_label(one) for one in labels) if private else labels


def fingerprint_of(
    receivers: Iterable[str], points: int, value_id: str | None, badge_id: str | None, reason: str
) -> str:
    """The same for the same receivers in any order, amount and words."""
    parts = [*sorted(receivers), str(points), value_id or "", badge_id or ""]
    return hashlib.sha256("\n".join([*parts, reason]).encode()).hexdigest()[:32]


def counts_of(fact: RecognitionFact) -> list[Count]:
    """What a recognition adds to the tallies of its periods: one for the giver, one for each receiver.

    An award is no gift of its giver's, so it counts for its receivers only.
    """
    total = fact.points * len(fact.receiver_ids)
    counts = []
    for label in fact.tally_labels:
        if fact.kind is RecognitionKind.KUDOS:
            counts.append(Count(label, fact.giver_id, given=len(fact.receiver_ids), points_given=total))
        points = fact.points + fact.badge_points
        counts += [Count(label, one, received=1, points_received=points) for one in fact.receiver_ids]
    return counts


def tell(
    ctx: TenantContext,
    fact: RecognitionFact,
    named: Named,
    placement: Placement,
    balances: Mapping[ledger.Account, int],
) -> tuple[Send, ...]:
    """One post a workspace, and one message to each receiver and each person in copy, who may be both."""
    subject, giver, receivers = Subject(SUBJECT, fact.id), named.giver, named.receivers
    card = posted_card(fact, giver, receivers, ctx.programme, Joined(offer=ctx.policy.boost_points))
    link = LINK_TO_POST if placement.posts else None
    linked = link is not None
    posts = [Post(place, card, subject) for place in placement.posts]
    directs = [
        Direct(
            one,
            received_card(
                fact, giver, one, receivers, ctx.programme, _wallet(ctx, one, balances), link, copied=named.copied
            ),
            subject,
            linked=linked,
        )
        for one in receivers
    ]
    told = {giver.id, *fact.receiver_ids}
    copies = [
        Direct(one, copied_card(fact, giver, receivers, ctx.programme, link), subject, linked=linked)
        for one in named.copied
        if one.id not in told
    ]
    return (*posts, *directs, *copies)


def _wallet(ctx: TenantContext, receiver: Member, balances: Mapping[ledger.Account, int]) -> int:
    mine = ledger.wallet(receiver.id)
    return balances[mine] if mine in balances else ledger.find_balance(ctx.tx, ctx.tenant_id, mine)
