"""What an order file says: each cell in its one form, or the reason why it cannot be read.

Only what the file itself can tell is judged here; docs/orders.md describes the columns.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import Flag, auto

from coi.errors import Problem
from coi.services.table_file import Columns, Table, read_table
from workflows.composed import nfc

LIGHTEST_KG, HEAVIEST_KG = Decimal(2), Decimal(400)
LONGEST = 200
SEXES = ("F", "M", "X", "U")

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_NUMBER = re.compile(r"[0-9]{1,4}([.,][0-9]{1,3})?")
_SHORTENED = re.compile(r"[0-9]+([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
_FORMULA = ("=", "+", "-", "@")
_IN_NAMES = " '’‘ʼ-‐.,"  # noqa: RUF001 - the apostrophes and hyphens that people type
_MONTHS = 12


class Unreadable(ValueError):
    """The cell is not what its column takes; the message says why, to follow 'column …: '."""


class DayOrder(Flag):
    """How the days with strokes of one file are to be read, as far as they themselves tell."""

    UNKNOWN = 0
    DAY_FIRST = auto()
    MONTH_FIRST = auto()
    BOTH = DAY_FIRST | MONTH_FIRST


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as the file says it, in canonical text; '' where a cell cannot be read."""

    line: int
    family_name: str
    given_name: str
    birth_date: str
    sex: str
    medical_record_number: str
    weight_kg: str
    therapy: str
    ordering_site: str
    treating_site: str
    manufacturing_site: str
    prescriber: str
    consent_signed_on: str
    collection_wanted_on: str
    on_paper: str


@dataclass(frozen=True, slots=True)
class OrderFile:
    """All rows of a file, how it is written, and what is wrong with it so far."""

    encoding: str
    separator: str
    rows: tuple[OrderRow, ...]
    problems: tuple[Problem, ...]
    read_as: str = ""


def read_order_file(
    content: bytes, sheet: str = "orders", *, may_be_empty: bool = False
) -> OrderFile:
    """Read a file of orders; cells that cannot be read are listed, not raised.

    Raises:
        DataRefused: it is no table with the columns of an order.
    """
    numbers = frozenset({"weight_kg"})
    columns = Columns(COLUMNS, sheet, numbers, frozenset({REFERENCE}), may_be_empty)
    table = read_table(content, columns)
    problems = list(table.problems)
    days = _day_order(table)
    rows = []
    for row in table.rows:
        texts = dict.fromkeys(COLUMNS, "")
        # A cell that cannot be read stays empty, so that the others of its row are judged as well.
        for column, cell in row.cells.items():
            try:
                texts[column] = _read_beside(row.cells, column, cell, days)
            except Unreadable as reason:
                problems.append(Problem(str(reason), row.line, column))
        rows.append(OrderRow(line=row.line, **texts))
    return OrderFile(table.encoding, table.separator, tuple(rows), tuple(problems), table.read_as)


def read_identifier(name: str, text: str) -> str:
    """What tells a patient from others, as somebody types it: the same text as from a file.

    Raises:
        Unreadable: it is missing, or not what it should be.
    """
    return _read(name, nfc(text).strip(), DayOrder.UNKNOWN)


def _read_beside(cells: Mapping[str, str], column: str, cell: str, days: DayOrder) -> str:
    """A cell; where its row says that the therapy runs on paper, the consent is copied later."""
    if column == REFERENCE and not cell:
        return ""
    if column == "consent_signed_on" and cells.get(REFERENCE, ""):
        if cell:
            raise Unreadable("is copied from the paper, as a step of its own: leave it blank")
        return ""
    return _read(column, cell, days)


def _read(column: str, cell: str, days: DayOrder) -> str:
    if not cell:
        raise Unreadable("is missing")
    if len(cell) > LONGEST:
        raise Unreadable(f"is longer than {LONGEST} characters")
    return _day(cell, days) if column in DAYS else _READERS[column](cell)


def _day_order(table: Table) -> DayOrder:
    """What the days with strokes tell together; the whole file is written in one way."""
    order = DayOrder.UNKNOWN
    for row in table.rows:
        for column in DAYS:
            order |= _told_by(row.cells.get(column, ""))
    return order


