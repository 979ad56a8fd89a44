"""What a step under way shows of itself before it is signed: to be read back, and where it can go.

What the other of two scanned or heard is not among it (BD-06).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from coi.services.directory import ListedUnit
from coi.services.errand import Part
from coi.services.forms import BENCH, Blank
from coi.services.identity import IDENTIFIERS
from coi.services.screens import Scene
from workflows.guards.sites import may_receive


class Line(NamedTuple):
    """One line that is read back; `by` names a colleague who entered it before."""

    title: str
    text: str
    by: str = ""


def read_back(
    scene: Scene, units: Mapping[str, ListedUnit], names: Mapping[str, str]
) -> list[Line]:
    """What will be recorded, to be read back: one's own scans, and what is told once.

    `names` are those of whoever had it in hand before.
    """
    parts = (scene.errand.part,) if scene.form.is_blind else scene.errand.parts
    scanned = (line for part in parts for line in _own_lines(part))
    return [*scanned, *_common_lines(scene, units, names)]


def parties_of(scene: Scene, units: Iterable[ListedUnit]) -> list[ListedUnit]:
    """To whom something of this therapy can go."""
    return [one for one in units if may_receive(one.site.id, one.site.kind, scene.sites)]


def in_words(unit: ListedUnit) -> str:
    """A unit after the name of its site."""
    return f"{unit.site.name}, {unit.name}"


def _own_lines(part: Part) -> Iterator[Line]:
    """What one person scanned and heard."""
    for one in part.reads:
        yield Line("Scanned", one.title)
    for name, text in part.said.items():
        if name in IDENTIFIERS:
            yield Line(IDENTIFIERS[name], text)
    if part.source:
        yield Line("Who says it", part.source.replace("_", " "))


def _common_lines(
    scene: Scene, units: Mapping[str, ListedUnit], names: Mapping[str, str]
) -> Iterator[Line]:
    """What is told once, whoever tells it: numbers, values, and to whom it goes."""
    errand = scene.errand

    def by(name: str) -> str:
        person, _at = errand.given.get(name, ("", ""))
        return names.get(person, "")

    for born in scene.form.born:
        title = f"How many: {born.title.lower()}"
        yield Line(title, str(len(born.each)), by(f"count-{born.machine}"))
    for blank in (*filter(None, [scene.form.bench]), *scene.form.every_blank):
        title = f"{blank.of} {blank.field.title}".strip()
        yield Line(title, _answered(blank, errand.answers), by(blank.name))
    if scene.form.is_sent:
        goes_to = units.get(errand.answers.get("consignee", ""))
        yield Line("To whom it goes", in_words(goes_to) if goes_to else "", by("consignee"))


def _answered(blank: Blank, answers: Mapping[str, str]) -> str:
    """What a field was answered with, and in which unit."""
    text = answers.get(blank.name, "")
    if not text:
        return "nothing"
    text = dict(blank.choices).get(text, text) if blank.name == BENCH else text
    return text if blank.field.unit == "-" else f"{text} {blank.field.unit}"
