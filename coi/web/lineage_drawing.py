"""Draws what was made of what: each thing to the right of all that is in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from coi.services.looking import TherapyPage
from workflows.facts import Subject
from workflows.model import Kind, Relation

_TOP, _STEP, _BOX = 8, 62, 48  # pixels
_GAP = 4.0  # percent of the width between two columns
_BESIDE = frozenset({Kind.THERAPY, Kind.EXCEPTION, Kind.DISPENSATION})


@dataclass(frozen=True, slots=True)
class Box:
    """One thing: `x` and `width` in percent of the width, `y` in pixels."""

    subject: Subject
    x: float
    width: float
    y: int

    @property
    def middle(self) -> int:
        """Where its lines begin and end."""
        return self.y + _BOX // 2


@dataclass(frozen=True, slots=True)
class Line:
    """From what went in to what was made of it, or what it was packed into."""

    parent: Box
    child: Box
    is_packed: bool


@dataclass(frozen=True, slots=True)
class Lineage:
    """All of it, the oldest on the left."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    height: int
    columns: int


def lineage(page: TherapyPage) -> Lineage:
    """Everything that has cells in it or around it; a link to what is not there draws no line."""
    machines = page.view.workflow.machines
    things = {
        name: one
        for name, one in page.view.subjects.items()
        if machines[one.machine].kind not in _BESIDE
    }
    links = [one for one in page.view.links if one.child in things and one.parent in things]
    column = _columns(things, [(one.parent, one.child) for one in links])
    boxes = _boxes(things, column)
    lines = tuple(
        Line(boxes[one.parent], boxes[one.child], one.relation == Relation.PACKED_IN)
        for one in links
    )
    height = max((box.y for box in boxes.values()), default=0) + _STEP
    return Lineage(tuple(boxes.values()), lines, height, max(column.values(), default=-1) + 1)


def _columns(things: Mapping[str, Subject], links: list[tuple[str, str]]) -> dict[str, int]:
    """How many steps each thing is from what was collected; a child is born after its parents."""
    column = dict.fromkeys(things, 0)
    for name in things:  # the oldest first: what it was made of has its column already
        for parent, child in links:
            if child == name:
                column[name] = max(column[name], column[parent] + 1)
        origin = things[name].origin
        if origin in column and origin != name:
            column[name] = max(column[name], column[origin] + 1)
    return column


def _boxes(things: Mapping[str, Subject], column: Mapping[str, int]) -> dict[str, Box]:
    columns = max(column.values(), default=0) + 1
    width = 100 / columns
    filled = dict.fromkeys(range(columns), 0)
    boxes: dict[str, Box] = {}
    for name, subject in things.items():
        at = column[name]
        y = _TOP + _STEP * filled[at]
        boxes[name] = Box(subject, round(width * at, 2), round(width - _GAP, 2), y)
        filled[at] += 1
    return boxes
