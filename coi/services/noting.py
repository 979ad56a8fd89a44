"""The exceptions of a therapy are written down with each of its entries, for the list of all."""

from collections.abc import Mapping
from datetime import datetime

from coi.clock import rfc3339
from coi.errors import Unknown
from coi.services.installation import Installation
from coi.services.permissions import EVERYWHERE
from coi.store import facts
from coi.store.exceptions import (
    CLOSED,
    OPEN,
    ExceptionRow,
    keep_exceptions,
    said_of_exceptions,
)
from coi.store.tasks import standing
from coi.store.transactions import Transaction
from workflows.facts import Subject
from workflows.model import Kind, Workflow
from workflows.remedy import Said, closing, next_step
from workflows.tasks import NEVER

Here = Mapping[str, tuple[Subject, datetime]]
"""Every subject with since when it stands there."""

_GRAVE = {"critical": "1", "": "2"}
"""What is looked at first; major and minor ones by when they are due."""


def keep_exceptions_of(tx: Transaction, workflow: Workflow, coi: str, here: Here) -> None:
    """Write down how each exception of a therapy stands whose entry was just written."""
    # An exception stays for ever: where none is, none is written down.
    if any(_exceptions(workflow, here)):
        keep_exceptions(tx, coi, _noted(tx, workflow, coi, here))


def noted(tx: Transaction, installation: Installation, coi: str) -> frozenset[ExceptionRow]:
    """The exceptions of a therapy, worked out anew; what is stored must be the same.

    Raises:
        Unknown: there is no such therapy.
    """
    found = facts.therapy(tx, coi)
    if found is None:
        raise Unknown("therapy", coi)
    workflow = installation.workflow(tx, found[0].workflow, found[0].version)
    return _noted(tx, workflow, coi, standing(tx, coi))


def _exceptions(workflow: Workflow, here: Here) -> list[tuple[Subject, datetime]]:
    machines = workflow.machines
    return [one for one in here.values() if machines[one[0].machine].kind is Kind.EXCEPTION]


def _noted(tx: Transaction, workflow: Workflow, coi: str, here: Here) -> frozenset[ExceptionRow]:
    found = _exceptions(workflow, here)
    if not found:
        return frozenset()
    said = said_of_exceptions(tx, coi, found[0][0].machine)
    sites, treatment = facts.parts(tx, coi)
    # A hospital that treats no more, or was asked in vain, reads its own part of the record alone.
    listed = (*treatment.of_whole(sites), EVERYWHERE)
    return frozenset(
        (one.id, site, *_row(workflow, one, since, said.get(one.id, {})), _about(one, here))
        for one, since in found
        for site in listed
    )


def _row(
    workflow: Workflow, subject: Subject, since: datetime, said: Said
) -> tuple[str, str, str, str, str, str]:
    """List, attention, class, kind, owner, next step."""
    told = (said.get("class", ""), said.get("kind", ""), said.get("owner", ""))
    if workflow.machines[subject.machine].states[subject.position.state].final:
        return CLOSED, rfc3339(since), *told, ""
    end, step = closing(workflow, said), next_step(workflow, said)
    due_at = since + end.due if end and end.due else NEVER
    attention = f"{_GRAVE.get(told[0], '3')} {rfc3339(due_at)} {rfc3339(since)}"
    return OPEN, attention, *told, step.name if step else ""


def _about(subject: Subject, here: Here) -> str:
    """The machine and the id of what it was opened on."""
    about = here[subject.origin or subject.id][0]
    return f"{about.machine} {about.id}"
