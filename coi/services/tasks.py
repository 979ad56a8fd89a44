"""What could be done next in a therapy, its exceptions and alarms: written with each entry.

A refusal that moves nothing leaves them as they are.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from coi.clock import rfc3339
from coi.errors import Unknown
from coi.services.alarm_plan import alarms_of, keep_alarms_of
from coi.services.installation import Installation
from coi.services.noting import Here, keep_exceptions_of
from coi.store import facts
from coi.store.alarms import PlannedRow
from coi.store.tasks import TaskRow, between_blanks, keep_tasks, standing, taken
from coi.store.transactions import Transaction
from workflows.facts import Subject, Unit
from workflows.model import Workflow
from workflows.tasks import Standing, looks_back, tasks

NOTHING, A_PART, ALL = "nothing", "a part", "all"
"""What of a therapy is on hold."""


class Newest(NamedTuple):
    """What the newest entry of a therapy says of all of it."""

    coi: str
    stops: int
    is_copied: bool  # from paper, still


def plan_anew(
    tx: Transaction, installation: Installation, workflow: Workflow, head: Newest
) -> None:
    """Write down tasks and exceptions of a therapy with a new entry."""
    there = standing(tx, head.coi)
    stands = _stands(tx, installation, workflow, head, there)
    keep_tasks(tx, head.coi, _planned(workflow, head.coi, stands))
    keep_exceptions_of(tx, workflow, head.coi, there)
    keep_alarms_of(tx, workflow, head.coi, stands)


def planned(tx: Transaction, installation: Installation, coi: str) -> frozenset[TaskRow]:
    """The tasks of a therapy, worked out anew; what is stored must be the same.

    Raises:
        Unknown: there is no such therapy.
    """
    found = facts.therapy(tx, coi)
    if found is None:
        raise Unknown("therapy", coi)
    therapy = found[0]
    workflow = installation.workflow(tx, therapy.workflow, therapy.version)
    head = Newest(coi, therapy.stops, therapy.is_copied)
    stands = _stands(tx, installation, workflow, head, standing(tx, coi))
    return _planned(workflow, coi, stands)


def planned_alarms(tx: Transaction, installation: Installation, coi: str) -> frozenset[PlannedRow]:
    """The alarms of a therapy, worked out anew; what is stored must be the same.

    Raises:
        Unknown: there is no such therapy.
    """
    found = facts.therapy(tx, coi)
    if found is None:
        raise Unknown("therapy", coi)
    workflow = installation.workflow(tx, found[0].workflow, found[0].version)
    head = Newest(coi, found[0].stops, found[0].is_copied)
    stands = _stands(tx, installation, workflow, head, standing(tx, coi))
    return alarms_of(tx, workflow, coi, stands)


def _stands(
    tx: Transaction,
    installation: Installation,
    workflow: Workflow,
    head: Newest,
    there: Here,
) -> Standing:
    """How a therapy stands: what its newest entry says, and its subjects."""
    subjects = {name: subject for name, (subject, _since) in there.items()}
    sites, treatment = facts.parts(tx, head.coi)
    return Standing(
        subjects=subjects,
        since={name: since for name, (_subject, since) in there.items()},
        sites={site: installation.site_kind(tx, site) for site in sites},
        units=_units(tx, installation, workflow, subjects.values()),
        stops=head.stops,
        treatment=treatment,
        taken=taken(tx, head.coi) if looks_back(workflow, subjects.values(), treatment) else {},
        is_copied=head.is_copied,
    )


def _planned(workflow: Workflow, coi: str, stands: Standing) -> frozenset[TaskRow]:
    root = stands.subjects[coi]
    phase = workflow.machines[root.machine].states[root.position.state].phase
    held = _held(stands.subjects, stands.stops)
    found = tasks(workflow, stands)
    due = {moment: rfc3339(moment) for moment in {one.due_at for one in found}}
    return frozenset(
        (one.place, between_blanks(one.roles), due[one.due_at], phase, held, " ".join(one.actions))
        for one in found
    )


def _held(subjects: Mapping[str, Subject], stops: int) -> str:
    """What of it is on hold: all, a part, or nothing."""
    if stops:
        return ALL
    return A_PART if any(s.position.stops for s in subjects.values()) else NOTHING


def _units(
    tx: Transaction, installation: Installation, workflow: Workflow, subjects: Iterable[Subject]
) -> dict[str, Unit]:
    """The units that have something in hand, or wait for it."""
    there = [
        subject.position
        for subject in subjects
        # What is over is in nobody's hand: its holder is the patient, or no party at all.
        if not workflow.machines[subject.machine].states[subject.position.state].final
    ]
    parties = {party for at in there for party in (at.holder, at.consignee)} - {"-"}
    units = (installation.unit(tx, party) for party in parties)
    return {unit.id: unit for unit in units if unit is not None}
