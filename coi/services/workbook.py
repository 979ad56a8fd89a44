"""Reads the cells of an Excel workbook as somebody typed them, within bounds of size and memory.

Nothing is calculated and nothing is guessed: a formula, a merged cell, a number where a text is
meant are told with their place. What the cells mean is for others to say.
"""

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell
from openpyxl.workbook import Workbook

from coi.errors import DataRefused, Problem

MOST_PARTS = 200
MOST_UNPACKED = 30_000_000
MOST_ELEMENTS = 1_500_000
MOST_COLUMNS = 100
MOST_CHARACTERS = 5_000_000
"""As many as a file of plain text may have: each cell can name one and the same long text."""

_PACKED = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PIECE = 65_536

SAVE_AS_XLSX = "open it, choose Save as, and save it as “Excel workbook (.xlsx)” or as CSV"
TYPE_IT = "format the column as text, and type it again as it should stand"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: its text, or why it cannot be read; whether it is a number there."""

    text: str = ""
    wrong: str = ""
    is_number: bool = False


@dataclass(slots=True)
class _Part:
    """What one file inside the workbook holds, as far as it is XML."""

    merged: list[str] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    too_late: list[int] = field(default_factory=list)
    last_row: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: its rows with their lines, what is told of it, what is wrong."""

    name: str
    rows: list[tuple[int, list[Cell]]]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


def is_packed(content: bytes) -> bool:
    """The file is packed as a workbook is, or in a form that spreadsheet programs save besides."""
    return content.startswith((_PACKED, _OLD))


def read_sheet(content: bytes, wanted: str, most_rows: int) -> Sheet:
    """The sheet of this name, or the only one that is visible.

    Raises:
        DataRefused: it is no workbook that can be read, or larger than any that is meant.
    """
    parts = _parts(content)
    with warnings.catch_warnings():
        # It warns of what it leaves out, such as fonts and lists of choices: none is read here.
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            return _sheet(book, parts, wanted, most_rows)
        except DataRefused:
            raise
        # A damaged workbook breaks the library in any of its places, with any exception.
        except Exception as error:
            reason = "the workbook is damaged, and cannot be read"
            raise _refused(f"{reason}; {SAVE_AS_XLSX}") from error


def _refused(reason: str) -> DataRefused:
    return DataRefused([Problem(reason)])


# -- what is inside, before anything is built of it ------------------------------------------------


