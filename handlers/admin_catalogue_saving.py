"""One reward and the books: whether it goes with the others, what is written down, and how administrators see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers.affordability import too_dear
from handlers.back_in_stock import notice_stock
from handlers.catalogue import facts_of
from handlers.context import Context
from handlers.fulfilment import kinds
from handlers.refusals import Refusal
from handlers.reward_reading import CODE, STOCK, TITLE
from handlers.rules.categories import category_of
from handlers.rules.money import Money
from handlers.rules.periods import day_in
from handlers.vocabulary import Card, is_optional
from store.audit import AuditFact, add_audit
from store.catalogue import (
    Limited,
    RewardFact,
    add_reward,
    find_coded,
    find_rewards,
    list_rewards,
    lock_reward,
    save_reward,
)
from store.tenants import lock_policy

MOST_ACTIVE = 200
PAGE = 8
ADDED = "reward added"
_AUDITED = tuple(name for name in RewardFact.__dataclass_fields__ if name not in ("id", "settings", "position"))
_TOLD = 200
"""Characters of a value that the audit keeps."""


def lock_known(ctx: Context, reward_id: str) -> RewardFact:
    """A reward of this tenant, which nobody else changes or takes from now. Raises a `Refusal` where there is none."""
    lock_policy(ctx.tx, ctx.tenant_id)  # before the reward, as everybody does, so that nobody waits in a ring
    found = lock_reward(ctx.tx, ctx.tenant_id, reward_id)
    if found is None:
        raise _unknown()
    return found


def find_known(ctx: Context, reward_id: str) -> RewardFact:
    """Of this tenant only, whatever a button or a form says."""
    found = find_rewards(ctx.tx, ctx.tenant_id, [reward_id]).get(reward_id)
    if found is None:
        raise _unknown()
    return found


def find_by_code(ctx: Context, typed: str) -> RewardFact:
    """The reward that a word names by its short name."""
    code = typed.strip().lower()
    found = find_coded(ctx.tx, ctx.tenant_id, [code]).get(code)
    if found is None:
        raise Refusal("no_such_reward", f"I know no reward “{code[:40]}”.", "The catalogue shows their short names.")
    return found


def _unknown() -> Refusal:
    return Refusal("no_such_reward", "I do not know that reward.", "Open the catalogue anew.")


# --- saving -----------------------------------------------------------------------------------------------


def keep_reward(ctx: Context, was: RewardFact | None, wanted: RewardFact) -> str:
    """Stores a reward if it goes with the others; what was done, as a sentence. `was` is locked, None for a new one."""
    if was is None:
        lock_policy(ctx.tx, ctx.tenant_id)  # whoever adds one at the same time waits, so that the limit holds
    if counts_stock(wanted):
        same = was is not None and was.fulfilment == wanted.fulfilment
        wanted = replace(wanted, stock=was.stock if was and same else _left_of(ctx, wanted))
    if was == wanted:
        return f"{wanted.title} is like that already."
    _check_others(ctx, was, wanted)
    (save_reward if was else add_reward)(ctx.tx, ctx.tenant_id, wanted)
    notice_stock(ctx, was, wanted)
    fact = AuditFact(
        id=ctx.new_id(),
        at=ctx.now,
        actor_id=ctx.actor.id,
        act=_act(was, wanted),
        subject_id=wanted.id,
        details={"reward": wanted.title} | differences(was, wanted),
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)
    return _done(was, wanted)


def over_what_they_saw(told: Mapping[str, str], was: RewardFact, seen: str) -> dict[str, str]:
    """What was written over the number that they saw is a difference: buyers took some meanwhile. `seen` is as it was
    shown, empty for as many as are asked for."""
    typed = told.get(STOCK, "").strip()
    if counts_stock(was) or typed == seen:
        return {name: text for name, text in told.items() if name != STOCK}
    both = all(one.isascii() and one.isdigit() and len(one) < 10 for one in (typed, seen))
    if both and was.stock is not None:
        return {**told, STOCK: str(max(0, was.stock + int(typed) - int(seen)))}
    return dict(told)


def counts_stock(reward: RewardFact) -> bool:
    """Whether its kind of fulfilment knows itself how many are left: of codes, as many as there are."""
    return bool(getattr(kinds.get(reward.fulfilment), "counts_stock", False))


def _left_of(ctx: Context, reward: RewardFact) -> int:
    """One that was of the kind before may have some still."""
    stock_of = getattr(kinds[reward.fulfilment], "stock_of", None)
    return stock_of(ctx, reward) if stock_of else 0


def lacks_settings(ctx: Context, reward: RewardFact) -> bool:
    """Whether its kind of fulfilment has to know more before it can be ordered."""
    kind = kinds.get(reward.fulfilment)
    if kind is None:
        return True
    return not reward.settings and any(not is_optional(one) for one in kind.settings_fields(ctx, {}))


def _check_others(ctx: Context, was: RewardFact | None, wanted: RewardFact) -> None:
    same = find_coded(ctx.tx, ctx.tenant_id, [wanted.code]).get(wanted.code)
    if same and same.id != wanted.id:
        raise Refusal(
            "same_code",
            f"{same.title} has the short name {wanted.code}{'' if same.active else ', and is out of use'}.",
            "Choose another one." if same.active else "Bring it back, or choose another one.",
            field=CODE,
        )
    begins = wanted.active and not (was and was.active)
    if begins and len(list_rewards(ctx.tx, ctx.tenant_id)) >= MOST_ACTIVE:
        raise Refusal("many_rewards", f"There are {MOST_ACTIVE} rewards in use.", "Retire one first.", field=TITLE)


def _act(was: RewardFact | None, wanted: RewardFact) -> str:
    if was is None:
        return ADDED
    if was.active != wanted.active:
        return "reward brought back" if wanted.active else "reward retired"
    if replace(was, stock=wanted.stock) == wanted:
        return "stock of a reward changed"
    return "reward changed"


def _done(was: RewardFact | None, wanted: RewardFact) -> str:
    match _act(was, wanted):
        case "reward added":
            return f"{wanted.title} is in the catalogue." if wanted.active else f"{wanted.title} is kept."
        case "reward brought back":
            return f"{wanted.title} is in the catalogue."
        case "reward retired":
            return f"{wanted.title} is out of the catalogue. What was ordered stays ordered."
        case "stock of a reward changed":
            left = "as many as are asked for" if wanted.stock is None else f"{wanted.stock:,}"
            return f"Of {wanted.title} there {'is' if wanted.stock == 1 else 'are'} {left}."
        case _:
            return f"{wanted.title} is changed."


def differences(was: RewardFact | None, wanted: RewardFact) -> dict[str, Any]:
    """What it was and is. Settings of a kind may name people or vendors: that they changed is enough."""
    now = {name: _plain(getattr(wanted, name)) for name in _AUDITED}
    if was is None:
        return {name: value for name, value in now.items() if value != ""}
    before = {name: _plain(getattr(was, name)) for name in _AUDITED}
    changed: dict[str, Any] = {name: [before[name], now[name]] for name in _AUDITED if before[name] != now[name]}
    return changed | ({"settings": "changed"} if was.settings != wanted.settings else {})


def _plain(value: object) -> str | int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return ", ".join(value)[:_TOLD]
    return "" if value is None else str(value)[:_TOLD]


# --- how they are shown -----------------------------------------------------------------------------------


def catalogue_card(ctx: Context, *, page: int = 0, done: str = "") -> Card:
    """Every reward: those in use in their order, then those that are out of it."""
    used, retired = list_rewards(ctx.tx, ctx.tenant_id), list_rewards(ctx.tx, ctx.tenant_id, active=False)
    found = [*used, *retired]
    last = max(0, (len(found) - 1) // PAGE)
    page = min(page, last)
    data = {
        "done": done,
        "rows": [_row(ctx, one) for one in found[page * PAGE : (page + 1) * PAGE]],
        "used": len(used),
        "retired": len(retired),
        "warning": too_dear(ctx, used),
        "newer": {"values": {"page": str(page - 1)}} if page else None,
        "older": {"values": {"page": str(page + 1)}} if page < last else None,
        "full": len(used) >= MOST_ACTIVE,
    }
    return Card("admin_catalogue", data)


def reward_card(ctx: Context, reward: RewardFact, done: str = "") -> Card:
    """One reward with everything that can be set."""
    kind = kinds.get(reward.fulfilment)
    data = {
        "done": done,
        "description": reward.description,
        "kind": kind.title if kind else reward.fulfilment,
        "who": _who(reward),
        "limit": f"{reward.limit} × {reward.limited.value}" if reward.limited is not Limited.NEVER else "",
        "value": str(Money(reward.value_minor, reward.currency)) if reward.value_minor else "",
        "least": reward.least_points if reward.least_points < reward.price else 0,
        "starts": reward.starts_on,
        "stock": reward.stock,
        "counts": counts_stock(reward),
        "codes": reward.fulfilment == "codes",
        "vendor": hasattr(kind, "call"),
        "settings": kind is not None and bool(kind.settings_fields(ctx, reward.settings)),
    }
    return Card("admin_reward", _row(ctx, reward) | data)


def saved_card(ctx: Context, was: RewardFact | None, wanted: RewardFact) -> Card:
    """Saves it, and shows what is stored then: how many are left may be its kind's to say."""
    done = keep_reward(ctx, was, wanted)
    return reward_card(ctx, find_known(ctx, wanted.id), done)


def _row(ctx: Context, reward: RewardFact) -> dict[str, object]:
    today = day_in(ctx.now, ctx.tenant_zone)
    return {
        "id": reward.id,
        "code": reward.code,
        "title": reward.title,
        "emoji": reward.emoji or category_of(reward.category).emoji,
        "price": reward.price,
        "facts": facts_of(reward, today),
        "state": _state(reward, today.toordinal()),
        "active": reward.active,
    }


def _state(reward: RewardFact, today: int) -> str:
    if not reward.active:
        return "out of use"
    if reward.starts_on and reward.starts_on.toordinal() > today:
        return f"from {reward.starts_on.day} {reward.starts_on:%B}"
    if reward.ends_on and reward.ends_on.toordinal() < today:
        return "its time is over"
    return "in use"


def _who(reward: RewardFact) -> str:
    """Whom it is for, where not for everybody."""
    parts = [f"in {', '.join(reward.countries)}" if reward.countries else "", ", ".join(reward.departments)]
    return "; ".join(filter(None, parts))
