"""One step of a sheet as the use case is asked for it: its things by their labels, its times."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem
from coi.services.attempt import TakeAction, stand
from coi.services.identity import Stated
from coi.services.installation import Installation
from coi.services.scanning import TYPED, Code
from coi.services.step_sheet import STEPS, PaperStep, Thing, in_zone
from coi.store import facts, registers
from coi.store.labels import newest_labels
from coi.store.transactions import Transaction
from workflows.facts import Mode, NewSubject, Subject
from workflows.model import Action, FieldKind, Pick

DEVICE = "import"
"""What the codes of a step are said to come from: nobody scanned them."""


class Place(NamedTuple):
    """The therapy into which a step is copied, and who copies it under which key."""

    coi: str
    username: str
    key: str


def wanted_of(
    tx: Transaction, installation: Installation, place: Place, step: PaperStep
) -> TakeAction:
    """What the use case is asked for.

    Raises:
        DataRefused: the therapy is not copied from paper, a thing is not there, a time never was,
            or the unit is not known.
        Unknown: there is no such therapy.
    """
    standing = stand(tx, installation, place.coi)
    if not standing.therapy.is_copied:
        reason = "is not, or no longer, copied from paper"
        raise DataRefused([Problem(reason, step.line, "reference", STEPS)])
    action = standing.workflow.actions.get(step.action)
    if action is None:
        reason = f"is no step of {standing.workflow.title}"
        raise DataRefused([Problem(reason, step.line, "action", STEPS)])
    zone = _zone(tx, installation, step)
    things = [_found(tx, place.coi, step, one) for one in step.things]
    codes = (*_own_codes(tx, standing.therapy.patient, place.coi, action), *step.codes)
    scanned = (*codes, *_labels(tx, place.coi, action, things))
    stated = step.identifiers
    source = {"source": stated["source"]} if stated and "source" in stated else {}
    heard = {name: text for name, text in (stated or {}).items() if name != "source"}
    return TakeAction(
        coi=place.coi,
        action=step.action,
        unit=step.unit,
        key=place.key,
        codes=tuple(Code(raw, TYPED, DEVICE) for raw in scanned),
        named=tuple(one.id for one in things if _pick(action, one) is Pick.NAMED),
        births=tuple(
            NewSubject(one.machine, _timed(action, one.values, zone, step)) for one in step.births
        ),
        values=_timed(action, step.values, zone, step),
        consignee=step.to_unit,
        stated=(Stated(place.username, heard, **source),) if heard else (),
        happened_at=_moment(step.happened_at, zone, step),
        mode=Mode.LATE,
    )


def _zone(tx: Transaction, installation: Installation, step: PaperStep) -> str:
    """The time zone of the unit."""
    unit = installation.unit(tx, step.unit)
    if unit is None:
        raise DataRefused([Problem(f"there is no unit “{step.unit}”", step.line, "unit", STEPS)])
    return next(site.time_zone for site in registers.sites(tx) if site.id == unit.site)


def _moment(at: datetime, zone: str, step: PaperStep, column: str = "happened_at") -> datetime:
    try:
        return in_zone(at, zone)
    except ValueError as why:
        raise DataRefused([Problem(str(why), step.line, column, STEPS)]) from None


def _timed(
    action: Action, values: Mapping[str, str], zone: str, step: PaperStep
) -> Mapping[str, str]:
    """The values, each time of them in UTC; what is no time is said by the engine."""
    times = {one.name for one in action.fields if one.kind is FieldKind.TIME}
    told = dict(values)
    for name in times & told.keys():
        try:
            at = datetime.fromisoformat(told[name])
        except ValueError:
            continue
        told[name] = rfc3339(_moment(at, zone, step, "values"))
    return told


# -- what it was done with -------------------------------------------------------------------------


def _found(tx: Transaction, coi: str, step: PaperStep, thing: Thing) -> Subject:
    """The thing of this number, in the order in which they came into being."""
    every = [one for one in facts.subjects(tx, coi).values() if one.machine == thing.machine]
    if thing.number > len(every):
        reason = f"there is no {thing.machine} {thing.number}: the therapy has {len(every)} so far"
        raise DataRefused([Problem(reason, step.line, "things", STEPS)])
    return every[thing.number - 1]


def _pick(action: Action, thing: Subject) -> Pick:
    """How the action is told which things it acts on; one that it does not move is named."""
    rule = action.rule_for(thing.machine, thing.position.state)
    rules = (one for one in action.moves if one.machine == thing.machine)
    found = rule or next(rules, None)
    return Pick.SCANNED if found and found.pick is not Pick.NAMED else Pick.NAMED


def _labels(tx: Transaction, coi: str, action: Action, things: Sequence[Subject]) -> Iterator[str]:
    """The newest label of each thing that is scanned in this step."""
    labels = newest_labels(tx, coi)
    for one in things:
        if one.id in labels and _pick(action, one) is Pick.SCANNED:
            yield f"{labels[one.id][0]}/{coi}"


def _own_codes(tx: Transaction, patient: str, coi: str, action: Action) -> Iterator[str]:
    """The therapy's own order and its patient's wristband, where the step asks for them."""
    if action.asks("order_is_scanned"):
        yield coi
    band = facts.wristband(tx, patient)
    if band and any(rule.patient for rule in action.moves):
        yield band[0].serial
