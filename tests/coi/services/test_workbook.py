"""Workbooks: each cell as it was typed, every doubt told, and nothing hostile opened."""

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime
from stat import S_IFLNK, S_IFREG

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from coi.errors import DataRefused
from coi.services.table_file import MOST_ROWS, Columns, read_table

COLUMNS = Columns(("number", "day", "weight"), "orders", frozenset({"weight"}))
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


def a_book(*rows, change=str):
    """Write a workbook with these rows below the names of the columns."""
    book = Workbook()
    book.active.title = "orders"
    for row in (COLUMNS.names, *rows):
        book.active.append(list(row))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def repacked(content, **changes):
    """Pack a workbook anew, with some of its files changed or added."""
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(saved, "w") as new:
        names = [*old.namelist(), *(name for name in changes if name not in old.namelist())]
        for name in names:
            before = old.read(name) if name in old.namelist() else b""
            change = changes.get(name, lambda before: before)
            new.writestr(name, change(before), zipfile.ZIP_DEFLATED)
    return saved.getvalue()


def told(content):
    """The problems of a table that was read, as a person reads them."""
    return [str(problem) for problem in read_table(content, COLUMNS).problems]


def refused(content):
    """Why a file is no table at all."""
    with pytest.raises(DataRefused) as found:
        read_table(content, COLUMNS)
    return str(found.value.problems[0])


A_BOOK = a_book(("0012", "2026-11-30", "61.5"))


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904], ids=["1900", "1904"])
def test_cells_are_read_as_they_were_typed(epoch):
    """Texts keep their zeros, days are days in either calendar of Excel, numbers keep no dust."""

    def in_its_calendar(book):
        if epoch:
            book.epoch = epoch

    content = a_book(("0012", date(2026, 11, 30), 61.5), change=in_its_calendar)

    table = read_table(content, COLUMNS)

    assert table.problems == []
    assert table.rows[0].cells == {"number": "0012", "day": "2026-11-30", "weight": "61.5"}


def test_a_day_with_a_time_keeps_it():
    """Nothing of what was typed is cut off in silence."""
    content = a_book(("1", datetime(2026, 11, 30, 14, 5), "60"))  # noqa: DTZ001 - Excel has no zone

    assert read_table(content, COLUMNS).rows[0].cells["day"] == "2026-11-30 14:05"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (12, "holds the number 12, which may have lost leading zeros"),
        ("=1+1", "holds a formula"),
        (True, "holds the truth value TRUE"),
        ("#REF!", "holds the error #REF!"),
        (datetime(2026, 1, 1, 8).time(), "holds a time without a day"),  # noqa: DTZ001 - likewise
    ],
)
def test_what_nobody_typed_as_a_text_is_told(cell, reason):
    """With its line, its column, and what to do."""
    (problem,) = told(a_book((cell, "2026-11-30", "60")))

    assert problem.startswith(f"line 2, column number: {reason}")


def test_what_is_hidden_is_told_and_what_is_blank_is_nothing():
    """Hidden rows are read, hidden sheets are not, and who hands it in learns of both."""

    def hide(book):
        book.active.row_dimensions[2].hidden = True
        book.create_sheet("secret").sheet_state = "hidden"

    table = read_table(a_book(("1", "d", "6"), ("", "", ""), (None, " "), change=hide), COLUMNS)

    assert len(table.rows) == 1
    assert "1 hidden rows are read like all others (line 2)" in table.read_as
    assert "hidden sheets are not read: secret" in table.read_as


def test_merged_cells_are_refused():
    """Of merged cells nobody knows for which rows they were meant."""
    content = a_book(("1", "d", "6"), change=lambda book: book.active.merge_cells("A2:A3"))

    assert told(content) == ["line 2: the cells A2:A3 are merged; split them"]


def test_the_sheet_of_the_name_is_read_and_no_other():
    """Among several sheets only the name says which is meant."""
    book = a_book(("1", "d", "6"), change=lambda book: book.create_sheet("notes"))
    other = a_book(("1", "d", "6"), change=_renamed_beside_another)

    assert len(read_table(book, COLUMNS).rows) == 1
    assert refused(other).startswith("has no sheet named “orders”")


def _renamed_beside_another(book):
    book.active.title = "mine"
    book.create_sheet("notes")


