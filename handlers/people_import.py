"""Dates, managers and departments of people, from lines that an administrator pastes or uploads.

Nothing changes before they have seen what would, and confirmed it. Then it is applied page by page behind people's
work, and they hear how it went.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.brought_files import Preview, keep_preview, sentence_of
from handlers.context import Context
from handlers.opened_in import note_place
from handlers.people_preview import People, confirm, preview_of
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.people_csv import read_people
from handlers.upload_desk import hand_out_link
from handlers.vocabulary import (
    Action,
    Card,
    Choice,
    ChoiceField,
    Form,
    OpenForm,
    Replace,
    Reply,
    Response,
    Submission,
    TextField,
)
from store.imports import ImportFact, add_import, drop_import, find_import

PASTE_LIFE = timedelta(days=1)
MOST_PASTED = 3000
"""Characters that a field of a form takes on Slack."""
PASTED = "pasted lines"
_PASTE, _FILE = "paste", "file"
_AGAIN = "I showed you that preview already, and keep no copy of it. Bring the lines once more, please."
_ON_A_CARD = 8
_AT_THE_FIELD = 3
_NOTE = (
    "Nothing changes before you have seen a preview and confirmed it. "
    "An empty cell leaves what there is, a dash clears it. Birthdays need no year."
)
_HINT = (
    "The first line names the columns: email, and any of birthday, start date, department, manager (by address), "
    "country (two letters). "
    "Days are best written like 2024-03-09."
)


@admin_word("people import", reads=True)
def import_word(said: Said, ctx: Context) -> Response:
    """Dates, departments and managers from a CSV."""
    return _form(ctx)


@action("people_import", reads=True)
def open_import(request: Action, ctx: Context) -> Response:
    """Opens the form to import dates, departments and managers."""
    check_administrator(ctx)
    return _form(ctx)


@submission("people_import")
def submit_import(request: Submission, ctx: Context) -> Response:
    """Shows what the pasted lines would change, or gives a page to upload a file."""
    check_administrator(ctx)
    if request.values.get("way") == _FILE:
        return hand_out_link(ctx, People.name)
    lines = request.values.get("lines", "")
    return _show(ctx, lines if isinstance(lines, str) else "")


@action("people_import_confirm")
def confirm_import(request: Action, ctx: Context) -> Response:
    """Begins what was shown."""
    check_administrator(ctx)
    one = _own(ctx, request.values)
    confirm(ctx, one, one.id)
    sentence = "It is on its way. I will write to you when it is done."
    return Response(Replace(Card("notice", {"sentence": sentence})))


@action("people_import_cancel")
def cancel_import(request: Action, ctx: Context) -> Response:
    """Forgets what was shown."""
    check_administrator(ctx)
    if not drop_import(ctx.tx, _own(ctx, request.values)):
        raise Refusal("confirmed", "That is confirmed already.", "I will write to you when it is done.")
    return Response(Replace(Card("notice", {"sentence": "Forgotten. Nothing has changed."})))


def _form(ctx: Context) -> Response:
    ways = (Choice(_PASTE, "I paste them below"), Choice(_FILE, "In a file: give me a page to upload it"))
    lines = TextField(name="lines", label="Lines", hint=_HINT, multiline=True, max_length=MOST_PASTED)
    form = Form(
        name="people_import",
        form_id=ctx.new_id(),
        opened_by="people_import",
        title="Import people",
        submit="Preview",
        note=_NOTE,
        context=note_place(ctx.place),
        fields=(ChoiceField(name="way", label="Where are the lines?", choices=ways, initial=_PASTE), lines),
    )
    return Response(OpenForm(form))


def _show(ctx: Context, lines: str) -> Response:
    """Where no line can be used, the form says why and keeps what was typed."""
    if len(lines) > MOST_PASTED:
        raise Refusal("long_paste", "That is too much for a form.", "Upload it as a file, please.", field="lines")
    preview, pages = preview_of(ctx.tx, ctx.tenant_id, read_people(lines, ctx.now.astimezone(ctx.zone).date()))
    if not preview.rows:
        raise _unusable(preview)
    draft_id = ctx.new_id()
    add_import(ctx.tx, ctx.tenant_id, draft_id, ctx.actor.id, ctx.now, ctx.now + PASTE_LIFE)
    one = find_import(ctx.tx, ctx.tenant_id, draft_id)
    assert one
    keep_preview(ctx.tx, one, draft_id, PASTED, preview, pages)
    # Names, days and whatever was typed stand in it, years of birth too: it is shown, and not kept.
    return Response(Reply(Card("people_preview", _data(preview, draft_id)), secret=True, again=_AGAIN))


def _unusable(preview: Preview) -> Refusal:
    first = [sentence_of(one) for one in preview.errors[:_AT_THE_FIELD]] or ["There are no lines below the first one."]
    more = preview.error_count - len(first)
    ask = f"There are {more} more like that." if more > 0 else "Nothing has changed."
    return Refusal("unusable", " ".join(first), ask, field="lines")


def _own(ctx: Context, values: Mapping[str, str]) -> ImportFact:
    one = find_import(ctx.tx, ctx.tenant_id, values.get("id", ""))
    if one is None or one.person_id != ctx.actor.id:
        raise Refusal("no_import", "I do not have those lines any more.", "Bring them once more, please.")
    return one


def _data(preview: Preview, draft_id: str) -> dict[str, object]:
    return {
        "changed": preview.changed,
        "unchanged": preview.rows - preview.changed,
        "left_out": preview.left_out,
        "counts": dict(preview.counts),
        "changes": [{"line": one.line, "name": one.name, "what": one.what} for one in preview.changes[:_ON_A_CARD]],
        "more_changes": max(0, preview.changed - _ON_A_CARD),
        "errors": [{"sentence": sentence_of(one)} for one in preview.errors[:_ON_A_CARD]],
        "more_errors": max(0, preview.error_count - _ON_A_CARD),
        "ignored": list(preview.ignored),
        "id": draft_id,
    }
