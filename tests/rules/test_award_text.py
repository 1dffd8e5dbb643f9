"""What is special in the text after `/reward`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from handlers.rules.award_text import AwardWords, Doubt, read_award_words
from handlers.rules.money import Money
from handlers.vocabulary import AccountRef, Mentioned, Platform, WorkspaceRef
from store.recognitions import Audience

WEDNESDAY = date(2026, 11, 18)
ANN = Mentioned(AccountRef(WorkspaceRef(Platform.SLACK, "T1"), "U1"), "ann")
PRIVATE, WALL = Audience.RECEIVERS, Audience.WALL
CHRISTMAS_EVE = {"arrives_on": date(2026, 12, 24)}

READ: dict[str, dict[str, Any]] = {
    "+100 for the calm launch": {},
    "50 EUR for the calm launch": {"money": Money(5000, "EUR")},
    "+50 EUR for the calm launch": {"money": Money(5000, "EUR")},
    "EUR 50 for the calm launch": {"money": Money(5000, "EUR")},
    "12.50 eur split for the calm launch": {"money": Money(1250, "EUR"), "split": True},
    "+100 each for the calm launch": {"split": False},
    "+100 on 2026-12-24 for the calm launch": CHRISTMAS_EVE,
    "+100 2026-12-24 for the calm launch": CHRISTMAS_EVE,
    "on 2026-12-24 50 EUR for the calm launch": CHRISTMAS_EVE | {"money": Money(5000, "EUR")},
    "+100 on 24 December for the calm launch": CHRISTMAS_EVE,
    "+100 on the 24th of December, 2026 for the calm launch": CHRISTMAS_EVE,
    "+100 on Dec 24 for the calm launch": CHRISTMAS_EVE,
    "+100 24.12. for the calm launch": CHRISTMAS_EVE,
    "+100 on 24.12 for the calm launch": CHRISTMAS_EVE,
    "+100 on 24. 12. 2026 for the calm launch": CHRISTMAS_EVE,
    "+100 on 24/12 for the calm launch": CHRISTMAS_EVE,
    "tomorrow @ann +100 for the calm launch": {"arrives_on": date(2026, 11, 19)},
    "Ann Lee +100 tomorrow for the calm launch": {"arrives_on": date(2026, 11, 19)},
    "+100 on Friday :rocket: for the calm launch": {"arrives_on": date(2026, 11, 20)},
    "+100 on Mon for the calm launch": {"arrives_on": date(2026, 11, 23)},
    "+100 today for the calm launch": {},
    "+100 well done today": {},
    "+100 you saved today's launch": {},
    "+100 for the launch on Friday, tomorrow and privately": {},
    "+100 from:Support for the calm launch": {"budget": "Support"},
    '+100 from:"Team events" for the calm launch': {"budget": "Team events"},
    "+100 for 50 EUR on 2026-12-24 each": {},
    "+100 3 new ideas": {},
    "1 500 EUR for the calm launch": {},
    "privately @ann +100 you kept it calm": {"audience": PRIVATE},
    "@ann +100 privately tomorrow for the calm launch": {"audience": PRIVATE, "arrives_on": date(2026, 11, 19)},
    "@ann privately 50 EUR split for the calm launch": {
        "audience": PRIVATE,
        "money": Money(5000, "EUR"),
        "split": True,
    },
    "+100 seen:receivers for the calm launch": {"audience": PRIVATE},
    "+100 seen by: wall for the calm launch": {"audience": WALL},
    "privately +100 seen:wall for the calm launch": {"audience": PRIVATE},
    "+100 as seen: all green": {},
    "+100 cc:@cleo cc:zoe@acme.test for the calm launch": {"copied": ("@cleo", "zoe@acme.test")},
    'privately +100 cc:"Cléo Martin" for the calm launch': {"audience": PRIVATE, "copied": ("Cléo Martin",)},
}


@pytest.mark.parametrize("typed", READ)
def test_the_head_is_read_and_the_reason_stays(typed: str) -> None:
    read = read_award_words((typed,), WEDNESDAY)
    assert read == AwardWords(rest=read.rest, **READ[typed])
    assert "".join(map(str, read.rest)).endswith(typed.partition("for ")[2])


ASKED = {
    "+100 on 3/4 for the calm launch": ("which_day", "3 April or 4 March"),
    "+100 on Wednesday for the calm launch": ("which_day", "today or 25 November"),
    "+100 next Friday for the calm launch": ("which_day", "20 November 2026 or 27 November"),
    "+100 on 2026-02-30 for the calm launch": ("which_day", "no such day"),
    "+100 on 24.12.26 for the calm launch": ("which_day", "Two digits"),
    "+100 on the 24th for the calm launch": ("which_day", "24th"),
    "+100 on 24. Dezember for the calm launch": ("which_day", "24. Dezember"),
    "+100 on Friday on 24 December for the calm launch": ("which_day", "24 December: write one"),
    "+100 you saved the day on Friday": ("which_day", "a part of the reason"),
    "+100 see you tomorrow": ("which_day", "a part of the reason"),
    "great work +100 you will rest tomorrow for once": ("which_day", "a part of the reason"),
    "+100 who did it privately for years": ("who_sees", "a part of the reason"),
    "+100 seen:copied for the calm launch": ("unknown_audience", "seen:copied"),
    "privately on 3/4 seen:nobody +100 for it": ("unknown_audience", "seen:nobody"),
}


@pytest.mark.parametrize("typed", ASKED)
def test_what_can_be_two_things_is_asked(typed: str) -> None:
    code, words = ASKED[typed]
    doubt = read_award_words((ANN, " " + typed), WEDNESDAY).doubt
    assert doubt is not None
    assert doubt.code == code
    assert words in f"{doubt.sentence} {doubt.next_step}"


def test_people_between_the_parts_stay_where_they_are() -> None:
    typed = ("privately ", ANN, " and ", ANN, " +100 tomorrow for ", ANN, " on Friday")
    read = read_award_words(typed, WEDNESDAY)
    assert [one for one in read.rest if one == ANN] == [ANN] * 3
    assert read.rest[-3:] == ("for ", ANN, " on Friday")
    assert (read.audience, read.arrives_on) == (PRIVATE, date(2026, 11, 19))
    assert read.doubt is None
    assert read_award_words(("+1 from:Support", ANN, " for it"), WEDNESDAY).rest.count(ANN) == 1
    copied = read_award_words((ANN, " +1 cc:", ANN, " cc: ", ANN, ANN, " for it"), WEDNESDAY)
    assert (copied.copied, copied.rest.count(ANN)) == ((ANN, ANN), 2)


def test_a_doubt_reads_as_a_question() -> None:
    assert read_award_words(("+100 on 3/4 for it",), WEDNESDAY).doubt == Doubt(
        "which_day", "Which day do you mean by “3/4”?", "That can be 3 April or 4 March. Write it like 3 Apr."
    )
