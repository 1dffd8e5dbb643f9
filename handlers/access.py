"""Every gate: who may do what."""

from __future__ import annotations

from handlers.context import Context, TenantContext
from handlers.refusals import Refusal
from handlers.rules.policy import Policy
from store.people import Member, find_by_emails, list_members
from store.roles import Role, has_role, list_holders


def check_actor(actor: Member) -> None:
    """Whoever asks for anything must be an active human being."""
    if actor.kind == "bot":
        raise Refusal("bot", "Apps cannot use Plaudit.", "A person can: let one of them do it.")
    if not actor.active:
        raise Refusal(
            "deactivated",
            "Your account is deactivated here.",
            "If that is a mistake, an administrator of your organisation can switch it on again.",
        )
    if actor.kind == "stranger":
        raise Refusal("stranger", "Plaudit here belongs to another organisation.", "Ask for it in your own.")


def why_not_receive(member: Member, policy: Policy) -> str | None:
    """Why somebody cannot receive a recognition, as the end of a sentence that begins with their name."""
    if not member.active:
        return "is not active any more"
    if member.kind == "bot":
        return "is an app, and apps have no feelings to thank"
    if member.kind == "guest" and not policy.guests_receive:
        return "is a guest, and this programme is for members"
    if member.kind == "stranger" and not policy.strangers_receive:
        return "belongs to another organisation"
    return None


def is_administrator(ctx: Context) -> bool:
    """Whether whoever asks may."""
    return may_administer(ctx, ctx.actor)


def may_administer(ctx: TenantContext, member: Member) -> bool:
    """Named by an administrator, or by whoever runs the program, and active. A guest never may."""
    if member.kind != "member" or not member.active:
        return False
    owner = member.email is not None and member.email in ctx.owners
    return owner or has_role(ctx.tx, ctx.tenant_id, Role.ADMINISTRATOR, member.id)


def list_administrators(ctx: TenantContext) -> list[Member]:
    """Everybody who may administer, by id."""
    owners = find_by_emails(ctx.tx, ctx.tenant_id, ctx.owners).values() if ctx.owners else ()
    held = list_holders(ctx.tx, ctx.tenant_id, Role.ADMINISTRATOR)
    people = {one.id: one for one in (*owners, *(list_members(ctx.tx, ctx.tenant_id, held) if held else ()))}
    return [people[one] for one in sorted(people) if may_administer(ctx, people[one])]


def check_administrator(ctx: Context) -> None:
    """Everything an administrator does asks this again: buttons and forms may be sent by anybody."""
    if not is_administrator(ctx):
        if not ctx.owners and not list_holders(ctx.tx, ctx.tenant_id, Role.ADMINISTRATOR):
            raise Refusal(
                "no_administrator_yet",
                "Nobody here runs Plaudit yet.",
                "Whoever runs the program names the first ones: e-mail addresses in its setting PLAUDIT_OWNERS.",
            )
        raise Refusal(
            "not_administrator",
            "This is for the people who run Plaudit here.",
            "If something should be different, they will be glad to hear it from you.",
        )
