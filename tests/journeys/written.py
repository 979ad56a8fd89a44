"""What is written down of a therapy's tasks, exceptions and alarms, beside what is worked out."""

from collections.abc import Iterable

from coi.services.installation import Installation
from coi.services.noting import noted
from coi.services.tasks import planned, planned_alarms
from coi.services.therapies import list_therapies
from coi.store.alarms import planned_rows
from coi.store.exceptions import exception_rows
from coi.store.tasks import task_rows
from coi.store.transactions import Transaction


def misplanned(installation: Installation, cois: Iterable[str] | None = None) -> list[str]:
    """The therapies whose tasks, exceptions or alarms are not those that are worked out anew."""
    every = cois or [coi for coi, *_ in list_therapies(installation)]
    return installation.read(
        lambda tx: [coi for coi in every if _is_otherwise(tx, installation, coi)]
    )


def _is_otherwise(tx: Transaction, installation: Installation, coi: str) -> bool:
    there = task_rows(tx, coi), exception_rows(tx, coi), planned_rows(tx, coi)
    return there != (
        planned(tx, installation, coi),
        noted(tx, installation, coi),
        planned_alarms(tx, installation, coi),
    )
