"""What a form of a page asks for: the same requests that the chats make, for whoever is there, and what was answered.

They go through the same door. So a form that is sent twice finds its first answer, and each act is checked once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from handlers.context import Context
from handlers.refusals import Refusal
from handlers.vocabulary import AccountRef, Action, Platform, Submission, WorkspaceRef
from store.requests import find_outcome

LONGEST_FORM_ID = 80
DONE = "done"
"""The outcome of what was not refused."""


def press(ctx: Context, name: str, form_id: str, values: Mapping[str, str]) -> Action:
    """A button."""
    return Action(key=_key(ctx, form_id), who=_account(ctx), name=name, values=values)


def submit(ctx: Context, form: str, form_id: str, values: Mapping[str, str], context: Mapping[str, str]) -> Submission:
    """A form that was filled in; `context` is what it came with."""
    return Submission(key=_key(ctx, form_id), who=_account(ctx), form=form, values=values, context=context)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer in plain lines. Not `done`: it was refused, and the lines say why."""

    text: str
    done: bool


def answer_to(ctx: Context, form_id: str) -> Told | None:
    """What a form of the actor was answered; None where it was not sent, or by somebody else."""
    if not form_id:
        return None
    key = _key(ctx, form_id)
    # As a button's outcome is kept, and as a form's is.
    found = (find_outcome(ctx.tx, ctx.tenant_id, one) for one in (key, f"{key}/{_account(ctx).id}"))
    outcome = next(filter(None, found), None)
    if outcome is None:
        return None
    text = str(outcome.answer.get("payload", {}).get("text", ""))
    # Slack reads mark-up in that text, so it is kept escaped for it.
    plain = unescape(text) if ctx.home.platform == Platform.SLACK else text
    return Told(plain, outcome.outcome == DONE)


def _key(ctx: Context, form_id: str) -> str:
    """A form is good for one person: another who sends it asks for something else."""
    return f"web:{form_id[:LONGEST_FORM_ID]}:{ctx.actor.id}"


def _account(ctx: Context) -> AccountRef:
    """The one that they used last, which is where the context is."""
    workspace = WorkspaceRef(Platform(ctx.home.platform), ctx.home.workspace_ref)
    for one in ctx.actor.accounts:
        if one.workspace_id == ctx.home.workspace_id:
            return AccountRef(workspace, one.ref)
    raise Refusal("no_account", "I do not find you in a chat any more.", "Write to Plaudit there once.")
