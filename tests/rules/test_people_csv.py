"""A file of people is read to the last line, or says of each line what is wrong with it."""

from __future__ import annotations

import calendar
import contextlib
import csv
import io
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.people_csv import MOST_BYTES, MOST_LINES, PeopleFile, PersonRow, read_people
from handlers.rules.reporting_line import find_loops, from_the_top
from handlers.rules.written_dates import Slashes, Unclear, read_date

TODAY = date(2026, 11, 18)
HEADER = "email,birthday,start date,department,manager"


def read(*lines: str, header: str = HEADER, end: str = "\n") -> PeopleFile:
    return read_people(end.join([header, *lines]).encode(), TODAY)


def only(*lines: str, header: str = HEADER) -> PersonRow:
    file = read(*lines, header=header)
    assert file.errors == ()
    (row,) = file.rows
    return row


def wrong(*lines: str, header: str = HEADER) -> list[tuple[int, str, str]]:
    """Line, column, and what is said of each mistake."""
    return [(one.line, one.column, one.says) for one in read(*lines, header=header).errors]


# --- encodings --------------------------------------------------------------------------------------------

TEXT = f"{HEADER}\ncleo@acme.test,,,Café,\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "UTF-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16"),
        (b"\xff\xfe\x00\x00" + TEXT.encode("utf-32-le"), "UTF-32"),
        (TEXT.encode("cp1252"), "Windows-1252"),
    ],
)
def test_every_usual_encoding_is_read_and_named(content: bytes, encoding: str) -> None:
    file = read_people(content, TODAY)
    assert (file.rows[0].department, file.encoding, file.errors) == ("Café", encoding, ())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (TEXT.encode("utf-16-le"), "UTF-16 without the mark"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le")[:-1], "no text in UTF-8 and none in UTF-16"),
        (TEXT.encode("cp1252") + b"\x81", "no text in UTF-8 and none in Windows-1252"),
        (b"PK\x03\x04 and so on", "a workbook"),
        (b"", "nothing in it yet"),
        (b"\n\n \n", "nothing in it yet"),
        (b"a" * (MOST_BYTES + 1), "5 MB"),
    ],
)
def test_what_is_no_such_text_is_refused_and_never_guessed(content: bytes, says: str) -> None:
    file = read_people(content, TODAY)
    assert file.rows == ()
    assert [says in one.says for one in file.errors] == [True]


# --- lines and cells --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("separator", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends_are_found_out(separator: str, name: str, end: str) -> None:
    lines = [one.replace(",", separator) for one in (HEADER, "ann@acme.test,03-09,,Design,bob@acme.test")]
    file = read_people(end.join(lines).encode(), TODAY)
    assert file.rows == (PersonRow(2, "ann@acme.test", "03-09", None, "Design", "bob@acme.test"),)
    assert file.separator == name


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    file = read("", 'ann@acme.test,,,"Design', 'and ""more"""', "", "nobody", " , ,", "bob@acme.test", end="\r\n")
    assert [(one.line, one.email) for one in file.rows] == [(3, "ann@acme.test"), (8, "bob@acme.test")]
    assert file.rows[0].department == 'Design and "more"'
    assert [one.line for one in file.errors] == [6]


def test_a_spreadsheet_may_name_its_separator_first() -> None:
    file = read_people(b"sep=;\r\nemail;team\r\nann@acme.test;A, B\r\nnobody;\r\n", TODAY)
    assert file.rows == (PersonRow(3, "ann@acme.test", department="A, B"),)
    assert [one.line for one in file.errors] == [4]


@pytest.mark.parametrize(
    "header",
    [
        "E-Mail,Date of Birth,Hire Date,Team,Manager's E-mail",
        "mail , DOB,STARTED,dept,Reports to",
        "Work_Email,Birth-Date,Start,Department Name,Manager",
    ],
)
def test_headings_have_many_names(header: str) -> None:
    row = only("Ann@Acme.test,1980-03-09,2019-04-01,Design,BOB@acme.test", header=header)
    assert row == PersonRow(2, "ann@acme.test", "03-09", "2019-04-01", "Design", "bob@acme.test")


