"""Gift codes as administrators add them: pasted, sealed at once, and never shown to them again."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.back_in_stock import notice_stock
from handlers.context import Context
from handlers.fulfilment_codes import Codes, low_of
from handlers.order_secrets import NO_KEYS
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.vocabulary import (
    Action,
    Card,
    Form,
    OpenForm,
    Replace,
    Reply,
    Response,
    Submission,
    TextField,
)
from store.audit import AuditFact, add_audit
from store.catalogue import RewardFact, find_rewards, list_rewards, lock_reward, save_reward
from store.codes import add_codes, count_codes, find_code_key, find_known, keep_code_key, tell_low
from store.sealing import NotOpened
from store.tenants import lock_policy
from store.types import new_token

MOST_PASTED, LONGEST_CODE = 3_000, 500
MOST_POOLS = 20
FIELDS = ("codes", "codes_2", "codes_3", "codes_4")
"""A text of a form has 3,000 characters on Slack."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of codes: how many are new, and how many were there already or came twice."""

    new: int
    known: int


# --- buttons, form and word -------------------------------------------------------------------------------


@admin_word("codes", reads=True)
def codes(said: Said, ctx: Context) -> Response:
    """Gift codes: how many are left, and adding some."""
    return Response(Reply(_codes_card(ctx)))


@action("admin_codes", reads=True)
def show_codes(request: Action, ctx: Context) -> Response:
    """Shows how many gift codes are left."""
    check_administrator(ctx)
    return Response(Replace(_codes_card(ctx)))


@action("admin_codes_form", reads=True)
def open_codes(request: Action, ctx: Context) -> Response:
    """Opens the form to add gift codes."""
    check_administrator(ctx)
    _check_keys(ctx, "")
    reward_id = request.values.get("reward", "")
    reward = _pool(find_rewards(ctx.tx, ctx.tenant_id, [reward_id]).get(reward_id))
    form = Form(
        name="admin_codes",
        form_id=ctx.new_id(),
        opened_by="admin_codes_form",
        title="Add gift codes",
        submit="Add",
        note=f"For {reward.title}. They are sealed at once: nobody sees them again but whoever gets one.",
        context={"reward": reward.id},
        fields=tuple(_field(name) for name in FIELDS),
    )
    return Response(OpenForm(form))


@submission("admin_codes")
def submit_codes(request: Submission, ctx: Context) -> Response:
    """Adds gift codes to a reward."""
    check_administrator(ctx)
    typed = [text for name in FIELDS if isinstance(text := request.values.get(name, ""), str)]
    added = add_pasted(ctx, request.context.get("reward", ""), [line for text in typed for line in text.splitlines()])
    return Response(Reply(_codes_card(ctx, _told(added))))


def _field(name: str) -> TextField:
    first = name == FIELDS[0]
    return TextField(
        name=name,
        label="Codes" if first else "More codes",
        hint="One in each line. What is there already is left out." if first else "",
        multiline=True,
        min_length=1 if first else 0,
        max_length=MOST_PASTED,
    )


# --- adding -----------------------------------------------------------------------------------------------


def add_pasted(ctx: Context, reward_id: str, lines: Iterable[str]) -> Added:
    """Seals and keeps codes, each once in the organisation; the stock of the reward is what is free then.

    Raises a `Refusal` at the field `codes`, also where no key is set to seal them with.
    """
    _check_keys(ctx, "codes")
    lock_policy(ctx.tx, ctx.tenant_id)  # of two who paste the same codes for two rewards, the later one finds them
    reward = _pool(lock_reward(ctx.tx, ctx.tenant_id, reward_id))
    typed = [one for line in lines if (one := line.strip())]
    _check_lines(typed)
    digests = _digests(ctx, typed)
    known = find_known(ctx.tx, ctx.tenant_id, digests)
    new = {ctx.new_id(): (one, ctx.sealer.seal(code)) for one, code in digests.items() if one not in known}
    add_codes(ctx.tx, ctx.tenant_id, reward.id, new, ctx.now)
    if new:
        free, _ = count_codes(ctx.tx, ctx.tenant_id, reward.id)
        save_reward(ctx.tx, ctx.tenant_id, replace(reward, stock=free))
        notice_stock(ctx, reward, replace(reward, stock=free))
        tell_low(ctx.tx, ctx.tenant_id, reward.id, False)
        _audit(ctx, reward, len(new))
    return Added(len(new), len(typed) - len(new))


def _check_keys(ctx: Context, field: str) -> None:
    if not ctx.sealer.can_seal:
        raise Refusal("no_keys", "Codes cannot be kept here yet: there is no key to seal them.", NO_KEYS, field=field)


def _check_lines(typed: list[str]) -> None:
    if not typed:
        raise Refusal("no_codes", "There is no code in it.", "Write one in each line.", field="codes")
    for number, one in enumerate(typed, 1):
        if len(one) > LONGEST_CODE:
            raise Refusal(
                "long_code",
                f"Code {number} has {len(one):,} characters; {LONGEST_CODE} are taken.",
                "One code in each line, please.",
                field="codes",
            )


def _digests(ctx: Context, typed: list[str]) -> dict[str, str]:
    """Codes by digest: HMAC-SHA256 (RFC 2104) by a key of the tenant's own, for a plain hash of a code is guessed."""
    sealed = find_code_key(ctx.tx, ctx.tenant_id) or keep_code_key(ctx.tx, ctx.tenant_id, ctx.sealer.seal(new_token()))
    try:
        key = ctx.sealer.open(sealed).encode()
    except NotOpened as error:
        raise Refusal(
            "not_opened",
            "A key that sealed earlier codes is missing, so I cannot tell which are there already.",
            "Whoever runs the program adds it to PLAUDIT_SECRET_KEYS again, after the others.",
            field="codes",
        ) from error
    return {hmac.new(key, one.encode(), sha256).hexdigest(): one for one in typed}


def _audit(ctx: Context, reward: RewardFact, number: int) -> None:
    fact = AuditFact(
        id=ctx.new_id(),
        at=ctx.now,
        actor_id=ctx.actor.id,
        act="gift codes added",
        subject_id=reward.id,
        details={"reward": reward.title, "codes": number},
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)


def _pool(reward: RewardFact | None) -> RewardFact:
    if reward is None or reward.fulfilment != Codes.kind:
        raise Refusal("no_pool", "That reward has no gift codes.", "Choose one that is handed out from a pool of them.")
    return reward


# --- shown ------------------------------------------------------------------------------------------------


def _codes_card(ctx: Context, done: str = "") -> Card:
    pools = [one for one in list_rewards(ctx.tx, ctx.tenant_id) if one.fulfilment == Codes.kind]
    data = {
        "done": done,
        "keys": ctx.sealer.can_seal,
        "pools": [_row(ctx, one) for one in pools[:MOST_POOLS]],
        "more": max(0, len(pools) - MOST_POOLS),
    }
    return Card("admin_codes", data)


def _row(ctx: Context, reward: RewardFact) -> dict[str, object]:
    free, every = count_codes(ctx.tx, ctx.tenant_id, reward.id)
    return {
        "id": reward.id,
        "title": reward.title,
        "left": free,
        "given": every - free,
        "few": free <= low_of(reward.settings),
    }


def _told(added: Added) -> str:
    new = f"{added.new} code was added." if added.new == 1 else f"{added.new} codes were added."
    if not added.known:
        return new
    left = "1 was" if added.known == 1 else f"{added.known} were"
    return f"{new} {left} there already, and left out."
