"""Goes on with batches that a process left in the middle, and lets go what is kept no longer.

Files that were handed in for a step that nobody took are forgotten here, too.
"""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from coi.clock import rfc3339
from coi.services import custody_batch, label_batches
from coi.services.batch_runs import AHEAD, KEPT, Runs
from coi.services.errand import since
from coi.services.installation import Installation
from coi.services.unending import went_well
from coi.store import batch_runs as store
from coi.store import held_files
from coi.store.batch_runs import CUSTODY_RECORDS, LABELS

BY_ITSELF = timedelta(minutes=30)
"""So long it goes on by itself: nobody waits any more for labels that come out hours later."""

MOST_TRIES = 5
"""So often a process begins with a batch by itself: one that ends every process ends no more."""

_LOOK = 5.0  # seconds between two looks whether a batch was left
_log = logging.getLogger(__name__)


def _every_kind() -> dict[str, Runs]:
    return {LABELS: label_batches.RUNS, CUSTODY_RECORDS: custody_batch.RUNS}


@dataclass(slots=True)
class BatchUpkeep:
    """One that looks, in one thread of one process."""

    installation: Installation
    runs: dict[str, Runs] = field(default_factory=_every_kind)
    trouble: str = ""

    def run(self, stop: Event) -> None:
        """Look at once, and again and again until somebody stops it."""
        while not stop.is_set():
            self.look()
            stop.wait(_LOOK)

    def look(self) -> None:
        """Go on with what was left; what cannot be done now is tried again."""
        if went_well(self.step, self._tell):
            self.trouble = ""

    def _tell(self, error: Exception) -> None:
        """Say it once, and not at each look."""
        before, self.trouble = self.trouble, type(error).__name__
        if self.trouble != before:
            _log.warning("Batches are not gone on with now: %s", self.trouble)

    def step(self) -> int:
        """Begin with each batch that nobody is at; returns how many there were.

        Raises:
            NotWritten: nothing may be written now.
        """
        installation, now = self.installation, self.installation.clock.now()
        ahead, ended = rfc3339(now + AHEAD), rfc3339(now - KEPT)
        told = rfc3339(now), rfc3339(now - BY_ITSELF), MOST_TRIES
        if installation.read(lambda tx: store.are_off(tx, ahead, ended)):
            installation.transact(lambda tx: store.set_right(tx, ahead, rfc3339(now)))
            installation.transact(lambda tx: store.forget_ended(tx, ended))
        left = installation.read(lambda tx: store.left_behind(tx, *told))
        long_ago = since(now)
        if installation.read(lambda tx: held_files.are_old(tx, long_ago)):
            installation.transact(lambda tx: held_files.forget(tx, long_ago))
        if left:
            installation.require_writable()
        for row in left:
            self.runs[row.kind].begin(installation, row.key)
        return len(left)
