"""The form of `/kudos`: opened by the command alone, by a shortcut, or on a message to thank for."""

from __future__ import annotations

from handlers import allowances
from handlers.badges import badges_of
from handlers.context import Context
from handlers.finding import find_picked
from handlers.giving import Gift, give
from handlers.opened_in import note_place
from handlers.placing import why_not_here
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.vocabulary import (
    AccountRef,
    Action,
    Choice,
    ChoiceField,
    Form,
    MessageRef,
    NumberField,
    OpenForm,
    PeopleField,
    Platform,
    Response,
    Submission,
    TextField,
    WorkspaceRef,
)
from store.people import Member, list_members
from store.person_records import list_records
from store.recognitions import Audience

MANAGERS = "managers"
"""The receivers' managers read along: a choice of the form only."""


@action("kudos_form", menu="Give kudos", reads=True)
def open_form(request: Action, ctx: Context) -> Response:
    """Opens the form to thank somebody."""
    values = request.values
    return open_kudos_form(ctx, request.about, link=values.get("about", ""), to=_account(ctx, values.get("person", "")))


@action("kudos_about", menu="Give kudos for this", on_message=True, reads=True)
def open_about(request: Action, ctx: Context) -> Response:
    """Thanks somebody for a message, with a link to it."""
    return open_kudos_form(ctx, request.about)


def open_kudos_form(
    ctx: Context, about: MessageRef | None = None, link: str = "", to: AccountRef | None = None
) -> Response:
    """`to`: whom it is to thank, where that is known already."""
    left = allowances.left(ctx)
    return Response(
        OpenForm(
            Form(
                name="kudos",
                form_id=ctx.new_id(),
                opened_by="kudos_form",
                title="Give kudos",
                submit="Send",
                note=f"You have {left.points} of {left.of} points left until {left.until}.",
                context=_context(ctx, about, link),
                fields=_fields(ctx, to or _author(ctx, about), left.points),
            )
        )
    )


@submission("kudos")
def submit_kudos(request: Submission, ctx: Context) -> Response:
    """Gives what the form says."""
    receivers = find_picked(request, ctx, "receivers")
    audience, copied = _audience(request, ctx, receivers)
    gift = Gift(
        receivers=receivers,
        reason=request.text("reason"),
        points=_number(request.text("points")),
        value_id=_known(request.text("value"), [one.id for one in ctx.programme.current_values]),
        badge_id=_known(request.text("badge"), [one.id for one in ctx.programme.current_badges]),
        audience=audience,
        copied=copied,
        about_link=_checked_link(ctx, request.context.get("about", "")),
    )
    return give(ctx, gift)


def _fields(
    ctx: Context, to: AccountRef | None, left: int
) -> tuple[PeopleField | TextField | NumberField | ChoiceField, ...]:
    most = ctx.policy.most_points
    values = tuple(Choice(one.id, f"{one.emoji} {one.name}") for one in ctx.programme.current_values)
    badges = tuple(Choice(one.id, f"{one.emoji} {one.title}") for one in badges_of(ctx))
    here = "in the recognition channel" if why_not_here(ctx.place) else "here"
    audience = (
        Choice(Audience.HERE, f"Everybody {here}, as a post"),
        Choice(Audience.WALL, "The whole organisation, on its wall"),
        Choice(Audience.RECEIVERS, "The receivers only"),
        Choice(MANAGERS, "The receivers and their managers"),
        Choice(Audience.COPIED, "The receivers and the people in copy"),
    )
    return (
        PeopleField(name="receivers", label="Whom do you thank?", initial=(to,) if to else ()),
        TextField(
            name="reason",
            label="What for?",
            hint="What they did, and what it changed.",
            multiline=True,
            min_length=ctx.policy.reason_least,
            max_length=ctx.policy.reason_most,
        ),
        NumberField(
            name="points",
            label="Points for each",
            initial=min(ctx.policy.default_points, left),
            least=0,
            most=most,
            hint=f"0 to {most}; you have {left} left. With 0 it is words alone.",
        ),
        ChoiceField(name="value", label="Which value does it show?", choices=values, optional=True),
        ChoiceField(name="badge", label="A badge with it?", choices=badges, optional=True),
        ChoiceField(name="audience", label="Who sees it?", choices=audience, initial=Audience.HERE),
        PeopleField(name="copied", label="In copy", hint="They read along, and get no points.", optional=True),
    )


