"""Sets headings, paragraphs and tables one below the other, and begins a new page when one is full.

What comes out are pages of words, rules and shades at their places, in points from the upper left
corner of the body; `paper` draws them. Nothing is clipped: a row that is taller than the room goes
on, on the next page, below the repeated titles of its columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, zip_longest
from typing import Final, TypeAlias

from reportlab.lib.units import mm

from coi.reports.printable import Style, broken

BODY: Final = Style()
SMALL: Final = Style(size=6.5, leading=8, grey=0.25)
BOLD: Final = Style(face="bold")
MONO: Final = Style(face="mono", size=7)
COLUMN: Final = Style(face="bold", size=6.5, leading=8, grey=0.25)
SECTION: Final = Style(face="bold", size=10.5, leading=13)

_ABOVE_SECTION: Final = 12.0
_BELOW_SECTION: Final = 4.0
_WITH_SECTION: Final = 20 * mm  # at the foot of a page there is more below a heading than a line
_PADDING: Final = 2.6
_GUTTER: Final = 6.0
_INDENT: Final = 6.0
_MARKED: Final = 0.92
_WHOLE: Final = 0.3  # a row up to this part of a page is not broken


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph in one style; an indented one stands a little to the right."""

    content: str
    style: Style = BODY
    indented: bool = False


Cell: TypeAlias = tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, with its title ('' for none) and its width."""

    title: str
    width_mm: float


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a marked one is shaded. `again` begins what is continued on the next page."""

    cells: tuple[Cell, ...]
    marked: bool = False
    again: Cell = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below the titles of their columns, which every page repeats."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    ruled: bool = True

    @property
    def is_titled(self) -> bool:
        """At least one column has a title."""
        return any(column.title for column in self.columns)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, which is also an entry in the outline of the PDF."""

    title: str


Block: TypeAlias = Section | Text | Table


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text; `y` is the baseline. A `section` is where the outline leads."""

    x: float
    y: float
    line: str
    style: Style
    section: bool = False