def _parts(content: bytes) -> dict[str, _Part]:
    """Each file inside, looked through once.

    Raises:
        DataRefused: it is another kind of file, or unpacks to more than any workbook that is meant.
    """
    if content.startswith(_OLD):
        raise _refused(f"is an old .xls, or protected by a password; {SAVE_AS_XLSX}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            inside = packed.infolist()
            _require_workbook([one.filename for one in inside])
            _require_small(inside)
            # Nothing is read beyond the size that was told, whatever is packed there.
            return {one.filename: _looked_through(packed, one) for one in inside}
    except DataRefused:
        raise
    # Whatever is wrong with what somebody packed is a refusal, not a failure (SEC-45).
    except Exception as error:
        raise _refused(f"the workbook is damaged, and cannot be opened; {SAVE_AS_XLSX}") from error


def _require_workbook(names: list[str]) -> None:
    """It is a workbook without macros, and nothing that looks like one from outside."""
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        raise _refused(f"holds macros, which are programs; {SAVE_AS_XLSX}")
    if "xl/workbook.xml" not in names:
        raise _refused(
            f"is no workbook of Excel (.ods, Numbers and .xlsb are none); {SAVE_AS_XLSX}"
        )


def _require_small(inside: list[zipfile.ZipInfo]) -> None:
    """It unpacks to what fits in memory many times."""
    if len(inside) > MOST_PARTS or sum(one.file_size for one in inside) > MOST_UNPACKED:
        raise _refused(f"unpacks to more than {MOST_UNPACKED} bytes, and was not opened")


class _TooMuch(Exception):
    """A file inside holds more than any that is meant, or declares what none needs."""


def _looked_through(packed: zipfile.ZipFile, one: zipfile.ZipInfo) -> _Part:
    """What an XML file inside holds; of any other, nothing."""
    part = _Part()
    try:
        with packed.open(one) as file:
            _look_through(part, iter(lambda: file.read(_PIECE), b""))
    except _TooMuch as found:
        raise _refused(str(found)) from found
    except expat.ExpatError:
        # Pictures and printer settings are no XML. What should be XML and is not is found later.
        return part
    return part


def _look_through(part: _Part, pieces: Iterator[bytes]) -> None:
    parser = expat.ParserCreate()
    row, elements = 0, 0

    def begins(name: str, told: dict[str, str]) -> None:
        nonlocal row, elements
        elements += 1
        if elements > MOST_ELEMENTS:
            raise _TooMuch(f"a sheet holds more than {MOST_ELEMENTS} elements, and was not read")
        kind = name.rpartition(":")[2]
        if kind == "row":
            before, row = row, int(told.get("r", row + 1))
            if row <= before:
                part.too_late.append(row)
            if told.get("hidden", "0") in {"1", "true"}:
                part.hidden.append(row)
        elif kind in {"v", "is", "f"}:
            part.last_row = max(part.last_row, row)
        elif kind == "mergeCell":
            part.merged.append(told.get("ref", ""))

    def declares(*_told: object) -> None:
        raise _TooMuch("declares entities of its own, which no workbook needs, and was not read")

    parser.StartElementHandler = begins
    parser.StartDoctypeDeclHandler = declares
    for piece in pieces:
        parser.Parse(piece, False)  # noqa: FBT003 - the parser takes no name for it
    parser.Parse(b"", True)  # noqa: FBT003 - likewise


# -- one sheet -------------------------------------------------------------------------------------


def _sheet(book: Workbook, parts: dict[str, _Part], wanted: str, most_rows: int) -> Sheet:
    hidden = [one.title for one in book.worksheets if one.sheet_state != "visible"]
    shown = [one for one in book.worksheets if one.sheet_state == "visible"]
    named = [one for one in shown if one.title.strip().casefold() == wanted]
    found = (named or shown)[0] if named or len(shown) == 1 else None
    if found is None:
        raise _refused(f"has no sheet named “{wanted}”, nor a single visible one; name it so")
    # The library tells nowhere else in which file inside the workbook a sheet stands.
    part = parts.get(str(vars(found)["_worksheet_path"]).lstrip("/"), _Part())
    if part.last_row > most_rows + 1:
        raise DataRefused([Problem(f"the sheet has more than {most_rows} rows", most_rows + 2)])
    cells = found.iter_rows(max_col=MOST_COLUMNS + 1, max_row=max(part.last_row, 1))
    rows = list(enumerate(map(_shortened, _bounded(cells)), start=1))
    if any(len(row) > MOST_COLUMNS for _line, row in rows):
        raise _refused(f"the sheet has more than {MOST_COLUMNS} columns")
    filled = [(line, row) for line, row in rows if row]
    return Sheet(found.title, filled, tuple(_notes(hidden, part)), tuple(_problems(part)))


def _bounded(rows: Iterable[Iterable[object]]) -> Iterator[list[Cell]]:
    """The cells of each row, as long as they hold no more than any that are meant."""
    held = 0
    for row in rows:
        cells = [_cell(one) for one in row]
        held += sum(len(one.text) for one in cells)
        if held > MOST_CHARACTERS:
            raise _refused(
                f"the sheet holds more than {MOST_CHARACTERS} characters, and was not read"
            )
        yield cells


def _problems(part: _Part) -> Iterator[Problem]:
    """What nobody can tell for which row it was meant."""
    for ref in part.merged:
        yield Problem(f"the cells {ref} are merged; split them", _line(ref))
    for row in part.too_late:
        reason = "stands there a second time, or too late; save the workbook anew, and check it"
        yield Problem(reason, row)


def _notes(hidden: list[str], part: _Part) -> Iterator[str]:
    """What somebody who looks at the sheet does not see; it is read all the same, or not."""
    if hidden:
        yield f"hidden sheets are not read: {', '.join(hidden)}"
    inside = [row for row in part.hidden if 1 < row <= part.last_row]
    if inside:
        lines = ", ".join(str(row) for row in inside[:10])
        yield f"{len(inside)} hidden rows are read like all others (line {lines})"


def _line(ref: str) -> int | None:
    digits = "".join(c for c in ref.partition(":")[0] if c.isdigit())
    return int(digits) if digits else None


def _shortened(row: list[Cell]) -> list[Cell]:
    """Without the empty cells at the end, which programs save of what was once used."""
    while row and not (row[-1].text.strip() or row[-1].wrong):
        row.pop()
    return row


def _cell(cell: object) -> Cell:
    """A cell as it was typed."""
    if isinstance(cell, EmptyCell):
        return Cell()
    kind, value = getattr(cell, "data_type", "n"), getattr(cell, "value", None)
    if kind == "f":
        return Cell(wrong="holds a formula; copy the column, and paste it as values")
    if kind == "e":
        return Cell(wrong=f"holds the error {value}; type what should stand there")
    return _told(value)


def _told(value: object) -> Cell:
    """What a value is as text."""
    match value:
        case str():
            return Cell(value)
        case bool():
            return Cell(wrong=f"holds the truth value {str(value).upper()}; {TYPE_IT}")
        case int() | float():
            # Fifteen digits are what Excel shows: 0.1 + 0.2 is 0.3 there.
            return Cell(f"{value:.15g}", is_number=True)
        case datetime() if value.time() != time():
            return Cell(value.isoformat(" ", "minutes"))
        case date():
            return Cell(value.strftime("%Y-%m-%d"))
    return Cell() if value is None else Cell(wrong=f"holds a time without a day; {TYPE_IT}")
