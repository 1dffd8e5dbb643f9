"""How an organisation for the circulation of points begins, and the model of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.admin_sessions import keep_session
from handlers.budgets import renew
from handlers.rules.approvals import ADMINISTRATOR, MANAGER
from store.approvals import ApprovalRuleFact, add_approval_rule
from store.budgets import BudgetFact, Renewal, add_budget
from store.catalogue import Limited
from store.experiences import SessionFact
from store.people import save_profiles
from store.person_records import RecordFact, save_records
from store.tenants import change_policy
from store.vendor_calls import find_link_of
from tests.budget_model import Kept
from tests.budgeting import within
from tests.circulation.books import ASK_FROM, ASK_FROM_AWARD, COMPANY, PEOPLE, STAFF, TEAM, Date, Model, Reward
from tests.circulation.season import EXPIRE_MONTHS, JOBS, LEAVERS_DAYS
from tests.circulation.town import Town, profile_of
from tests.posting import ACME, WORKSPACE

WEALTH = 40
"""Of everybody at the beginning, so that there is something to spend."""
VENDOR = "https://vendor.example/orders"
REWARDS = {
    "mug": Reward(7, "manual", stock=2),
    "trip": Reward(30, "manual", stock=2),
    "part": Reward(10, "manual", least=4, limit=1),
    "code": Reward(5, "codes", stock=0),
    "pots": Reward(12, "experience"),
    "ticket": Reward(9, "webhook", stock=3),
}
BUDGETS = {COMPANY: ("cleo", None, 400), TEAM: ("bob", COMPANY, 150)}
"""Whose, drawn on which, and how much each month."""


def found(town: Town, *, carries_over: bool, price_of_places: int) -> Model:
    """Makes the organisation, and the model of it."""
    model = Model(town.house.clock())
    _name_people(town)
    _open_budgets(town, model, carries_over=carries_over)
    for name in PEOPLE:
        town.grant(name, WEALTH)
        model.purses[name].put(WEALTH, model.at)
    for code, kept in REWARDS.items():
        price = price_of_places if code == "pots" else kept.price
        model.rewards[_put_up(town, code, price, kept)] = replace(kept, price=price)
    for days in (4, 25):
        _add_date(town, model, model.at + timedelta(days=days))
    town.presses("cleo", "vendor_secret", reward="reward ticket")
    with town.house.database.reading() as tx:
        link = find_link_of(tx, ACME, "reward ticket")
    assert link
    town.link = link
    town.ticks.plan()
    named = ", ".join(f"'{one}'" for one in JOBS)
    town.house.change(f"DELETE FROM schedule WHERE job NOT IN ({named})")  # noqa: S608
    return model


def _name_people(town: Town) -> None:
    others = ["dan", "eve"]
    rules = {
        "rollover_periods": 1,
        "points_expire_months": EXPIRE_MONTHS,
        "leavers_days": LEAVERS_DAYS,
        "week_post": False,
    }
    with town.house.database.writing() as tx:
        save_profiles(tx, ACME, WORKSPACE, map(profile_of, others), {one: f"person {one}" for one in others})
        save_records(tx, ACME, [RecordFact(f"person {one}", manager_id="person bob") for one in STAFF])
        change_policy(tx, ACME, rules)
        for kind, least, first in (("redemption", ASK_FROM, MANAGER), ("award", ASK_FROM_AWARD, ADMINISTRATOR)):
            add_approval_rule(tx, ACME, ApprovalRuleFact(id=f"rule {kind}", kind=kind, least=least, first=first))


def _open_budgets(town: Town, model: Model, *, carries_over: bool) -> None:
    yesterday = model.today - timedelta(days=1)
    with within(town.house.database, model.at) as ctx:
        for name, (owner, above, plan) in BUDGETS.items():
            keeps = carries_over and name == TEAM
            fact = BudgetFact(
                id=name,
                name=name,
                owner_id=f"person {owner}",
                parent_id=above,
                renewal=Renewal.MONTH,
                plan=plan,
                carries_over=keeps,
            )
            add_budget(ctx.tx, ACME, fact)
            model.budgets.budgets[name] = Kept(above, plan, Renewal.MONTH, keeps, yesterday)
        renew(ctx)
    model.renew()


def _put_up(town: Town, code: str, price: int, kept: Reward) -> str:
    more: dict[str, Any] = {"stock": kept.stock, "fulfilment": kept.kind}
    if kept.kind != "manual":
        more["settings"] = {"webhook": {"address": VENDOR, "tells": "nothing"}, "codes": {"low": 0}}.get(kept.kind, {})
    if kept.least:
        more |= {"least_points": kept.least, "value_minor": 999, "currency": "EUR"}
    if kept.limit:
        more |= {"limit": kept.limit, "limited": Limited.MONTH}
    return town.reward(code, price, **more)


def _add_date(town: Town, model: Model, day: datetime, places: int = 1) -> None:
    begins = day.replace(hour=18, minute=0)
    with within(town.house.database, town.house.clock()) as ctx:
        fact = SessionFact(
            id=town.new_id(),
            reward_id="reward pots",
            starts_at=begins,
            ends_at=begins + timedelta(hours=3),
            place="Mill Lane 4",
            capacity=places,
        )
        keep_session(ctx, fact)
    model.dates[fact.id] = Date(begins, places)
