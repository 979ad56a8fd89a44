"""The templates of imports: a workbook that explains itself, and the same as plain text."""

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import count

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from coi.services.imports import ImportKind
from coi.services.installation import Installation
from coi.services.table_file import EXAMPLE, MOST_ROWS
from coi.services.taking_in import Column
from coi.store import registers
from coi.store.transactions import Transaction

_FORMULA = ("=", "+", "-", "@", "\t", "\0")
_AS_TEXT = "@"
_WIDE = 24


def csv_template(kind: ImportKind) -> bytes:
    """The columns, and one example, which is refused as such; with the mark that Excel needs."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(_first_rows(kind.columns))
    return text.getvalue().encode("utf-8-sig")


def workbook_template(installation: Installation, kind: ImportKind) -> bytes:
    """A workbook with the sheet to fill in, one that explains each column, and the choices here."""
    choices = installation.read(lambda tx: _choices(tx, kind))
    book = Workbook()
    assert isinstance(book.active, Worksheet)  # noqa: S101 - a new workbook has one
    sheets = [book.active, *(book.create_sheet() for _ in kind.sheets)]
    told, lists = book.create_sheet("columns"), book.create_sheet("choices")
    offered = count(1)
    for sheet, (name, columns) in zip(sheets, kind.all_sheets.items(), strict=True):
        sheet.title = name
        for row in _first_rows(columns):
            sheet.append(row)
        sheet.freeze_panes = "A2"
        for n, column in enumerate(columns, start=1):
            _prepare(sheet, n)
            if found := choices.get(column.name):
                _offer(sheet, lists, (n, next(offered)), (column.name, *found))
    _explain(told, kind)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _first_rows(columns: Sequence[Column]) -> list[list[str]]:
    """The names of the columns, and the example."""
    example = [column.example for column in columns]
    return [[c.name for c in columns], [f"{EXAMPLE} {example[0]}", *example[1:]]]


def _explain(told: Worksheet, kind: ImportKind) -> None:
    told.append(["Column", "What stands in it", "May be blank"])
    for column in (one for columns in kind.all_sheets.values() for one in columns):
        told.append([column.name, column.meaning, "yes" if column.optional else "no"])
    for letter, width in (("A", _WIDE), ("B", 3 * _WIDE), ("C", _WIDE)):
        told.column_dimensions[letter].width = width
    for cell in told[1]:
        cell.font = Font(bold=True)


def _prepare(sheet: Worksheet, n: int) -> None:
    """All cells of a column are text: leading zeros stay, and no program makes days of texts."""
    letter = get_column_letter(n)
    sheet.column_dimensions[letter].width = _WIDE
    sheet.column_dimensions[letter].number_format = _AS_TEXT
    sheet.cell(1, n).font = Font(bold=True)
    sheet.cell(2, n).number_format = _AS_TEXT
    sheet.cell(2, n).alignment = Alignment(wrap_text=True)


def _offer(
    sheet: Worksheet, lists: Worksheet, places: tuple[int, int], column: Sequence[str]
) -> None:
    """A list of the choices at each cell of a column; other texts are told when it is handed in."""
    letter, there = (get_column_letter(n) for n in places)
    for line, choice in enumerate(column, start=1):
        lists.cell(line, places[1], _safe(choice)).number_format = _AS_TEXT
    offered = DataValidation("list", formula1=f"choices!${there}$2:${there}${len(column)}")
    offered.showErrorMessage = False
    offered.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
    sheet.add_data_validation(offered)


def _safe(text: str) -> str:
    """A text that no spreadsheet program runs (SEC-22)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _choices(tx: Transaction, kind: ImportKind) -> Mapping[str, tuple[str, ...]]:
    """By column, what may stand in it in this installation."""
    sites, units = registers.sites(tx), tuple(unit for unit, _, _ in registers.units(tx))
    hospitals = tuple(site.name for site in sites if site.kind == "hospital")
    makers = tuple(site.name for site in sites if site.kind in {"hospital", "manufacturer"})
    here = {
        "therapy": tuple(sorted(registers.workflow_names(tx))),
        "ordering_site": hospitals,
        "treating_site": hospitals,
        "manufacturing_site": makers,
        "home_unit": units,
        "role_unit": units,
        "unit": units if kind.sheets else (),
        "to_unit": units,
    }
    columns = (one for columns in kind.all_sheets.values() for one in columns)
    return {one.name: _of(one, here) for one in columns}


def _of(column: Column, here: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return column.choices or here.get(column.name, ())