def test_columns_come_in_any_order_and_unknown_ones_are_named() -> None:
    file = read("42,Design,ann@acme.test,x", header="Shoe size,Department,Email,,")
    assert (file.rows[0].department, file.ignored) == ("Design", ("Shoe size",))


def test_of_two_columns_that_fit_the_surer_one_counts() -> None:
    file = read("ann@acme.test,Bob Okafor,bob@acme.test", header="email,Manager,Manager email")
    assert (file.rows[0].manager, file.ignored) == ("bob@acme.test", ("Manager",))


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("name,birthday", "one of them has to be email"),
        ("ann@acme.test,03-09", "one of them has to be email"),
        ("email,team,Team", "is there twice"),
    ],
)
def test_a_header_that_does_not_do_is_one_error(header: str, says: str) -> None:
    assert [(line, says in told) for line, _, told in wrong("ann@acme.test,", header=header)] == [(1, True)]


def test_a_header_alone_is_a_file_without_rows() -> None:
    assert (read().rows, read().errors) == ((), ())


def test_an_empty_cell_leaves_and_a_dash_clears() -> None:
    assert only("ann@acme.test,,,,") == PersonRow(2, "ann@acme.test")
    assert only("ann@acme.test") == PersonRow(2, "ann@acme.test")
    assert only("ann@acme.test,-,-,–,-") == PersonRow(2, "ann@acme.test", "", "", "", "")


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x.example")', "+4", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_what_looks_like_a_formula_is_a_text(formula: str) -> None:
    quoted = formula.replace('"', '""')
    assert only(f'ann@acme.test,,,"{quoted}",').department == formula


def test_what_cannot_be_seen_is_taken_out() -> None:
    assert only("ann@acme.test,,,De\x00sign \x1b\u202e Team\u00a0A,").department == "De sign Team A"


@pytest.mark.parametrize(
    ("lines", "line", "column", "says"),
    [
        (["nobody,,,,"], 2, "e-mail", "no e-mail address"),
        ([",03-09,,,"], 2, "e-mail", "Whose line is it?"),
        (["ann@acme.test,,,,Bob Okafor"], 2, "manager", "no e-mail address"),
        (["ann@acme.test,,,,,x"], 2, "", "6 cells"),
        ([f"ann@acme.test,,,{'a' * 81},"], 2, "department", "80 characters at most, and this has 81"),
        (["ann@acme.test,,,,", "bob@acme.test,,,,", "ANN@acme.test,,,,"], 4, "e-mail", "Line 2 is about them"),
        (["", 'ann@acme.test,,,"Design,', "bob@acme.test,,,,"], 3, "", "never closed. Close it, or take it out. Lines"),
        (['ann@acme.test,,,"Design"s,'], 2, "", "within a cell"),
        ([f"ann@acme.test,,,{'a' * 200_000},"], 2, "", "more than 131,072 characters"),
        (["ann@acme.test,,2027-11-30,,"], 2, "start date", "more than a year ahead"),
        (["ann@acme.test,,1819-04-01,,"], 2, "start date", "before 1900"),
        (["ann@acme.test,,9 March,,"], 2, "start date", "needs its year"),
    ],
)
def test_each_mistake_says_where_it_is_and_what_to_do(lines: list[str], line: int, column: str, says: str) -> None:
    ((at, where, told),) = wrong(*lines)
    assert (at, where) == (line, column)
    assert says in told


def test_a_line_with_a_mistake_is_left_out_whole_with_all_its_mistakes() -> None:
    file = read("ann@acme.test,31.02.2024,soon,Design,", "bob@acme.test,,,Design,")
    assert [one.email for one in file.rows] == ["bob@acme.test"]
    assert [(one.column, one.found) for one in file.errors] == [("birthday", "31.02.2024"), ("start date", "soon")]


def test_after_a_broken_line_reading_goes_on() -> None:
    file = read('ann@acme.test,,,"Design"s,', "bob@acme.test,,,Design,")
    assert [one.email for one in file.rows] == ["bob@acme.test"]


def test_too_many_lines_are_refused_and_as_many_as_there_may_be_are_read() -> None:
    lines = [f"p{number}@acme.test,,,," for number in range(MOST_LINES - 1)]
    assert len(read(*lines).rows) == MOST_LINES - 1
    assert [(line, "50,001" in says) for line, _, says in wrong(*lines, "one@acme.test,,,,")] == [(50_001, True)]


