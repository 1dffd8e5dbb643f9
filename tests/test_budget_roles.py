"""Who may do what with a budget: every act for every role, as a client could forge it, and the same delivery twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from bot.presenter import CardPresenter
from handlers.dispatch import Answered, Dispatcher
from handlers.vocabulary import AccountRef, Action, Command, FieldValue, Submission
from store import ledger
from store.approvals import DelegationFact, save_delegation
from store.budgets import add_budget, find_budget
from store.db import Database
from store.people import Profile, save_profiles
from tests.conftest import Clock
from tests.posting import ACME, SLACK, WORKSPACE, House, open_house
from tests.test_budgets_at_once import CHILD, COMPANY

ADMINISTRATOR, OWNER = "U3", "U2"
ROLES = {
    "whoever stood in until yesterday": "U8",
    "somebody who left": "U7",
    "guest": "U6",
    "employee": "U5",
    "whoever stands in": "U4",
    "owner": OWNER,
    "owner of the budget above": "U1",
    "administrator": ADMINISTRATOR,  # at last, for they close it
}
OTHER = replace(CHILD, id="other", name="Other", owner_id="person U5", parent_id=None)
ON_IT = {"budget": "child"}
FILLED: dict[str, FieldValue] = {
    "points": "10",
    "reason": "for the fair",
    "target": "company",
    "name": "Renamed",
    "plan": "7",
    "renewal": "year",
    "owner": (AccountRef(SLACK, "U2"),),
}
ACTS: dict[str, tuple[str, dict[str, FieldValue]]] = {
    "look": ("action budget_show", {}),
    "ask to fill": ("action budget_top_up_form", {}),
    "fill": ("form budget_top_up", FILLED),
    "fill by word": ("word budget top-up Child +10 for the stand", {}),
    "ask to move": ("action budget_move_form", {}),
    "give back": ("form budget_move", FILLED),
    "give back by word": ("word budget move 10 from Child to Company for others", {}),
    "take out": ("form budget_move", FILLED | {"target": "organisation", "reason": "for nobody"}),
    "move to another's": ("form budget_move", FILLED | {"target": "other", "reason": "for another"}),
    "list all": ("action admin_budgets", {}),
    "ask to change": ("action admin_budget_form", {}),
    "change": ("form admin_budget", FILLED),
    "close": ("action admin_budget_close", {}),
}
ANY_OWNER = {"look", "ask to move", "give back", "give back by word"}
MAY = {
    "administrator": set(ACTS),
    "owner of the budget above": {"look", "ask to fill", "fill", "fill by word"},
    "owner": ANY_OWNER,
    "whoever stands in": ANY_OWNER,
}
_keys = count(1)


@pytest.fixture
async def house(database: Database, clock: Clock) -> AsyncIterator[House]:
    async with open_house(database, clock) as opened:
        opened.dispatcher = Dispatcher(
            database, CardPresenter(), clock=clock, new_id=opened.new_id, owners=["cleo@acme.test"]
        )
        with database.writing() as tx:
            newcomers = [
                Profile("U4", "Dave", zone="UTC"),
                Profile("U5", "Erin", zone="UTC"),
                Profile("U6", "Gus", zone="UTC", kind="guest"),
                Profile("U7", "Gone", zone="UTC", active=False),
                Profile("U8", "Fay", zone="UTC"),
            ]
            save_profiles(tx, ACME, WORKSPACE, newcomers, {one.ref: f"person {one.ref}" for one in newcomers})
            for budget in (COMPANY, CHILD, OTHER):
                add_budget(tx, ACME, budget)
            today = clock().date()
            yesterday = today - timedelta(days=1)
            for person, delegate, last in (("bob", "U4", today), ("ann", "U8", yesterday)):
                fact = DelegationFact(
                    person_id=f"person {person}", delegate_id=f"person {delegate}", first_on=yesterday, last_on=last
                )
                save_delegation(tx, ACME, fact)
        yield opened
        assert opened.books_agree()


def asks(house: House, user: str, act: str, key: str = "") -> Answered:
    kind, _, name = ACTS[act][0].partition(" ")
    common: dict[str, Any] = {"key": key or f"key-{next(_keys)}", "who": AccountRef(SLACK, user)}
    match kind:
        case "action":
            return house.dispatcher.dispatch(Action(name=name, values=ON_IT, **common))
        case "word":
            return house.dispatcher.dispatch(Command(name="rewards", text=(name,), **common))
        case _:
            return house.dispatcher.dispatch(Submission(form=name, values=ACTS[act][1], context=ON_IT, **common))


def state(house: House) -> list[Any]:
    with house.database.reading() as tx:
        held = [ledger.find_balance(tx, ACME, ledger.budget(one)) for one in ("company", "child", "other")]
        return [*held, find_budget(tx, ACME, "child")]


async def test_each_may_do_what_is_theirs_and_nothing_else(house: House) -> None:
    asks(house, OWNER, "look")  # opens the periods
    for role, user in ROLES.items():
        done = set()
        for act in ACTS:
            before = state(house)
            if asks(house, user, act).outcome in ("done", "read"):
                done.add(act)
            else:
                assert state(house) == before, (role, act)
        assert done == MAY.get(role, set()), role


async def test_the_same_delivery_twice_is_done_once(house: House) -> None:
    asks(house, OWNER, "look")
    acts = ("fill", "give back", "take out", "change", "close")
    for act in acts:
        first = asks(house, ADMINISTRATOR, act, key=f"the same {act}")
        after = state(house)
        again = asks(house, ADMINISTRATOR, act, key=f"the same {act}")
        assert (first.outcome, again.again, again.payload) == ("done", True, first.payload), act
        assert state(house) == after, act
    assert house.one("SELECT COUNT(*) FROM audit") == len(acts)
