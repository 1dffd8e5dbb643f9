"""By hand: people get a card with the order, start on it, and say when it is done, with a code or a note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.context import Context, TenantContext, who
from handlers.finding import find_picked
from handlers.fulfillers import MANUAL, PEOPLE, fulfillers
from handlers.fulfilment import Begun, fulfilment
from handlers.order_cards import ASKED, WORK, work_card
from handlers.refusals import Refusal
from handlers.vocabulary import AccountRef, Direct, Field, PeopleField, Send, Subject, Submission, TextField
from store.catalogue import RewardFact
from store.people import Member, list_members
from store.redemptions import OrderFact, OrderState

QUESTION, ANSWER = "question", "answer"
MOST_PEOPLE = 20
LONGEST_QUESTION, LONGEST = 150, 500


@fulfilment
class Manual:
    kind = MANUAL
    title = "By hand: people hand it out"
    confirms_payment = True
    """They see to what is to be paid from one's own pocket, too."""
    discreet = True
    """A size, an address: nobody has to know them to agree."""

    def settings_fields(self, ctx: Context, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        accounts = tuple(ref for one in _named(ctx, settings) for ref in _accounts_here(ctx, one))
        return (
            PeopleField(
                name=PEOPLE,
                label="Who hands it out?",
                initial=accounts,
                hint="Empty: whoever runs Plaudit here. The first of them who starts on an order has it.",
                optional=True,
            ),
            TextField(
                name=QUESTION,
                label="What do they need to know?",
                initial=str(settings.get(QUESTION, "")),
                hint="A question to whoever orders it, such as: which size, and where to? Empty: none.",
                max_length=LONGEST_QUESTION,
            ),
        )

    def read_settings(self, request: Submission, ctx: Context, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Who is on the other platform only cannot be picked here, and stays."""
        picked = find_picked(request, ctx, PEOPLE)
        if any(one.kind != "member" or not one.active for one in picked):
            raise Refusal("cannot_fulfil", "Only members who are active can hand it out.", "Name others.", field=PEOPLE)
        absent = [one for one in _named(ctx, settings) if not _accounts_here(ctx, one)]
        people = sorted({one.id for one in (*picked, *absent)})
        if len(people) > MOST_PEOPLE:
            raise Refusal("too_many", f"{MOST_PEOPLE} people at most.", "Name a few of them.", field=PEOPLE)
        return {PEOPLE: people, QUESTION: request.text(QUESTION)[:LONGEST_QUESTION]}

    def why_not(self, ctx: Context, reward: RewardFact) -> str:
        if fulfillers(ctx, reward, ctx.actor.id):
            return ""
        return "Nobody is there who hands it out: whoever runs Plaudit here can name somebody."

    def fields(self, ctx: Context, reward: RewardFact) -> tuple[Field, ...]:
        question = str(reward.settings.get(QUESTION, ""))
        if not question:
            return ()
        hint = "Those who hand it out read it, and whoever runs Plaudit here."
        return (TextField(name=ANSWER, label=question, hint=hint, multiline=True, min_length=1, max_length=LONGEST),)

    def steps(self, reward: RewardFact) -> tuple[str, ...]:
        return ()

    def reserve(self, request: Submission, ctx: Context, reward: RewardFact, order_id: str) -> dict[str, Any]:
        question = str(reward.settings.get(QUESTION, ""))
        answer = request.text(ANSWER)
        if not question:
            return {}
        if not answer or len(answer) > LONGEST:
            raise Refusal(
                "no_answer",
                "Whoever hands it out needs to know that.",
                f"Write up to {LONGEST} characters.",
                field=ANSWER,
            )
        return {ASKED: [{"label": question, "answer": answer}]}

    def fulfil(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Begun:
        card = work_card(ctx.tx, ctx.tenant_id, order)
        people = fulfillers(ctx, reward, order.person_id)
        return Begun(OrderState.ORDERED, sends=tuple(Direct(one, card, Subject(WORK, order.id)) for one in people))

    def give_back(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> tuple[Send, ...]:
        return ()


def _named(ctx: Context, settings: Mapping[str, Any]) -> list[Member]:
    ids = settings.get(PEOPLE, [])
    return sorted(list_members(ctx.tx, ctx.tenant_id, ids), key=lambda one: one.id) if ids else []


def _accounts_here(ctx: Context, member: Member) -> tuple[AccountRef, ...]:
    return tuple(ref for ref in who(member).accounts if ref.workspace.id == ctx.home.workspace_ref)
