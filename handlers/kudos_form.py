"""The form of `/kudos`: opened by the command alone, by a shortcut, or on a message to thank for."""

from __future__ import annotations

from handlers.context import Context
from handlers.giving import Gift, give, left_this_week
from handlers.opened_in import note_place
from handlers.placing import why_not_here
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.vocabulary import (
    AccountRef,
    Action,
    Choice,
    ChoiceField,
    FieldValue,
    Form,
    MessageRef,
    NumberField,
    OpenForm,
    PeopleField,
    Platform,
    Response,
    Submission,
    TextField,
)
from store.people import Member

HERE, RECEIVERS_ONLY = "here", "receivers"


@action("kudos_form", menu="Give kudos", reads=True)
def open_form(request: Action, ctx: Context) -> Response:
    """Opens the form to thank somebody."""
    return open_kudos_form(ctx, request.about, link=request.values.get("about", ""))


@action("kudos_about", menu="Give kudos for this", on_message=True, reads=True)
def open_about(request: Action, ctx: Context) -> Response:
    """Thanks somebody for a message, with a link to it."""
    return open_kudos_form(ctx, request.about)


def open_kudos_form(ctx: Context, about: MessageRef | None = None, link: str = "") -> Response:
    left = left_this_week(ctx)
    return Response(
        OpenForm(
            Form(
                name="kudos",
                form_id=ctx.new_id(),
                opened_by="kudos_form",
                title="Give kudos",
                submit="Send",
                note=f"You have {left} of {ctx.policy.weekly_allowance} points left until Monday.",
                context=_context(ctx, about, link),
                fields=_fields(ctx, about, left),
            )
        )
    )


@submission("kudos")
def submit_kudos(request: Submission, ctx: Context) -> Response:
    """Gives what the form says."""
    gift = Gift(
        receivers=_receivers(request, ctx),
        reason=_text(request, "reason").strip(),
        points=_number(_text(request, "points")),
        value_id=_known(_text(request, "value"), [one.id for one in ctx.programme.values if one.active]),
        badge_id=_known(_text(request, "badge"), [one.id for one in ctx.programme.badges if one.active]),
        shown=_text(request, "audience") != RECEIVERS_ONLY,
        about_link=_checked_link(ctx, request.context.get("about", "")),
    )
    return give(ctx, gift)


def _fields(
    ctx: Context, about: MessageRef | None, left: int
) -> tuple[PeopleField | TextField | NumberField | ChoiceField, ...]:
    author = (about.author,) if about and about.author and _is_human(ctx, about.author) else ()
    most = ctx.policy.most_points
    values = tuple(Choice(one.id, f"{one.emoji} {one.name}") for one in ctx.programme.values if one.active)
    badges = tuple(Choice(one.id, f"{one.emoji} {one.title}") for one in ctx.programme.badges if one.active)
    here = "in the recognition channel" if why_not_here(ctx.place) else "here"
    audience = (
        Choice(HERE, f"Everybody {here}, as a post"),
        Choice(RECEIVERS_ONLY, "The receivers only"),
    )
    return (
        PeopleField(name="receivers", label="Whom do you thank?", initial=author),
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
            initial=max(1, min(ctx.policy.default_points, left)),
            least=1,
            most=most,
            hint=f"1 to {most}; you have {left} left.",
        ),
        ChoiceField(name="value", label="Which value does it show?", choices=values, optional=True),
        ChoiceField(name="badge", label="A badge with it?", choices=badges, optional=True),
        ChoiceField(name="audience", label="Who sees it?", choices=audience, initial=HERE),
    )


def _is_human(ctx: Context, ref: AccountRef) -> bool:
    member = ctx.people.get(ref)
    return member is not None and member.kind != "bot" and member.id != ctx.actor.id


def _context(ctx: Context, about: MessageRef | None, link: str) -> dict[str, str]:
    """What comes back with the form: where it was opened, and what it thanks for."""
    url = (about.link if about else "") or link
    return note_place(ctx.place) | ({"about": url} if url else {})


# --- what came back ---------------------------------------------------------------------------------------


def _receivers(request: Submission, ctx: Context) -> tuple[Member, ...]:
    picked = request.values.get("receivers", ())
    refs = picked if isinstance(picked, tuple) else ()
    missing = [ref for ref in refs if ref not in ctx.people]
    if missing:
        raise Refusal(
            "unknown_person",
            "I cannot find one of these people here.",
            "Take out whoever is not a colleague, please.",
            field="receivers",
        )
    return tuple(dict.fromkeys(ctx.people[ref] for ref in refs))


def _text(request: Submission, name: str) -> str:
    value: FieldValue = request.values.get(name, "")
    return value if isinstance(value, str) else ""


def _number(typed: str) -> int | None:
    """None where nothing was written, which means the usual amount."""
    if not typed.strip():
        return None
    digits = typed.strip().removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        raise Refusal("unclear_amount", "That is not a whole number.", "Write 10, for example.", field="points")
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
