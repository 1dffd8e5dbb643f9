"""Who runs the programme: owners, whom PLAUDIT_OWNERS names, and administrators, whom these name."""

from __future__ import annotations

from handlers.access import check_actor, check_administrator, is_administrator
from handlers.admin_words import Said, admin_word, command_name
from handlers.context import Context, who
from handlers.finding import find_one, find_picked
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.vocabulary import Action, Card, Form, OpenForm, PeopleField, Replace, Reply, Response, Submission
from store.audit import AuditFact, add_audit
from store.people import Member, find_by_emails, list_members
from store.roles import Role, give_role, list_holders, take_role
from store.tenants import lock_policy

MOST_SHOWN = 12
_GONE = "(not active any more)"


def is_owner(ctx: Context, member: Member) -> bool:
    """Whether somebody is named where the program is set up."""
    return member.kind == "member" and member.email is not None and member.email in ctx.owners


def check_still_administrator(ctx: Context) -> None:
    """Of two administrators who put each other out at once, in whatever way, the later one finds out here."""
    lock_policy(ctx.tx, ctx.tenant_id)
    check_actor(list_members(ctx.tx, ctx.tenant_id, [ctx.actor.id])[0])
    check_administrator(ctx)


# --- buttons and forms ------------------------------------------------------------------------------------


@action("admin_roles", reads=True)
def show_roles(request: Action, ctx: Context) -> Response:
    """Shows who runs the programme."""
    check_administrator(ctx)
    return Response(Replace(_roles_card(ctx)))


@action("admin_role_form", reads=True)
def open_role(request: Action, ctx: Context) -> Response:
    """Opens the form to name administrators."""
    check_administrator(ctx)
    form = Form(
        name="admin_role",
        form_id=ctx.new_id(),
        opened_by="admin_role_form",
        title="Name administrators",
        submit="Name them",
        note="They can do everything that you can do here.",
        fields=(PeopleField(name="who", label="Who helps you to run this?"),),
    )
    return Response(OpenForm(form))


@submission("admin_role")
def submit_role(request: Submission, ctx: Context) -> Response:
    """Makes the people of the form administrators."""
    check_administrator(ctx)
    members = find_picked(request, ctx, "who")
    if not members:
        raise Refusal("nobody", "Who is it?", "Pick at least one person.", field="who")
    done = [_give(ctx, one) for one in members]
    return Response(Reply(_roles_card(ctx, " ".join(done))))


@action("admin_role_take")
def press_take(request: Action, ctx: Context) -> Response:
    """Somebody is an administrator no more."""
    check_administrator(ctx)
    found = list_members(ctx.tx, ctx.tenant_id, [request.values.get("person", "")])
    if not found:
        raise Refusal("unknown_person", "I do not know that person.", "Open the list of administrators anew.")
    done = _take(ctx, found[0])
    return Response(Replace(_roles_card(ctx, done) if is_administrator(ctx) else _farewell()))


# --- words ------------------------------------------------------------------------------------------------


@admin_word("admins", reads=True)
def admins(said: Said, ctx: Context) -> Response:
    """Who runs the programme."""
    return Response(Reply(_roles_card(ctx)))


@admin_word("admins add", usage="@somebody")
def admins_add(said: Said, ctx: Context) -> Response:
    """Names an administrator."""
    member, _ = find_one(said.request, ctx, said.rest)
    return Response(Reply(_roles_card(ctx, _give(ctx, member))))


@admin_word("admins remove", usage="@somebody")
def admins_remove(said: Said, ctx: Context) -> Response:
    """Somebody is an administrator no more."""
    member, _ = find_one(said.request, ctx, said.rest)
    done = _take(ctx, member)
    return Response(Reply(_roles_card(ctx, done) if is_administrator(ctx) else _farewell()))


# --- what it does -----------------------------------------------------------------------------------------


def _give(ctx: Context, member: Member) -> str:
    """What was done, as a sentence."""
    check_still_administrator(ctx)
    if member.kind != "member" or not member.active:
        raise Refusal(
            "cannot_administer",
            f"{member.name} cannot be an administrator: that is for active members of your organisation.",
            "Name an active member.",
            field="who",
        )
    if give_role(ctx.tx, ctx.tenant_id, Role.ADMINISTRATOR, member.id, ctx.now, ctx.actor.id):
        _note(ctx, "administrator added", member)
        return f"{member.name} is an administrator now."
    return f"{member.name} was an administrator already."


def _take(ctx: Context, member: Member) -> str:
    """What was done, as a sentence."""
    check_still_administrator(ctx)
    held = list_holders(ctx.tx, ctx.tenant_id, Role.ADMINISTRATOR)
    if member.id not in held:
        if is_owner(ctx, member):
            raise Refusal(
                "owner",
                f"{member.name} is named in PLAUDIT_OWNERS, so I cannot change it here.",
                "Whoever runs the program can take the address out of that setting.",
            )
        raise Refusal("no_administrator", f"{member.name} is no administrator.", "There is nothing to do.")
    others = list_members(ctx.tx, ctx.tenant_id, [one for one in held if one != member.id])
    if not any(one.active and one.kind == "member" for one in [*others, *_owners(ctx)]):
        raise Refusal(
            "last_administrator",
            "Somebody has to be able to run this, and that is the last one.",
            "Name another administrator first.",
        )
    take_role(ctx.tx, ctx.tenant_id, Role.ADMINISTRATOR, member.id)
    _note(ctx, "administrator removed", member)
    return f"{member.name} is an administrator no more."


def _owners(ctx: Context) -> list[Member]:
    """Those of PLAUDIT_OWNERS whom this organisation has."""
    found = find_by_emails(ctx.tx, ctx.tenant_id, ctx.owners) if ctx.owners else {}
    return sorted((one for one in found.values() if is_owner(ctx, one)), key=lambda one: one.name)


def _note(ctx: Context, act: str, member: Member) -> None:
    fact = AuditFact(id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act=act, subject_id=member.id, details={})
    add_audit(ctx.tx, ctx.tenant_id, fact)


def _farewell() -> Card:
    return Card("notice", {"sentence": "You are an administrator no more. Thank you for looking after this."})


def _roles_card(ctx: Context, done: str = "") -> Card:
    held = list_holders(ctx.tx, ctx.tenant_id, Role.ADMINISTRATOR)
    by_id = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, held[:MOST_SHOWN])}
    rows = [
        {"id": one, "name": by_id[one].name, "who": who(by_id[one]), "note": "" if by_id[one].active else _GONE}
        for one in held[:MOST_SHOWN]
    ]
    owners = _owners(ctx)
    data = {
        "done": done,
        "owners": [who(one) for one in owners[:MOST_SHOWN]],
        "more_owners": max(len(owners) - MOST_SHOWN, 0),
        "rows": rows,
        "more": max(len(held) - MOST_SHOWN, 0),
        "command": command_name(ctx),
    }
    return Card("admin_roles", data)
