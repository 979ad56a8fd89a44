"""Whole therapies, told as lists of steps: the one that goes well, and those that do not.

A story is played through the use cases by a `Performer`. Played together they take every step that
the definition allows; the tests count that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from coi.clock import SteppedClock
from coi.demo.performer import RESULTS, Performer, Wish
from coi.services.therapies import TherapyView, look


@dataclass(frozen=True, slots=True)
class Step:
    """One action, with what one wants of it; `machine` and `state` choose its subjects."""

    action: str
    machine: str = ""
    state: str = ""
    first: int = 0  # only so many of the chosen subjects, 0 for all
    to: str = ""  # a unit, or a word of it: 'lab' is the cell laboratory of the hospital
    born: int = 1
    values: Mapping[str, str] = field(default_factory=dict)
    avoid: Sequence[str] = ()


def play(performer: Performer, coi: str, steps: Sequence[Step], days: float = 0) -> None:
    """Take the steps one after the other; `days` are spread over them where the clock is ours."""
    clock = performer.installation.clock
    for step in steps:
        take(performer, coi, step)
        if days and isinstance(clock, SteppedClock):
            clock.advance(timedelta(days=days / len(steps)))


def take(performer: Performer, coi: str, step: Step) -> None:
    """Take one step."""
    view = look(performer.installation, coi)
    wish = Wish(
        on=chosen(view, step),
        to=_unit(view, step.to),
        born=step.born,
        values=step.values,
        avoid=step.avoid,
    )
    performer.do(coi, step.action, wish)


def chosen(view: TherapyView, step: Step) -> tuple[str, ...]:
    """The subjects that a step is about; empty leaves the choice to the performer."""
    if not step.machine:
        return ()
    found = [
        subject.id
        for subject in view.subjects.values()
        if subject.machine == step.machine and step.state in {"", subject.position.state}
    ]
    return tuple(found[: step.first] if step.first else found)


def _unit(view: TherapyView, word: str) -> str:
    """A unit by its id, or by a word for the therapy's own hospital."""
    if not word:
        return "-"
    hospital = view.history[0].unit.split("-")[0]
    return f"{hospital}-{word}" if word in {"apheresis", "lab", "ward"} else word


# -- chapters --------------------------------------------------------------------------------------

ORDERED = (
    Step("approve"),
    Step("record_consent"),
    Step("confirm_slot"),
    Step("admit_patient"),
    Step("record_weight"),
)


def collected(bags: int = 2) -> tuple[Step, ...]:
    """Cells are collected into so many bags and brought to the cell laboratory."""
    return (
        Step("plan_collection"),
        Step("collect", born=bags),
        Step("complete_collection"),
        Step("release_custody", "material", "collected", to="lab"),
        Step("accept_custody", "material", "collected"),
    )


def travelled(machine: str, state: str) -> tuple[Step, ...]:
    """Packed, carried by the courier, unpacked on the other side."""
    there = "works-production" if machine == "material" else "lab"
    return (
        Step("pack", machine, state),
        Step("release_shipment", "shipment", "packed", to="wheels-van"),
        Step("accept_shipment", "shipment", "packed"),
        Step("release_shipment", "shipment", "packed", to=there),
        Step("accept_shipment", "shipment", "packed"),
        Step("unpack", "shipment", "packed"),
    )


MADE = (
    Step("activate"),
    Step("transduce"),
    Step("expand"),
    Step("expand", values={"day_of_culture": "8"}),
    Step("harvest"),
    Step("formulate"),
)


def filled(bags: int = 2) -> tuple[Step, ...]:
    """The product in its bags, frozen, with samples on their way to quality control."""
    return (
        Step("fill", born=bags),
        Step("freeze_product", "product", "filled"),
        Step("take_samples", born=2),
        Step("release_custody", "sample", "taken", to="lab-testing"),
        Step("accept_custody", "sample", "taken"),
    )


def results(*names: str) -> tuple[Step, ...]:
    """One result of each test that is named."""
    return tuple(
        Step("record_result", values={"test": name, "result": RESULTS[name]}) for name in names
    )


EARLY = tuple(name for name in RESULTS if name != "sterility")
TESTED = (*results(*EARLY), Step("finish_sample", "sample", "taken"))
RELEASED = (*TESTED, *results("sterility"), Step("release_lot"))
RELEASED_EARLY = (*TESTED, Step("release_lot_provisionally"))
ACCEPTED = (
    *travelled("product", "released"),
    Step("accept_product", "product", "received"),
)


def at_bedside(state: str = "accepted") -> tuple[Step, ...]:
    """One bag is thawed, brought to the ward and checked there with the patient."""
    return (
        Step("thaw", "product", state, first=1),
        Step("release_custody", "product", "thawed", to="ward"),
        Step("accept_custody", "product", "thawed"),
        Step("check_at_bedside", "product", "thawed"),
    )


INFUSED_WHOLE = (*at_bedside(), Step("infuse", "product", "checked"))
INFUSED_IN_PARTS = (
    *at_bedside(),
    Step("infuse_part", "product", "checked"),
    Step("check_at_bedside", "product", "infusing"),
    Step("infuse_part", "product", "infusing"),
    Step("infuse", "product", "infusing"),
)
MANUFACTURED = (
    *travelled("material", "frozen"),
    Step("accept_material", "material", "received"),
    Step("start_lot", "material", "accepted"),
    *MADE,
    *filled(),
)

GOES_WELL = (
    *ORDERED,
    *collected(),
    Step("freeze_material", "material", "collected"),
    *MANUFACTURED,
    *RELEASED_EARLY,
    *ACCEPTED,
    Step("start_lymphodepletion"),
    *results("sterility"),
    Step("confirm_release"),
    *INFUSED_WHOLE,
    *INFUSED_IN_PARTS,
    Step("complete_infusion"),
    Step("close"),
)
"""From the order to the hand-over to follow-up, released with sterility outstanding."""


def stops_of_the_story(steps: Sequence[Step] = GOES_WELL) -> Iterator[tuple[Step, ...]]:
    """The same story, ended after each step in turn: therapies in every state on its way."""
    for end in range(1, len(steps) + 1):
        yield tuple(steps[:end])


Story = Callable[[Performer], None]
