"""Rows of a file of rewards: what each says of the reward that it names, and applying those that were confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.admin_catalogue_saving import counts_stock, keep_reward, lacks_settings, over_what_they_saw
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.reward_reading import CODE, DESCRIPTION, STOCK, TITLE, blank, code_from, read_reward
from handlers.rules.catalogue_csv import RewardRow
from store.catalogue import RewardFact, find_coded, lock_reward
from store.tenants import lock_policy

_NEW = "new"
"""Stands for the id of a reward that only a file knows yet."""
_YES, _NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")


def code_of(row: RewardRow) -> str:
    """The short name that a row is about: what it says, or what its title makes."""
    return row.told.get(CODE, "").lower() or code_from(row.told.get(TITLE, ""))


def read_row(row: RewardRow, was: RewardFact | None) -> RewardFact:
    """The reward as a row wants it, `was` as it is. Raises a `Refusal` with the field of the cell that does not fit."""
    told = dict(row.told) | {CODE: code_of(row)}
    if was is None and not told.get(TITLE):
        raise Refusal("no_title", "There is no such reward yet.", "A new one needs a title and points.", field=TITLE)
    if was and told.get(DESCRIPTION) == " ".join(was.description.split()):
        del told[DESCRIPTION]  # a file has it in one line
    wanted = read_reward(told, was or blank(_NEW))
    if was and wanted.fulfilment != was.fulfilment:
        wanted = replace(wanted, settings={})
    if counts_stock(wanted):
        wanted = replace(wanted, stock=was.stock if was and was.fulfilment == wanted.fulfilment else 0)
    return replace(wanted, active=_used(told.get("use"), was))


def _used(typed: str | None, was: RewardFact | None) -> bool:
    match (typed or "").casefold():
        case "":
            return was.active if was else True
        case word if word in _YES:
            return True
        case word if word in _NO:
            return False
        case _:
            raise Refusal("unclear_use", "Is it in use?", "Write yes or no.", field="use")


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row as it was shown, and how many were left then."""

    row: RewardRow
    seen: str

    @property
    def code(self) -> str:
        return code_of(self.row)


def apply_rows(ctx: Context, rows: Sequence[KeptRow]) -> tuple[int, int]:
    """How many changed, and how many did not go any more. Each reward is read anew, for people buy meanwhile."""
    lock_policy(ctx.tx, ctx.tenant_id)
    changed = left_out = 0
    known = find_coded(ctx.tx, ctx.tenant_id, {one.code for one in rows}) if rows else {}
    for one in sorted(rows, key=lambda one: known[one.code].id if one.code in known else ""):
        there = known.get(one.code)
        was = lock_reward(ctx.tx, ctx.tenant_id, there.id) if there else None
        try:
            wanted = _wanted(ctx, one, was)
            if wanted != was:
                keep_reward(ctx, was, wanted)
                changed += 1
        except Refusal:
            left_out += 1
    return changed, left_out


def _wanted(ctx: Context, one: KeptRow, was: RewardFact | None) -> RewardFact:
    if was is None:
        wanted = replace(read_row(one.row, None), id=ctx.new_id())
    else:
        told = over_what_they_saw(one.row.told, was, one.seen) if STOCK in one.row.told else one.row.told
        wanted = read_row(replace(one.row, told=told), was)
    return replace(wanted, active=wanted.active and not lacks_settings(ctx, wanted))
