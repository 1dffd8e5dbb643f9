"""Asking a person: a question to those who run the programme, who answer it themselves."""

from __future__ import annotations

from handlers.access import list_administrators
from handlers.context import Context, who
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.unseen import seen
from handlers.vocabulary import (
    Action,
    Card,
    Direct,
    Form,
    OpenForm,
    Reply,
    Response,
    Subject,
    Submission,
    TextField,
)
from store.people import Member

MOST = 1000
SUBJECT = "question"


@action("ask_form", reads=True)
def open_ask(request: Action, ctx: Context) -> Response:
    """Opens the form to ask a person."""
    asked = _asked(ctx)
    names = ", ".join(sorted(one.name[:60] for one in asked)[:3])
    more = f" and {len(asked) - 3} more" if len(asked) > 3 else ""
    form = Form(
        name="ask",
        form_id=ctx.new_id(),
        opened_by="ask_form",
        title="Ask a person",
        submit="Ask",
        note=f"It goes to whoever runs Plaudit here: {names}{more}. They see that it is from you, and answer you.",
        fields=(
            TextField(
                name="question",
                label="What would you like to know?",
                hint="About points, thanks, what is shown of you, or anything else of the programme.",
                multiline=True,
                min_length=3,
                max_length=MOST,
            ),
        ),
    )
    return Response(OpenForm(form))


@submission("ask")
def submit_ask(request: Submission, ctx: Context) -> Response:
    """Brings the question to whoever runs the programme."""
    question = request.text("question")
    if len(seen(question)) < 3:
        raise Refusal("no_question", "What would you like to know?", "Write it here, please.", field="question")
    if len(question) > MOST:
        raise Refusal("long_question", f"A question has {MOST:,} characters at most.", "Shorten it.", field="question")
    asked, subject = _asked(ctx), Subject(SUBJECT, ctx.new_id())
    card = Card("question", {"asker": who(ctx.actor), "question": question})
    told = {"people": len(asked)}
    return Response(Reply(Card("question_sent", told)), tuple(Direct(one, card, subject) for one in asked))


def _asked(ctx: Context) -> list[Member]:
    """Those who run the programme, without who asks."""
    found = list_administrators(ctx)
    others = [one for one in found if one.id != ctx.actor.id]
    if not others and found:
        raise Refusal("oneself", "You are the one who runs Plaudit here.", "The guide for administrators may help.")
    if not others:
        raise Refusal(
            "no_administrator_yet",
            "Nobody here runs Plaudit yet, so there is nobody to ask.",
            "Whoever runs the program names the first ones: e-mail addresses in its setting PLAUDIT_OWNERS.",
        )
    return others
