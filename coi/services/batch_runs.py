"""Batches that are done beside the pages: taken by one process, gone on with where it has ended.

Who began a batch and what they asked for is kept with it, sealed, as long as it goes on. Whoever is
at it says so before each of its parts; where that is not said in time another process goes on. What
a part is, and that none is done twice, stands with each kind of batch.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Any, TypeVar

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import Busy, CoiError, KeyReused, NotWritten
from coi.services.installation import Installation
from coi.services.kept_proofs import proof_in, told_of
from coi.services.proofs import Proven
from coi.services.vault import seal_text, unseal_text
from coi.store import batch_runs as store
from coi.store.batch_runs import ENDED, GOING, NOBODY, STOPPED, RunRow
from coi.store.people import lock_person
from coi.store.transactions import Transaction

LEASE = timedelta(seconds=30)
"""So long after it said last that it lives a process is taken for dead, and another one goes on."""

QUIET = timedelta(seconds=30)
"""So long after that somebody may let a batch go on, where no process has."""

KEPT = timedelta(hours=1)
"""So long after its end what a batch has made can be fetched; then it is gone."""

AHEAD = LEASE + timedelta(seconds=30)
"""Nobody says further ahead how long they live, though the clocks of two servers differ a little:
what is due later was said before the clock was set back, and nobody is believed to be at it."""

MOST_GOING = 3
"""So many batches of one kind go on at once for one person."""

_TOLD = 5  # of a person's batches, besides the newest: they find each that goes on among them
_PAUSES = (0.5, 1.0, 2.0)  # seconds before what found the database busy is done again
MOST_TIMES = len(_PAUSES) + 1
"""So often something is tried of which the database was busy."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class RunBrokeOff(CoiError):
    """Something that nobody foresaw ended a batch in the middle; what was done stays done."""

    code = "UNFORESEEN"

    def __init__(self) -> None:
        super().__init__(
            "Something went wrong that nobody foresaw. What was done of it until then stays done.",
            "Let it go on; if it repeats, tell support the time.",
        )


class BatchesGoing(CoiError):
    """As many batches of this person go on as may at once; this one was not begun."""

    code = "BATCHES_GOING"

    def __init__(self) -> None:
        super().__init__(
            f"{MOST_GOING} lists or batches of yours go on already, and no more do at once. This"
            " one was not begun.",
            "Wait until one of them ends, or stop one; then begin this one again.",
        )


def patiently(work: Callable[[], T]) -> T:
    """Do it; where the database is busy do it again, a few times and each after a longer pause.

    Raises:
        Busy: it was busy each time; nothing was saved.
    """
    for pause in _PAUSES:
        try:
            return work()
        except Busy:
            time.sleep(pause)
    return work()


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A batch of somebody's that is kept still: when it was begun, and whether it goes on."""

    key: str
    begun_at: datetime
    state: str

    @property
    def goes_on(self) -> bool:
        """It is being done, or waits for somebody to be at it."""
        return self.state == GOING

    @property
    def is_stopped(self) -> bool:
        """Somebody stopped it."""
        return self.state == STOPPED


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch that this process is at: whose it is, and what they asked for."""

    key: str
    name: str  # under which this process is at it
    by: Proven
    asked: Mapping[str, Any]

    def goes_on(self, installation: Installation) -> bool:
        """Say that this process lives; False where the batch has ended, or another one has it."""

        def work(tx: Transaction) -> bool:
            until = rfc3339(installation.clock.now() + LEASE)
            return store.say_alive(tx, self.key, self.name, until)

        return patiently(lambda: installation.transact(work))


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
        BatchesGoing: as many others go on for this person as may at once.
    """
    kind, key = of
    now, row = installation.clock.now(), store.hold(tx, key)
    if row is not None and (row.person, row.kind) != (by.person, kind):
        raise KeyReused(key)
    lock_person(tx, by.person)
    if store.going(tx, by.person, kind, key) >= MOST_GOING:
        raise BatchesGoing
    sealed = seal_text(installation.vault, _place(key), json.dumps([told_of(by), asked]))
    if row is None:
        at = rfc3339(now)
        store.keep(tx, RunRow(key, kind, by.person, sealed, GOING, NOBODY, at, at, 0))
    elif not is_held(row, installation):
        store.begin_again(tx, key, sealed, rfc3339(now))


def is_held(row: RunRow | None, installation: Installation) -> bool:
    """A process is at it, as far as it has said lately that it lives."""
    if row is None or row.state != GOING or row.claim == NOBODY:
        return False
    return _is_due_soon(row, installation.clock.now(), timedelta())


def will_go_on(row: RunRow | None, installation: Installation) -> bool:
    """A process is at it, or will be shortly; nobody need do anything."""
    if row is None or row.state != GOING:
        return False
    return _is_due_soon(row, installation.clock.now(), QUIET)


def was_left(row: RunRow | None, installation: Installation) -> bool:
    """The process that was at it has ended in the middle."""
    if row is None or row.state != GOING or row.claim == NOBODY:
        return False
    return not is_held(row, installation)


def _is_due_soon(row: RunRow, now: datetime, late: timedelta) -> bool:
    """It is due no longer ago than that, and no further ahead than anybody says that they live."""
    return now - late < parse_rfc3339(row.due_at) <= now + AHEAD


def kept_runs(installation: Installation, by: Proven, kind: str) -> tuple[KeptRun, ...]:
    """The batches of one kind of a person that are kept, whatever session began them.

    The newest one, and then each that goes on before any that has ended; a few of these are told.
    """
    rows = installation.read(lambda tx: store.of_person(tx, by.person, kind))
    kept = [KeptRun(key, parse_rfc3339(made_at), state) for key, made_at, state in rows]
    return (*kept[:1], *sorted(kept[1:], key=lambda one: not one.goes_on)[:_TOLD])


def taken(installation: Installation, key: str) -> Claim | None:
    """The batch in the hands of this process, unless another one has it or it has ended."""
    name, now = installation.draw(16).hex(), installation.clock.now()

    def work(tx: Transaction) -> RunRow | None:
        row = store.hold(tx, key)
        until = rfc3339(now + LEASE)
        if row is None or not store.take(tx, row, name, rfc3339(now), until):
            return None
        return row

    row = patiently(lambda: installation.transact(work))
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

    patiently(lambda: installation.transact(work))


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
        except (NotWritten, Busy) as told:
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
        except (NotWritten, Busy):
            raise
        except CoiError as told:
            error = told
        _let_go(installation, claim)
        return error
