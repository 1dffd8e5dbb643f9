"""`/profile`: what somebody chose to show of the thanks they received. Never points, and nothing that is private."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from handlers.access import why_not_receive
from handlers.context import Context
from handlers.finding import find_one
from handlers.home_lists import clipped, short_day
from handlers.purposes import Purpose, agrees, who_agrees
from handlers.refusals import Refusal
from handlers.registry import command
from handlers.rules.periods import week_label
from handlers.rules.streaks import read_weeks
from handlers.vocabulary import Card, Command, Reply, Response, Who
from store.earned_badges import list_earned
from store.looking_back import NEWEST, Listed, count_badges, count_values, list_received_page
from store.people import Member, list_members
from store.person_records import list_records
from store.tallies import list_weeks_given

LAST = 3
MOST = 6


@command("profile", usage="@somebody", reads=True)
def profile(request: Command, ctx: Context) -> Response:
    """What somebody shows of the thanks they received; alone it is what others see of you."""
    named = any(not isinstance(one, str) or one.strip() for one in request.text)
    if not named:
        return Response(Reply(_card(ctx, ctx.actor)))
    if ctx.actor.kind != "member":
        raise Refusal(
            "guest_looks",
            "Profiles are for members of this organisation.",
            "What is posted where you are, you see as ever.",
        )
    found, _ = find_one(request, ctx, request.text)
    if found.kind == "bot":
        raise Refusal("bot", f"{found.name} is an app, and has no profile.", "A person has one: name one of them.")
    return Response(Reply(_card(ctx, found)))


def _card(ctx: Context, member: Member) -> Card:
    own = member.id == ctx.actor.id
    data: dict[str, object] = {
        "who": Who(member.id, member.name),
        "own": own,
        "active": member.active,
        "thank": {"values": {"person": member.id}} if _can_be_thanked(ctx, member) else None,
        "shown": None,
    }
    if member.active and agrees(ctx.tx, ctx.tenant_id, ctx.policy, Purpose.PROFILE, member.id):
        data["shown"] = _shown(ctx, member)
    return Card("profile", data)


def _can_be_thanked(ctx: Context, member: Member) -> bool:
    return member.id != ctx.actor.id and why_not_receive(member, ctx.policy) is None


def _shown(ctx: Context, member: Member) -> dict[str, object]:
    """What everybody in the organisation may see, of somebody who agrees."""
    programme = ctx.programme
    badges = Counter(count_badges(ctx.tx, ctx.tenant_id, member.id, own=False))
    badges.update(list_earned(ctx.tx, ctx.tenant_id, [member.id])[member.id].keys())
    values = count_values(ctx.tx, ctx.tenant_id, member.id, own=False)
    given = list_weeks_given(ctx.tx, ctx.tenant_id, [member.id], own=False)[member.id]
    weeks = read_weeks(given, week_label(ctx.now, ctx.tenant_zone))
    record = list_records(ctx.tx, ctx.tenant_id, [member.id]).get(member.id)
    return {
        "department": record.department if record else "",
        "badges": _most({(b.emoji, b.title): n for one, n in badges.items() if (b := programme.badge(one))}),
        "values": _most({(v.emoji, v.name): n for one, n in values.items() if (v := programme.value(one))}),
        "weeks": {"given": weeks.given, "of": weeks.of},
        "lately": _lately(ctx, list_received_page(ctx.tx, ctx.tenant_id, member.id, NEWEST, LAST, own=False)),
    }


def _most(counted: Mapping[tuple[str, str], int]) -> list[dict[str, object]]:
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0][1]))
    return [{"emoji": emoji, "title": title, "number": number} for (emoji, title), number in ordered[:MOST]]


def _lately(ctx: Context, facts: list[Listed]) -> list[dict[str, object]]:
    """A giver is named who has a profile to be seen, too."""
    givers = {one.giver_id for one in facts}
    named = who_agrees(ctx.tx, ctx.tenant_id, ctx.policy, Purpose.PROFILE, givers)
    names = {one.id: one.name for one in list_members(ctx.tx, ctx.tenant_id, named)}
    return [
        {
            "giver": Who(one.giver_id, names[one.giver_id]) if one.giver_id in names else "A colleague",
            "reason": clipped(one.reason),
            "day": short_day(one.given_at, ctx),
        }
        for one in facts
    ]