def test_one_giant_line_is_an_error_and_not_a_problem() -> None:
    assert read_people(b"a," * 500_000, TODAY).errors
    assert read_people(f"{HEADER}\n{',' * 1_000_000}x".encode(), TODAY).errors


# --- dates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        *("2024-03-09", "09.03.2024", "9.3.2024", "20240309", "2024/03/09", "2024-03-09T00:00:00"),
        *("9 March 2024", "9 Mar 2024", "March 9, 2024", "mar 9 2024", "9th March 2024", "9-Mar-2024"),
    ],
)
def test_a_day_is_written_in_many_ways(written: str) -> None:
    row = only(f'ann@acme.test,"{written}","{written}",,')
    assert (row.birthday, row.started_on) == ("03-09", "2024-03-09")


@pytest.mark.parametrize("written", ["03-09", "--03-09", "9 March", "March 9", "9 Mar", "09.03.", "9.3."])
def test_a_birthday_needs_no_year(written: str) -> None:
    assert only(f"ann@acme.test,{written},,,").birthday == "03-09"


@pytest.mark.parametrize(
    "written",
    ["09.03.24", "3/9/24", "9 Mar 24", "March 9 24", "soon", "31.04.2024", "2024-13-01", "0000-01-01"],
)
def test_what_is_no_clear_day_says_how_to_write_it(written: str) -> None:
    ((_, column, says),) = wrong(f"ann@acme.test,,{written},,")
    assert column == "start date"
    assert "Write it like 2024-03-09" in says


@pytest.mark.parametrize(
    "written", ["3/9/24", "09.03.24", "9 Mar 24", "soon", "31.04.1987", "31/02/1987", "03/09/1987"]
)
def test_a_birthday_is_asked_for_without_its_year(written: str) -> None:
    ((_, column, says),) = wrong(f"ann@acme.test,{written},,,")
    assert column == "birthday"
    assert "like 9 March." in says or "like 3 Sep." in says
    assert "19" not in says
    assert "20" not in says


@pytest.mark.parametrize("number", ["45000", "45000.5"])
def test_a_spreadsheets_number_is_told_for_what_it_is(number: str) -> None:
    for line in (f"ann@acme.test,,{number},,", f"ann@acme.test,{number},,,"):
        ((_, _, says),) = wrong(line)
        assert says == "That is a spreadsheet's number. Format the column as a date, then save again."


def test_the_29th_of_february_is_a_birthday_and_a_day_of_leap_years_only() -> None:
    assert only("ann@acme.test,29 Feb,,,").birthday == "02-29"
    assert only("ann@acme.test,2000-02-29,,,").birthday == "02-29"
    assert wrong("ann@acme.test,1999-02-29,,,")


def test_slashes_are_an_error_where_nothing_says_which_number_is_the_month() -> None:
    ((line, _, says),) = wrong("ann@acme.test,,03/09/2024,,", "bob@acme.test,,03/03/2024,,")
    assert line == 2
    assert "3 September or 9 March. Write it like 2024-09-03" in says


@pytest.mark.parametrize(("clear", "month"), [("31/01/2019", "09"), ("01/31/2019", "03")])
def test_one_clear_date_settles_the_slashes_of_its_column(clear: str, month: str) -> None:
    file = read("ann@acme.test,,03/09/2024,,", f"bob@acme.test,,{clear},,")
    assert file.errors == ()
    assert str(file.rows[0].started_on)[5:7] == month
    assert file.rows[1].started_on == "2019-01-31"


def test_the_slashes_of_one_column_settle_nothing_about_another() -> None:
    file = read("ann@acme.test,25/04,03/09/2024,,", "bob@acme.test,03/04,,,")
    assert [(one.line, one.column) for one in file.errors] == [(2, "start date")]
    assert file.rows[0].birthday == "04-03"


def test_a_column_with_dates_of_both_kinds_settles_nothing() -> None:
    file = read("a@acme.test,31/01/1980,,,", "b@acme.test,01/31/1980,,,", "c@acme.test,03/09/1980,,,")
    assert [one.birthday for one in file.rows] == ["01-31", "01-31"]
    assert ["dates of both kinds" in one.says for one in file.errors] == [True]


