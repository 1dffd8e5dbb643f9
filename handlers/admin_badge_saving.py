"""One badge: how it is written, whether its rules go together, and the books."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from handlers.admin_spans import told_span
from handlers.admin_written import act_of
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.rules.earning import is_earnable, told
from handlers.rules.shortening import shorten_together
from handlers.rules.unseen import is_unseen
from handlers.vocabulary import Card, Reply, Response
from store.audit import AuditFact, add_audit
from store.programme import BadgeFact, Earning, Givers, add_badge, change_badge, list_badges
from store.tenants import change_programme, lock_policy

LONGEST_TITLE = 40
MOST_POINTS = 1_000
MOST_THRESHOLD = 10_000
MOST_ACTIVE = 20
MOST_RETIRED = 20
MOST_TOLD = 4_000
_CODE = re.compile(r"[a-z0-9_+'-]{1,50}")
_BY = {
    Givers.EVERYBODY: "Everybody can give it.",
    Givers.MANAGERS: "Managers can give it.",
    Givers.ADMINISTRATORS: "Administrators can give it.",
    Givers.NAMED: "{people} can give it.",
    Givers.NOBODY: "",
}


def save_badge(ctx: Context, wanted: BadgeFact) -> Response:
    """Stores a badge if it goes with the others, and shows all of them."""
    lock_policy(ctx.tx, ctx.tenant_id)  # whoever changes badges at the same time waits, so that the limits hold
    known = {one.id: one for one in list_badges(ctx.tx, ctx.tenant_id)}
    was = known.pop(wanted.id, None)
    _check_rules(wanted)
    _check_others(wanted, list(known.values()))
    if was != wanted:
        (change_badge if was else add_badge)(ctx.tx, ctx.tenant_id, wanted)
        change_programme(ctx.tx, ctx.tenant_id)
        fact = AuditFact(
            id=ctx.new_id(),
            at=ctx.now,
            actor_id=ctx.actor.id,
            act=_act(was, wanted),
            subject_id=wanted.id,
            details={"badge": f"{wanted.emoji} {wanted.title}"} | _differences(was, wanted),
        )
        add_audit(ctx.tx, ctx.tenant_id, fact)
    return Response(Reply(badges_card(list_badges(ctx.tx, ctx.tenant_id), _done(was, wanted))))


# --- whether it goes ---------------------------------------------------------------------------------------


def _check_rules(wanted: BadgeFact) -> None:
    if wanted.points and wanted.givers is Givers.NOBODY:
        raise Refusal(
            "points_of_nobody",
            "A badge that is only earned brings no points: they come when somebody gives it.",
            "Write 0, or choose who can give it.",
            field="points",
        )
    if wanted.points and wanted.givers is Givers.EVERYBODY:
        raise Refusal(
            "points_for_all",
            "Points of the organisation would be everybody's to give.",
            "Let managers, administrators or some people give this badge, or let it bring none.",
            field="points",
        )
    if wanted.givers is Givers.NAMED and not wanted.named:
        raise Refusal("nobody_named", "Who can give it?", "Name at least one person.", field="named")
    if wanted.earning is not Earning.NEVER and not wanted.threshold:
        raise Refusal("no_threshold", "How many does it take?", "Write a number of 1 or more.", field="threshold")
    if wanted.givers is Givers.NOBODY and not is_earnable(wanted):
        raise Refusal(
            "never_earned",
            "Nobody could give this badge, and nothing would earn it.",
            "Choose who can give it, or what earns it.",
            field="earning",
        )


def _check_others(wanted: BadgeFact, others: list[BadgeFact]) -> None:
    for one in others:
        if one.shortcode == wanted.shortcode or (one.emoji == wanted.emoji and one.active and wanted.active):
            raise Refusal(
                "same_emoji",
                f"{one.emoji} is the badge {one.title}{'' if one.active else ', which is retired'}.",
                "Choose another emoji." if one.active else "Bring it back, or choose another emoji.",
                field="emoji",
            )
    if wanted.active and sum(one.active for one in others) >= MOST_ACTIVE:
        raise Refusal(
            "too_many_badges",
            f"There are {MOST_ACTIVE} badges in use, which is as many as people can choose from.",
            "Retire one first.",
            field="title",
        )


def _act(was: BadgeFact | None, wanted: BadgeFact) -> str:
    return act_of("badge", was.active if was else None, wanted.active)


def _done(was: BadgeFact | None, wanted: BadgeFact) -> str:
    if was == wanted:
        return f"{wanted.title} is like that already."
    match _act(was, wanted):
        case "badge added":
            return f"{wanted.title} is in use from now on." if not wanted.starts_on else f"{wanted.title} is there."
        case "badge retired":
            return f"{wanted.title} is retired."
        case "badge brought back":
            return f"{wanted.title} is back."
        case _:
            return f"{wanted.title} is changed."


def _differences(was: BadgeFact | None, wanted: BadgeFact) -> dict[str, Any]:
    names = ("title", "emoji", "meaning", "givers", "points", "earning", "threshold", "starts_on", "ends_on", "picture")
    now = {name: _plain(getattr(wanted, name)) for name in names}
    if was is None:
        return {name: value for name, value in now.items() if value} | _people(wanted)
    before = {name: _plain(getattr(was, name)) for name in names}
    changed: dict[str, Any] = {name: [before[name], now[name]] for name in names if before[name] != now[name]}
    return changed | (_people(wanted) if was.named != wanted.named else {})


def _people(badge: BadgeFact) -> dict[str, list[str]]:
    return {"people": list(badge.named)} if badge.named else {}


def _plain(value: object) -> str | int:
    return value if isinstance(value, int) else str(value or "")


# --- how they are shown ------------------------------------------------------------------------------------


def badges_card(badges: Iterable[BadgeFact], done: str = "") -> Card:
    known = list(badges)
    meanings = shorten_together([one.meaning for one in known], MOST_TOLD)
    rows = [
        {"id": one.id, "emoji": one.emoji, "title": one.title, "meaning": meaning, "how": how(one), "used": one.active}
        for one, meaning in zip(known, meanings, strict=True)
    ]
    active, retired = [one for one in rows if one["used"]], [one for one in rows if not one["used"]]
    data = {"done": done, "active": active, "retired": retired[-MOST_RETIRED:], "most": MOST_ACTIVE}
    return Card("admin_badges", data)


def how(badge: BadgeFact) -> str:
    """Who gives it, what it brings, what earns it and when, in sentences."""
    people = f"{len(badge.named)} {'person' if len(badge.named) == 1 else 'people'}"
    brings = f"It brings {badge.points} {'point' if badge.points == 1 else 'points'}." if badge.points else ""
    earned = f"Earned by {told(badge)}." if is_earnable(badge) else ""
    parts = (_BY[badge.givers].format(people=people), earned, brings, told_span(badge.starts_on, badge.ends_on))
    return " ".join(filter(None, parts))


# --- what was typed or sent --------------------------------------------------------------------------------


def badge_of_id(ctx: Context, badge_id: str) -> BadgeFact:
    """Of this tenant only, whatever a button or a form says."""
    badge = ctx.programme.badge(badge_id)
    if badge is None:
        raise Refusal("no_such_badge", "I do not know that badge.", "Open the list of badges anew.")
    return badge


def title_of(typed: str) -> str:
    title = " ".join("".join(one for one in unicodedata.normalize("NFC", typed) if not is_unseen(one)).split())
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise Refusal(
            "unclear_title",
            f"A title has 1 to {LONGEST_TITLE} characters.",
            "A few words, such as: Shipped it.",
            field="title",
        )
    return title


def code_of(typed: str, emoji: str) -> str:
    """The name that Slack types for the emoji: as told, or by Unicode's name for it."""
    code = typed.strip().strip(":").lower() or _usual_name(emoji)
    if not _CODE.fullmatch(code):
        raise Refusal(
            "unclear_code", "That is no name of an emoji.", "Write it as Slack does, such as rocket.", field="code"
        )
    return code


def _usual_name(emoji: str) -> str:
    if emoji.startswith(":"):
        return emoji.strip(":")
    return "-".join(unicodedata.name(one, "").lower().replace(" ", "_") for one in emoji[:1])


def number_of(typed: str, field: str, most: int) -> int:
    digits = typed.strip().removeprefix("+") or "0"
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6 and int(digits) <= most):
        raise Refusal("unclear_number", f"That is no number from 0 to {most:,}.", "Write 10, for example.", field=field)
    return int(digits)
