"""The chapters that stories are made of: steps, and runs of steps that belong together.

A step names an action and what one wants of it; a `Performer` fills in all else and takes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from coi.clock import SteppedClock, rfc3339
from coi.demo.cast import UNITS, holders
from coi.demo.fitting import CannotPerform, site_of
from coi.demo.performer import RESULTS, Performer, Wish
from coi.services.receipts import Receipt
from coi.services.therapies import TherapyView, look
from workflows.facts import Mode
from workflows.packing import NOTHING


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
    mode: Mode = Mode.ASK
    expires_in_hours: float = 0  # of a product that is filled; 0 leaves it to the performer
    after_hours: float = 0  # what passes before it
    hours_ago: float = 0  # a late fact: when it happened


def play(performer: Performer, coi: str, steps: Sequence[Step], days: float = 0) -> None:
    """Take the steps one after the other; `days` are spread over them where the clock is ours."""
    clock = performer.installation.clock
    for step in steps:
        take(performer, coi, step)
        if days and isinstance(clock, SteppedClock):
            clock.advance(timedelta(days=days / len(steps)))


def take(performer: Performer, coi: str, step: Step) -> Receipt:
    """Take one step."""
    if step.after_hours:
        wait(performer, step.after_hours)
    view = look(performer.installation, coi)
    wish = wish_of(view, step)
    if step.expires_in_hours:
        expiry = performer.installation.clock.now() + timedelta(hours=step.expires_in_hours)
        wish = replace(wish, values={**wish.values, "expires_at": rfc3339(expiry)})
    return performer.do(coi, step.action, wish, view)


def wish_of(view: TherapyView, step: Step) -> Wish:
    """What a step wants, of the therapy as it stands."""
    return Wish(
        on=chosen(view, step),
        to=_unit(view, step.to),
        born=step.born,
        values=step.values,
        avoid=step.avoid,
        mode=step.mode,
        hours_ago=step.hours_ago,
    )


def wait(performer: Performer, hours: float) -> None:
    """Let hours pass.

    Raises:
        CannotPerform: the clock is the machine's.
    """
    clock = performer.installation.clock
    if not isinstance(clock, SteppedClock):
        raise CannotPerform("time passes by itself here")
    clock.advance(timedelta(hours=hours))


def chosen(view: TherapyView, step: Step) -> tuple[str, ...]:
    """The subjects that a step is about; empty leaves the choice to the performer."""
    if not step.machine:
        return ()
    found = [
        subject.id
        for subject in view.subjects.values()
        if subject.machine == step.machine and step.state in {"", subject.position.state}
    ]
    if not found:
        raise CannotPerform(f"{step.action}: no {step.machine} is {step.state}")
    # What lies open comes first: what is in something closed goes where that goes.
    found.sort(key=lambda one: view.subjects[one].position.inside != NOTHING)
    return tuple(found[: step.first] if step.first else found)


def _unit(view: TherapyView, word: str) -> str:
    """A unit by its id, or by a word for the therapy's own hospital."""
    if not word:
        return "-"
    own = f"{site_of(view)}-{word}"
    return own if own in UNITS else word


# -- from the order to the cells ------------------------------------------------------------------

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
    is_sent_back = state in {"rejected", "received"}
    there = "works-production" if machine == "material" or is_sent_back else "lab"
    return (
        Step("pack", machine, state),
        Step("release_shipment", "shipment", "packed", to="wheels-van"),
        Step("accept_shipment", "shipment", "packed"),
        Step("release_shipment", "shipment", "packed", to=there),
        Step("accept_shipment", "shipment", "packed"),
        Step("unpack", "shipment", "packed"),
    )


FROZEN = Step("freeze_material", "material", "collected")
RECEIVED_FROZEN = (FROZEN, *travelled("material", "frozen"))
RECEIVED_FRESH = travelled("material", "collected")
MATERIAL_ACCEPTED = Step("accept_material", "material", "received")

# -- manufacture -----------------------------------------------------------------------------------


def started(bags: int = 0) -> Step:
    """Manufacture begins with so many bags of the accepted material, 0 for all of it."""
    return Step("start_lot", "material", "accepted", first=bags)


MADE = (
    Step("activate"),
    Step("transduce"),
    Step("expand"),
    Step("expand", values={"day_of_culture": "8"}),
    Step("harvest"),
    Step("formulate"),
)


SAMPLED = (
    Step("take_samples", born=2),
    Step("release_custody", "sample", "taken", to="lab-testing"),
    Step("accept_custody", "sample", "taken"),
)
"""Samples are on their way to quality control, which takes part from then on."""


def filled(bags: int = 2, expires_in_hours: float = 0) -> tuple[Step, ...]:
    """The product in its bags, frozen, with samples on their way to quality control."""
    return (
        Step("fill", born=bags, expires_in_hours=expires_in_hours),
        Step("freeze_product", "product", "filled"),
        *SAMPLED,
    )


OPENED = Step("open_shipper", "shipment", "packed")
LIFTED = Step("lift", "exception", "open", first=1)
_NOT_QA = holders("qa_reviewer")


def investigated(first: int = 1) -> tuple[Step, ...]:
    """Why the oldest open exceptions happened is recorded, and what follows from it; 0 for all."""
    return (
        # Whoever investigates does not close it: of these there are two, who close it afterwards.
        Step("record_investigation", "exception", "open", first, avoid=_NOT_QA),
        Step("record_capa", "exception", "open", first, values={"capa_reason": ""}),
    )


