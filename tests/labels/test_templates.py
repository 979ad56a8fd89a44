"""A template is known by name, version and hash; whoever changes it gives it a new version."""

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from labels.layout import Slot, Template
from labels.templates import TEMPLATES

PUBLISHED = json.loads(
    (Path(__file__).parent / "vectors" / "templates.json").read_text(encoding="utf-8"),
)
ALL = pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.name)
POINT_MM = 25.4 / 72


def box(slot: Slot) -> tuple[float, float, float, float]:
    """Give left, top, right and bottom of a slot's capitals, in millimetres."""
    capitals, further = slot.size_pt * POINT_MM * 0.73, (slot.lines - 1) * slot.size_pt * POINT_MM
    return (
        slot.x_mm,
        slot.y_mm - capitals,
        slot.x_mm + slot.width_mm,
        slot.y_mm + further * 1.2,
    )


def boxes(template: Template) -> list[tuple[float, float, float, float]]:
    """Give the boxes of all that a template places, the symbol with its quiet zone."""
    symbol, quiet = template.symbol, template.symbol.module_mm
    left, top = symbol.x_mm - quiet, symbol.y_mm - quiet
    side = symbol.side_mm + 2 * quiet
    return [(left, top, left + side, top + side), *(box(slot) for slot in template.slots)]


@ALL
def test_its_hash_is_the_published_one(template):
    """A layout that differs from the published one needs a new version and a new line there."""
    assert PUBLISHED[template.name][str(template.version)] == template.sha256


@ALL
def test_any_change_changes_the_hash(template):
    """A moved field, another wording or another version is another template."""
    first, *rest = template.slots
    changed = [
        replace(template, version=template.version + 1),
        replace(template, slots=(replace(first, x_mm=first.x_mm + 0.1), *rest)),
        replace(template, slots=(replace(first, wording="Other"), *rest)),
        replace(template, symbol=replace(template.symbol, module_mm=1)),
    ]

    assert len({template.sha256, *(other.sha256 for other in changed)}) == 5


@ALL
def test_nothing_overlaps(template):
    """No two things on a label share a place."""
    overlapping = [
        (one, other)
        for one, other in combinations(boxes(template), 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]

    assert overlapping == []


@ALL
def test_nothing_leaves_the_page(template):
    """Everything stands on the label, at least one millimetre from its edge."""
    outside = [
        place
        for place in boxes(template)
        if min(place[:2]) < 1
        or place[2] > template.width_mm - 1
        or place[3] > template.height_mm - 1
    ]

    assert outside == []


def test_templates_cannot_be_replaced():
    """The table of templates is fixed while the program runs."""
    with pytest.raises(TypeError):
        TEMPLATES["bag-label"] = TEMPLATES["wristband"]  # type: ignore[index]
