"""`/kudos`, typed: reads the line, finds the people, and gives."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.access import why_not_receive
from handlers.context import Context
from handlers.giving import Gift, give, give_draft
from handlers.kudos_form import open_kudos_form
from handlers.kudos_help import kudos_help
from handlers.refusals import Refusal
from handlers.registry import action, command
from handlers.rules.grammar import (
    KudosText,
    NameRef,
    Problem,
    Receiver,
    TwoAmounts,
    TwoValues,
    UnclearAmount,
    UnknownValue,
    read_kudos,
)
from handlers.vocabulary import (
    Action,
    Card,
    Command,
    EmailRef,
    GroupRef,
    Mentioned,
    Nothing,
    Replace,
    Reply,
    Response,
    Typed,
    Unknown,
)
from store.people import Member, find_by_emails, list_by_name


def _asks_only(request: Command) -> bool:
    return _is_blank(request.text) or _is(request.text, "help", "?")


@command("kudos", usage="@name +5 for the reason #value :badge:", reads=_asks_only)
def kudos(request: Command, ctx: Context) -> Response:
    """Thank somebody, here and now."""
    if _is_blank(request.text):
        return open_kudos_form(ctx)
    if _is(request.text, "help", "?"):
        return kudos_help(ctx)
    said, receivers = _resolved(request, ctx, read_kudos(request.text, ctx.programme.words))
    for problem in said.problems:
        raise _refusal_of(problem, ctx)
    gift = Gift(
        receivers=receivers,
        reason=said.reason,
        points=said.points,
        value_id=said.value_id,
        badge_id=said.badge_id,
    )
    return give(ctx, gift)


@action("send_again")
def send_again(request: Action, ctx: Context) -> Response:
    """Gives once more what looked like the same gift typed twice."""
    given = give_draft(ctx, request.values.get("draft", ""))
    assert isinstance(given.answer, Reply)
    return Response(Replace(given.answer.card), given.sends)


@action("dismiss")
def dismiss(request: Action, ctx: Context) -> Response:
    """Leaves things as they are."""
    return Response(Replace(Card("notice", {"sentence": "Good, then it stays at one."})))


@action("open_app", reads=True)
def open_app(request: Action, ctx: Context) -> Response:
    """A button that leads to an address; Slack tells of the tap as well."""
    return Response(Nothing())


def _is_blank(text: Typed) -> bool:
    return not any(not isinstance(piece, str) or piece.strip() for piece in text)


def _is(text: Typed, *words: str) -> bool:
    return len(text) == 1 and isinstance(text[0], str) and text[0].strip().lower() in words


# --- who is meant -----------------------------------------------------------------------------------------


def _resolved(request: Command, ctx: Context, said: KudosText) -> tuple[KudosText, tuple[Member, ...]]:
    """The likeliest reading whose names are all found, with its people.

    Where none is, a name that fits several is asked about rather than one that fits nobody.
    """
    refusals = []
    for guess in said.guesses:
        try:
            return guess, _people(request, ctx, guess.receivers)
        except Refusal as refusal:
            refusals.append(refusal)
    if refusals and not said.receivers:
        raise next((one for one in refusals if one.code == "ambiguous_name"), refusals[0])
    return said, _people(request, ctx, said.receivers)


def _people(request: Command, ctx: Context, receivers: Iterable[Receiver]) -> tuple[Member, ...]:
    found: list[Member] = []
    wanted = tuple(receivers)
    addressed = _by_email(request, ctx, [one for one in wanted if isinstance(one, EmailRef)])
    for one in wanted:
        match one:
            case NameRef():
                found.append(_only(one.name, list_by_name(ctx.tx, ctx.tenant_id, one.name)))
            case EmailRef():
                if one.address not in addressed:
                    raise _nobody(one.address)
                found.append(addressed[one.address])
            case GroupRef():
                found += [ctx.people[ref] for ref in request.groups.get(one, ()) if ref in ctx.people]
                found = [member for member in found if _may_come_by_group(member, ctx)]
            case _:
                if one not in ctx.people:
                    raise _nobody(_label_of(request.text, one))
                found.append(ctx.people[one])
    return tuple({one.id: one for one in found}.values())


def _may_come_by_group(member: Member, ctx: Context) -> bool:
    """A group may hold the giver, guests and people who left; who names a group does not mean those."""
    return member.id != ctx.actor.id and why_not_receive(member, ctx.policy) is None


def _only(name: str, candidates: list[Member]) -> Member:
    """People who left, and apps, are meant only where nobody else has that name."""
    match [one for one in candidates if one.active and one.kind != "bot"] or candidates:
        case [member]:
            return member
        case []:
            raise _nobody(name)
        case several:
            names = " or ".join(sorted(one.name for one in several)[:5])
            raise Refusal(
                "ambiguous_name",
                f"“{name}” could be {names}.",
                "Pick one with an @mention, or write the whole name.",
                field="receivers",
            )


def _by_email(request: Command, ctx: Context, refs: list[EmailRef]) -> dict[str, Member]:
    """Those who are known, after all the others were looked up together."""
    known = find_by_emails(ctx.tx, ctx.tenant_id, [one.address for one in refs]) if refs else {}
    missing = tuple(one for one in refs if one.address not in known and one not in request.looked_up)
    if missing:
        raise Unknown(missing)
    return known


def _label_of(text: Typed, ref: Receiver) -> str:
    labels = (one.label for one in text if isinstance(one, Mentioned) and one.ref == ref)
    return next(labels, "") or "that person"


def _nobody(name: str) -> Refusal:
    return Refusal(
        "unknown_person",
        f"I cannot find {name} here.",
        "Mention the person with @, or write their e-mail address.",
        field="receivers",
    )


# --- what was typed oddly ---------------------------------------------------------------------------------


def _refusal_of(problem: Problem, ctx: Context) -> Refusal:
    match problem:
        case UnknownValue(typed, closest):
            meant = ctx.programme.value(closest)
            names = ", ".join(f"#{one.name}" for one in ctx.programme.values if one.active)
            return Refusal(
                "unknown_value",
                f"{typed} is not one of our values." + (f" Did you mean #{meant.name}?" if meant else ""),
                f"There are {names}. Or leave it out.",
                field="value",
            )
        case UnclearAmount(typed):
            return Refusal(
                "unclear_amount",
                f"I cannot read {typed} as points.",
                "Write a whole number: +10.",
                field="points",
            )
        case TwoAmounts(typed):
            return Refusal(
                "two_amounts",
                f"Which amount do you mean: {' or '.join(typed)}?",
                "Write one, right after the names.",
                field="points",
            )
        case TwoValues(ids):
            names = " or ".join(f"#{one.name}" for one in ctx.programme.values if one.id in ids)
            return Refusal("two_values", f"Which value is it: {names}?", "A kudos shows one of them.", field="value")
