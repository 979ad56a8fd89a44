"""Reads a table out of a file as spreadsheet programs save it: its encoding, separator and header.

Nothing is guessed in silence: what was found is told with the rows, and what does not fit is a
problem with its line. What the cells mean is for others to say.
"""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from coi.errors import DataRefused, Problem
from coi.services.workbook import TYPE_IT, Cell, is_packed, read_sheet
from workflows.composed import nfc

MOST_BYTES = 5_000_000
MOST_ROWS = 10_000
EXAMPLE = "EXAMPLE:"
"""How the first cell of a template's example begins, which is nobody's row."""

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# From strict to lenient: Windows-1252 makes wrong letters of nearly every text in UTF-8, and in
# ISO 8859-1 every byte is a letter. Which one was taken is told with the answer.
_UNMARKED = ("utf-8", "cp1252", "latin-1")
_ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "latin-1": "ISO 8859-1",
}
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table; `numbers` may hold what a program counts with.

    All must be there but those that `may_lack`; one that is not there is blank in every row.
    """

    names: Sequence[str]
    sheet: str = "-"  # how the sheet of a workbook is named
    numbers: frozenset[str] = frozenset()
    may_lack: frozenset[str] = frozenset()
    may_be_empty: bool = False  # no row at all is no problem


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: the line on which it begins, and by their columns its cells that can be read."""

    line: int
    cells: dict[str, str]


