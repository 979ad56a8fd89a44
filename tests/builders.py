"""Subjects, facts and scans that are valid by default; a test changes one of them.

`facts(a_bag("checked"))` is a whole therapy of patient A around that bag: what it was made of, the
values and the earlier entries that guards look back at.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from tests import cast
from tests.cast import COI_A, NOW
from workflows.decide import decide
from workflows.draft import Decision
from workflows.facts import (
    Bench,
    Deed,
    Equipment,
    Facts,
    Label,
    Link,
    Meaning,
    Order,
    Place,
    Position,
    Request,
    Scan,
    Shipper,
    Subject,
    Therapy,
    Value,
    Wristband,
)
from workflows.labelled import CHOICES
from workflows.loading import load
from workflows.model import EquipmentKind, Workflow
from workflows.treating import Treatment

LINES = {"therapy": 0, "collection": 5, "material": 6, "lot": 20, "product": 30, "sample": 31}
LINES |= {"cassette": 33, "canister": 34, "shipment": 35, "exception": 40, "dispensation": 45}
"""The number of the entry in which the subject of each machine is born."""

NEXT_SEQ = 60
CHECK = "check_at_bedside"

HELD = {"material", "product", "sample", "cassette", "canister", "shipment"}
"""The machines of things that a unit holds."""
HOLDERS = {
    "material": {"collected": "apheresis", "frozen": "cell-lab", "used": "used"},
    "product": {
        **dict.fromkeys(("received", "accepted", "thawed"), "cell-lab"),
        **dict.fromkeys(("checked", "infusing"), "ward"),
        "infused": "patient-a",
    },
}
"""Who holds a container in each state; the factory, where nothing is said."""

ANCESTORS = {"material": ("collection",), "lot": ("collection", "material")}
ANCESTORS |= dict.fromkeys(("product", "sample"), ("collection", "material", "lot"))
PARENT = {"material": "collection", "lot": "material", "product": "lot", "sample": "lot"}
ENDED_WELL = {"collection": "collected", "material": "used", "lot": "released"}

PASSING = {
    "viability": "92",
    "cd3_purity": "97",
    "car_expression": "45.5",
    "vector_copy_number": "2.1",
    "endotoxin": "70",
    "mycoplasma": "not detected",
    "identity": "confirmed",
    "appearance": "conforms",
    "sterility": "no growth",
}


@cache
def a_workflow() -> Workflow:
    """Give the packaged definition."""
    definition = files("workflows") / "definitions" / "autologous-car-t.1.yaml"
    return load(definition.read_text(encoding="utf-8"))


# -- subjects --------------------------------------------------------------------------------------


def a_subject(machine: str, state: str, n: int = 1, **changes: Any) -> Subject:
    """Give a subject of patient A's therapy; `changes` are of its position, or `origin`."""
    origin = changes.pop("origin", COI_A)
    holder = HOLDERS.get(machine, {}).get(state, "factory")
    if machine not in HELD:
        holder = "-"
    position = Position(turn=2, version=1, state=state, holder=holder, consignee="-", stops=0)
    seq = LINES[machine]
    return Subject(f"{COI_A}/{seq}.{n}", machine, seq, origin, 0, replace(position, **changes))


def a_therapy(state: str = "conditioning") -> Subject:
    """Give the therapy itself."""
    return replace(a_subject("therapy", state), id=COI_A, origin=None, origin_born=None)


def a_collection(state: str = "planned") -> Subject:
    """Give a collection."""
    return a_subject("collection", state)


def a_material(state: str = "accepted", n: int = 1, **changes: Any) -> Subject:
    """Give a bag of collected cells."""
    return a_subject("material", state, n, **changes)


def a_lot(state: str = "filled", n: int = 1, **changes: Any) -> Subject:
    """Give a manufacturing attempt."""
    return a_subject("lot", state, n, **changes)


def a_bag(state: str = "checked", n: int = 1, **changes: Any) -> Subject:
    """Give a bag of product."""
    return a_subject("product", state, n, **changes)


def a_sample(state: str = "taken", n: int = 1, **changes: Any) -> Subject:
    """Give a sample of the lot."""
    return a_subject("sample", state, n, **changes)


def a_shipment(state: str = "packed", **changes: Any) -> Subject:
    """Give a shipment; `facts(packed=...)` says what is in it."""
    return a_subject("shipment", state, **changes)


