"""One company value: how it is written, whether it goes with the others, and the books."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handlers.admin_spans import told_span
from handlers.admin_written import act_of
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.rules.shortening import shorten_together
from handlers.rules.value_words import (
    LONGEST_NAME,
    MOST_ACTIVE,
    is_same_name,
    read_name,
)
from handlers.vocabulary import Card, Reply, Response
from store.audit import AuditFact, add_audit
from store.programme import ValueFact, add_value, change_value, list_values
from store.tenants import change_programme, lock_policy

MOST_RETIRED = 20
"""As many retired ones are shown with a button; the others come back by their name."""
MOST_TOLD = 6_000
"""What all meanings of the list weigh together: they share a message with names and buttons."""


def save_value(ctx: Context, wanted: ValueFact) -> Response:
    """Stores a value if it goes with the others, and shows all of them."""
    lock_policy(ctx.tx, ctx.tenant_id)  # whoever changes values at the same time waits, so that the limits hold
    known = {one.id: one for one in list_values(ctx.tx, ctx.tenant_id)}
    was = known.pop(wanted.id, None)
    _check_others(wanted, list(known.values()))
    if was != wanted:
        (change_value if was else add_value)(ctx.tx, ctx.tenant_id, wanted)
        change_programme(ctx.tx, ctx.tenant_id)
        fact = AuditFact(
            id=ctx.new_id(),
            at=ctx.now,
            actor_id=ctx.actor.id,
            act=_act(was, wanted),
            subject_id=wanted.id,
            details={"value": f"#{wanted.name}"} | _differences(was, wanted),
        )
        add_audit(ctx.tx, ctx.tenant_id, fact)
    return Response(Reply(values_card(list_values(ctx.tx, ctx.tenant_id), _done(was, wanted))))


def _act(was: ValueFact | None, wanted: ValueFact) -> str:
    return act_of("value", was.active if was else None, wanted.active)


def _done(was: ValueFact | None, wanted: ValueFact) -> str:
    name = f"#{wanted.name}"
    if was == wanted:
        return f"{name} is like that already."
    match _act(was, wanted):
        case "value added":
            return f"{name} can be given from now on."
        case "value retired":
            return f"{name} is retired."
        case "value brought back":
            return f"{name} is back."
        case _:
            return f"{name} is changed."


def _check_others(wanted: ValueFact, others: list[ValueFact]) -> None:
    same = next((one for one in others if is_same_name(one.name, wanted.name)), None)
    if same:
        raise Refusal(
            "same_name",
            f"There is #{same.name} already." if same.active else f"There was #{same.name}, and it is retired.",
            "Choose another name." if same.active else "Bring it back, or choose another name.",
            field="name",
        )
    if wanted.active and sum(one.active for one in others) >= MOST_ACTIVE:
        raise Refusal(
            "too_many_values",
            f"There are {MOST_ACTIVE} values in use, which is as many as people can choose from.",
            "Retire one first.",
            field="name",
        )


def _differences(was: ValueFact | None, wanted: ValueFact) -> dict[str, Any]:
    if was is None:
        return {"emoji": wanted.emoji, "meaning": wanted.meaning}
    names = ("name", "emoji", "meaning", "starts_on", "ends_on")
    return {
        name: [str(getattr(was, name) or ""), str(getattr(wanted, name) or "")]
        for name in names
        if getattr(was, name) != getattr(wanted, name)
    }


def values_card(values: Iterable[ValueFact], done: str = "") -> Card:
    known = list(values)
    meanings = shorten_together([one.meaning for one in known], MOST_TOLD)
    rows = [
        {
            "id": one.id,
            "emoji": one.emoji,
            "name": one.name,
            "meaning": " ".join(filter(None, (meaning, told_span(one.starts_on, one.ends_on)))),
            "active": one.active,
        }
        for one, meaning in zip(known, meanings, strict=True)
    ]
    active, retired = [one for one in rows if one["active"]], [one for one in rows if not one["active"]]
    data = {"done": done, "active": active, "retired": retired[-MOST_RETIRED:], "most": MOST_ACTIVE}
    return Card("admin_values", data)


# --- what was typed or sent -------------------------------------------------------------------------------


def value_of_id(ctx: Context, value_id: str) -> ValueFact:
    """Of this tenant only, whatever a button or a form says."""
    value = ctx.programme.value(value_id)
    if value is None:
        raise Refusal("no_such_value", "I do not know that value.", "Open the list of values anew.")
    return value


def name_of(typed: str) -> str:
    if name := read_name(typed):
        return name
    raise Refusal(
        "unclear_name",
        f"A name is typed after #: letters, digits, hyphens and underscores, {LONGEST_NAME} at most.",
        "Write it like customer-first.",
        field="name",
    )
