"""Who may reward anybody out of a budget of theirs, beside managers: leaders, and whoever is named."""

from __future__ import annotations

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word, command_name
from handlers.context import Context, who
from handlers.finding import find_one, find_picked
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.vocabulary import Action, Card, Form, OpenForm, PeopleField, Replace, Reply, Response, Submission
from store.audit import AuditFact, add_audit
from store.people import MEMBER, Member, list_members
from store.roles import Role, give_role, list_holders, take_role

MOST_SHOWN = 15
_GONE = "(not active any more)"


@action("admin_awarders", reads=True)
def show_awarders(request: Action, ctx: Context) -> Response:
    """Shows who may reward anybody."""
    check_administrator(ctx)
    return Response(Replace(_card(ctx)))


@action("admin_awarder_form", reads=True)
def open_awarder(request: Action, ctx: Context) -> Response:
    """Opens the form to let somebody reward anybody."""
    check_administrator(ctx)
    form = Form(
        name="admin_awarder",
        form_id=ctx.new_id(),
        opened_by="admin_awarder_form",
        title="Who may reward",
        submit="Name them",
        note="They may reward anybody, out of a budget of theirs.",
        fields=(PeopleField(name="who", label="Who is it?"),),
    )
    return Response(OpenForm(form))


@submission("admin_awarder")
def submit_awarder(request: Submission, ctx: Context) -> Response:
    """Lets the people of the form reward anybody."""
    check_administrator(ctx)
    members = find_picked(request, ctx, "who")
    if not members:
        raise Refusal("nobody", "Who is it?", "Pick at least one person.", field="who")
    done = [_give(ctx, one) for one in members]
    return Response(Reply(_card(ctx, " ".join(done))))


@action("admin_awarder_take")
def press_take(request: Action, ctx: Context) -> Response:
    """Somebody may not reward anybody any more."""
    check_administrator(ctx)
    found = list_members(ctx.tx, ctx.tenant_id, [request.values.get("person", "")])
    if not found:
        raise Refusal("unknown_person", "I do not know that person.", "Open the list anew.")
    return Response(Replace(_card(ctx, _take(ctx, found[0]))))


@admin_word("awarders", reads=True)
def awarders(said: Said, ctx: Context) -> Response:
    """Who may reward anybody out of a budget of theirs."""
    return Response(Reply(_card(ctx)))


@admin_word("awarders add", usage="@somebody")
def awarders_add(said: Said, ctx: Context) -> Response:
    """Lets somebody reward anybody."""
    member, _ = find_one(said.request, ctx, said.rest)
    return Response(Reply(_card(ctx, _give(ctx, member))))


@admin_word("awarders remove", usage="@somebody")
def awarders_remove(said: Said, ctx: Context) -> Response:
    """Somebody may not reward anybody any more."""
    member, _ = find_one(said.request, ctx, said.rest)
    return Response(Reply(_card(ctx, _take(ctx, member))))


def _give(ctx: Context, member: Member) -> str:
    if member.kind != MEMBER or not member.active:
        raise Refusal("cannot_award", f"{member.name} is no active member here.", "Name an active member.", field="who")
    if give_role(ctx.tx, ctx.tenant_id, Role.AWARDER, member.id, ctx.now, ctx.actor.id):
        _note(ctx, "may reward anybody", member)
        return f"{member.name} may reward anybody now."
    return f"{member.name} could do that already."


def _take(ctx: Context, member: Member) -> str:
    if take_role(ctx.tx, ctx.tenant_id, Role.AWARDER, member.id):
        _note(ctx, "may reward anybody no more", member)
        return f"{member.name} may not reward anybody any more."
    return f"{member.name} was not named."


def _note(ctx: Context, act: str, member: Member) -> None:
    add_audit(
        ctx.tx,
        ctx.tenant_id,
        AuditFact(id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act=act, subject_id=member.id, details={}),
    )


def _card(ctx: Context, done: str = "") -> Card:
    held = list_holders(ctx.tx, ctx.tenant_id, Role.AWARDER)
    by_id = {one.id: one for one in (list_members(ctx.tx, ctx.tenant_id, held[:MOST_SHOWN]) if held else ())}
    rows = [
        {
            "values": {"person": one},
            "name": by_id[one].name,
            "who": who(by_id[one]),
            "note": "" if by_id[one].active else _GONE,
        }
        for one in held[:MOST_SHOWN]
    ]
    data = {
        "done": done,
        "rows": rows,
        "more": max(len(held) - MOST_SHOWN, 0),
        "all_managers": ctx.policy.managers_award_all,
        "command": command_name(ctx),
    }
    return Card("admin_awarders", data)
