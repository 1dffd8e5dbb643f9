"""Company values: what recognitions can show. A value is never deleted, for old recognitions still show it."""

from __future__ import annotations

from dataclasses import replace

from handlers.access import check_administrator
from handlers.admin_spans import span_fields, span_of
from handlers.admin_value_saving import name_of, save_value, value_of_id, values_card
from handlers.admin_words import Said, admin_word
from handlers.admin_written import emoji_of, is_in_use, meaning_of, state_field
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.value_words import (
    LONGEST_MEANING,
    LONGEST_NAME,
    is_same_name,
    read_emoji,
)
from handlers.vocabulary import (
    Action,
    Form,
    OpenForm,
    Replace,
    Reply,
    Response,
    Submission,
    TextField,
)
from store.programme import ValueFact

# --- buttons and forms ------------------------------------------------------------------------------------


@action("admin_values", reads=True)
def show_values(request: Action, ctx: Context) -> Response:
    """Shows the values."""
    check_administrator(ctx)
    return Response(Replace(values_card(ctx.programme.values)))


@action("admin_value_form", reads=True)
def open_value(request: Action, ctx: Context) -> Response:
    """Opens the form of one value, or of a new one."""
    check_administrator(ctx)
    value_id = request.values.get("value", "")
    return Response(OpenForm(_value_form(ctx, value_of_id(ctx, value_id) if value_id else None)))


@submission("admin_value")
def submit_value(request: Submission, ctx: Context) -> Response:
    """Adds or changes a value."""
    check_administrator(ctx)
    told = request.texts
    value_id = request.context.get("value", "")
    was = value_of_id(ctx, value_id) if value_id else None
    first, last = span_of(told)
    wanted = ValueFact(
        id=was.id if was else ctx.new_id(),
        name=name_of(told.get("name", "")),
        emoji=emoji_of(told.get("emoji", ""), "value"),
        meaning=meaning_of(told.get("meaning", "")),
        active=is_in_use(request),
        starts_on=first,
        ends_on=last,
    )
    return save_value(ctx, wanted)


def _value_form(ctx: Context, value: ValueFact | None) -> Form:
    hint = "Nobody can choose a retired value; recognitions that have it keep it."
    state = state_field("Can it be chosen?", hint, active=value is None or value.active)
    return Form(
        name="admin_value",
        form_id=ctx.new_id(),
        opened_by="admin_value_form",
        title="Change a value" if value else "Add a value",
        submit="Save",
        context={"value": value.id} if value else {},
        fields=(
            TextField(
                name="name",
                label="Name",
                initial=value.name if value else "",
                hint="What people type after #: letters, digits, - and _.",
                min_length=1,
                max_length=LONGEST_NAME,
            ),
            TextField(
                name="emoji",
                label="Emoji",
                initial=value.emoji if value else "",
                hint="One, such as 🤝.",
                min_length=1,
                max_length=60,
            ),
            TextField(
                name="meaning",
                label="What does it mean to you?",
                initial=value.meaning if value else "",
                hint="A few words, such as: We win together.",
                max_length=LONGEST_MEANING,
            ),
            *span_fields(value.starts_on if value else None, value.ends_on if value else None),
            *((state,) if value else ()),
        ),
    )


# --- words ------------------------------------------------------------------------------------------------


@admin_word("values", reads=True)
def values(said: Said, ctx: Context) -> Response:
    """The company values, to add, change and retire."""
    return Response(Reply(values_card(ctx.programme.values)))


@admin_word("values add", usage="🤝 teamwork We win together")
def values_add(said: Said, ctx: Context) -> Response:
    """Adds a value: emoji, name, meaning; alone it opens the form."""
    if not said.text:
        return Response(OpenForm(_value_form(ctx, None)))
    emoji, name, meaning = _three(said.text)
    _check_order("values add", emoji, name, meaning)
    wanted = ValueFact(ctx.new_id(), name_of(name), emoji_of(emoji, "value"), meaning_of(meaning), active=True)
    return save_value(ctx, wanted)


@admin_word("values change", usage="#teamwork 🤝 together We win together")
def values_change(said: Said, ctx: Context) -> Response:
    """Changes a value: which one, then emoji, name and meaning."""
    which, _, rest = said.text.partition(" ")
    was = _named(ctx, which, "values change")
    if not rest.strip():
        raise Refusal(
            "nothing_new",
            "What shall it be?",
            f"Write it anew: values change #{was.name} 🤝 together We win together.",
        )
    emoji, name, meaning = _three(rest)
    _check_order(f"values change #{was.name}", emoji, name, meaning)
    changed = meaning_of(meaning) or was.meaning  # who writes none leaves it
    wanted = replace(was, name=name_of(name or was.name), emoji=emoji_of(emoji, "value"), meaning=changed)
    return save_value(ctx, wanted)


@admin_word("values retire", usage="#teamwork")
def values_retire(said: Said, ctx: Context) -> Response:
    """Nobody can choose it any more; what has it keeps it."""
    was = _named(ctx, said.text, "values retire")
    return save_value(ctx, replace(was, active=False))


@admin_word("values back", usage="#teamwork")
def values_back(said: Said, ctx: Context) -> Response:
    """Brings a retired value back."""
    was = _named(ctx, said.text, "values back")
    return save_value(ctx, replace(was, active=True))


def _three(text: str) -> tuple[str, str, str]:
    emoji, _, rest = text.partition(" ")
    name, _, meaning = rest.strip().partition(" ")
    return emoji, name, meaning


def _check_order(words: str, emoji: str, name: str, meaning: str) -> None:
    if not read_emoji(emoji) and read_emoji(name):
        raise Refusal(
            "emoji_first",
            "The emoji comes first.",
            f"Write {' '.join(filter(None, (words, name, emoji, meaning)))}.",
        )


def _named(ctx: Context, typed: str, words: str) -> ValueFact:
    if not typed.strip():
        raise Refusal("which_value", "Which value?", f"Write {words} #teamwork.")
    for one in ctx.programme.values:
        if typed.strip() and is_same_name(one.name, typed.strip().lstrip("#＃")):
            return one
    names = ", ".join(f"#{one.name}" for one in ctx.programme.values)
    raise Refusal("no_such_value", f"I know no value “{typed[:40]}”.", f"There are {names or 'none yet'}.")
