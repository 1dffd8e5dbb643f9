"""`/reward`: awards out of a budget, typed or by the form; what it costs is shown before it is sent."""

from __future__ import annotations

from handlers import awarding, budgets
from handlers.award_cards import awards_card
from handlers.award_checks import Wished, points_each
from handlers.award_drafts import preview
from handlers.budgets import Spendable
from handlers.context import Context
from handlers.finding import NO_WORDS, find_receivers
from handlers.refusals import Refusal
from handlers.registry import action, command
from handlers.reward_form import audience_of, open_reward_form, today_of_writer
from handlers.reward_help import HELP, reward_help
from handlers.rules.award_text import read_award_words
from handlers.rules.grammar import KnownWords, KudosText, NameRef, TwoAmounts, UnclearAmount, read_kudos
from handlers.typed_words import plain
from handlers.vocabulary import Action, Card, Command, EmailRef, OpenForm, Piece, Replace, Reply, Response, Typed
from store.awards import list_awards
from store.people import Member
from store.recognitions import Audience

PAGE = 8


def _asks_only(request: Command) -> bool:
    return plain(request.text).lower() in ("", "list", *HELP)


@command("reward", usage="@name +100 for the reason :badge:, list or help", reads=_asks_only)
def reward(request: Command, ctx: Context) -> Response:
    """Reward somebody out of your budget."""
    word = plain(request.text).lower()
    if not word:
        return Response(OpenForm(open_reward_form(ctx)))
    if word == "list":
        return Response(Reply(_list(ctx)))
    if word in HELP:
        return Response(Reply(reward_help(ctx)))
    words = read_award_words(request.text, today_of_writer(ctx))
    if words.doubt:
        raise Refusal(words.doubt.code, words.doubt.sentence, words.doubt.next_step)
    known = KnownWords({}, ctx.programme.words.badges)
    said, receivers = find_receivers(request, ctx, read_kudos(words.rest, known), any_doubt=True)
    for problem in said.problems:
        match problem:
            case UnclearAmount(typed):
                raise Refusal("unclear_amount", f"I cannot read {typed} as points.", "Write a whole number: +100.")
            case TwoAmounts(typed):
                raise Refusal("two_amounts", f"Which amount is it: {' or '.join(typed)}?", "Write one.")
            case _:
                raise Refusal("value_in_award", "An award has no #value.", "Write the word without the #.")
    copied = _copied(request, ctx, words.copied, receivers)
    spendable = _spendable(ctx, words.budget)
    each = points_each(ctx, spendable, len(receivers), points=said.points, money=words.money, split=words.split)
    wished = Wished(
        receivers=receivers,
        points=each,
        reason=said.reason,
        budget_id=spendable.budget.id,
        badge_id=said.badge_id,
        audience=audience_of(words.audience or Audience.HERE, copied),
        copied=copied,
        arrives_on=words.arrives_on,
    )
    return preview(ctx, wished, spendable)


@action("awards", reads=True)
def show_awards(request: Action, ctx: Context) -> Response:
    """Shows what you awarded, or older ones."""
    return Response(Replace(_list(ctx, before=request.values.get("before", ""))))


@action("award_withdraw")
def withdraw(request: Action, ctx: Context) -> Response:
    """Withdraws an award that was not given yet."""
    _, touched = awarding.withdraw(ctx, request.values.get("id", ""))
    return Response(Replace(_list(ctx, done="Withdrawn. Its points are back in the budget.")), touched)


def _list(ctx: Context, before: str = "", done: str = "") -> Card:
    facts = list_awards(ctx.tx, ctx.tenant_id, ctx.actor.id, before=before, most=PAGE + 1)
    older = facts[PAGE - 1].id if len(facts) > PAGE else ""
    return awards_card(ctx, facts[:PAGE], older=older, done=done)


def _copied(request: Command, ctx: Context, typed: Typed, receivers: tuple[Member, ...]) -> tuple[Member, ...]:
    """Whoever is named is looked for one by one: a name may have several words."""
    found = [one for piece in typed for one in _named(request, ctx, piece)]
    return tuple({one.id: one for one in found if one not in receivers and one.id != ctx.actor.id}.values())


def _named(request: Command, ctx: Context, piece: Piece) -> tuple[Member, ...]:
    name = piece.strip().removeprefix("@") if isinstance(piece, str) else ""
    receivers = (EmailRef(name.lower()) if "@" in name else NameRef(name),) if name else ()
    said = KudosText(receivers, None, "", None, None) if name else read_kudos((piece,), NO_WORDS)
    return find_receivers(request, ctx, said, any_doubt=True)[1]


def _spendable(ctx: Context, typed: str) -> Spendable:
    """The budget that was named, or the only one there is."""
    budgets.renew(ctx)
    found = budgets.list_spendable(ctx)
    if not found:
        raise Refusal(
            "no_budget",
            "You have no budget to award out of.",
            "Whoever runs Plaudit can give you one; a kudos is always yours to give.",
        )
    named = [one for one in found if one.budget.name.casefold() == typed.casefold()] if typed else found
    if len(named) == 1:
        return named[0]
    names = ", ".join(one.budget.name for one in found[:5])
    if typed and not named:
        raise Refusal("unknown_budget", f"None of your budgets is called {typed[:40]}.", f"There are: {names}.")
    raise Refusal("which_budget", "Out of which budget?", f'Write it with from:"Name". There are: {names}.')
