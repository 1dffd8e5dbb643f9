"""What holds of what is shown about people for whoever did not choose: the organisation's word, purpose by purpose."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.choices import touch_shown
from handlers.context import Context
from handlers.purposes import BY_PURPOSE, RULES, Purpose, Rule
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.policy import Policy
from handlers.vocabulary import (
    Action,
    Card,
    Choice,
    ChoiceField,
    Form,
    OpenForm,
    Reply,
    Response,
    Submission,
)
from store.audit import AuditFact, add_audit
from store.tenants import change_policy, lock_policy

YES, NO, USUAL = "yes", "no", "usual"
_ANSWERS = {YES: True, "on": True, NO: False, "off": False, USUAL: None}


@action("admin_purposes_form", reads=True)
def open_purposes(request: Action, ctx: Context) -> Response:
    """Opens the form for what holds where people did not choose."""
    check_administrator(ctx)
    return _form(ctx)


@submission("admin_purposes")
def submit_purposes(request: Submission, ctx: Context) -> Response:
    """Takes over what holds where people did not choose."""
    check_administrator(ctx)
    wanted: dict[Purpose, bool | None] = {}
    for one in Purpose:
        answer = request.values.get(one.value)
        if isinstance(answer, str) and answer in _ANSWERS:
            wanted[one] = _ANSWERS[answer]
    return _apply(ctx, wanted)


@admin_word("purposes", usage="board no, or wall usual")
def purposes(said: Said, ctx: Context) -> Response:
    """What is shown about whoever did not choose; alone it opens the form."""
    word, _, answer = said.text.lower().partition(" ")
    if not word:
        return _form(ctx)
    purpose = next((one for one in Purpose if one == word), None)
    if purpose is None:
        raise Refusal(
            "unknown_purpose",
            f"There is no purpose “{word[:40]}”. There are {', '.join(Purpose)}.",
            "For example: purposes board no.",
        )
    if answer.strip() not in _ANSWERS:
        label = BY_PURPOSE[purpose].label
        raise Refusal("unclear_answer", f"{label}: yes, no or usual?", f"Write purposes {purpose} no, for example.")
    return _apply(ctx, {purpose: _ANSWERS[answer.strip()]})


def _form(ctx: Context) -> Response:
    form = Form(
        name="admin_purposes",
        form_id=ctx.new_id(),
        opened_by="admin_purposes_form",
        title="What is shown",
        submit="Save",
        note="For whoever did not choose. What somebody chose in my-choices beats it, and holds at once.",
        fields=tuple(_field(one, ctx.policy) for one in RULES),
    )
    return Response(OpenForm(form))


def _field(rule: Rule, policy: Policy) -> ChoiceField:
    usual = Choice(USUAL, f"The usual: {_answer(rule.default)}")
    decided = policy.purposes.get(rule.purpose)
    return ChoiceField(
        name=rule.purpose.value,
        label=rule.label,
        choices=(usual, Choice(YES, "Yes"), Choice(NO, "No")),
        initial=USUAL if decided is None else _answer(decided),
        hint=rule.meaning,
    )


def _apply(ctx: Context, wanted: Mapping[Purpose, bool | None]) -> Response:
    """Makes the change and tells it; posts that show people follow. None: the usual holds again."""
    stored = lock_policy(ctx.tx, ctx.tenant_id)
    before = Policy.read(stored).purposes
    named = {one.value: held for one, held in wanted.items()}
    after = {name: held for name, held in (dict(before) | named).items() if held is not None}
    changed = [one for one in wanted if before.get(one) != after.get(one)]
    if not changed:
        return Response(Reply(Card("admin_changed", {"rows": [], "notes": []})))
    rest = {name: value for name, value in stored.items() if name != "purposes"}
    change_policy(ctx.tx, ctx.tenant_id, rest | ({"purposes": after} if after else {}))
    pairs = {one: [_shown(one, before), _shown(one, after)] for one in changed}
    details = {f"{one}_by_default": pair for one, pair in pairs.items()}
    fact = AuditFact(id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act="purposes changed", details=details)
    add_audit(ctx.tx, ctx.tenant_id, fact)
    rows = [{"label": BY_PURPOSE[one].label, "was": was, "now": now} for one, (was, now) in pairs.items()]
    notes = ["Whoever chose for themselves keeps what they chose."]
    return Response(Reply(Card("admin_changed", {"rows": rows, "notes": notes})), touch_shown(ctx, changed))


def _shown(purpose: Purpose, decided: Mapping[str, bool]) -> str:
    held = decided.get(purpose)
    return f"the usual ({_answer(BY_PURPOSE[purpose].default)})" if held is None else _answer(held)


def _answer(held: bool) -> str:
    return YES if held else NO
