"""Money as it is typed and shown, and what a programme can cost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.costs import ASSUMED, IN_YEAR, Figure, costs_of, share_given
from handlers.rules.money import EXPONENTS, MOST, Money, NotMoney, read_money
from handlers.rules.periods import Every, span_of

kinds = st.sampled_from(Every)


@pytest.mark.parametrize(
    ("typed", "money", "shown"),
    [
        ("0.05 EUR", Money(5, "EUR"), "0.05 EUR"),
        ("0,05 eur", Money(5, "EUR"), "0.05 EUR"),
        ("EUR 1", Money(100, "EUR"), "1.00 EUR"),
        (" 1.5usd ", Money(150, "USD"), "1.50 USD"),
        ("3 JPY", Money(3, "JPY"), "3 JPY"),
        ("3.00 JPY", Money(3, "JPY"), "3 JPY"),
        ("0.005 KWD", Money(5, "KWD"), "0.005 KWD"),
        ("1234.5 TND", Money(1_234_500, "TND"), "1,234.500 TND"),
        ("1,000 EUR", Money(100_000, "EUR"), "1,000.00 EUR"),
        ("1.000 EUR", Money(100_000, "EUR"), "1,000.00 EUR"),
        ("EUR 1,234", Money(123_400, "EUR"), "1,234.00 EUR"),
        ("1,234.50 EUR", Money(123_450, "EUR"), "1,234.50 EUR"),
        ("1.234,5 EUR", Money(123_450, "EUR"), "1,234.50 EUR"),
        ("1,000.50 EUR", Money(100_050, "EUR"), "1,000.50 EUR"),
        ("1\u202f234,50\u00a0EUR", Money(123_450, "EUR"), "1,234.50 EUR"),
        ("12\u00a0345 EUR", Money(1_234_500, "EUR"), "12,345.00 EUR"),
        ("1\u2009000 JPY", Money(1_000, "JPY"), "1,000 JPY"),
        ("12,000 JPY", Money(12_000, "JPY"), "12,000 JPY"),
        ("12.000 JPY", Money(12_000, "JPY"), "12,000 JPY"),
        ("1,234,567 JPY", Money(1_234_567, "JPY"), "1,234,567 JPY"),
        ("1.234.567 KRW", Money(1_234_567, "KRW"), "1,234,567 KRW"),
        ("1000,00 EUR", Money(100_000, "EUR"), "1,000.00 EUR"),
        ("1.234 KWD", Money(1_234, "KWD"), "1.234 KWD"),
        ("1234,567 KWD", Money(1_234_567, "KWD"), "1,234.567 KWD"),
        ("1,234.567 KWD", Money(1_234_567, "KWD"), "1,234.567 KWD"),
        ("1.234,567 KWD", Money(1_234_567, "KWD"), "1,234.567 KWD"),
        ("12\u00a0345,6 KWD", Money(12_345_600, "KWD"), "12,345.600 KWD"),
        ("0,234 KWD", Money(234, "KWD"), "0.234 KWD"),
    ],
)
def test_an_amount_is_read_and_shown_by_the_places_of_its_currency(typed: str, money: Money, shown: str) -> None:
    assert read_money(typed) == money
    assert str(money) == shown


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "cannot read that"),
        ("5", "cannot read that"),
        ("EUR", "cannot read that"),
        ("1,000,00 EUR", "cannot read that"),
        ("1,00,000 INR", "cannot read that"),
        ("0,123,456 EUR", "cannot read that"),
        ("1,000.000.000 EUR", "cannot read that"),
        ("1.000,000,000 EUR", "cannot read that"),
        ("1\u00a000 EUR", "cannot read that"),
        ("1, EUR", "cannot read that"),
        ("EUR 1.", "cannot read that"),
        ("1,234 KWD", "can be 1,234.000 KWD or 1.234 KWD: please write"),
        ("BHD 50,000", "can be 50,000.000 BHD or 50.000 BHD: please write"),
        ("1234,567 EUR", "smallest amount of EUR is 0.01 EUR"),
        ("-1 EUR", "cannot read that"),
        ("1e3 EUR", "cannot read that"),
        ("٣ EUR", "cannot read that"),
        ("1 XYZ", "no currency XYZ"),
        ("1 XAU", "no currency XAU"),
        ("0.005 EUR", "smallest amount of EUR is 0.01 EUR"),
        ("0.5 JPY", "smallest amount of JPY is 1 JPY"),
        ("0 EUR", "take from 0.01 EUR"),
        ("999999999999 EUR", "to 1,000,000.00 EUR"),
    ],
)
def test_what_is_no_amount_is_said(typed: str, why: str) -> None:
    with pytest.raises(NotMoney, match=why):
        read_money(typed)


@given(st.integers(1, MOST), st.sampled_from(sorted(EXPONENTS)))
def test_what_is_shown_can_be_typed(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert read_money(str(money)) == read_money(str(money).replace(",", "")) == money


@pytest.mark.parametrize("minor", [1, 9, 10, 99, 100, 999, 1_000, 1_234, 99_999, 1_234_567, 12_345_678, MOST])
def test_every_currency_is_read_as_it_is_shown(minor: int) -> None:
    assert all(read_money(str(Money(minor, one))) == Money(minor, one) for one in EXPONENTS)


# --- costs ------------------------------------------------------------------------------------------------


def test_forty_people_with_fifty_a_week() -> None:
    costs = costs_of(Every.WEEK, 2, 40 * 50, None)
    assert costs.most == Figure(8_667, 104_000)
    assert costs.likely == Figure(3_467, 41_600)
    assert costs.cap == Figure(2_000 * 8, 2_000 * 56)
    assert (costs.share, costs.assumed) == (ASSUMED, True)


@given(kinds, st.integers(0, 4), st.integers(0, 10**8), st.none() | st.integers(0, 100))
def test_the_likely_is_no_more_than_the_most_and_that_no_more_than_the_cap(
    every: Every, rollover: int, granted: int, share: int | None
) -> None:
    costs = costs_of(every, rollover, granted, share)
    assert 0 <= costs.likely.year <= costs.most.year <= costs.cap.year
    assert 0 <= costs.likely.month <= costs.most.month <= costs.cap.month


@given(kinds, st.dates(date(2000, 1, 1), date(2400, 1, 1)))
def test_no_month_or_year_touches_more_periods_than_the_cap_reckons_with(every: Every, day: date) -> None:
    month = span_of(Every.MONTH, day)
    cap = costs_of(every, 0, 1, None).cap
    assert len(_labels(every, month.first, month.last)) <= cap.month
    assert len(_labels(every, date(day.year, 1, 1), date(day.year, 12, 31))) <= cap.year


def _labels(every: Every, first: date, last: date) -> set[str]:
    return {span_of(every, first + timedelta(days=one)).label for one in range((last - first).days + 1)}


def test_the_share_is_what_was_given_of_what_there_was() -> None:
    assert share_given(Every.WEEK, 2_000, 3, 1_320) == 22
    assert share_given(Every.WEEK, 2_000, 3, 999_999) == 100
    assert share_given(Every.MONTH, 52_00, 13, 15_600 // 4) == 25
    assert share_given(Every.WEEK, 2_000, 0, 50) is None
    assert share_given(Every.WEEK, 2_000, 3, 0) is None
    assert IN_YEAR[Every.WEEK] == 52
