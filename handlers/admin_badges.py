"""Badges as administrators define them: what they look like, who gives them, what they bring, how they are earned."""

from __future__ import annotations

from dataclasses import replace

from handlers.access import check_administrator
from handlers.admin_badge_saving import (
    LONGEST_TITLE,
    MOST_POINTS,
    MOST_THRESHOLD,
    badge_of_id,
    badges_card,
    code_of,
    number_of,
    save_badge,
    title_of,
)
from handlers.admin_spans import span_fields, span_of
from handlers.admin_words import Said, admin_word
from handlers.admin_written import emoji_of, is_in_use, meaning_of, state_field
from handlers.context import Context, who
from handlers.finding import find_picked
from handlers.picture_address import LONGEST_ADDRESS, picture_address_of
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.earning import WORDS
from handlers.rules.value_words import LONGEST_MEANING
from handlers.vocabulary import (
    AccountRef,
    Action,
    Choice,
    ChoiceField,
    Form,
    NumberField,
    OpenForm,
    PeopleField,
    Replace,
    Reply,
    Response,
    Submission,
    TextField,
)
from store.people import Member, list_members
from store.programme import BadgeFact, Earning, Givers

NEVER = "never"
"""For a form, in which empty means that nothing was chosen."""
GIVERS = {
    Givers.EVERYBODY: "Everybody",
    Givers.MANAGERS: "Managers",
    Givers.ADMINISTRATORS: "Administrators",
    Givers.NAMED: "The people named below",
    Givers.NOBODY: "Nobody: it is earned",
}


# --- buttons and forms ------------------------------------------------------------------------------------


@action("admin_badges", reads=True)
def show_badges(request: Action, ctx: Context) -> Response:
    """Shows the badges."""
    check_administrator(ctx)
    return Response(Replace(badges_card(ctx.programme.badges)))


@action("admin_badge_form", reads=True)
def open_badge(request: Action, ctx: Context) -> Response:
    """Opens the form of one badge, or of a new one."""
    check_administrator(ctx)
    badge_id = request.values.get("badge", "")
    return Response(OpenForm(_form(ctx, badge_of_id(ctx, badge_id) if badge_id else None)))


@submission("admin_badge")
def submit_badge(request: Submission, ctx: Context) -> Response:
    """Adds or changes a badge."""
    check_administrator(ctx)
    told = request.texts
    badge_id = request.context.get("badge", "")
    was = badge_of_id(ctx, badge_id) if badge_id else None
    emoji = emoji_of(told.get("emoji", ""), "badge")
    first, last = span_of(told)
    givers = told.get("givers", "")
    earning = told.get("earning", "")
    wanted = BadgeFact(
        id=was.id if was else ctx.new_id(),
        shortcode=code_of(told.get("code", ""), emoji),
        emoji=emoji,
        title=title_of(told.get("title", "")),
        active=is_in_use(request),
        meaning=meaning_of(told.get("meaning", "")),
        starts_on=first,
        ends_on=last,
        givers=Givers(givers) if givers in set(Givers) else Givers.EVERYBODY,
        points=number_of(told.get("points", ""), "points", MOST_POINTS),
        earning=Earning(earning) if earning in set(Earning) else Earning.NEVER,
        threshold=number_of(told.get("threshold", ""), "threshold", MOST_THRESHOLD),
        picture=picture_address_of(told.get("picture", ""), "picture"),
        named=_named_in(request, ctx, was),
    )
    return save_badge(ctx, wanted)


def _named_in(request: Submission, ctx: Context, was: BadgeFact | None) -> tuple[str, ...]:
    """Whom the form names; who is on the other platform only cannot be picked here, and stays."""
    picked = {one.id for one in find_picked(request, ctx, "named")}
    before = list_members(ctx.tx, ctx.tenant_id, was.named) if was and was.named else []
    absent = {one.id for one in before if not _accounts_here(ctx, one)}
    return tuple(sorted(picked | absent))


def _accounts_here(ctx: Context, member: Member) -> tuple[AccountRef, ...]:
    return tuple(ref for ref in who(member).accounts if ref.workspace.id == ctx.home.workspace_ref)


def _form(ctx: Context, badge: BadgeFact | None) -> Form:
    return Form(
        name="admin_badge",
        form_id=ctx.new_id(),
        opened_by="admin_badge_form",
        title="Change a badge" if badge else "Add a badge",
        submit="Save",
        context={"badge": badge.id} if badge else {},
        fields=(*_looks(badge), *_rules(ctx, badge), *_state(badge)),
    )


