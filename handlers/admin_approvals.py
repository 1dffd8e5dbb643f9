"""Who has to agree to what: the rules of approval, as administrators set them."""

from __future__ import annotations

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.budgets import points_words
from handlers.context import Context
from handlers.finding import find_picked
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.approvals import (
    ADMINISTRATOR,
    ESCALATE_AFTER,
    LAPSE_AFTER,
    MANAGER,
    OWNER,
    REMIND_AFTER,
    WORDS,
    free_points,
)
from handlers.rules.whole_numbers import read_whole
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
)
from store.approvals import ApprovalRuleFact, add_approval_rule, list_approval_rules, remove_approval_rule
from store.audit import AuditFact, add_audit
from store.people import MEMBER, list_members
from store.tenants import lock_policy

MOST_RULES = 20
MOST_POINTS = 10_000_000
LONGEST_DEPARTMENT = 80
NOBODY, NAMED = "nobody", "named"
_KINDS = {"": "Everything", "award": "Awards", "redemption": "Rewards"}
_WHO = {
    "": "nobody",
    MANAGER: "whoever they report to",
    OWNER: "the owner of the budget above",
    ADMINISTRATOR: "an administrator",
}


@action("admin_approvals", reads=True)
def show_approvals(request: Action, ctx: Context) -> Response:
    """Shows who has to agree to what."""
    check_administrator(ctx)
    return Response(Replace(_card(ctx)))


@admin_word("approvals", reads=True)
def approvals(said: Said, ctx: Context) -> Response:
    """Who has to agree to awards and rewards, and from how many points."""
    return Response(Reply(_card(ctx)))


@action("admin_approval_form", reads=True)
def open_rule(request: Action, ctx: Context) -> Response:
    """Opens the form for a rule of approval."""
    check_administrator(ctx)
    agree = (
        Choice(MANAGER, "Whoever they report to"),
        Choice(OWNER, "The owner of the budget above"),
        Choice(ADMINISTRATOR, "An administrator"),
        Choice(NAMED, "Somebody named below"),
        Choice(NOBODY, "Nobody"),
    )
    form = Form(
        name="admin_approval",
        form_id=ctx.new_id(),
        opened_by="admin_approval_form",
        title="Who has to agree",
        submit="Add",
        note="Rules from more points are looked at first, then later ones; the first that fits holds.",
        fields=(
            ChoiceField(
                name="kind",
                label="To what?",
                choices=(Choice("any", "Everything"), Choice("award", "Awards"), Choice("redemption", "Rewards")),
                initial="any",
            ),
            NumberField(
                name="least",
                label="From how many points?",
                initial=free_points(ctx.policy.worth) + 1,
                least=0,
                most=MOST_POINTS,
                hint="In all. 0 for every one.",
            ),
            TextField(name="department", label="Asked by which department?", hint="Empty for all.", max_length=80),
            PeopleField(name="asker", label="Asked by whom?", hint="Empty for everybody.", optional=True),
            ChoiceField(name="first", label="Who agrees?", choices=agree, initial=MANAGER),
            PeopleField(name="first_named", label="Named for the first step", optional=True),
            ChoiceField(name="second", label="And after that?", choices=agree, initial=NOBODY),
            PeopleField(name="second_named", label="Named for the second step", optional=True),
        ),
    )
    return Response(OpenForm(form))


@submission("admin_approval")
def submit_rule(request: Submission, ctx: Context) -> Response:
    """Adds a rule of approval."""
    check_administrator(ctx)
    lock_policy(ctx.tx, ctx.tenant_id)
    rules = list_approval_rules(ctx.tx, ctx.tenant_id)
    if len(rules) >= MOST_RULES:
        raise Refusal("too_many_rules", f"There are {MOST_RULES} already.", "Remove one first.")
    askers = find_picked(request, ctx, "asker")
    if len(askers) > 1:
        raise Refusal("not_one_person", "One person for each rule, please.", "Pick one, or none.", field="asker")
    first, second = _step(request, ctx, "first"), _step(request, ctx, "second")
    if second and not first:
        raise Refusal("second_alone", "Who agrees first?", "Choose somebody, or nobody in both steps.", field="first")
    fact = ApprovalRuleFact(
        id=ctx.new_id(),
        kind=_kind(request),
        least=_least(request),
        department=_department(request),
        giver_id=askers[0].id if askers else "",
        first=first,
        second=second if second != first else "",
        position=max((one.position for one in rules), default=0) + 1,
    )
    add_approval_rule(ctx.tx, ctx.tenant_id, fact)
    _note(ctx, "rule of approval added", fact)
    return Response(Reply(_card(ctx, "Added. It holds for what is asked from now on.")))