def test_a_column_that_stands_there_twice_is_told():
    """As in a file of plain text."""
    book = a_book(("1", "d", "6"), change=lambda book: book.active.cell(1, 4, "Number"))

    assert refused(book) == "line 1, column number: stands there twice"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is an old .xls"),
        (repacked(A_BOOK, **{"xl/vbaProject.bin": lambda _: b"x"}), "holds macros"),
        (b"PK\x03\x04", "the workbook is damaged"),
        (A_BOOK[:-100], "the workbook is damaged"),
        (repacked(A_BOOK, **{"xl/sharedStrings.xml": lambda old: BOMB + old}), "declares entities"),
        (repacked(A_BOOK, **{"xl/b.xml": lambda _: b"0" * 31_000_000}), "unpacks to more than"),
        (repacked(A_BOOK, **{"xl/styles.xml": lambda _: b"<x>"}), "the workbook is damaged"),
        (a_book(["x"] * 200), "the sheet has more than 100 columns"),
    ],
    ids=["xls", "macros", "head", "torn", "entities", "bomb", "styles", "columns"],
)
def test_what_is_no_workbook_that_is_meant_is_refused(content, reason):
    """By what is in it, at once, and with what to do."""
    assert refused(content).startswith(reason)


def test_a_row_far_below_is_seen_before_anything_is_built():
    """A sheet with a cell in its last row does not become a million empty rows."""
    book = a_book(change=lambda book: book.active.cell(1_048_576, 1, "x"))

    assert refused(book) == f"line {MOST_ROWS + 2}: the sheet has more than {MOST_ROWS} rows"


def test_a_row_with_an_impossible_number_is_refused():
    """A number of a row that no program writes ends nothing in an endless loop."""
    sheet = "xl/worksheets/sheet1.xml"
    book = repacked(A_BOOK, **{sheet: lambda old: old.replace(b'r="2"', b'r="99999999999"')})

    assert refused(book) == f"line {MOST_ROWS + 2}: the sheet has more than {MOST_ROWS} rows"


SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
LONG = b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>%s</t></si></sst>"


def test_one_long_text_that_many_cells_name_is_not_read_as_often():
    """Some kilobytes do not become as much text as would keep the machine busy for hours."""
    rows = [("x", "d", "6")] * 30
    book = repacked(
        a_book(*rows),
        **{
            "[Content_Types].xml": lambda old: old.replace(b"</Types>", SHARED),
            "xl/sharedStrings.xml": lambda _: LONG % (b"a" * 1_000_000),
            "xl/worksheets/sheet1.xml": lambda old: old.replace(
                b't="inlineStr"><is><t>x</t></is>', b't="s"><v>0</v>'
            ),
        },
    )

    assert len(book) < 10_000
    assert refused(book) == "the sheet holds more than 5000000 characters, and was not read"


def test_a_row_that_comes_too_late_is_told():
    """What reads workbooks leaves it out in silence, and with it a patient."""
    sheet = "xl/worksheets/sheet1.xml"
    book = a_book(("1", "d", "6"), ("2", "d", "6"))
    twice = repacked(book, **{sheet: lambda old: old.replace(b'<row r="3">', b'<row r="2">')})

    (problem,) = told(twice)
    assert problem.startswith("line 2: stands there a second time, or too late")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    """Whatever is handed in, the answer is a table or a refusal that can be explained."""
    for head in (b"", b"PK\x03\x04"):
        try:
            read_table(head + content, COLUMNS)
        except DataRefused:
            continue


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"]),
    st.integers(0, 2_000),
    st.binary(min_size=1, max_size=6),
)
def test_a_damaged_workbook_is_read_or_refused(name, place, wrong):
    """Whatever byte of a real workbook is changed, nothing else comes of it."""
    damaged = repacked(
        A_BOOK, **{name: lambda old: old[: place % len(old)] + wrong + old[place % len(old) :]}
    )

    with suppress(DataRefused):
        assert read_table(damaged, COLUMNS).problems is not None


@pytest.mark.parametrize("up", ["/", "../" * 20])
@pytest.mark.parametrize("kind", [S_IFREG, S_IFLNK], ids=["file", "link"])
def test_no_member_of_a_workbook_is_written_anywhere(tmp_path, up, kind):
    """It is read in memory: neither a member's path nor where it points leads out (SEC-25)."""
    outside = tmp_path / "escaped"
    told = zipfile.ZipInfo(up + str(outside).lstrip("/"))
    told.external_attr = kind << 16
    saved = io.BytesIO(A_BOOK)
    with zipfile.ZipFile(saved, "a") as book:
        book.writestr(told, "/etc/passwd")

    table = read_table(saved.getvalue(), COLUMNS)

    assert [[*row.cells.values()] for row in table.rows] == [["0012", "2026-11-30", "61.5"]]
    assert not outside.exists()


def test_a_sheet_that_is_a_link_is_no_sheet():
    """The file to which it points is not opened."""
    told = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
    told.external_attr = S_IFLNK << 16
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(A_BOOK)) as old, zipfile.ZipFile(saved, "w") as new:
        for name in old.namelist():
            new.writestr(
                *((told, "/etc/passwd") if name == told.filename else (name, old.read(name)))
            )

    assert "root:" not in refused(saved.getvalue())
