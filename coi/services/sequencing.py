"""Puts what was recorded into the tree, a second later, and signs how large it is (TL-06, TL-07).

Whoever records waits for none of it. Several processes may do it: two that put their entries into
the same place exclude each other by its key, and the one that was overtaken does it again.

Nothing is signed that does not continue what was signed before, as the database and as a file
beside the key remember it: then an alarm is told, and nothing more is signed.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from coi.clock import rfc3339
from coi.errors import CoiError
from coi.events import tell
from coi.ledger.checkpoint import (
    Checkpoint,
    SignedCheckpoint,
    read_checkpoint,
    signed,
)
from coi.ledger.signers import in_force
from coi.ledger.tree import frontier_of
from coi.services.checkpoint_keys import key_in_force, signers_of
from coi.services.installation import Installation
from coi.services.manifest import write_durably
from coi.services.signed_before import HistoryChanged, last_file, remembered, require_growth
from coi.services.unending import went_well
from coi.settings import Settings
from coi.store import tree
from coi.store.transactions import Transaction

AT_ONCE = 500
"""So many entries go into the tree in one transaction: whoever records waits no longer for it."""

LATE = timedelta(minutes=10)
"""So long an entry may take from its time until others can see it."""

EVERYTHING = timedelta(hours=1)
"""After so long all chains are looked at, and not those alone that grew: clocks can go back."""

OLDEST = timedelta(minutes=5)
"""So long what was recorded waits for a checkpoint at most, where nobody signed it."""

NOBODY_SIGNED = "[]"
BEGINNING = ""

_LOOK = 1.0  # seconds between two looks at a record to which something is added
_OTHERS = 5  # times as long until it is looked whether another process has added something
_AFTER_TROUBLE = 10.0
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Sequencer:
    """One that sequences and signs, in one thread of one process."""

    installation: Installation
    looked_at: datetime | None = None  # until then everything was looked at
    all_looked_at: datetime | None = None
    signed_at: datetime | None = None
    is_due: bool = field(default=True)  # what somebody signed is in the tree and not yet covered

    def run(self, stop: Event) -> None:
        """Sequence and sign until somebody stops it."""
        while not stop.is_set():
            if not went_well(lambda: self._step_and_rest(stop), _tell):
                stop.wait(_AFTER_TROUBLE)

    def _step_and_rest(self, stop: Event) -> None:
        if self.step() < AT_ONCE:
            self.rest(stop)

    def rest(self, stop: Event) -> None:
        """Wait a while, so that many come into the tree at once; longer where nothing is recorded.

        What this process records is noticed without asking the database.
        """
        for _ in range(_OTHERS):
            if stop.wait(_LOOK) or self.installation.recorded.is_set():
                break

    def run_until_empty(self) -> int:
        """Sequence all there is and sign it; returns how many entries came into the tree."""
        self.all_looked_at = None
        found = 0
        while some := self.sequence():
            found += some
        self.sign()
        return found

    def step(self) -> int:
        """Sequence some of what waits, and sign where it is time; returns how many there were."""
        found = self.sequence()
        if found < AT_ONCE and self._is_time():
            try:
                self.sign()
            except CoiError as error:
                # What was recorded goes on into the tree; in a while it is tried again.
                self.signed_at, self.is_due = self.installation.clock.now(), False
                _log.warning("No checkpoint was signed: %s", error)
        return found

    def _is_time(self) -> bool:
        now = self.installation.clock.now()
        return self.is_due or self.signed_at is None or now - self.signed_at >= OLDEST

    def sequence(self) -> int:
        """Put what waits into the tree; 0 also where another one was quicker.

        Raises:
            NotWritten: nothing may be written now.
        """
        self.installation.recorded.clear()  # before it is looked: what comes meanwhile is for later
        now = self.installation.clock.now()
        since = self._since(now)
        # Looked for before, and not while others wait to write: of a large record it takes a while.
        chains = self.installation.read(lambda tx: tree.chains_outside(tx, since))

        def work(tx: Transaction) -> list[tree.Waiting]:
            found = tree.waiting(tx, chains, AT_ONCE)
            if found:
                tree.grow(tx, tree.frontier(tx), found)
            return found

        found = self.installation.transact(work) if chains else []
        if len(found) < AT_ONCE:
            self.looked_at = now
            if since == BEGINNING:
                self.all_looked_at = now
        self.is_due = self.is_due or any(one.signed != NOBODY_SIGNED for one in found)
        return len(found)

    def _since(self, now: datetime) -> str:
        looked_at, all_looked_at = self.looked_at, self.all_looked_at
        if looked_at is None or all_looked_at is None or now - all_looked_at >= EVERYTHING:
            return BEGINNING
        return rfc3339(min(looked_at, now) - LATE)

    def sign(self) -> SignedCheckpoint | None:
        """Sign how large the tree is, where it grew since that was signed; returns what is kept.

        Raises:
            NoSigningKey: there is no key, or none that the record names.
            HistoryChanged: it is not what was signed before, or not all of it.
        """
        installation, settings = self.installation, self.installation.settings
        file = last_file(settings)
        try:
            kept = installation.transact(lambda tx: _signed(tx, settings, remembered(file)))
        except HistoryChanged as fault:
            tell("history_changed", sentence=fault.sentence)
            raise
        if kept is not None:
            write_durably(file, kept.text)
        self.signed_at, self.is_due = installation.clock.now(), False
        return kept


def _signed(
    tx: Transaction, settings: Settings, beside: SignedCheckpoint | None
) -> SignedCheckpoint | None:
    """The checkpoint of the tree as it is, kept; None where nothing came in since the last."""
    before, size = tree.newest_checkpoint(tx), tree.size_of_tree(tx)
    signers = signers_of(tx)
    signer = in_force(signers, max(size, 1))
    key = key_in_force(settings, signer)
    last = read_checkpoint(before.note.encode()) if before else None
    for earlier in (last, beside):
        if earlier is not None:
            require_growth(tx, earlier, size, signers)
    if signer is None or size == (before.size if before else 0):
        return None
    root = frontier_of(size, tree.nodes_of(tx)).root
    note = signed(Checkpoint(signer.name, size, root), signer.name, key)
    tree.keep_checkpoint(tx, before, size, note.text)
    return note


def covered_until(installation: Installation) -> str:
    """When the newest entry was recorded that a checkpoint covers; '' where there is none."""
    return installation.read(tree.covered_until)


def entries_covered(installation: Installation) -> int:
    """How many entries the newest checkpoint covers; 0 where there is none."""
    last = installation.read(tree.newest_checkpoint)
    return last.size if last else 0


def _tell(error: Exception) -> None:
    _log.warning("Nothing was sequenced or signed: %s", error)
