"""What administrators write of a value or a badge alike, and what became of one that is retired and never deleted."""

from __future__ import annotations

from handlers.refusals import Refusal
from handlers.rules.value_words import LONGEST_MEANING, read_emoji
from handlers.vocabulary import Choice, ChoiceField, Submission

STATE = "state"
_IN_USE, _RETIRED = "in_use", "retired"


def state_field(label: str, hint: str, *, active: bool) -> ChoiceField:
    """Whether it is in use or retired."""
    return ChoiceField(
        name=STATE,
        label=label,
        choices=(Choice(_IN_USE, "In use"), Choice(_RETIRED, "Retired")),
        initial=_IN_USE if active else _RETIRED,
        hint=hint,
    )


def is_in_use(request: Submission) -> bool:
    """A new one, whose form does not ask, is in use."""
    return request.text(STATE) != _RETIRED


def act_of(noun: str, was: bool | None, now: bool) -> str:
    """As the audit calls it: `value added`, `badge retired`. Whether it was in use, None for a new one, and is now."""
    if was is None:
        return f"{noun} added"
    if was == now:
        return f"{noun} changed"
    return f"{noun} brought back" if now else f"{noun} retired"


def emoji_of(typed: str, noun: str) -> str:
    if emoji := read_emoji(typed):
        return emoji
    example = "🤝" if noun == "value" else "🚀"
    raise Refusal("unclear_emoji", f"A {noun} goes with one emoji.", f"Write one, such as {example}.", field="emoji")


def meaning_of(typed: str) -> str:
    """In one line."""
    meaning = " ".join(typed.split())
    if len(meaning) > LONGEST_MEANING:
        raise Refusal(
            "long_meaning",
            f"That is {len(meaning)} characters; a meaning has {LONGEST_MEANING} at most.",
            "Shorten it a little.",
            field="meaning",
        )
    return meaning
