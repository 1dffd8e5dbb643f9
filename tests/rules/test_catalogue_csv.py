"""A file of rewards is read to the last line, or says of each line what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.catalogue_csv import HEADINGS, MOST_LINES, CatalogueFile, read_catalogue
from handlers.rules.categories import CATEGORIES, read_category
from handlers.rules.countries import COUNTRIES, read_country
from handlers.rules.csv_writing import write_csv


def read(*lines: str) -> CatalogueFile:
    return read_catalogue("\n".join(lines).encode())


def test_headings_have_other_names_and_cells_leave_or_clear() -> None:
    file = read("Name;Price;Stock;Colour;Until", "Mug;40;-;red;", "Tee;;7;;")
    assert file.errors == ()
    assert [dict(one.told) for one in file.rows] == [
        {"title": "Mug", "price": "40", "stock": ""},
        {"title": "Tee", "stock": "7"},
    ]
    assert (file.separator, file.ignored) == ("semicolon", ("Colour",))


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["points", "40"], "title or short name"),
        (["title,title", "a,b"], "there twice"),
        ([], "nothing in it yet"),
        (["title", *("x" for _ in range(MOST_LINES + 1))], "may have"),
    ],
)
def test_what_is_no_list_of_rewards_says_why(lines: list[str], says: str) -> None:
    file = read(*lines)
    assert file.rows == ()
    assert says in file.errors[0].says


def test_a_line_with_too_many_cells_is_left_out_whole() -> None:
    file = read("title,points", "Mug,40,red", "Tee,30")
    assert [one.line for one in file.rows] == [3]
    assert [(one.line, one.found) for one in file.errors] == [(2, "red")]


@given(st.binary(max_size=400))
def test_whatever_comes_is_read_or_told(content: bytes) -> None:
    read_catalogue(content)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=60))
def test_a_title_that_is_taken_along_comes_back(title: str) -> None:
    told = " ".join(title.split())
    row = next(iter(read_catalogue(write_csv([HEADINGS["title"][0]], [[told]]).encode()).rows), None)
    if row and row.told.get("title"):
        assert " ".join(row.told["title"].split()).lstrip("'") == told.lstrip("'").replace("\ufeff", "")


def test_categories_and_countries_are_read_as_people_write_them() -> None:
    assert {read_category(one.label) for one in CATEGORIES} == set(CATEGORIES)
    assert read_category(" Time-Off ") == read_category("time_off")
    assert read_category("") is None
    assert (len(COUNTRIES), read_country(" de "), read_country("uk"), read_country("Germany")) == (
        249,
        "DE",
        "GB",
        None,
    )
