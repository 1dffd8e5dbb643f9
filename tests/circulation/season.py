"""What time does: each of the programme's jobs on its day, and people who leave and come back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.circulation.acting import Act
from tests.circulation.awarding import arrive, end_award
from tests.circulation.books import CLEO, STAFF, Model, Warned
from tests.circulation.goals import give_back
from tests.circulation.ordering import UNDER_WAY, end_order, pass_on, spend

if TYPE_CHECKING:
    from store.schedules import Scheduled
    from tests.circulation.town import Town

DAY = timedelta(days=1)
EXPIRE_MONTHS, LEAVERS_DAYS = 1, 10


@dataclass(frozen=True)
class Turn(Act):
    """A job of the programme that is due."""

    due: Scheduled

    def do(self, town: Town) -> bool:
        town.turns(self.due)
        town.new_id.begin()  # what it made is of no interest
        return True

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        if work := JOBS.get(self.due.job):
            work(model, self.due.subject)


# --- every day --------------------------------------------------------------------------------------------


def budgets(model: Model, _: str) -> None:
    model.renew()


def awards(model: Model, _: str) -> None:
    for id, one in model.awards.items():
        if one.state == "due" and one.day and one.day <= model.today:
            arrive(model, id)


def approvals(model: Model, _: str) -> None:
    """Nothing on a weekend; after five working days others may decide, after fourteen it ends."""
    if model.today.isoweekday() > 5:
        return
    for id, one in model.asked.items():
        waited = sum((one.since + n * DAY).isoweekday() <= 5 for n in range(1, (model.today - one.since).days + 1))
        if one.is_open and waited >= 14:
            one.is_open = False
            (end_award if one.kind == "award" else end_order)(model, id, "lapsed")
        elif one.is_open and waited >= 5 and one.kind == "order" and one.asker in STAFF:
            one.deciders.add(CLEO)


def goals(model: Model, _: str) -> None:
    for one in model.goals.values():
        if one.state == "open" and one.ends < model.today:
            give_back(model, one, set(model.purses))
            one.state = "missed"
        elif one.state == "open":
            give_back(model, one, model.gone)


def leavers(model: Model, _: str) -> None:
    """Administrators are told of whoever left with points; thirty days later those are gone."""
    model.leavers = {name: told for name, told in model.leavers.items() if name in model.gone}
    for name in model.gone:
        purse = model.purses[name]
        if not purse.holds:
            continue
        if name not in model.leavers:
            model.leavers[name] = model.today
            model.warned[name] = {}
        elif model.today > model.leavers[name] + 30 * DAY:
            purse.take(purse.holds)


# --- points that expire -----------------------------------------------------------------------------------


def points_expiry(model: Model, _: str) -> None:
    """First warnings begin thirty days before the end of a month; whoever was warned is looked at every day."""
    begins = _month_end(model.today + 30 * DAY) == model.today + 30 * DAY
    for name, purse in model.purses.items():
        if name not in model.gone and (model.warned[name] or (begins and purse.holds)):
            _look(model, name)


def _look(model: Model, name: str) -> None:
    today, purse, told = model.today, model.purses[name], model.warned[name]
    due: dict[date, int] = {}
    for lot in purse.lots:
        day = _month_end(_month_end(lot.since.date()) + DAY)  # one month later
        due[day] = due.get(day, 0) + lot.points
    gone = 0
    for day in sorted(told.keys() | due.keys()):
        points, was = due.get(day, 0), told.pop(day, None)
        if was and was.seen and today > was.expires and today >= was.seen + 7 * DAY:
            gone += (now := min(points, was.second_points))
            points, was = points - now, None
        if points and was is None and today >= day - 30 * DAY:
            told[day] = Warned(max(day, today + 30 * DAY), points)
        elif points and was:
            told[day] = was
            _warn_again(was, points, today)
    purse.take(gone)


def _warn_again(was: Warned, points: int, today: date) -> None:
    if was.second is None:
        if today >= was.expires - 7 * DAY:
            was.expires, was.second = max(was.expires, today + 7 * DAY), today
            was.second_points = min(points, was.first_points)
    elif was.seen is None:
        was.seen = today  # messages arrive the same day


def _month_end(day: date) -> date:
    return (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY


# --- dates ------------------------------------------------------------------------------------------------


def offer_over(model: Model, line_id: str) -> None:
    line = model.lines[line_id]
    if line.state == "offered":
        line.state = "lapsed"
        pass_on(model, line.date)


def date_begins(model: Model, date_id: str) -> None:
    if model.dates[date_id].state == "cancelled":
        return
    for id, one in list(model.orders.items()):
        if one.date == date_id and one.state == "asked":
            model.asked[id].is_open = False
            end_order(model, id, "lapsed")
        elif one.date == date_id and one.state == "ordered":
            one.state = "started"
    _end_line(model, date_id)


def date_called_off(model: Model, date_id: str) -> None:
    for id, one in list(model.orders.items()):
        if one.date == date_id and one.state == "asked":
            model.asked[id].is_open = False
            end_order(model, id, "declined")
        elif one.date == date_id and one.state in UNDER_WAY:
            end_order(model, id, "failed")
    _end_line(model, date_id)


def places_of_leavers(model: Model, _: str) -> None:
    """Whoever left gives up the places that they had for dates to come, and their stand in line."""
    coming = {id for id, one in model.dates.items() if one.state == "open"}
    for id, one in list(model.orders.items()):
        is_ahead = one.date in coming and model.dates[one.date].begins > model.at
        if is_ahead and one.person in model.gone and one.state in ("asked", "ordered"):
            if id in model.asked:
                model.asked[id].is_open = False
            end_order(model, id, "cancelled", told=False)
    for line in model.lines.values():
        if line.date in coming and line.person in model.gone and line.state in ("offered", "waiting"):
            was, line.state = line.state, "left"
            if was == "offered":
                pass_on(model, line.date)


def _end_line(model: Model, date_id: str) -> None:
    for line in model.lines.values():
        if line.date == date_id and line.state in ("offered", "waiting"):
            model.dates[date_id].taken -= line.state == "offered"
            line.state = "ended"


def dates_over(model: Model, _: str) -> None:
    """The day after, who was there has what they paid for."""
    for date_id, one in model.dates.items():
        if one.state == "open" and one.begins.date() < model.today:
            one.state = "over"
            for id, order in model.orders.items():
                if order.date == date_id and order.state in UNDER_WAY:
                    spend(model, id)


JOBS: dict[str, Callable[[Model, str], None] | None] = {
    "budgets": budgets,
    "budget_short": None,
    "expiry_zones": None,
    "experiences": dates_over,
    "experience_leavers": places_of_leavers,
    "experience_begins": date_begins,
    "experience_cancelled": date_called_off,
    "experience_offer_over": offer_over,
    "approvals": approvals,
    "awards": awards,
    "pools": goals,
    "leavers": leavers,
    "points_expiry": points_expiry,
    "silent_vendors": None,
}
"""All that move points, and some that move none."""


# --- people -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LeaveOrReturn(Act):
    who: str

    def do(self, town: Town) -> bool:
        town.comes_or_goes(self.who)
        return True

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        model.gone ^= {self.who}


people_change = st.builds(LeaveOrReturn, who=st.sampled_from(["dan", "eve"]))