def _told_by(cell: str) -> DayOrder:
    """What one day with strokes tells of the order: a part above twelve is no month."""
    slashed = _SLASHED.fullmatch(cell)
    told = DayOrder.UNKNOWN
    if slashed and int(slashed[1]) > _MONTHS:
        told |= DayOrder.DAY_FIRST
    if slashed and int(slashed[2]) > _MONTHS:
        told |= DayOrder.MONTH_FIRST
    return told


def _day(cell: str, order: DayOrder) -> str:
    """A calendar day as ISO 8601 writes it."""
    iso, dotted, slashed = (form.fullmatch(cell) for form in (_ISO, _DOTTED, _SLASHED))
    if iso:
        year, month, day = iso.groups()
    elif dotted:
        day, month, year = dotted.groups()
    elif slashed:
        day, month, year = _ordered(cell, slashed, order)
    else:
        raise Unreadable(f"“{cell}” is not a day such as 2026-11-30, 30.11.2026 or 30/11/2026")
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise Unreadable(f"“{cell}” is a day that does not exist") from None


def _ordered(cell: str, slashed: re.Match[str], order: DayOrder) -> tuple[str, str, str]:
    """Day, month and year of a day with strokes, once the file tells which is which."""
    first, second, year = slashed.groups()
    if order is DayOrder.BOTH:
        raise Unreadable(f"“{cell}”: this file has the day first and the month first; write ISO")
    # 05/05/2026 is the same day either way, so that nobody has to write it anew.
    if order is DayOrder.UNKNOWN and int(first) != int(second):
        raise Unreadable(f"“{cell}” can be read in two ways; write it as 2026-11-30")
    return (second, first, year) if order is DayOrder.MONTH_FIRST else (first, second, year)


def _name(cell: str) -> str:
    """A person's name: letters, marks, digits, and what joins them."""
    for character in cell:
        kind = unicodedata.category(character)
        if not kind.startswith(("L", "M")) and kind != "Nd" and character not in _IN_NAMES:
            raise Unreadable(f"holds “{character}”, which no name has; is the encoding right?")
    return _free_text(cell)


def _free_text(cell: str) -> str:
    """A text that no spreadsheet program would run."""
    if cell.startswith(_FORMULA):
        raise Unreadable("begins like a formula, which a spreadsheet program would run")
    return cell


def _record_number(cell: str) -> str:
    """A record number as the hospital wrote it, its leading zeros kept."""
    if _SHORTENED.fullmatch(cell):
        raise Unreadable("was shortened by a spreadsheet program; save the column as text")
    return _free_text(cell)


def _sex(cell: str) -> str:
    if cell.upper() not in SEXES:
        raise Unreadable(f"is none of {', '.join(SEXES)}")
    return cell.upper()


def _weight(cell: str) -> str:
    """A body weight in kg, with point or comma."""
    if not _NUMBER.fullmatch(cell):
        raise Unreadable("is not a number such as 61.5 or 61,5")
    text = cell.replace(",", ".")
    if not LIGHTEST_KG <= Decimal(text) <= HEAVIEST_KG:
        raise Unreadable(f"is no body weight: {LIGHTEST_KG} to {HEAVIEST_KG} kg are possible")
    return text


# The days are missing here: how one is read depends on the other days of the file.
_READERS: Mapping[str, Callable[[str], str]] = {
    "family_name": _name,
    "given_name": _name,
    "sex": _sex,
    "medical_record_number": _record_number,
    "weight_kg": _weight,
    "therapy": _free_text,
    "ordering_site": _free_text,
    "treating_site": _free_text,
    "manufacturing_site": _free_text,
    "prescriber": _free_text,
    "on_paper": _free_text,
}
REFERENCE = "on_paper"
"""The column that says that a therapy runs on paper already; blank, or not there, in any other."""
DAYS = ("birth_date", "consent_signed_on", "collection_wanted_on")
COLUMNS = tuple(column.name for column in fields(OrderRow) if column.name != "line")
"""The columns of an order file, in the order in which we write them."""


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems as one would meet them in the file: by line, then by column."""
    places = {column: n for n, column in enumerate(COLUMNS)}
    return sorted(problems, key=lambda one: (one.line or 0, places.get(one.column or "", -1)))