@dataclass(slots=True)
class Table:
    """What was found in the file: how it is written, its rows, and what is wrong with it."""

    encoding: str
    separator: str
    rows: list[TableRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    @property
    def read_as(self) -> str:
        """How the file was read, for whoever handed it in."""
        between = f", with {self.separator}s between the cells" if self.separator else ""
        return "; ".join((f"Read as {self.encoding}{between}", *self.notes)) + "."


def read_table(content: bytes, columns: Columns) -> Table:
    """The rows below a first line that names exactly these columns, in any order.

    A workbook is known by what is in it, whatever its name.

    Raises:
        DataRefused: it is no such table; rows that do not fit are problems of the answer instead.
    """
    if len(content) > MOST_BYTES:
        raise DataRefused([Problem(f"the file is larger than {MOST_BYTES} bytes")])
    table, records = _opened(content, columns)
    first = next(records, None)
    if first is None:
        raise DataRefused([Problem("the file is empty: it has no first line with the columns", 1)])
    header = _header(first[0], [cell.text for cell in first[1]], columns)
    try:
        for line, record in records:
            if len(table.rows) >= MOST_ROWS:
                raise DataRefused([Problem(f"the file has more than {MOST_ROWS} rows", line)])
            _add(table, line, record, (header, columns.numbers))
    # A quotation mark that is never closed swallows the rest: the rows before it are judged still.
    except _Torn as torn:
        reason = f"cannot be read from here on ({torn}); look for a stray quotation mark"
        table.problems.append(Problem(reason, torn.line))
    if not (table.rows or table.problems or columns.may_be_empty):
        raise DataRefused([Problem("the file has no rows below its first line")])
    return table


def _opened(content: bytes, columns: Columns) -> tuple[Table, Iterator[tuple[int, list[Cell]]]]:
    """The table with nothing in it yet, and its records from the first line on."""
    if is_packed(content):
        sheet = read_sheet(content, columns.sheet, MOST_ROWS)
        table = Table(f"an Excel workbook, sheet “{sheet.name}”", "", notes=sheet.notes)
        table.problems += sheet.problems
        return table, iter(sheet.rows)
    text, encoding = _decoded(content)
    separator = _separator(text, columns.names)
    records = _records(text, separator)
    cells = ((line, [Cell(text) for text in record]) for line, record in records)
    return Table(encoding, SEPARATORS[separator]), cells


class _Torn(ValueError):
    """From this line on the file is no table any more."""

    def __init__(self, line: int, reason: csv.Error) -> None:
        super().__init__(str(reason))
        self.line = line


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding: as its first bytes say, else the first that fits."""
    marked = [encoding for mark, encoding in _MARKS if content.startswith(mark)]
    if not marked and b"\0" in content[:2]:
        # UTF-16 without a mark: the first letter of a column's name has a byte that is zero.
        marked = ["utf-16-be" if content[:1] == b"\0" else "utf-16-le"]
    for encoding in marked or _UNMARKED:
        try:
            return content.decode(encoding), _ENCODINGS.get(encoding, "UTF-16")
        except UnicodeDecodeError:
            continue
    raise DataRefused([Problem("the file is damaged: its bytes are not the text they begin as", 1)])


def _separator(text: str, columns: Sequence[str]) -> str:
    """The separator with which the first line names most of the columns."""

    # The separator is found by the names, not by counting: a name may hold any number of commas.
    def named(separator: str) -> int:
        try:
            _line, record = next(_records(text, separator), (1, []))
        except _Torn:
            return 0
        return len({_folded(name) for name in record} & set(columns))

    best = max(SEPARATORS, key=named)
    if not named(best):
        reason = f"the first line does not name the columns, which are {', '.join(columns)}"
        raise DataRefused([Problem(reason, 1)])
    return best


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not empty, with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise _Torn(line, error) from error


def _folded(name: str) -> str:
    """A column's name, whatever the spelling of its capitals and blanks."""
    return "_".join(name.casefold().split())


def _header(line: int, record: Sequence[str], columns: Columns) -> list[str]:
    """The columns in the order of the file.

    Raises:
        DataRefused: a column is missing, unknown or there twice.
    """
    names = [_folded(name) for name in record]
    # Spreadsheet programs save columns that were once used as empty ones at the end.
    while names and not names[-1]:
        names.pop()
    lacking = [one for one in columns.names if one not in {*names, *columns.may_lack}]
    missing = [Problem("is missing", line, column) for column in lacking]
    problems = [*missing, *_strange(line, names, columns.names)]
    if problems:
        raise DataRefused(problems)
    return names


def _strange(line: int, names: Sequence[str], columns: Sequence[str]) -> Iterator[Problem]:
    """Each name in the header that is not a column, or not for the first time."""
    for n, name in enumerate(names):
        if name not in columns:
            place = name or f"number {n + 1}"
            yield Problem("is not a column of this table", line, place)
        elif name in names[:n]:
            yield Problem("stands there twice", line, name)


def _add(
    table: Table, line: int, record: Sequence[Cell], columns: tuple[Sequence[str], frozenset[str]]
) -> None:
    """Add a row; one with more or fewer cells than the header has slipped, and is a problem."""
    header, numbers = columns
    beyond = any(cell.text.strip() or cell.wrong for cell in record[len(header) :])
    # A workbook saves no empty cells at the end of a row: nothing can have slipped there.
    missing = len(record) < len(header) and bool(table.separator)
    if missing or beyond:
        reason = f"has {len(record)} cells, and the first line has {len(header)}"
        table.problems.append(Problem(reason, line))
        return
    if record[0].text.startswith(EXAMPLE):
        table.problems.append(Problem("is the example of the template; delete the row", line))
        return
    filled = [*record, *([Cell()] * (len(header) - len(record)))]
    cells = {}
    # Not strict: what stands beyond the header is known to be blank.
    for column, cell in zip(header, filled, strict=False):
        if why := _misread(cell, is_number_meant=column in numbers):
            table.problems.append(Problem(why, line, column))
            continue
        cells[column] = _plain(cell.text)
        hidden = next((c for c in cells[column] if unicodedata.category(c) in _INVISIBLE), None)
        if hidden is not None:
            reason = f"holds the invisible character U+{ord(hidden):04X}"
            table.problems.append(Problem(reason, line, column))
    table.rows.append(TableRow(line, cells))


def _misread(cell: Cell, *, is_number_meant: bool) -> str:
    """Why a cell is not what somebody typed; '' where it is."""
    if cell.is_number and not is_number_meant:
        # An MRN 0012 is 12 by now, and nobody can tell.
        return f"holds the number {cell.text}, which may have lost leading zeros; {TYPE_IT}"
    return cell.wrong


def _plain(raw: str) -> str:
    """The cell in one spelling of its accents, with every sort of blank a plain one."""
    text = nfc(raw)
    return "".join(" " if unicodedata.category(c) == "Zs" else c for c in text).strip(" ")