def an_exception(state: str = "open", n: int = 1, **changes: Any) -> Subject:
    """Give an exception: minor, holding nothing, unless its values say otherwise."""
    return a_subject("exception", state, n, **changes)


def a_dispensation(on: Subject, n: int = 1, state: str = "granted") -> Subject:
    """Give a granted departure from `product_is_in_date`, unless its values say otherwise."""
    return a_subject("dispensation", state, n, origin=on.id)


# -- facts -----------------------------------------------------------------------------------------


def a_value(subject: Subject | str, field: str, content: str, **changes: Any) -> Value:
    """Give a value that is newer than those that `facts` fills in."""
    name = subject if isinstance(subject, str) else subject.id
    return replace(Value(name, field, occurrence=50, revision=1, content=content), **changes)


def passing_results(lot: Subject) -> list[Value]:
    """Give a result within its limits for each test."""
    return [a_value(lot, test, result, within="yes") for test, result in PASSING.items()]


def a_deed(action: str, *subjects: Subject, minutes_ago: int = 5, **changes: Any) -> Deed:
    """Give an earlier entry."""
    first, second = (cast.INES, cast.IRIS) if action == CHECK else (cast.NINA, cast.NOOR)
    deed = Deed(
        seq=55,
        kind="act",
        action=action,
        actor=first.id,
        happened_at=NOW - timedelta(minutes=minutes_ago),
        subjects=tuple(subject.id for subject in subjects),
        persons=((first.id, "performed"), (second.id, "verified")),
    )
    return replace(deed, **changes)


def facts(
    *subjects: Subject,
    values: Iterable[Value] = (),
    history: Iterable[Deed] = (),
    packed: Iterable[Subject] = (),
    stops: int = 0,
    **changes: Any,
) -> Facts:
    """Give a therapy of patient A around these subjects; `changes` are of the facts."""
    packed = tuple(packed)
    family = _closed_around(_family(subjects), packed)
    told = Facts(
        now=NOW,
        therapy=Therapy(COI_A, cast.PATIENT_A, "autologous-car-t", 1, NEXT_SEQ, stops),
        subjects=family,
        sites=cast.TAKING_PART,
        treatment=Treatment(treats=cast.WARD.site),
        units=cast.UNITS,
        links=(*_made_of(family), *(_packed_in(family, each) for each in packed)),
        values=(*_usual_values(family), *values),
        history=(*_usual_history(family), *history),
        templates={**dict.fromkeys(CHOICES, True), "wristband": True},
        label_lives=(),
        over_labels=(),
        donations=(),
        benches=(),
        equipment={},
        files={},
        wristband=Wristband("W-patient-a", cast.PATIENT_A, current=True),
        asks_other_device=False,
    )
    return replace(told, **changes)


def stopped_by(action: str, *others: Subject, **said: str) -> Facts:
    """Give a therapy that this step has stopped; `said` is known of the exception."""
    stop = an_exception()
    told = facts(
        *others,
        stop,
        values=[a_value(stop, field, text) for field, text in {"stops": "therapy", **said}.items()],
        stops=1,
    )
    opened = a_deed(action, stop, minutes_ago=120, seq=stop.born_seq)
    return replace(told, history=(*without(told, "open_exception").history, opened))


def without(told: Facts, *names: str) -> Facts:
    """Leave out the values of these fields, and the entries of these actions."""
    return replace(
        told,
        values=tuple(v for v in told.values or () if v.field not in names),
        history=tuple(d for d in told.history or () if d.action not in names),
    )


def _family(subjects: Iterable[Subject]) -> dict[str, Subject]:
    """The subjects, the therapy, and what they were made of."""
    given = {subject.machine: subject for subject in subjects}
    needed = {name for machine in given for name in ANCESTORS.get(machine, ())} - given.keys()
    ancestors = [a_subject(machine, ENDED_WELL[machine]) for machine in sorted(needed)]
    root = given.get("therapy", a_therapy())
    return {subject.id: subject for subject in (root, *ancestors, *subjects)}


def _made_of(family: Mapping[str, Subject]) -> Iterable[Link]:
    for child in family.values():
        for parent in family.values():
            if PARENT.get(child.machine) == parent.machine:
                yield Link(child.id, parent.id, "made_of")