@action("admin_approval_remove")
def remove(request: Action, ctx: Context) -> Response:
    """Takes a rule of approval away."""
    check_administrator(ctx)
    lock_policy(ctx.tx, ctx.tenant_id)
    rule_id = request.values.get("id", "")
    found = next((one for one in list_approval_rules(ctx.tx, ctx.tenant_id) if one.id == rule_id), None)
    if found is None:
        raise Refusal("no_such_rule", "That rule is gone already.", "Nothing more was changed.")
    remove_approval_rule(ctx.tx, ctx.tenant_id, rule_id)
    _note(ctx, "rule of approval removed", found)
    return Response(Replace(_card(ctx, "Removed. What waits already goes on as it began.")))


# --- the form ---------------------------------------------------------------------------------------------


def _kind(request: Submission) -> str:
    kind = request.text("kind")
    return kind if kind in ("award", "redemption") else ""


def _least(request: Submission) -> int:
    least = read_whole(request.text("least"))
    if least is None or least > MOST_POINTS:
        raise Refusal(
            "unclear_amount",
            "I cannot take that.",
            f"Write a whole number from 0 to {MOST_POINTS:,}.",
            field="least",
        )
    return least


def _department(request: Submission) -> str:
    name = " ".join(request.text("department").split())
    if len(name) > LONGEST_DEPARTMENT:
        raise Refusal("which_department", "That is too long for a department.", "Shorten it.", field="department")
    return name


def _step(request: Submission, ctx: Context, field: str) -> str:
    """As rules say it: a word, somebody's id, or empty for nobody."""
    chosen = request.text(field)
    if chosen == NAMED:
        named = find_picked(request, ctx, f"{field}_named")
        if len(named) != 1 or not named[0].active or named[0].kind != MEMBER:
            raise Refusal("not_one_person", "Who is it?", "Pick one active member.", field=f"{field}_named")
        return named[0].id
    return chosen if chosen in WORDS else ""


# --- the card ---------------------------------------------------------------------------------------------


def _card(ctx: Context, done: str = "") -> Card:
    rules = list_approval_rules(ctx.tx, ctx.tenant_id)
    names = _names(ctx, rules)
    rows = [
        {
            "values": {"id": one.id},
            "number": number,
            "what": _KINDS[one.kind],
            "least": points_words(one.least),
            "whose": _whose(one, names),
            "who": _agree(one, names),
        }
        for number, one in enumerate(rules, start=1)
    ]
    data = {
        "done": done,
        "rows": rows,
        "usual": [one for one in ("award", "redemption") if not any(rule.kind in ("", one) for rule in rules)],
        "free": free_points(ctx.policy.worth) + 1,
        "most": MOST_RULES,
        "remind": REMIND_AFTER,
        "escalate": ESCALATE_AFTER,
        "lapse": LAPSE_AFTER,
    }
    return Card("admin_approvals", data)


def _names(ctx: Context, rules: list[ApprovalRuleFact]) -> dict[str, str]:
    ids = {one for rule in rules for one in (rule.giver_id, rule.first, rule.second) if one and one not in WORDS}
    return {one.id: one.name for one in (list_members(ctx.tx, ctx.tenant_id, ids) if ids else ())}


def _whose(rule: ApprovalRuleFact, names: dict[str, str]) -> str:
    person = names.get(rule.giver_id, "somebody who left") if rule.giver_id else "anybody"
    return f"asked by {person} of {rule.department}" if rule.department else f"asked by {person}"


def _agree(rule: ApprovalRuleFact, names: dict[str, str]) -> str:
    first, second = (_WHO.get(one, names.get(one, "somebody who left")) for one in (rule.first, rule.second))
    return f"{first}, then {second}" if rule.second else first


def _note(ctx: Context, act: str, rule: ApprovalRuleFact) -> None:
    details = {"rule": _told(ctx, rule)}
    fact = AuditFact(
        id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act=act, subject_id=rule.giver_id, details=details
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)


def _told(ctx: Context, rule: ApprovalRuleFact) -> str:
    names = _names(ctx, [rule])
    return f"{_KINDS[rule.kind]}, from {rule.least:,} points, {_whose(rule, names)}: {_agree(rule, names)}"
