"""People of the programme: who takes part, and who does not any more."""

from __future__ import annotations

from handlers import registry
from handlers.access import check_administrator
from handlers.admin_roles import check_still_administrator, is_owner
from handlers.admin_words import Said, admin_word
from handlers.budget_ticks import tell_ownerless
from handlers.choices import touch_shown
from handlers.context import Context, who
from handlers.finding import find_one, find_picked
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.vocabulary import (
    Action,
    Card,
    Form,
    OpenForm,
    PeopleField,
    Replace,
    Reply,
    Response,
    Submission,
    TextField,
)
from store.audit import AuditFact, add_audit
from store.health import count_people
from store.people import Member, activate, deactivate, list_deactivated, list_members
from store.sign_ins import end_sessions

MOST_SHOWN = 10
REASON_MOST = 500
IMPORT = "people_import"


# --- buttons and forms ------------------------------------------------------------------------------------


@action("admin_people", reads=True)
def show_people(request: Action, ctx: Context) -> Response:
    """Shows who takes part."""
    check_administrator(ctx)
    return Response(Replace(_people_card(ctx)))


@action("admin_deactivate_form", reads=True)
def open_deactivate(request: Action, ctx: Context) -> Response:
    """Opens the form to deactivate people."""
    check_administrator(ctx)
    form = Form(
        name="admin_deactivate",
        form_id=ctx.new_id(),
        opened_by="admin_deactivate_form",
        title="Deactivate people",
        submit="Deactivate",
        note="They can neither give nor receive, and keep their points. You can activate them again.",
        fields=(
            PeopleField(name="who", label="Who takes part no more?"),
            TextField(name="reason", label="Why?", hint="Only administrators read it.", max_length=REASON_MOST),
        ),
    )
    return Response(OpenForm(form))


@submission("admin_deactivate")
def submit_deactivate(request: Submission, ctx: Context) -> Response:
    """Deactivates the people of the form."""
    check_administrator(ctx)
    members = find_picked(request, ctx, "who")
    if not members:
        raise Refusal("nobody", "Who is it?", "Pick at least one person.", field="who")
    done = [_deactivate(ctx, one, request.text("reason")) for one in members]
    return Response(Reply(_people_card(ctx, " ".join(done))), (*touch_shown(ctx), *tell_ownerless(ctx)))


@action("admin_activate")
def press_activate(request: Action, ctx: Context) -> Response:
    """Activates somebody again."""
    check_administrator(ctx)
    found = list_members(ctx.tx, ctx.tenant_id, [request.values.get("person", "")])
    if not found:
        raise Refusal("unknown_person", "I do not know that person.", "Open the list of people anew.")
    return Response(Replace(_people_card(ctx, _activate(ctx, found[0], ""))), touch_shown(ctx))


# --- words ------------------------------------------------------------------------------------------------


@admin_word("people", reads=True)
def people(said: Said, ctx: Context) -> Response:
    """Who takes part: import, deactivate, activate."""
    return Response(Reply(_people_card(ctx)))


@admin_word("deactivate", usage="@somebody")
def type_deactivate(said: Said, ctx: Context) -> Response:
    """Somebody takes part no more; their points stay."""
    member, reason = find_one(said.request, ctx, said.rest)
    done = _people_card(ctx, _deactivate(ctx, member, reason))
    return Response(Reply(done), (*touch_shown(ctx), *tell_ownerless(ctx)))


@admin_word("activate", usage="@somebody")
def type_activate(said: Said, ctx: Context) -> Response:
    """Somebody takes part again."""
    member, reason = find_one(said.request, ctx, said.rest)
    return Response(Reply(_people_card(ctx, _activate(ctx, member, reason))), touch_shown(ctx))


# --- what it does -----------------------------------------------------------------------------------------


def _deactivate(ctx: Context, member: Member, reason: str) -> str:
    """What was done, as a sentence."""
    check_still_administrator(ctx)
    if member.id == ctx.actor.id:
        raise Refusal(
            "oneself", "You cannot deactivate yourself.", "Another administrator can do it for you.", field="who"
        )
    if is_owner(ctx, member):
        raise Refusal(
            "owner",
            f"{member.name} runs this programme: the address is in PLAUDIT_OWNERS.",
            "Whoever runs the program can take it out there.",
            field="who",
        )
    if member.kind == "bot":
        raise Refusal(
            "bot", f"{member.name} is an app, and takes no part anyway.", "There is nothing to do.", field="who"
        )
    if deactivate(ctx.tx, ctx.tenant_id, member.id, ctx.now):
        end_sessions(ctx.tx, ctx.tenant_id, member.id)
        _note(ctx, "person deactivated", member, reason)
        return f"{member.name} takes part no more."
    return f"{member.name} was deactivated before."


def _activate(ctx: Context, member: Member, reason: str) -> str:
    """What was done, as a sentence."""
    check_still_administrator(ctx)
    if activate(ctx.tx, ctx.tenant_id, member.id):
        _note(ctx, "person activated", member, reason)
        return f"{member.name} takes part again."
    if member.active:
        raise Refusal("active", f"{member.name} takes part already.", "There is nothing to do.")
    raise Refusal(
        "gone_from_directory",
        f"{member.name}'s account is switched off in your directory.",
        "Switch it on there, and they take part again by themselves.",
    )


def _note(ctx: Context, act: str, member: Member, reason: str) -> None:
    fact = AuditFact(
        id=ctx.new_id(),
        at=ctx.now,
        actor_id=ctx.actor.id,
        act=act,
        subject_id=member.id,
        details={},
        reason=reason.strip()[:REASON_MOST],
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)


def _people_card(ctx: Context, done: str = "") -> Card:
    counts = count_people(ctx.tx, ctx.tenant_id)
    rows = [
        {"id": one.id, "name": one.name, "who": who(one)} for one in list_deactivated(ctx.tx, ctx.tenant_id, MOST_SHOWN)
    ]
    data = {
        "done": done,
        "active": counts.active,
        "inactive": counts.known - counts.active,
        "rows": rows,
        "imports": IMPORT in registry.actions,
    }
    return Card("admin_people", data)
