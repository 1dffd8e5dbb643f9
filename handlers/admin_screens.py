"""Big screens that show the wall: set up with a link that is told once, and switched off at once."""

from __future__ import annotations

from handlers.access import check_administrator
from handlers.admin_audit import moment
from handlers.admin_words import Said, admin_word, command_name
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.unseen import seen
from handlers.vocabulary import (
    Action,
    Card,
    Form,
    OpenForm,
    Replace,
    Reply,
    Response,
    Submission,
    TextField,
    WebLink,
)
from handlers.wall import PATH, check_public_url
from store.audit import AuditFact, add_audit
from store.screens import ScreenFact, add_screen, count_screens, list_screens, revoke_screen
from store.tenants import lock_policy
from store.types import new_token

MOST_SCREENS = 10
LONGEST_NAME = 60


@action("admin_screens", reads=True)
def show_screens(request: Action, ctx: Context) -> Response:
    """Shows the big screens of the wall."""
    check_administrator(ctx)
    return Response(Replace(_screens_card(ctx)))


@action("admin_screen_form", reads=True)
def open_screen(request: Action, ctx: Context) -> Response:
    """Opens the form to set up a screen."""
    check_administrator(ctx)
    return Response(OpenForm(_form(ctx)))


@submission("admin_screen")
def submit_screen(request: Submission, ctx: Context) -> Response:
    """Sets up the screen of the form, and tells its link."""
    check_administrator(ctx)
    return _set_up(ctx, request.text("name"))


@action("admin_screen_revoke")
def press_revoke(request: Action, ctx: Context) -> Response:
    """Switches a screen off."""
    check_administrator(ctx)
    screen_id = request.values.get("screen", "")
    name = revoke_screen(ctx.tx, ctx.tenant_id, screen_id, ctx.now)
    if name is None:
        raise Refusal("no_screen", "That screen was switched off before.", "Open the list of screens anew.")
    _note(ctx, "screen switched off", screen_id, name)
    return Response(Replace(_screens_card(ctx, f"{name} is switched off, from now on.")))


@admin_word("screens", reads=True)
def screens(said: Said, ctx: Context) -> Response:
    """Big screens of the wall: set up, switch off."""
    return Response(Reply(_screens_card(ctx)))


@admin_word("screens add", usage="Lobby")
def screens_add(said: Said, ctx: Context) -> Response:
    """Sets up a screen, and tells its link once."""
    if not said.request.wired:  # what goes through the outbox is kept, and the link is a secret
        return Response(OpenForm(_form(ctx)))
    return _set_up(ctx, said.text)


def _form(ctx: Context) -> Form:
    return Form(
        name="admin_screen",
        form_id=ctx.new_id(),
        opened_by="admin_screen_form",
        title="Set up a screen",
        submit="Set up",
        note="It shows public thanks of the last 30 days, large and slowly, without anybody who is left off the wall.",
        fields=(
            TextField(name="name", label="Where is it?", hint="Such as Lobby.", min_length=1, max_length=LONGEST_NAME),
        ),
    )


def _set_up(ctx: Context, typed: str) -> Response:
    check_public_url(ctx)
    name = " ".join(seen(typed).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refusal(
            "screen_name",
            f"A screen has a name of 1 to {LONGEST_NAME} characters.",
            "Say where it is: screens add Lobby.",
            field="name",
        )
    lock_policy(ctx.tx, ctx.tenant_id)  # two at once count one after the other
    if count_screens(ctx.tx, ctx.tenant_id) >= MOST_SCREENS:
        raise Refusal(
            "many_screens",
            f"There are {MOST_SCREENS} screens already.",
            "Switch one off first, or show the same link on several.",
            field="name",
        )
    token, screen_id = new_token(), ctx.new_id()
    add_screen(ctx.tx, ScreenFact(ctx.tenant_id, screen_id, name, ctx.now, None), token)
    _note(ctx, "screen set up", screen_id, name)
    link = WebLink(f"{ctx.public_url.rstrip('/')}{PATH}/screen/{token}", "Open the screen")
    card = Card("admin_screen", {"name": name, "link": link, "address": link.url})
    again = "I told you the link of that screen already, and tell it only once. Switch it off, and set up another."
    return Response(Reply(card, secret=True, again=again))


def _note(ctx: Context, act: str, screen_id: str, name: str) -> None:
    fact = AuditFact(
        id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act=act, subject_id=screen_id, details={"screen": name}
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)


def _screens_card(ctx: Context, done: str = "") -> Card:
    rows = [
        {"id": one.id, "name": one.name, "seen": moment(one.seen_at, ctx.zone) if one.seen_at else ""}
        for one in list_screens(ctx.tx, ctx.tenant_id, MOST_SCREENS)
    ]
    return Card("admin_screens", {"done": done, "rows": rows, "command": command_name(ctx)})
