"""Allowances of groups: departments, managers and named people who get another number than everybody."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.context import Context, who
from handlers.finding import find_one, find_picked
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.policy_bounds import BOUNDS
from handlers.vocabulary import (
    Action,
    Card,
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
    Who,
)
from store.allowances import RuleFact, Segment, list_rules, remove_rule, save_rule
from store.audit import AuditFact, add_audit
from store.people import Member, list_members
from store.tenants import change_programme, lock_policy
from store.types import Points

MOST_RULES = 20
LONGEST_DEPARTMENT = 80
NONE = ("none", "off", "remove")
_LEAST, _MOST = BOUNDS["allowance"]
_WRITE = "Write setup allowance-for department:Support 80, or managers 80, or @somebody 80. With none, it is removed."


@dataclass(frozen=True, slots=True)
class Group:
    """Whom a rule is for: its key, and how people call it."""

    segment: Segment
    value: str
    name: str


# --- buttons and forms ------------------------------------------------------------------------------------


@action("admin_allowances", reads=True)
def show_allowances(request: Action, ctx: Context) -> Response:
    """Shows who may give how much."""
    check_administrator(ctx)
    return Response(Replace(_card(ctx)))


@action("admin_allowance_form", reads=True)
def open_allowance(request: Action, ctx: Context) -> Response:
    """Opens the form for the allowance of a group."""
    check_administrator(ctx)
    kinds = (
        Choice(Segment.DEPARTMENT, "A department"),
        Choice(Segment.MANAGERS, "Everybody who is somebody's manager"),
        Choice(Segment.PERSON, "People"),
    )
    form = Form(
        name="admin_allowance",
        form_id=ctx.new_id(),
        opened_by="admin_allowance_form",
        title="An allowance",
        submit="Save",
        note="Whoever is in several groups gets the highest number. It counts from each person's next period.",
        fields=(
            ChoiceField(name="segment", label="Who is it for?", choices=kinds, initial=Segment.DEPARTMENT),
            TextField(
                name="department",
                label="Which department?",
                hint="As it is called in the list of people.",
                max_length=LONGEST_DEPARTMENT,
            ),
            PeopleField(name="who", label="Which people?", optional=True),
            NumberField(
                name="points",
                label=f"Points for each {ctx.policy.allowance_period}",
                initial=ctx.policy.allowance,
                least=_LEAST,
                most=_MOST,
            ),
        ),
    )
    return Response(OpenForm(form))


@submission("admin_allowance")
def submit_allowance(request: Submission, ctx: Context) -> Response:
    """Takes over the allowance of a group."""
    check_administrator(ctx)
    typed = request.texts
    points = _points(typed.get("points", ""), "Write 80, for example.")
    match typed.get("segment"):
        case Segment.DEPARTMENT.value:
            groups = [_department(ctx, typed.get("department", ""), "Name it as the list of people does.")]
        case Segment.MANAGERS.value:
            groups = [_MANAGERS]
        case _:
            groups = [_of_person(one) for one in find_picked(request, ctx, "who")]
    if not groups:
        raise Refusal("nobody", "Who is it?", "Pick at least one person.", field="who")
    done = [_set(ctx, one, points) for one in groups]
    return Response(Reply(_card(ctx, " ".join(done))))


@action("admin_allowance_remove")
def press_remove(request: Action, ctx: Context) -> Response:
    """A group gets what everybody gets."""
    check_administrator(ctx)
    key = (request.values.get("segment", ""), request.values.get("value", ""))
    found = next((one for one in list_rules(ctx.tx, ctx.tenant_id) if (one.segment, one.value) == key), None)
    if found is None:
        raise Refusal("no_such_rule", "That allowance is gone already.", "Nothing more was changed.")
    names = _names(ctx, (found,))
    done = _set(ctx, Group(found.segment, found.value, _named(found, names)), None)
    return Response(Replace(_card(ctx, done)))


# --- words ------------------------------------------------------------------------------------------------


@admin_word("allowances", reads=True)
def allowances(said: Said, ctx: Context) -> Response:
    """Who may give how much."""
    return Response(Reply(_card(ctx)))


@admin_word("setup allowance-for", usage="department:Support 80, or managers 80, or @somebody 80")
def setup_allowance(said: Said, ctx: Context) -> Response:
    """Another allowance for a group; with none instead of a number, it is removed."""
    if not said.text:
        return Response(Reply(_card(ctx)))
    first = said.text.partition(" ")[0].lower().rstrip(":")
    if first.startswith("department"):
        name, _, amount = said.text[len("department") :].lstrip(": ").rpartition(" ")
        group = _department(ctx, name)
    elif first in ("manager", "managers"):
        group, amount = _MANAGERS, said.text.rpartition(" ")[2]
    else:
        member, amount = find_one(said.request, ctx, said.rest)
        group = _of_person(member)
    removes = amount.strip().lower() in NONE
    return Response(Reply(_card(ctx, _set(ctx, group, None if removes else _points(amount)))))


# --- what it does -----------------------------------------------------------------------------------------

_MANAGERS = Group(Segment.MANAGERS, "", "Managers")


def _department(ctx: Context, typed: str, next_step: str = _WRITE) -> Group:
    """With the spelling of the rule that there is, for departments differ in more than capitals."""
    name = " ".join(typed.split())
    if not 1 <= len(name) <= LONGEST_DEPARTMENT:
        raise Refusal("which_department", "Which department is it for?", next_step, field="department")
    kept = [one.value for one in list_rules(ctx.tx, ctx.tenant_id) if one.segment is Segment.DEPARTMENT]
    spelt = next((one for one in kept if one.casefold() == name.casefold()), name)
    return Group(Segment.DEPARTMENT, spelt, spelt)


def _of_person(member: Member) -> Group:
    return Group(Segment.PERSON, member.id, member.name)


def _points(typed: str, next_step: str = _WRITE) -> Points:
    digits = typed.strip().removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6 and _LEAST <= int(digits) <= _MOST):
        raise Refusal(
            "points_out_of_bounds",
            f"An allowance is a whole number from {_LEAST:,} to {_MOST:,}.",
            next_step,
            field="points",
        )
    return int(digits)


def _set(ctx: Context, group: Group, points: Points | None) -> str:
    """What was done, as a sentence."""
    lock_policy(ctx.tx, ctx.tenant_id)
    rules = list_rules(ctx.tx, ctx.tenant_id)
    was = next((one.points for one in rules if (one.segment, one.value) == (group.segment, group.value)), None)
    if was == points:
        return f"{group.name}: that is how it was already."
    if points is None:
        remove_rule(ctx.tx, ctx.tenant_id, group.segment, group.value)
        done = f"{group.name}: what everybody gets, from the next {ctx.policy.allowance_period}."
    else:
        if was is None and len(rules) >= MOST_RULES:
            raise Refusal(
                "too_many_rules", f"There are {MOST_RULES} already.", "Remove one first, or use a department's."
            )
        save_rule(ctx.tx, ctx.tenant_id, RuleFact(group.segment, group.value, points))
        done = f"{group.name}: {points:,} from the next {ctx.policy.allowance_period}."
    change_programme(ctx.tx, ctx.tenant_id)
    _note(ctx, group, was, points)
    return done


def _note(ctx: Context, group: Group, was: Points | None, now: Points | None) -> None:
    person = group.segment is Segment.PERSON
    details: dict[str, object] = {} if person else {"group": group.name}
    fact = AuditFact(
        id=ctx.new_id(),
        at=ctx.now,
        actor_id=ctx.actor.id,
        act="allowance of a group changed",
        subject_id=group.value if person else "",
        details=details | {"allowance": [was, now]},
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)


def _card(ctx: Context, done: str = "") -> Card:
    rules = list_rules(ctx.tx, ctx.tenant_id)
    names = _names(ctx, rules)
    rows = [
        {
            "values": {"segment": one.segment.value, "value": one.value},
            "name": _named(one, names),
            "group": names.get(one.value) if one.segment is Segment.PERSON else _named(one, names),
            "points": one.points,
        }
        for one in rules
    ]
    data = {
        "done": done,
        "rows": [one | {"group": one["group"] or one["name"]} for one in rows],
        "allowance": ctx.policy.allowance,
        "period": ctx.policy.allowance_period.value,
        "most": MOST_RULES,
    }
    return Card("admin_allowances", data)


def _names(ctx: Context, rules: tuple[RuleFact, ...]) -> dict[str, Who]:
    ids = [one.value for one in rules if one.segment is Segment.PERSON]
    return {one.id: who(one) for one in list_members(ctx.tx, ctx.tenant_id, ids)} if ids else {}


def _named(rule: RuleFact, names: dict[str, Who]) -> str:
    match rule.segment:
        case Segment.PERSON:
            return names[rule.value].name if rule.value in names else "somebody who left"
        case Segment.MANAGERS:
            return _MANAGERS.name
        case Segment.DEPARTMENT:
            return rule.value
