"""Who stands on a board: people or departments, by the programme's policy, as far as people agree to be named."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from handlers.rules.policy import Board
from handlers.rules.ranking import Line, Side, rank_shares
from store.boards import ANY_VALUE, Counting, Naming, Standing, count_by_department, list_standings
from store.person_records import list_records


@dataclass(frozen=True, slots=True)
class Asked:
    """Which board of a tenant, by the label of its period, whom it may name, and how many of its first lines."""

    tenant_id: str
    board: Board
    naming: Naming
    side: Side
    label: str
    most: int
    value_id: str = ANY_VALUE

    @property
    def counting(self) -> Counting:
        return Counting(self.label, self.side is Side.GIVEN, self.value_id)


@dataclass(frozen=True, slots=True)
class Found:
    """The first lines, and that of `own_id` wherever it is. `everybody` is how many lines there are."""

    lines: list[Line]
    everybody: int = 0
    own_id: str = ""


def find_lines(tx: Connection, asked: Asked, person_id: str = "") -> Found:
    """`own_id` is this person's, or their department's. There are no lines where the programme has no boards."""
    match asked.board:
        case Board.PEOPLE:
            return _people(tx, asked, person_id)
        case Board.TEAMS:
            return _departments(tx, asked, person_id)
        case Board.OFF:
            return Found([])


def _people(tx: Connection, asked: Asked, person_id: str) -> Found:
    found = list_standings(tx, asked.tenant_id, asked.counting, asked.naming, most=asked.most, own_id=person_id)
    return Found([_line(one) for one in found], found[0].everybody if found else 0, person_id)


def _line(one: Standing) -> Line:
    return Line(one.row, one.place, one.person_id, one.name, one.number, one.points)


def _departments(tx: Connection, asked: Asked, person_id: str) -> Found:
    counted = count_by_department(tx, asked.tenant_id, asked.counting, asked.naming)
    own = list_records(tx, asked.tenant_id, [person_id]).get(person_id) if person_id else None
    own_id = own.department if own else ""
    lines = rank_shares(
        {name: number for name, (number, _) in counted.items()}, {name: size for name, (_, size) in counted.items()}
    )
    return Found([one for one in lines if one.row <= asked.most or one.id == own_id], len(lines), own_id)
