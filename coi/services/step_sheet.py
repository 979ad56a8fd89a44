"""What the sheet of steps says: each step that was taken on paper, one row a step, in their order.

Only what the sheet itself can tell is judged here; docs/go-live.md describes the columns.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from coi.errors import Problem
from coi.services.table_file import Columns, read_table
from coi.services.taking_in import Column
from workflows.facts import NewSubject

STEPS = "steps"
COLUMNS = (
    Column(
        "reference",
        "The on_paper of the first sheet, or the COI identifier of one half copied.",
        "Folder 17",
    ),
    Column("action", "The step, as the workflow names it.", "collect"),
    Column(
        "happened_at",
        "When it happened, with its offset; without one, by the clock of the unit.",
        "2026-10-01T09:15+02:00",
    ),
    Column("unit", "The short name of the unit that did it.", "north-apheresis"),
    Column("paper_reference", "Where it stands on the paper.", "Folder 17, sheet 4"),
    Column("signed_on_paper_by", "Who signed it there, as a text.", "N. Needle", optional=True),
    Column(
        "things",
        "What it was done with: “material 1” is the first material of the therapy; other texts are"
        " codes as they would be typed. Several are parted by semicolons.",
        "collection 1",
        optional=True,
    ),
    Column(
        "born",
        "Bags and samples that it made: “2 material”, or each with its own values.",
        "material: volume_ml=60; material: volume_ml=55",
        optional=True,
    ),
    Column(
        "values",
        "What the step records, by the names of the workflow, parted by semicolons.",
        "anticoagulant=ACD-A; started_at=2026-10-01T08:00; ended_at=2026-10-01T09:10",
        optional=True,
    ),
    Column(
        "identifiers",
        "Of a step that identifies the patient: two identifiers as they stand on the paper.",
        "family_name=O'Brien; birth_date=1960-02-29",
        optional=True,
    ),
    Column("to_unit", "Of what was sent: to which unit.", "north-lab", optional=True),
)
_NAMES = tuple(one.name for one in COLUMNS)
_NEEDED = tuple(one.name for one in COLUMNS if not one.optional)
# A sign parts them, and blanks are taken away afterwards: a pattern that begins with any number of
# blanks goes through a cell full of them again from each one.
_NAME = r"\s*[a-z_0-9]+\s*="
_NEXT_PAIR = re.compile(f"[;,](?={_NAME})")
_NEXT_BORN = re.compile(f";(?!{_NAME})")
_THING = re.compile(r"([a-z_]{1,60}) ([1-9][0-9]{0,3})")
_MOST_BORN = 999
_BORN = re.compile(r"(?:([1-9][0-9]{0,2}) )?([a-z_]{1,60})(?:\s*:\s*(.*))?")


class Thing(NamedTuple):
    """The so-and-so-many-th thing of a sort in its therapy, in the order in which they came."""

    machine: str
    number: int


@dataclass(frozen=True, slots=True)
class PaperStep:
    """One step as the sheet says it; `happened_at` has no zone where the sheet gives none."""

    line: int
    reference: str
    action: str
    happened_at: datetime
    unit: str
    values: Mapping[str, str]
    things: tuple[Thing, ...] = ()
    codes: tuple[str, ...] = ()
    births: tuple[NewSubject, ...] = ()
    identifiers: Mapping[str, str] | None = None
    to_unit: str = "-"


class _Unreadable(ValueError):
    """A cell is not what its column takes; says which, and why."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


class StepSheet(NamedTuple):
    """The steps that can be read, how they were read, and what is wrong with the others."""

    read_as: str
    steps: tuple[PaperStep, ...]
    problems: tuple[Problem, ...]