def closed(first: int = 1) -> tuple[Step, ...]:
    """The oldest open exceptions are investigated and closed, by two; 0 for all."""
    return (*investigated(first), Step("close_critical_exception", "exception", "open", first))


LOOKED_INTO = (*investigated(), LIFTED)
"""What the engine has stopped is investigated before it goes on."""

_LIFTED_BY_QA = Step("lift_quality_stop", "exception", "open", values={"closed_investigation": ""})
STOPPED_SHORTLY = (
    Step("hold_therapy"),
    Step("lift_therapy", "exception", "open"),
    Step("hold_therapy_for_quality"),
    *investigated(),
    _LIFTED_BY_QA,
)
"""Who treats stops the therapy and lets it go on, and so does quality assurance."""

STOPPED_WITH_OTHERS = (
    Step("stop_ship"),
    *investigated(),
    _LIFTED_BY_QA,
)
"""Something in many therapies at once is doubted, and looked into."""

SEEN_AND_CLOSED = (
    Step("open_exception", values={"class": "minor"}),
    Step("take_on_exception", "exception", "open"),
    Step("close_exception", "exception", "open"),
    Step("open_exception", values={"class": "critical"}),
    *closed(),
)
"""Somebody sees that something is wrong, and it is looked into."""


def on_paper(
    action: str, machine: str = "", state: str = "", first: int = 0, **values: str
) -> Step:
    """A step that was taken on paper, a second before it is recorded."""
    return Step(action, machine, state, first, values=values, mode=Mode.LATE, hours_ago=1 / 3600)


def results(*names: str, **other: str) -> tuple[Step, ...]:
    """One result of each test that is named; within its limits, unless it is given."""
    texts = {name: RESULTS[name] for name in names} | other
    return tuple(
        Step("record_result", values={"test": name, "result": text}) for name, text in texts.items()
    )


EARLY = tuple(name for name in RESULTS if name != "sterility")
TESTED = (*results(*EARLY), Step("finish_sample", "sample", "taken"))
RELEASED = (*TESTED, *results("sterility"), Step("release_lot"))
RELEASED_EARLY = (*TESTED, Step("release_lot_provisionally"))

# -- back to the patient ---------------------------------------------------------------------------

ACCEPTED = (
    *travelled("product", "released"),
    Step("accept_product", "product", "received"),
)
CONDITIONED = Step("start_lymphodepletion")


def thawed(bags: int = 1) -> tuple[Step, ...]:
    """So many bags are thawed and brought to the ward."""
    return (
        Step("thaw", "product", "accepted", first=bags),
        Step("release_custody", "product", "thawed", to="ward"),
        Step("accept_custody", "product", "thawed"),
    )


CHECKED = Step("check_at_bedside", "product", "thawed", first=1)

AT_THE_BEDSIDE = (*thawed(), CHECKED)
WHOLE = {"infused_ml": "59.5", "remainder_because": ""}
INFUSED_WHOLE = (*AT_THE_BEDSIDE, Step("infuse", "product", "checked", values=WHOLE))
INFUSED_IN_PARTS = (
    *AT_THE_BEDSIDE,
    Step("infuse_part", "product", "checked"),
    Step("check_at_bedside", "product", "infusing"),
    Step("infuse_part", "product", "infusing"),
    Step("infuse", "product", "infusing"),
)
INFUSED = (*INFUSED_WHOLE, *INFUSED_IN_PARTS, Step("complete_infusion"))

# -- as far as -------------------------------------------------------------------------------------

AT_LAB = (*ORDERED, *collected(3))
AT_WORKS = (*AT_LAB, *RECEIVED_FROZEN)
IN_MANUFACTURE = (*AT_WORKS, MATERIAL_ACCEPTED, started(1))
FILLED = (*IN_MANUFACTURE, *MADE, *filled(4))
OUT = (*FILLED, *RELEASED_EARLY)
AT_SITE = (*OUT, *ACCEPTED[:-1], Step("accept_product", "product", "received", first=3))
AT_BEDSIDE = (*AT_SITE, CONDITIONED, *thawed(bags=3))

# -- on paper, and against the rules ---------------------------------------------------------------


def packed_on_paper(machine: str, state: str, bags: int) -> tuple[Step, ...]:
    """Packed for a way that is too long for the shipper: each bag is stopped, and taken out."""
    packed = on_paper("pack", machine, state, planned_transit_hours="240")
    return packed, *LOOKED_INTO * bags, OPENED


def filled_on_paper(released: Sequence[Step], conditioned: Step) -> tuple[Step, ...]:
    """From the filling to the infusion: whatever breaks a rule is stopped, and goes on."""
    return (
        replace(on_paper("fill"), born=2, expires_in_hours=-1),
        *closed(0),
        *filled(2)[1:],
        *released,
        *packed_on_paper("product", "released", 2),
        *travelled("product", "released"),
        on_paper("accept_product", "product", "received"),
        *LOOKED_INTO * 2,
        Step("reject_product", "product", "accepted", first=1),
        *packed_on_paper("product", "rejected", 1),
        conditioned,
        on_paper("thaw", "product", "accepted"),
        *LOOKED_INTO,
        *thawed()[1:],
        on_paper("check_at_bedside", "product", "thawed"),
        *LOOKED_INTO,
        on_paper("infuse_part", "product", "checked"),
        *LOOKED_INTO,
        on_paper("check_at_bedside", "product", "infusing"),
        *LOOKED_INTO,
        on_paper("infuse", "product", "infusing"),
    )
