"""Who is meant: people that somebody named in typed text, by mention, name, e-mail address or group."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.access import why_not_receive
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.rules.grammar import KnownWords, KudosText, NameRef, Receiver, read_kudos
from handlers.vocabulary import Command, EmailRef, GroupRef, Mentioned, Submission, Typed, Unknown
from store.people import Member, find_by_emails, list_by_name

NO_WORDS = KnownWords({}, {})


def find_receivers(
    request: Command, ctx: Context, said: KudosText, *, any_doubt: bool = False
) -> tuple[KudosText, tuple[Member, ...]]:
    """The likeliest reading whose names are all found, with its people.

    Where none is, a name that fits several is asked about rather than one that fits nobody. With `any_doubt`,
    for what cannot be taken back, also a name that fits somebody who is here and somebody who left.
    """
    refusals = []
    for guess in said.guesses:
        try:
            return guess, _people(request, ctx, guess.receivers, any_doubt=any_doubt)
        except Refusal as refusal:
            refusals.append(refusal)
    if refusals and not said.receivers:
        raise next((one for one in refusals if one.code == "ambiguous_name"), refusals[0])
    return said, _people(request, ctx, said.receivers, any_doubt=any_doubt)


def find_one(request: Command, ctx: Context, text: Typed) -> tuple[Member, str]:
    """The one person that a text begins with, and the words after."""
    said, found = find_receivers(request, ctx, read_kudos(text, NO_WORDS))
    if len(found) != 1:
        raise Refusal(
            "not_one_person",
            "Whom do you mean?" if not found else "One person at a time, please.",
            "Mention somebody with @, or write a whole name or an e-mail address.",
        )
    return found[0], said.reason


def find_picked(request: Submission, ctx: Context, field: str) -> tuple[Member, ...]:
    """The people somebody picked in a form, each once. Whoever is not known here is refused."""
    picked = request.values.get(field, ())
    refs = picked if isinstance(picked, tuple) else ()
    if any(ref not in ctx.people for ref in refs):
        raise Refusal(
            "unknown_person",
            "I cannot find one of these people here.",
            "Take out whoever is not a colleague, please.",
            field=field,
        )
    return tuple({ctx.people[ref].id: ctx.people[ref] for ref in refs}.values())


def _people(request: Command, ctx: Context, receivers: Iterable[Receiver], *, any_doubt: bool) -> tuple[Member, ...]:
    found: list[Member] = []
    wanted = tuple(receivers)
    addressed = _by_email(request, ctx, [one for one in wanted if isinstance(one, EmailRef)])
    for one in wanted:
        match one:
            case NameRef():
                found.append(_only(one.name, list_by_name(ctx.tx, ctx.tenant_id, one.name), any_doubt=any_doubt))
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


def _only(name: str, candidates: list[Member], *, any_doubt: bool) -> Member:
    """Apps are meant only where nobody else has that name; so are people who left, unless any doubt is asked about."""
    likely = [one for one in candidates if (one.active or any_doubt) and one.kind != "bot"]
    match likely or candidates:
        case [member]:
            return member
        case []:
            raise _nobody(name)
        case several:
            raise _ambiguous(name, several)


def _ambiguous(name: str, several: list[Member]) -> Refusal:
    """Namesakes are not told apart by writing the whole name."""
    names = sorted({one.name for one in several})
    if len(names) == 1:
        sentence = f"There are {len(several)} people here who are called {names[0]}."
        return Refusal(
            "ambiguous_name", sentence, "Pick one with an @mention, or write the e-mail address.", field="receivers"
        )
    sentence = f"“{name}” could be {' or '.join(names[:5])}."
    return Refusal("ambiguous_name", sentence, "Pick one with an @mention, or write the whole name.", field="receivers")


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
        f"I cannot find “{name}” here.",
        "Mention the person with @, or write their e-mail address.",
        field="receivers",
    )