def read_step_sheet(content: bytes) -> StepSheet:
    """Read the sheet of steps; cells that cannot be read are listed, not raised.

    Raises:
        DataRefused: there is no such sheet with these columns.
    """
    table = read_table(content, Columns(_NAMES, STEPS))
    problems = [*table.problems]
    steps = []
    unread = {one.line for one in problems}
    for row in table.rows:
        blank = [name for name in _NEEDED if not row.cells.get(name)]
        problems += [
            Problem("is missing", row.line, name) for name in blank if row.line not in unread
        ]
        if blank or row.line in unread:
            continue
        try:
            steps.append(_step(row.line, dict.fromkeys(_NAMES, "") | row.cells))
        except _Unreadable as why:
            problems.append(Problem(str(why), row.line, why.column))
    told = tuple(replace(one, sheet=STEPS) for one in problems)
    return StepSheet(table.read_as, tuple(steps), told)


def _step(line: int, cells: Mapping[str, str]) -> PaperStep:
    """One row, each cell in its parts."""
    things, codes = _things(cells["things"])
    on_paper = {name: cells[name] for name in ("paper_reference", "signed_on_paper_by")}
    return PaperStep(
        line=line,
        reference=cells["reference"],
        action=cells["action"],
        happened_at=_time(cells["happened_at"]),
        unit=cells["unit"],
        values=_pairs("values", cells["values"]) | {k: v for k, v in on_paper.items() if v},
        things=things,
        codes=codes,
        births=tuple(_births(cells["born"])),
        identifiers=_pairs("identifiers", cells["identifiers"]) or None,
        to_unit=cells["to_unit"] or "-",
    )


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        reason = f"“{text}” is not a time such as 2026-10-01T09:15+02:00"
        raise _Unreadable("happened_at", reason) from None


def _things(text: str) -> tuple[tuple[Thing, ...], tuple[str, ...]]:
    """The things that are meant by their numbers, and the codes."""
    parts = [one.strip() for one in text.split(";") if one.strip()]
    found = {one: _THING.fullmatch(one) for one in parts}
    things = tuple(Thing(match[1], int(match[2])) for match in found.values() if match)
    return things, tuple(one for one, match in found.items() if not match)


def _births(text: str) -> Iterator[NewSubject]:
    """Each new thing with what is recorded of it."""
    left = _MOST_BORN
    for part in _split_births(text):
        match = _BORN.fullmatch(part)
        if match is None:
            raise _Unreadable("born", f"“{part}” is not written as “2 material”")
        born = NewSubject(match[2], _pairs("born", match[3] or ""))
        left -= (number := int(match[1] or 1))
        if left < 0:
            raise _Unreadable("born", f"makes more than {_MOST_BORN} things")
        yield from [born] * number


def _split_births(text: str) -> list[str]:
    """A semicolon before NAME= goes on with the same thing; any other begins the next one."""
    return [one.strip() for one in _NEXT_BORN.split(text) if one.strip()]


def _pairs(column: str, text: str) -> dict[str, str]:
    """NAME=VALUE, parted by semicolons or commas; one inside a value does no harm."""
    found: dict[str, str] = {}
    for part in _NEXT_PAIR.split(text) if text else ():
        name, equals, content = (one.strip() for one in part.partition("="))
        if not (name and equals and content):
            raise _Unreadable(column, f"“{part}” is not written as name=value")
        if name in found:
            raise _Unreadable(column, f"gives {name} twice")
        found[name] = content
    return found


def in_zone(at: datetime, zone: str) -> datetime:
    """A time in UTC; one without an offset is what the clock on the wall of its place showed.

    An hour that comes twice in autumn is taken as the first, as on the page.

    Raises:
        ValueError: the clocks were put forward, and no clock showed it.
    """
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    there = at.replace(tzinfo=ZoneInfo(zone))
    if there.astimezone(UTC).astimezone(there.tzinfo).replace(tzinfo=None) != at:
        reason = f"{at:%Y-%m-%d %H:%M} does not exist there: the clocks were put forward"
        raise ValueError(reason)
    return there.astimezone(UTC)
