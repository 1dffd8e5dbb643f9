"""Yearly amounts that are over: who divided them how, as files, for administrators."""

from __future__ import annotations

from bot.wall.html import render
from bot.wall.own_page import Asked, OwnPage
from handlers import benefit_file
from handlers.benefits import told_amount
from handlers.wall import Visit


def _yearly(visit: Visit, asked: Asked) -> str:
    rows = [(one, told_amount(one.benefit)) for one in benefit_file.list_over(visit.ctx)]
    return render("yearly", visit=visit, rows=rows)


def _yearly_csv(visit: Visit, asked: Asked) -> str:
    return benefit_file.shares_csv(visit.ctx, asked.get("id", ""))


YEARLY = OwnPage(path=benefit_file.PAGE_NAME, look=_yearly)
YEARLY_FILE = OwnPage(
    path=f"{benefit_file.PAGE_NAME}.csv", look=_yearly_csv, file="yearly-amount.csv", first=benefit_file.note_file
)
