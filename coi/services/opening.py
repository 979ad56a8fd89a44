"""Opening a package, layer by layer: which is in hand, what is in it, what is opened after it.

Pure: it is given the step and how things stand. What is deeper than one layer is behind a closed
wall, and is scanned when that one is opened, in a step of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from coi.services.errand import Why
from coi.services.forms import COMPARES
from coi.services.screens import INSIDE, LAYER, Scene
from workflows.facts import Subject
from workflows.guards.shipping import not_expected_in, not_scanned
from workflows.model import Action, Custody
from workflows.packing import NOTHING, contents, everything_within
from workflows.refusal import Refusal


def package_of(scene: Scene) -> Subject | None:
    """The package whose label was read, to be opened; None before that."""
    read = next((one for one in scene.errand.part.reads if one.screen == LAYER), None)
    return scene.subjects.get(read.subject) if read and scene.form.opens else None


def is_inside_asked(scene: Scene) -> bool:
    """The present screen asks for what is in a package."""
    return bool(scene.form.opens) and scene.present.name == INSIDE


def left(scene: Scene) -> tuple[Subject, ...]:
    """What is directly in the package in hand, by the record, and was not scanned yet."""
    package = package_of(scene)
    if package is None:
        return ()
    packed = contents(scene.subjects, package.id)
    read = scene.errand.part.bags
    return tuple(one for one in packed if one.id not in read and not _is_over(scene, one))


def in_words(scene: Scene, thing: Subject) -> str:
    """A thing as its label names it."""
    title = scene.workflow.machines[thing.machine].title.lower()
    return f"{title} {scene.serials.get(thing.id, thing.id)}"


@dataclass(frozen=True, slots=True)
class Opened:
    """A package in hand, as a screen shows it: what is still expected, each with what is in it."""

    title: str
    left: tuple[tuple[str, tuple[str, ...]], ...]


def opened_on(scene: Scene) -> Opened | None:
    """What the present screen shows of the package in hand; None where it is about none."""
    package = package_of(scene)
    if package is None or not is_inside_asked(scene):
        return None
    return Opened(
        in_words(scene, package),
        tuple((in_words(scene, one), _within(scene, one)) for one in left(scene)),
    )


def _within(scene: Scene, thing: Subject) -> tuple[str, ...]:
    """What is in a thing that stays closed for now, at any depth."""
    within = everything_within(scene.subjects, [thing.id])
    return tuple(in_words(scene, one) for one in within if not _is_over(scene, one))


def why_not_inside(scene: Scene, subject: str) -> Why | None:
    """What it means that this thing was found in the package in hand, and should not be there.

    It was not packed in it; or it has come to its end on record, as what was reported lost has.
    """
    package, thing = package_of(scene), scene.subjects[subject]
    if package is None:
        return None
    if thing.position.inside == package.id and not _is_over(scene, thing):
        return None
    return _why(not_expected_in(scene.workflow, package.id, [thing]))


def why_left(scene: Scene) -> Why | None:
    """What it means that nothing more is in the package in hand, and something is still left."""
    package, missing = package_of(scene), left(scene)
    if package is None or not missing:
        return None
    told = _why(not_scanned(package.id, [one.id for one in missing]))
    return Why(told.code, f"STOP. {told.sentence}", told.next_step)


def layers_at_hand(scene: Scene) -> Iterator[tuple[Action, str]]:
    """After an opening: what lies closed before this unit and is opened next, by which step."""
    if not scene.form.opens:
        return
    for one in scene.subjects.values():
        position = one.position
        is_here = position.holder == scene.unit.id and not position.in_transit
        if position.inside != NOTHING or not is_here or _is_over(scene, one):
            continue
        for action in scene.workflow.actions.values():
            if _opens(action, one):
                yield action, in_words(scene, one)


def _opens(action: Action, thing: Subject) -> bool:
    """The step opens this thing where it stands, as people come to do it every day."""
    rule = action.rule_for(thing.machine, thing.position.state)
    ends = rule is not None and rule.scan and rule.custody is Custody.ENDS and not rule.seldom
    return ends and not action.seldom and action.asks(COMPARES)


def _is_over(scene: Scene, thing: Subject) -> bool:
    return scene.workflow.machines[thing.machine].states[thing.position.state].final


def _why(refusal: Refusal) -> Why:
    return Why(refusal.code, refusal.sentence, refusal.next_step)