# --- anything at all --------------------------------------------------------------------------------------


@given(st.binary(max_size=2000))
def test_no_bytes_at_all_break_it(content: bytes) -> None:
    read_people(content, TODAY)
    file = read_people(f"{HEADER}\n".encode() + content, TODAY)
    assert all("\n" not in one.found and len(one.found) <= 40 for one in file.errors)


@given(st.text(max_size=2000))
def test_no_text_at_all_breaks_it(pasted: str) -> None:
    read_people(pasted, TODAY)


FOLDED = "".join(
    one for one in map(chr, range(128, sys.maxunicode)) if one.casefold().isascii() or one.lower()[0].isascii()
)
"""Letters outside ASCII that are some of it where case does not matter: ı, İ, ſ and K, the sign of Kelvin."""
MONTHS = [name for names in (calendar.month_name, calendar.month_abbr) for name in names if name]
DISGUISES = {"i": "ıİ", "s": "ſ", "k": "\u212a"}


@pytest.mark.parametrize("written", ["5 Aprıl", "5 APRİL", "1 ſep 2024", "Aprıl 5, 24", "٥ April", "5 April ٢٠٢٤"])
def test_a_month_in_other_letters_is_no_month(written: str) -> None:
    assert [column for _, column, _ in wrong(f'ann@acme.test,"{written}",,,')] == ["birthday"]


@st.composite
def disguised(draw: st.DrawFn) -> str:
    """A date whose letters may be others that look like them where case does not matter."""
    name = "".join(
        draw(st.sampled_from(one + one.upper() + DISGUISES.get(one.lower(), "")))
        for one in draw(st.sampled_from(MONTHS))
    )
    day, year = draw(st.integers(0, 40)), draw(st.sampled_from(["", " 2024", " 24", ", 1987"]))
    return draw(st.sampled_from([f"{day} {name}{year}", f"{name} {day}{year}", f"{day}-{name}-{year.strip()}"]))


@given(
    disguised() | st.text(st.sampled_from(FOLDED + "aprilse 0123456789/.-"), max_size=20) | st.text(max_size=40),
    st.booleans(),
)
def test_whatever_stands_for_a_date_is_one_or_is_unclear(written: str, yearly: bool) -> None:
    for slashes in Slashes:
        with contextlib.suppress(Unclear):
            read_date(written, slashes, yearly=yearly)


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
departments = st.lists(words, min_size=1, max_size=4).map(" ".join).filter(lambda one: one not in ("-", "–", "—"))


@given(st.lists(departments, max_size=30), st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_written_is_read_back(names: list[str], separator: str, end: str, quoted: bool) -> None:
    file = io.StringIO()
    writer = csv.writer(
        file,
        delimiter=separator,
        lineterminator=end,
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
    )
    writer.writerow(["e-mail", "department"])
    writer.writerows([f"p{number}@acme.test", name] for number, name in enumerate(names))
    read = read_people(file.getvalue().encode(), TODAY)
    assert read.errors == ()
    assert [one.department for one in read.rows] == names


# --- reporting lines --------------------------------------------------------------------------------------

lines = st.dictionaries(st.integers(0, 12).map(str), st.integers(0, 12).map(str) | st.none())


def in_a_loop(one: str, managers: dict[str, str | None]) -> bool:
    above = managers.get(one)
    for _ in managers:
        if above is None or above == one:
            break
        above = managers.get(above)
    return above == one


@given(lines)
def test_whoever_is_above_themselves_is_found(managers: dict[str, str | None]) -> None:
    assert find_loops(managers) == {one for one in managers if in_a_loop(one, managers)}


@given(lines, lines)
def test_given_from_the_top_nobody_is_ever_above_themselves(
    before: dict[str, str | None], changes: dict[str, str | None]
) -> None:
    before = {one: above for one, above in before.items() if one not in find_loops(before)}
    after = before | changes
    changes = {one: above for one, above in changes.items() if one not in find_loops(after)}
    after = before | changes
    if find_loops(after):
        return
    now = dict(before)
    for one in from_the_top(changes, after):
        now[one] = changes[one]
        assert not find_loops(now)