@dataclass(frozen=True, slots=True)
class Shade:
    """A filled rectangle from its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    grey: float


Mark: TypeAlias = Words | Shade


@dataclass(frozen=True, slots=True)
class Line:
    """A broken line, waiting for its place."""

    content: str
    style: Style
    indent: float


def set_pages(blocks: Sequence[Block], width: float, height: float) -> list[list[Mark]]:
    """Set the blocks on as many pages as they need."""
    flow = Flow(width, height)
    for block, below in zip_longest(blocks, blocks[1:]):
        if isinstance(block, Section):
            flow.section(block, below)
        elif isinstance(block, Text):
            flow.table(Table((Column("", width / mm),), (Row(((block,),)),), ruled=False))
        else:
            flow.table(block)
    return flow.pages


def lines_of(cell: Cell, width: float) -> list[Line]:
    """Break the paragraphs of a cell into lines."""
    return [
        Line(line, text.style, indent)
        for text in cell
        for indent in (_INDENT if text.indented else 0.0,)
        for line in broken(text.content, text.style, width - indent)
    ]


@dataclass(slots=True)
class Flow:
    """Pages while they fill up; `y` is how much of the last one is used."""

    width: float
    height: float
    pages: list[list[Mark]] = field(default_factory=lambda: [[]])
    y: float = 0.0

    @property
    def room(self) -> float:
        """How much is left of the page."""
        return self.height - self.y

    def turn(self) -> None:
        """Begin the next page."""
        self.pages.append([])
        self.y = 0.0

    def put(self, mark: Mark) -> None:
        """Place something on this page."""
        self.pages[-1].append(mark)

    def section(self, section: Section, below: Block | None = None) -> None:
        """Set a heading, on a new page when little of what stands below it would fit here."""
        begins = self.begins(below) if isinstance(below, Table) else 0.0
        heading = _ABOVE_SECTION + SECTION.leading + _BELOW_SECTION
        if self.y and self.room < max(_WITH_SECTION, heading + begins):
            self.turn()
        self.y += _ABOVE_SECTION if self.y else 0.0
        for line in broken(section.title, SECTION, self.width):
            self.put(Words(0, self.y + SECTION.size, line, SECTION, section=True))
            self.y += SECTION.leading
        self.y += _BELOW_SECTION

    def table(self, table: Table) -> None:
        """Set a table."""
        self.titles(table, before=table.rows[0] if table.rows else None)
        for row in table.rows:
            self.row(table, row)

    def titles(self, table: Table, before: Row | None = None) -> None:
        """Set the titles of the columns; not alone at the foot of a page."""
        if not table.is_titled:
            return
        lines = self.title_lines(table)
        if self.y and self.room < self.height_of(lines) + self.begins_with(table, before):
            self.turn()
        self.place(table, lines)
        self.rule(weight=0.7)

    def title_lines(self, table: Table) -> list[list[Line]]:
        """The lines of the titles of the columns."""
        return self.lines(table, [(Text(column.title, COLUMN),) for column in table.columns])

    def begins(self, table: Table) -> float:
        """How tall the titles of a table and its first row are."""
        titles = self.height_of(self.title_lines(table)) if table.is_titled else 0.0
        return titles + self.begins_with(table, table.rows[0] if table.rows else None)

    def begins_with(self, table: Table, row: Row | None) -> float:
        """How much of a row has to stand below its titles: not all, if it is broken anyway."""
        height = self.height_of(self.lines(table, row.cells)) if row else 0.0
        return min(height, self.height * _WHOLE)

    def lines(self, table: Table, cells: Sequence[Cell]) -> list[list[Line]]:
        """The lines of each cell of a row, as wide as their columns let them be."""
        return [
            lines_of(cell, column.width_mm * mm - _GUTTER)
            for cell, column in zip(cells, table.columns, strict=True)
        ]

    def height_of(self, cells: Sequence[Sequence[Line]]) -> float:
        """How tall a row of these lines is."""
        tallest = max(sum(line.style.leading for line in lines) for lines in cells)
        return tallest + 2 * _PADDING

    def row(self, table: Table, row: Row) -> None:
        """Set a row, whole if it is short, else on as many pages as it needs."""
        waiting = self.lines(table, row.cells)
        height = self.height_of(waiting)
        is_short = height <= self.height * _WHOLE
        # A tall row begins on this page only where a fair part of it would stand here.
        is_near_the_foot = self.room < self.height * _WHOLE / 2
        if height > self.room and (is_short or is_near_the_foot):
            self.turn()
            self.titles(table)
        while True:
            here, waiting = _split(waiting, self.room - 2 * _PADDING)
            self.place(table, here, marked=row.marked)
            if table.ruled:
                self.rule(weight=0.25)
            if not any(waiting):
                return
            self.turn()
            self.titles(table)
            # Whoever holds the next sheet alone sees of which row this is the rest.
            waiting[0] = lines_of(row.again, table.columns[0].width_mm * mm - _GUTTER) + waiting[0]

    def place(self, table: Table, cells: Sequence[Sequence[Line]], *, marked: bool = False) -> None:
        """Place the lines of one row, cell by cell, so that each reads on without a break."""
        height = self.height_of(cells)
        if marked:
            self.put(Shade(-_PADDING, self.y, self.width + _PADDING, height, _MARKED))
        x = 0.0
        for lines, column in zip(cells, table.columns, strict=True):
            y = self.y + _PADDING
            for line in lines:
                self.put(Words(x + line.indent, y + line.style.size, line.content, line.style))
                y += line.style.leading
            x += column.width_mm * mm
        self.y += height

    def rule(self, weight: float) -> None:
        """Draw a rule across the page, at the foot of what stands above it."""
        self.put(Shade(-_PADDING, self.y, self.width + _PADDING, weight, 0.35))
        self.y += weight


def _split(
    cells: Sequence[Sequence[Line]], room: float
) -> tuple[list[list[Line]], list[list[Line]]]:
    """The lines of each cell that fit into the room, and those that do not."""
    fitting: list[list[Line]] = []
    waiting: list[list[Line]] = []
    for lines in cells:
        heights = accumulate(line.style.leading for line in lines)
        count = sum(height <= room for height in heights)
        fitting.append(list(lines[:count]))
        waiting.append(list(lines[count:]))
    return fitting, waiting
