"""What could be done next in a therapy, and its exceptions: written with each entry, for lists."""

from collections.abc import Iterable, Mapping

from coi.clock import rfc3339
from coi.errors import Unknown
from coi.services.installation import Installation
from coi.services.noting import Here, keep_exceptions_of
from coi.store import facts
from coi.store.tasks import TaskRow, between_blanks, keep_tasks, standing
from coi.store.transactions import Transaction
from workflows.facts import Subject, Unit
from workflows.model import Workflow
from workflows.tasks import Standing, tasks

NOTHING, A_PART, ALL = "nothing", "a part", "all"
"""What of a therapy is on hold."""


def plan_anew(
    tx: Transaction, installation: Installation, workflow: Workflow, head: tuple[str, int]
) -> None:
    """Write down tasks and exceptions of a therapy (COI, its stops) with a new entry."""
    there = standing(tx, head[0])
    keep_tasks(tx, head[0], _planned(tx, installation, workflow, head, there))
    keep_exceptions_of(tx, workflow, head[0], there)


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
    return _planned(tx, installation, workflow, (coi, therapy.stops), standing(tx, coi))


def _planned(
    tx: Transaction,
    installation: Installation,
    workflow: Workflow,
    head: tuple[str, int],
    there: Here,
) -> frozenset[TaskRow]:
    coi, stops = head
    subjects = {name: subject for name, (subject, _since) in there.items()}
    sites, treatment = facts.parts(tx, coi)
    stands = Standing(
        subjects=subjects,
        since={name: since for name, (_subject, since) in there.items()},
        sites={site: installation.site_kind(tx, site) for site in sites},
        units=_units(tx, installation, workflow, subjects.values()),
        stops=stops,
        treatment=treatment,
    )
    root = subjects[coi]
    phase = workflow.machines[root.machine].states[root.position.state].phase
    held = _held(subjects, stops)
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