def _author(ctx: Context, about: MessageRef | None) -> AccountRef | None:
    """Whose message it is, if that is a colleague."""
    member = ctx.people.get(about.author) if about and about.author else None
    is_colleague = member is not None and member.kind != "bot" and member.id != ctx.actor.id
    return about.author if about and is_colleague else None


def _account(ctx: Context, person_id: str) -> AccountRef | None:
    """How a colleague is called here; None for whoever has no account here."""
    found = list_members(ctx.tx, ctx.tenant_id, [person_id]) if person_id else []
    accounts = [one for member in found for one in member.accounts if one.workspace_id == ctx.home.workspace_id]
    workspace = WorkspaceRef(Platform(ctx.home.platform), ctx.home.workspace_ref)
    return AccountRef(workspace, accounts[0].ref) if accounts else None


def _context(ctx: Context, about: MessageRef | None, link: str) -> dict[str, str]:
    """What comes back with the form: where it was opened, and what it thanks for."""
    url = (about.link if about else "") or link
    return note_place(ctx.place) | ({"about": url} if url else {})


# --- what came back ---------------------------------------------------------------------------------------


def _audience(request: Submission, ctx: Context, receivers: tuple[Member, ...]) -> tuple[Audience, tuple[Member, ...]]:
    """Who sees it, and who is in copy. Somebody in copy of words for the receivers only was meant to read them.

    Giver and receivers are in copy of nothing that is theirs: a manager who thanks somebody of their team is the only
    reader.
    """
    chosen, named = request.text("audience"), {ctx.actor.id, *(one.id for one in receivers)}
    copied = tuple(one for one in find_picked(request, ctx, "copied") if one.id not in named)
    if chosen == MANAGERS:
        managers = _managers(ctx, receivers)
        others = tuple(dict.fromkeys(one for one in (*managers, *copied) if one.id not in named))
        return Audience.RECEIVERS if managers and not others else Audience.COPIED, others
    if chosen and chosen not in set(Audience):
        raise Refusal("unknown_audience", "Who shall see it?", "Choose one of those offered.", field="audience")
    audience = Audience(chosen) if chosen else Audience.HERE
    return (Audience.COPIED if audience is Audience.RECEIVERS and copied else audience), copied


def _managers(ctx: Context, receivers: tuple[Member, ...]) -> list[Member]:
    """Those who are known and active; the giver knows of it anyway."""
    records = list_records(ctx.tx, ctx.tenant_id, [one.id for one in receivers])
    unknown = [one.name for one in receivers if not ((kept := records.get(one.id)) and kept.manager_id)]
    if unknown:
        raise Refusal(
            "unknown_manager",
            f"I do not know who the manager of {', '.join(unknown[:3])} is.",
            "Name them in copy instead.",
            field="audience",
        )
    ids = {kept.manager_id for kept in records.values() if kept.manager_id}
    return [one for one in list_members(ctx.tx, ctx.tenant_id, ids) if one.active]


def _number(typed: str) -> int | None:
    """None where nothing was written, which means the usual amount."""
    if not typed:
        return None
    digits = typed.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        raise Refusal("unclear_amount", "That is not a whole number.", "Write 10, for example, or 0.", field="points")
    return int(digits)


def _known(chosen: str, ids: list[str]) -> str | None:
    """A choice that is not offered any more is none: clients keep old forms."""
    return chosen if chosen in ids else None


_TEAMS_MESSAGES = (
    "https://teams.microsoft.com/l/message/",
    "https://teams.cloud.microsoft/l/message/",
    "https://gov.teams.microsoft.us/l/message/",
    "https://dod.teams.microsoft.us/l/message/",
)


def _checked_link(ctx: Context, link: str) -> str:
    """The link to the message, if it leads where messages of this workspace are."""
    start = ctx.home.url if ctx.home.platform == Platform.SLACK else _TEAMS_MESSAGES
    return link if start and link.startswith(start) else ""
