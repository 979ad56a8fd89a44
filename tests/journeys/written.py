"""What is written down of a therapy's tasks, beside what its positions say."""

from collections.abc import Iterable

from coi.services.installation import Installation
from coi.services.tasks import planned
from coi.services.therapies import list_therapies
from coi.store.tasks import task_rows


def misplanned(installation: Installation, cois: Iterable[str] | None = None) -> list[str]:
    """The therapies whose tasks are not those that are worked out anew."""
    every = cois or [coi for coi, *_ in list_therapies(installation)]
    return installation.read(
        lambda tx: [coi for coi in every if task_rows(tx, coi) != planned(tx, installation, coi)]
    )