def _closed_around(family: dict[str, Subject], packed: Sequence[Subject]) -> dict[str, Subject]:
    """What is packed is inside, until its shipment is opened."""
    if not packed:
        return family
    shipment = _shipment(family)
    inside = shipment.id if shipment.position.state == "packed" else "-"
    names = {each.id for each in packed}
    return {
        name: replace(one, position=replace(one.position, inside=inside)) if name in names else one
        for name, one in family.items()
    }


def _shipment(family: Mapping[str, Subject]) -> Subject:
    (shipment,) = (subject for subject in family.values() if subject.machine == "shipment")
    return shipment


def _packed_in(family: Mapping[str, Subject], container: Subject) -> Link:
    return Link(_shipment(family).id, container.id, "packed_in")


_USUAL = {
    "therapy": {"consent_signed_on": "2026-11-01", "weight_kg": "70"},
    "product": {"expires_at": "2027-06-01T00:00:00Z", "volume_ml": "60"},
    "shipment": {"hold_hours": "120", "planned_transit_hours": "48", "shipper": "SHIPPER-1"},
    "exception": {"class": "minor", "stops": "nothing"},
    "dispensation": {"guard": "product_is_in_date", "valid_until": "2028-06-01T00:00:00Z"},
}


def _usual_values(family: Mapping[str, Subject]) -> Iterable[Value]:
    for subject in family.values():
        for field, content in _USUAL.get(subject.machine, {}).items():
            yield a_value(subject, field, content, occurrence=1)


_BIRTHS = {"collection": "plan_collection", "material": "collect", "lot": "start_lot"}
_BIRTHS |= {"product": "fill", "sample": "take_samples", "shipment": "pack", "therapy": "order"}
_BIRTHS |= {"exception": "open_exception", "dispensation": "grant_dispensation"}
_BIRTHS |= {"cassette": "put_into_cassette", "canister": "put_into_canister"}
_SINCE = {"thawed": ("thaw",), "checked": ("thaw", CHECK)}
_SINCE |= dict.fromkeys(("infusing", "infused"), ("thaw", CHECK, "infuse_part"))


def _usual_history(family: Mapping[str, Subject]) -> Iterable[Deed]:
    for subject in family.values():
        yield a_deed(_BIRTHS[subject.machine], subject, minutes_ago=120, seq=subject.born_seq)
        if subject.machine == "product":
            for action in _SINCE.get(subject.position.state, ()):
                yield a_deed(action, subject)


# -- scans -----------------------------------------------------------------------------------------


def a_scan(means: Meaning | None, raw: str = "", how: str = "scanned") -> Scan:
    """Give what a scanner read."""
    return Scan(raw or _raw(means), how, "scanner-1", means)


def _raw(means: Meaning | None) -> str:
    if isinstance(means, Order):
        return means.coi
    return means.serial if isinstance(means, Label | Wristband | Shipper | Place) else "??"


def a_label(subject: str, coi: str = COI_A) -> Label:
    """Give the label that was printed for a subject."""
    return Label(f"B:{subject}", coi, subject, cast.PATIENT_OF[coi])


def a_wristband(patient: str = cast.PATIENT_A, *, current: bool = True) -> Wristband:
    """Give a patient's wristband."""
    return Wristband(f"W-{patient}", patient, current)


def a_shipper(hold_hours: int | None = 120, qualified_until: datetime | None = cast.FAR) -> Shipper:
    """Give a qualified shipper."""
    return Shipper("SHIPPER-1", qualified_until, hold_hours)


def a_bench(serial: str = "L-1", name: str = "Isolator 1", holds: str = "-") -> Bench:
    """Give a bench of the factory; cleared, unless it holds something."""
    return Bench(serial, name, "factory", holds, NOW)


def a_piece_of_equipment(number: str, kind: EquipmentKind) -> Equipment:
    """Give equipment of the factory, in service and calibrated until the end of March."""
    until = datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC)
    return Equipment(f"L-{number}", number, "Left by the door", kind, "factory", until)


# -- decisions -------------------------------------------------------------------------------------


def decided(request: Request, told: Facts) -> Decision:
    """Decide, with the named consignee looked up among the units."""
    consignee = told.consignee or cast.UNITS.get(request.consignee)
    return decide(a_workflow(), request, replace(told, consignee=consignee))


def codes(decision: Decision) -> list[str]:
    """Give the codes of all refusals."""
    return [refusal.code for refusal in decision.refusals]