def _looks(badge: BadgeFact | None) -> tuple[TextField, ...]:
    return (
        TextField(
            name="title",
            label="Title",
            initial=badge.title if badge else "",
            hint="A few words, such as: Shipped it.",
            min_length=1,
            max_length=LONGEST_TITLE,
        ),
        TextField(
            name="emoji",
            label="Emoji",
            initial=badge.emoji if badge else "",
            hint="One, such as 🚀.",
            min_length=1,
            max_length=60,
        ),
        TextField(
            name="code",
            label="Slack's name of the emoji",
            initial=badge.shortcode if badge else "",
            hint="As it is typed there: rocket. Empty: I take its usual name.",
            max_length=60,
        ),
        TextField(
            name="meaning",
            label="What does it stand for?",
            initial=badge.meaning if badge else "",
            max_length=LONGEST_MEANING,
        ),
        TextField(
            name="picture",
            label="A picture of your own",
            initial=badge.picture if badge else "",
            hint="Its address: https://…, square, for everybody to see. Empty: Plaudit makes one of the emoji.",
            max_length=LONGEST_ADDRESS,
        ),
        *span_fields(badge.starts_on if badge else None, badge.ends_on if badge else None),
    )


def _rules(ctx: Context, badge: BadgeFact | None) -> tuple[ChoiceField | PeopleField | NumberField, ...]:
    named = list_members(ctx.tx, ctx.tenant_id, badge.named) if badge and badge.named else []
    accounts = tuple(ref for one in named for ref in _accounts_here(ctx, one))
    return (
        ChoiceField(
            name="givers",
            label="Who can give it?",
            choices=tuple(Choice(one.value, label) for one, label in GIVERS.items()),
            initial=(badge.givers if badge else Givers.EVERYBODY).value,
        ),
        PeopleField(name="named", label="People who can give it", initial=accounts, optional=True),
        NumberField(
            name="points",
            label="Points it brings, from the organisation",
            initial=badge.points if badge else 0,
            least=0,
            most=MOST_POINTS,
            hint="For each receiver, on top of the giver's. Only for badges that not everybody can give.",
        ),
        ChoiceField(
            name="earning",
            label="Is it earned?",
            choices=(
                Choice(NEVER, "No, people give it"),
                *(Choice(one.value, f"By {words}") for one, words in WORDS.items()),
            ),
            initial=badge.earning.value or NEVER if badge else NEVER,
        ),
        NumberField(
            name="threshold",
            label="How many of them?",
            initial=badge.threshold if badge else 0,
            least=0,
            most=MOST_THRESHOLD,
            hint="For a badge that is earned.",
        ),
    )


def _state(badge: BadgeFact | None) -> tuple[ChoiceField, ...]:
    """A new one is in use."""
    hint = "Nobody can give a retired badge; whoever has it keeps it."
    return (state_field("Is it in use?", hint, active=badge.active),) if badge else ()


# --- words ------------------------------------------------------------------------------------------------


@admin_word("badges", reads=True)
def badges(said: Said, ctx: Context) -> Response:
    """The badges, to add, change and retire."""
    return Response(Reply(badges_card(ctx.programme.badges)))


@admin_word("badges add", usage="🚀 Shipped it")
def badges_add(said: Said, ctx: Context) -> Response:
    """Adds a badge that everybody can give: emoji, title."""
    sign, _, title = said.text.partition(" ")
    emoji = emoji_of(sign, "badge")
    wanted = BadgeFact(ctx.new_id(), code_of("", emoji), emoji, title_of(title), active=True)
    return save_badge(ctx, wanted)


@admin_word("badges retire", usage="🚀")
def badges_retire(said: Said, ctx: Context) -> Response:
    """Nobody can give it any more; whoever has it keeps it."""
    return save_badge(ctx, replace(_named(ctx, said.text), active=False))


@admin_word("badges back", usage="🚀")
def badges_back(said: Said, ctx: Context) -> Response:
    """Brings a retired badge back."""
    return save_badge(ctx, replace(_named(ctx, said.text), active=True))


def _named(ctx: Context, typed: str) -> BadgeFact:
    word = typed.strip().casefold()
    for one in ctx.programme.badges:
        if word and word in (one.emoji, one.title.casefold(), f":{one.shortcode}:", one.shortcode):
            return one
    names = ", ".join(f"{one.emoji} {one.title}" for one in ctx.programme.badges)[:600]
    raise Refusal("no_such_badge", f"I know no badge “{typed[:40]}”.", f"There are {names or 'none yet'}.")
