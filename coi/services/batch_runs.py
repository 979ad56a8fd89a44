"""Batches that are done beside the pages: taken by one process, gone on with where it has ended.

Who began a batch and what they asked for is kept with it, sealed, as long as it goes on. Whoever is
at it says so before each of its parts; where that is not said in time another process goes on. What
a part is, and that none is done twice, stands with each kind of batch.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock, Thread
from typing import Any

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import CoiError, KeyReused, NotWritten
from coi.services.installation import Installation
from coi.services.kept_proofs import proof_in, told_of
from coi.services.proofs import Proven
from coi.services.vault import seal_text, unseal_text
from coi.store import batch_runs as store
from coi.store.batch_runs import ENDED, GOING, NOBODY, RunRow
from coi.store.transactions import Transaction

LEASE = timedelta(seconds=30)
"""So long after it said last that it lives a process is taken for dead, and another one goes on."""

QUIET = timedelta(seconds=30)
"""So long after that somebody may let a batch go on, where no process has."""

KEPT = timedelta(hours=1)
"""So long after its end what a batch has made can be fetched; then it is gone."""

_log = logging.getLogger(__name__)


class RunBrokeOff(CoiError):
    """Something that nobody foresaw ended a batch in the middle; what was done stays done."""

    code = "UNFORESEEN"

    def __init__(self) -> None:
        super().__init__(
            "Something went wrong that nobody foresaw. What was done of it until then stays done.",
            "Let it go on; if it repeats, tell support the time.",
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch that this process is at: whose it is, and what they asked for."""

    key: str
    name: str  # under which this process is at it
    by: Proven
    asked: Mapping[str, Any]

    def goes_on(self, installation: Installation) -> bool:
        """Say that this process lives; False where the batch has ended, or another one has it."""
        until = rfc3339(installation.clock.now() + LEASE)
        return installation.transact(lambda tx: store.say_alive(tx, self.key, self.name, until))


Work = Callable[[Installation, Claim], None]
"""Does a batch, part by part, until `goes_on` says no; what was done before it passes by."""


def keep_run(
    tx: Transaction,
    installation: Installation,
    by: Proven,
    of: tuple[str, str],
    asked: Mapping[str, Any],
) -> None:
    """Let a batch (its kind and key) go on for whoever says so; one that is being done is left.

    Raises:
        KeyReused: the key stands for a batch of somebody else, or of another kind.
    """
    kind, key = of
    now, row = installation.clock.now(), store.hold(tx, key)
    if row is not None and (row.person, row.kind) != (by.person, kind):
        raise KeyReused(key)
    sealed = seal_text(installation.vault, _place(key), json.dumps([told_of(by), asked]))
    if row is None:
        at = rfc3339(now)
        store.keep(tx, RunRow(key, kind, by.person, sealed, GOING, NOBODY, at, at, 0))
    elif not is_held(row, installation):
        store.begin_again(tx, key, sealed, rfc3339(now))


def is_held(row: RunRow | None, installation: Installation) -> bool:
    """A process is at it, as far as it has said lately that it lives."""
    held = row is not None and row.state == GOING and row.claim != NOBODY
    return held and row is not None and installation.clock.now() < parse_rfc3339(row.due_at)


def will_go_on(row: RunRow | None, installation: Installation) -> bool:
    """A process is at it, or will be shortly; nobody need do anything."""
    if row is None or row.state != GOING:
        return False
    return installation.clock.now() < parse_rfc3339(row.due_at) + QUIET


def was_left(row: RunRow | None, installation: Installation) -> bool:
    """The process that was at it has ended in the middle."""
    if row is None or row.state != GOING or row.claim == NOBODY:
        return False
    return installation.clock.now() >= parse_rfc3339(row.due_at)


def taken(installation: Installation, key: str) -> Claim | None:
    """The batch in the hands of this process, unless another one has it or it has ended."""
    name, now = installation.draw(16).hex(), installation.clock.now()

    def work(tx: Transaction) -> RunRow | None:
        row = store.hold(tx, key)
        until = rfc3339(now + LEASE)
        if row is None or not store.take(tx, row, name, rfc3339(now), until):
            return None
        return row

    row = installation.transact(work)
    if row is None:
        return None
    by, asked = _opened(installation, row)
    return Claim(key, name, proof_in(by), asked)


def asked_in(installation: Installation, row: RunRow) -> Mapping[str, Any]:
    """What was asked for, of a batch that is kept."""
    return _opened(installation, row)[1]


def _opened(installation: Installation, row: RunRow) -> tuple[dict[str, str], dict[str, Any]]:
    by, asked = json.loads(unseal_text(installation.vault, _place(row.key), row.sealed))
    return by, asked


def _let_go(installation: Installation, claim: Claim) -> None:
    """Nobody goes on with a batch by itself any more, unless another process has it."""
    now = rfc3339(installation.clock.now())

    def work(tx: Transaction) -> None:
        row = store.hold(tx, claim.key)
        if row is not None and row.claim == claim.name:
            store.end(tx, claim.key, ENDED, now)

    installation.transact(work)


def _place(key: str) -> str:
    return f"batch {key}"


# -- in this process -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Run:
    """A batch that this process does, or did."""

    thread: Thread
    error: CoiError | None = None


@dataclass(frozen=True, slots=True)
class Runs:
    """The batches of one kind that this process does, by their keys: one thread for each."""

    work: Work
    known: dict[str, _Run] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def begin(self, installation: Installation, key: str) -> None:
        """Do a batch in a thread, unless somebody is at it already."""
        with self.lock:
            for other, one in [*self.known.items()]:
                if not one.thread.is_alive() and other != key:
                    del self.known[other]
            if self.is_at(key):
                return
            thread = Thread(
                target=self._carry_out, args=(installation, key), name="batch run", daemon=True
            )
            self.known[key] = _Run(thread)
            thread.start()

    def is_at(self, key: str) -> bool:
        """This process is doing it."""
        found = self.known.get(key)
        return found is not None and found.thread.is_alive()

    def error_of(self, key: str) -> CoiError | None:
        """Why this process could not go on with it."""
        found = self.known.get(key)
        return found.error if found else None

    def _carry_out(self, installation: Installation, key: str) -> None:
        run = self.known[key]
        try:
            run.error = self._done(installation, key)
        # What cannot be written now is gone on with as soon as it can.
        except NotWritten as told:
            run.error = told
        # In a thread nobody else would hear of it: the page says it, and the log says what it was.
        except Exception:  # noqa: BLE001 - told on the page, and logged
            _log.exception("a batch broke off")
            run.error = RunBrokeOff()

    def _done(self, installation: Installation, key: str) -> CoiError | None:
        """Do it to its end; returns why it came to none, where nobody is to try again."""
        claim = taken(installation, key)
        if claim is None:
            return None
        error: CoiError | None = None
        try:
            self.work(installation, claim)
        except NotWritten:
            raise
        except CoiError as told:
            error = told
        _let_go(installation, claim)
        return error
