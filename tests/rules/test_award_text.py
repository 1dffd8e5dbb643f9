"""What is special in the text after `/reward`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from handlers.rules.award_text import AwardWords, read_award_words
from handlers.rules.money import Money

READ: dict[str, dict[str, Any]] = {
    "+100 for the calm launch": {},
    "50 EUR for the calm launch": {"money": Money(5000, "EUR")},
    "+50 EUR for the calm launch": {"money": Money(5000, "EUR")},
    "EUR 50 for the calm launch": {"money": Money(5000, "EUR")},
    "12.50 eur split for the calm launch": {"money": Money(1250, "EUR"), "split": True},
    "+100 each for the calm launch": {"split": False},
    "+100 on 2026-12-24 for the calm launch": {"arrives_on": date(2026, 12, 24)},
    "+100 on 2026-02-30 for the calm launch": {"unclear": "2026-02-30"},
    "+100 on Friday for the calm launch": {"unclear": "Friday"},
    "+100 on 24 December for the calm launch": {"unclear": "24 December"},
    "+100 on 24.12. for the calm launch": {"unclear": "24.12."},
    "+100 from:Support for the calm launch": {"budget": "Support"},
    '+100 from:"Team events" for the calm launch': {"budget": "Team events"},
    "+100 for 50 EUR on 2026-12-24 each": {},
    "+100 3 new ideas": {},
    "1 500 EUR for the calm launch": {},
}


@pytest.mark.parametrize("typed", READ)
def test_the_head_is_read_and_the_reason_stays(typed: str) -> None:
    read = read_award_words((typed,))
    assert read == AwardWords(rest=read.rest, **READ[typed])
    assert "".join(map(str, read.rest)).endswith(typed.partition("for ")[2])
