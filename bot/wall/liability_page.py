"""What is owed, in the browser: cost is never a surprise. The figures are those of the cards, for administrators."""

from __future__ import annotations

from bot.wall.html import render
from bot.wall.own_page import Asked, OwnPage
from handlers.access import check_administrator
from handlers.admin_cost import cost_card
from handlers.admin_liability import PAGE_NAME, WORDS, alternatives, liability_card
from handlers.liability import outlook_of
from handlers.refusals import Refusal
from handlers.wall import Visit
from store.allowances import count_givers

MOST_AT_ONCE = 1_000
"""People. With more of them, other rules are reckoned with one at a time: each looks at what everybody has left."""


def _liability(visit: Visit, asked: Asked) -> str:
    check_administrator(visit.ctx)
    rule, value = asked.get("rule", ""), asked.get("value", "").strip()
    wrong, card = "", liability_card(visit.ctx)
    if rule and value:
        try:
            card = liability_card(visit.ctx, f"{rule} {value}")
        except Refusal as refusal:
            wrong = f"{refusal.sentence} {refusal.next_step}"
    few = count_givers(visit.ctx.tx, visit.ctx.tenant_id) <= MOST_AT_ONCE
    reckoned = WORDS if few else tuple(one for one in WORDS if one == (rule or WORDS[0]))
    return render(
        "liability",
        visit=visit,
        one=card.data,
        cost=cost_card(visit.ctx, visit.ctx.policy.worth).data,
        now=outlook_of(visit.ctx, visit.ctx.policy),
        others=list(alternatives(visit.ctx, reckoned)),
        words=WORDS,
        all_words=reckoned == WORDS,
        rule=rule,
        value=value,
        wrong=wrong,
    )


LIABILITY = OwnPage(path=PAGE_NAME, look=_liability)
