"""Points from the organisation: an administrator grants them, with a reason, and whoever gets them is told."""

from __future__ import annotations

import json
import re

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.context import Context
from handlers.finding import NO_WORDS, find_picked, find_receivers
from handlers.granting import (
    KIND,
    MOST_EACH,
    REASON_LEAST,
    REASON_MOST,
    Grant,
    give_points,
)
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.grammar import KudosText, TwoAmounts, UnclearAmount, read_kudos
from handlers.rules.words import tokens_of
from handlers.vocabulary import (
    Action,
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
from store.people import list_members
from store.recognitions import find_draft

USUAL = 50
_BARE_AMOUNT = re.compile(r"(\d{1,6})(?=\s|$)", re.ASCII)


# --- button, form and word --------------------------------------------------------------------------------


@action("admin_grant_form", reads=True)
def open_grant(request: Action, ctx: Context) -> Response:
    """Opens the form to grant points."""
    check_administrator(ctx)
    return Response(OpenForm(_grant_form(ctx)))


@submission("admin_grant")
def submit_grant(request: Submission, ctx: Context) -> Response:
    """Grants what the form says."""
    check_administrator(ctx)
    typed = request.texts
    grant = Grant(
        receivers=find_picked(request, ctx, "who"),
        points=_number(typed.get("points", "")),
        reason=_cleaned(typed.get("reason", "")),
    )
    return give_points(ctx, grant, request.key)


@admin_word("grant", usage="@somebody +50 for the reason")
def type_grant(said: Said, ctx: Context) -> Response:
    """Grants points from the organisation; alone it opens the form."""
    if not said.text:
        return Response(OpenForm(_grant_form(ctx)))
    read, receivers = find_receivers(said.request, ctx, read_kudos(said.rest, NO_WORDS), any_doubt=True)
    _check_words(read)
    if read.points is None and (bare := _BARE_AMOUNT.match(read.reason)):
        raise Refusal("no_amount", f"Is it {bare[1]} points?", f"Write it with a plus: +{bare[1]}.")
    if read.points is None:
        raise Refusal("no_amount", "How many points is it?", "Write it with a plus: grant @bob +50 for the reason.")
    return give_points(ctx, Grant(receivers=receivers, points=read.points, reason=read.reason), said.request.key)


@action("admin_grant_again")
def grant_again(request: Action, ctx: Context) -> Response:
    """Grants once more what looked like the same grant sent twice."""
    check_administrator(ctx)
    draft_id = request.values.get("draft", "")
    kept = json.loads(find_draft(ctx.tx, ctx.tenant_id, draft_id, ctx.actor.id) or "{}")
    if kept.get("kind") != KIND:
        raise Refusal("no_draft", "I do not have that draft any more.", "Write it once more, please.")
    receivers = tuple(list_members(ctx.tx, ctx.tenant_id, kept["receivers"]))
    grant = Grant(receivers=receivers, points=kept["points"], reason=kept["reason"])
    granted = give_points(ctx, grant, f"draft:{draft_id}", meant=True)
    assert isinstance(granted.answer, Reply)
    return Response(Replace(granted.answer.card), granted.sends)


def _grant_form(ctx: Context) -> Form:
    return Form(
        name="admin_grant",
        form_id=ctx.new_id(),
        opened_by="admin_grant_form",
        title="Grant points",
        submit="Grant",
        note="These points come from the organisation, and from nobody's allowance. A grant cannot be taken back.",
        fields=(
            PeopleField(name="who", label="Who gets them?"),
            NumberField(
                name="points", label="Points for each", initial=USUAL, least=1, most=MOST_EACH, hint="1 to 10,000."
            ),
            TextField(
                name="reason",
                label="What for?",
                hint="They read it, with your name.",
                multiline=True,
                min_length=REASON_LEAST,
                max_length=REASON_MOST,
            ),
        ),
    )


def _cleaned(typed: str) -> str:
    """A text of a form as the grammar cleans a typed one: without what nobody can see."""
    return "".join([one if isinstance(one, str) else one.shown for one in tokens_of((typed,), NO_WORDS)]).strip()


def _number(typed: str) -> int:
    digits = typed.strip().removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        raise Refusal("unclear_amount", "That is not a whole number.", "Write 50, for example.", field="points")
    return int(digits)


def _check_words(read: KudosText) -> None:
    for problem in read.problems:
        match problem:
            case UnclearAmount(typed):
                raise Refusal("unclear_amount", f"I cannot read {typed} as points.", "Write a whole number: +50.")
            case TwoAmounts(typed):
                raise Refusal("two_amounts", f"Which amount is it: {' or '.join(typed)}?", "Write one.")
            case _:
                raise Refusal("value_in_grant", "A grant has no #value.", "Write the word without the #.")
