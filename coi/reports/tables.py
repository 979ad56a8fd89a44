"""Tables as files that a spreadsheet opens: CSV (RFC 4180) and XLSX; same rows, same bytes.

A cell that a spreadsheet would take for a formula is text in both. In CSV it gets an apostrophe in
front (OWASP ASVS 5.0, 1.2.10), also behind a semicolon, a tab or a line break inside of it: where
commas are decimal, a spreadsheet parts the cells there. `as_written` takes each away again, so that
nothing is lost. In XLSX it is typed as text and marked with the prefix that a spreadsheet itself
sets for one.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Final, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as BookCell
from openpyxl.cell.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.functions import tostring

Cell: TypeAlias = str | int | datetime

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP file can name: no clock is in the bytes."""

LONGEST_TEXT: Final = 32_767  # characters that a cell of a workbook holds
_CREATED: Final = datetime(*EPOCH)  # noqa: DTZ001 - a workbook knows no zones
_CORE: Final = "docProps/core.xml"
_MINUTES: Final = "yyyy-mm-dd hh:mm"
_WIDEST: Final = 60
_ROOM: Final = 2  # characters beside what stands in a cell

_WIDE: Final = "\uff1d\uff0b\uff0d\uff20"  # = + - @ as wide as a Chinese character
# What a spreadsheet takes for the beginning of a formula, also behind blanks, which it strips.
# The apostrophes in front are those that were set here, or stood there: one more is always undone.
_SIGN: Final = rf"""'*(?:[^\S\t\r\n]|["\0])*[=+\-@{_WIDE}]"""
_FORMULA: Final = re.compile(rf"{_SIGN}|'*[\t\r\n\0]")
# A spreadsheet that parts cells by semicolons or tabs sees one begin behind each, quoted or not.
_PARTED: Final = re.compile(r"[;\t\r\n]")
_BEHIND: Final = rf"(?<={_PARTED.pattern})"
_DANGEROUS: Final = re.compile(rf"\A(?={_FORMULA.pattern})|{_BEHIND}(?={_SIGN})")
_MADE_SAFE: Final = re.compile(rf"\A'(?={_FORMULA.pattern})|{_BEHIND}'(?={_SIGN})")
# What XML cannot hold, and what would read as a way to write that (ECMA-376, ST_Xstring).
_NO_XML: Final = re.compile("[\0-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_WRITTEN_OUT: Final = re.compile("_x([0-9A-Fa-f]{4})_")


class TextTooLong(ValueError):
    """A text is longer than a cell of a workbook can be; nothing is cut off unseen."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a heading each; times are told by the clock of the `zone`."""

    title: str
    headings: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
    zone: str = "UTC"


# -- CSV -------------------------------------------------------------------------------------------


def write_csv(table: Table, file: IO[bytes]) -> int:
    """Write a table as CSV in UTF-8, with the mark by which Excel knows it; returns the rows."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([no_formula(heading) for heading in table.headings])
    zone, rows = ZoneInfo(table.zone), 0
    for row in table.rows:
        writer.writerow([_csv_cell(cell, zone) for cell in row])
        rows += 1
    text.flush()
    text.detach()  # the file stays open, and its owner's
    return rows


def csv_bytes(table: Table) -> bytes:
    """The same at once."""
    file = io.BytesIO()
    write_csv(table, file)
    return file.getvalue()


def _csv_cell(cell: Cell, zone: ZoneInfo) -> str | int:
    """A time with its offset, so that the hour that comes twice in autumn is told apart."""
    if isinstance(cell, datetime):
        return cell.astimezone(zone).isoformat(timespec="seconds")
    return no_formula(cell) if isinstance(cell, str) else cell


def no_formula(text: str) -> str:
    """A text as a cell of a CSV file: with an apostrophe where it would be taken for a formula."""
    # Most texts are in one piece, and a list has a hundred thousand of them.
    if _PARTED.search(text):
        return _DANGEROUS.sub("'", text)
    return f"'{text}" if _FORMULA.match(text) else text


def as_written(text: str) -> str:
    """What stood in the cell before `no_formula`."""
    return _MADE_SAFE.sub("", text)


# -- XLSX ------------------------------------------------------------------------------------------


def write_xlsx(table: Table, file: IO[bytes]) -> int:
    """Write a table as a workbook, its headings frozen; returns the rows.

    Row after row goes to the disk, so that the longest list takes no more memory than a short one.

    Raises:
        TextTooLong: a text does not fit into a cell.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.title)
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(table.headings, start=1):
        width = min(max(len(heading) + _ROOM, len(_MINUTES) + _ROOM), _WIDEST)
        sheet.column_dimensions[get_column_letter(number)].width = width
    try:
        rows = _fill(sheet, table)
    finally:
        sheet.close()  # also when it was left half-way: what it wrote so far is on the disk
    _save(book, file)
    return rows


def _fill(sheet: WriteOnlyWorksheet, table: Table) -> int:
    zone, rows = ZoneInfo(table.zone), 0
    sheet.append([_xlsx_cell(sheet, heading, zone) for heading in table.headings])
    for row in table.rows:
        sheet.append([_xlsx_cell(sheet, cell, zone) for cell in row])
        rows += 1
    return rows


def _xlsx_cell(sheet: WriteOnlyWorksheet, cell: Cell, zone: ZoneInfo) -> BookCell | int | None:
    if isinstance(cell, int):
        return cell
    if isinstance(cell, datetime):
        # A workbook knows no zones: the heading names the one whose clock this is.
        moment = WriteOnlyCell(sheet, cell.astimezone(zone).replace(tzinfo=None))
        moment.number_format = _MINUTES
        return moment
    if not cell:
        return None
    written = _NO_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", cell)
    if len(written) > LONGEST_TEXT:
        raise TextTooLong(f"{len(written)} characters; a cell holds {LONGEST_TEXT}")
    text = WriteOnlyCell(sheet, written)
    # Said last: the library takes what begins with an equals sign for a formula.
    text.data_type = "s"
    if _FORMULA.match(cell):
        text.quotePrefix = True
    return text


def from_xlsx(text: str) -> str:
    """What stood in the cell of a workbook before it was written."""
    return _WRITTEN_OUT.sub(lambda found: chr(int(found[1], 16)), text)


def _save(book: Workbook, file: IO[bytes]) -> None:
    """Pack the workbook so that no clock is in its bytes."""
    with TemporaryFile() as packed:
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            ExcelWriter(book, archive).save()
        book.properties.created = book.properties.modified = _CREATED
        with ZipFile(packed) as archive, ZipFile(file, "w", ZIP_DEFLATED) as anew:
            for name in archive.namelist():
                part = ZipInfo(name, EPOCH)
                part.compress_type = ZIP_DEFLATED
                if name == _CORE:
                    anew.writestr(part, tostring(book.properties.to_tree()))
                    continue
                with archive.open(name) as source, anew.open(part, "w") as target:
                    copyfileobj(source, target)
