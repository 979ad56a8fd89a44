"""Tables as files: what was in a cell is there again, and no spreadsheet takes it for a formula."""

import csv
import io
import re
import tracemalloc
from datetime import UTC, datetime
from tempfile import TemporaryFile
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coi.reports.tables import (
    LONGEST_TEXT,
    Table,
    TextTooLong,
    as_written,
    csv_bytes,
    from_xlsx,
    no_formula,
    write_csv,
    write_xlsx,
)

NOON = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0", " =cmd|'/c calc'!A1")
WIDE = ("\uff1d1", "\uff0b1", "\uff0d1", "\uff201")
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
HEADS = st.sampled_from(("'", "''", ";", ";'", "; ", *DANGEROUS))
HEADED = st.one_of(TEXTS, st.lists(st.one_of(HEADS, TEXTS), max_size=5).map("".join))


def table(*rows, zone="UTC"):
    """A table with as many headings as the first row has cells."""
    return Table("List", tuple(f"Column {n}" for n in range(len(rows[0]))), rows, zone)


def read_csv(content):
    """The cells of a CSV file, the headings left out."""
    return [*csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))][1:]


def workbook(*rows, zone="UTC"):
    """The bytes of a workbook."""
    file = io.BytesIO()
    write_xlsx(table(*rows, zone=zone), file)
    return file.getvalue()


def sheet_of(content):
    """The only sheet of a workbook."""
    return openpyxl.load_workbook(io.BytesIO(content)).active


@pytest.mark.parametrize("text", [*DANGEROUS, *WIDE])
def test_what_would_be_a_formula_begins_with_an_apostrophe_in_csv(text):
    """Each sign that OWASP names, behind blanks and in its wide form too (SEC-22)."""
    ((cell,),) = read_csv(csv_bytes(table((text,))))

    assert (cell[0], as_written(cell)) == ("'", text)


@pytest.mark.parametrize("text", [*DANGEROUS, *WIDE, '"=1"', ' "" =1', "';=1"])
@pytest.mark.parametrize("parted", [";", "\t", "\n", "\r\n"])
def test_no_cell_begins_as_a_formula_where_a_spreadsheet_parts_them_otherwise(parted, text):
    """Where commas are decimal, Excel parts by semicolons, and knows no quotes of ours then."""
    ((cell,),) = read_csv(csv_bytes(table((f"seen{parted}{text}",))))

    pieces = re.split("[;\t\r\n]", cell)

    assert not [one for one in pieces if re.match(r'[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]', one)]
    assert as_written(cell) == f"seen{parted}{text}"


@pytest.mark.parametrize("text", ["Nina", "a=b", "2026-07-01", "'quoted'", "", "O'Brien", "é"])
def test_other_text_stays_as_it_is(text):
    """An apostrophe is no decoration."""
    assert no_formula(text) == text == as_written(text)


@given(HEADED)
def test_every_text_comes_back_from_csv(text):
    """Also what had an apostrophe in front before; and no cell begins as a formula does."""
    ((cell, beside),) = read_csv(csv_bytes(table((text, "beside"))))

    assert as_written(cell) == text
    assert not cell.lstrip(" \xa0").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))
    assert beside == "beside"


@given(st.lists(HEADED.filter(bool), min_size=1, max_size=4))
def test_every_text_comes_back_from_a_workbook(texts):
    """Each is typed as text; what XML cannot hold is written out and read back."""
    cells = sheet_of(workbook((*texts,)))[2]

    assert [from_xlsx(cell.value) for cell in cells] == texts
    assert {cell.data_type for cell in cells} == {"s"}


@pytest.mark.parametrize("text", [*DANGEROUS[:4], *WIDE])
def test_a_workbook_keeps_text_as_text_when_it_is_edited(text):
    """The mark that Excel sets for an apostrophe is there, and is no part of the text."""
    (cell,) = sheet_of(workbook((text,)))[2]

    assert (cell.value, cell.quotePrefix) == (text, True)


def test_a_csv_file_is_what_excel_and_rfc_4180_expect():
    """A byte order mark, CRLF at the end of each line, quotes doubled within quotes."""
    content = csv_bytes(table(('say "no"', 7), ("a,b\r\nc", -7)))

    assert content == (
        b"\xef\xbb\xbfColumn 0,Column 1\r\n"
        b'"say ""no""",7\r\n'
        b'"a,b\r\nc",-7\r\n'
    )  # fmt: skip


def test_a_time_is_told_by_the_clock_of_the_zone():
    """With its offset in CSV, as a real date in a workbook, where the heading names the zone."""
    row = (NOON,)

    cells = read_csv(csv_bytes(table(row, zone="Europe/Berlin")))
    (cell,) = sheet_of(workbook(row, zone="Europe/Berlin"))[2]

    assert cells == [["2026-07-01T12:00:00+02:00"]]
    assert (cell.value, cell.is_date) == (datetime(2026, 7, 1, 12, 0), True)  # noqa: DTZ001


def test_the_headings_of_a_workbook_stay_in_sight_and_its_columns_are_wide_enough():
    """Whoever scrolls still sees what a column means, and no date is shown as hashes."""
    sheet = sheet_of(workbook((NOON, 5)))

    assert sheet.freeze_panes == "A2"
    assert {sheet.column_dimensions[name].width for name in "AB"} == {18.0}


def test_the_same_rows_have_the_same_bytes():
    """No clock is in them: neither in the workbook nor in the archive that it is."""
    content = workbook(("Nina", NOON))

    assert content == workbook(("Nina", NOON))
    with ZipFile(io.BytesIO(content)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_a_text_that_no_cell_holds_is_refused():
    """Nothing is cut off unseen."""
    with pytest.raises(TextTooLong):
        workbook(("x" * (LONGEST_TEXT + 1),))


def test_ten_times_the_rows_take_no_more_memory():
    """Rows go out as they come in."""

    def peak(rows):
        lines = ((f"TEST-{n}", "a state", NOON, n) for n in range(rows))
        with TemporaryFile() as file:
            tracemalloc.start()
            write_csv(Table("List", ("A", "B", "C", "D"), lines), file)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return most

    assert peak(5_000) < 1.2 * peak(500)
