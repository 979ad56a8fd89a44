"""Sends what waits for printers: asked, taken, sent once, and written down (LB-03, LB-04, LB-10).

A label that was taken is never sent by anybody again. Where its sender dies in between, nobody
knows what came out: it is told as unconfirmed when the time of the sender is over.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import CoiError
from coi.interop.addresses import Target
from coi.interop.printers import ipp, raw
from coi.interop.printers.outcome import (
    Became,
    Condition,
    Outcome,
    Trouble,
    refused,
    unconfirmed,
)
from coi.interop.printers.reach import RAW, Reach, read_address
from coi.services.installation import Installation
from coi.services.label_outcomes import is_dead
from coi.services.print_queue import content_of, write_down, write_down_left
from coi.services.printer_way import reach_of
from coi.services.printers import KnownPrinter, printer_named
from coi.services.unending import went_well
from coi.services.vault import VaultClosed
from coi.store import print_jobs as jobs
from coi.store.print_jobs import HELD, NEVER, NOTHING, JobRow
from coi.store.transactions import Transaction

KEPT = timedelta(days=30)
"""How long what was printed stays in the queue; on record it stays for ever."""

BY_ITSELF = timedelta(minutes=30)
"""How long a label is tried by itself: nobody waits any more for one that comes out hours later."""

UNOPENED = "what is to be printed cannot be opened with this vault key"

_SHORTLY = 0.02  # seconds between two looks whether a label has ended
_AFTER_TROUBLE = 10.0  # seconds until a sender looks again that could not look
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PrintPace:
    """How long a label is one sender's, and when a printer is tried again that was not ready."""

    lease: timedelta = timedelta(minutes=3)
    again: timedelta = timedelta(seconds=15)
    look: float = 1.0  # seconds between two looks at the queue
    forget: timedelta = timedelta(hours=1)


class PrintSender:
    """One sender; each printer is spoken to in a thread, so that none that hangs holds another."""

    def __init__(
        self, installation: Installation, reach: Reach | None = None, pace: PrintPace = PrintPace()
    ) -> None:
        """Prepare to send; nothing is looked at yet.

        Raises:
            SettingError: the certificates of the house cannot be read.
        """
        self._installation = installation
        self._reach = reach or reach_of(installation.settings)
        self._pace = pace
        self._name = installation.draw(16).hex()
        self._under_way: dict[str, Thread] = {}
        self._forgotten_at: datetime | None = None
        self._ended = Event()  # set by each label that was sent, and by none that is held

    def run(self, stop: Event) -> None:
        """Send until somebody stops it; what is under way then is waited for."""
        while not stop.is_set():
            if went_well(self.step, _tell):
                self._wait(stop)
            else:
                stop.wait(_AFTER_TROUBLE)
        self.finish()

    def _wait(self, stop: Event) -> None:
        """Until a label has ended, so that the next one comes at once, or it is time to look.

        Where none is under way nothing can end, and nobody is woken for it.
        """
        until = monotonic() + self._pace.look
        while not self._ended.is_set() and (left := until - monotonic()) > 0:
            is_busy = any(one.is_alive() for one in self._under_way.values())
            if stop.wait(min(left, _SHORTLY) if is_busy else left):
                return
        self._ended.clear()

    def run_until_empty(self) -> int:
        """Send all that can be sent now; returns how many were tried."""
        tried = 0
        while began := self.step():
            tried += began
            self.finish()
        return tried

    def step(self) -> int:
        """Tell what was left behind, and begin with what can be sent; returns how many it began.

        Raises:
            NotWritten: nothing may be written, and so nothing is sent either.
        """
        self._installation.require_writable()
        self._under_way = {at: one for at, one in self._under_way.items() if one.is_alive()}
        self._give_up_what_was_left()
        self._forget()
        now = rfc3339(self._installation.clock.now())
        ready = self._installation.read(lambda tx: jobs.ready(tx, now))
        begun = [row for row in ready if row.printer not in self._under_way]
        for row in begun:
            thread = Thread(target=self._print, args=(row,), name="print", daemon=True)
            self._under_way[row.printer] = thread
            thread.start()
        return len(begun)

    def finish(self) -> None:
        """Wait for what is under way."""
        for thread in self._under_way.values():
            thread.join()

    def _print(self, row: JobRow) -> None:
        """One label; what nobody foresaw is told, and holds up no other."""
        try:
            self._print_one(row)
        # Told where somebody reads it; what was taken is told as unconfirmed when its time is over.
        except Exception as error:  # noqa: BLE001
            _tell(error)

    def _print_one(self, row: JobRow) -> None:
        """Ask the printer, take the label, send it, and write down what became of it."""
        printer = self._installation.read(lambda tx: printer_named(tx, row.printer))
        target = read_address(printer.about.address)
        try:
            content = content_of(self._installation, row)
        except VaultClosed:
            self._hold(row, UNOPENED)
            return
        condition = condition_of(target, self._reach)
        if not condition.is_ready:
            self._hold(row, condition.troubles[0].value)
            return
        if self._take(row):
            self._settle(printer, row, self._sent(target, content, row))

    def _sent(self, target: Target, content: bytes, row: JobRow) -> Outcome:
        """What became of it; a label that was voided while it waited is not sent."""
        serials = row.labels.split()
        if self._installation.read(lambda tx: is_dead(tx, row.therapy, serials)):
            return refused(Trouble.VOID)
        return _sent(target, content, row, self._reach)

    def _take(self, row: JobRow) -> bool:
        """Take it, where it still waits there and nobody else's labels lie at the printer."""
        until = rfc3339(self._installation.clock.now() + self._pace.lease)

        def work(tx: Transaction) -> bool:
            line = jobs.line(tx, row.printer)
            if line is None or not may_lie_beside(row.therapy, line.therapy):
                return False
            return jobs.take(tx, row, line.therapy, self._name, until)

        return self._installation.transact(work)

    def _settle(self, printer: KnownPrinter, row: JobRow, outcome: Outcome) -> None:
        """Write down how it ended; what was not sent waits again, with its bytes."""
        taken = replace(row, claim=self._name)
        if outcome.became is Became.HELD:
            why = outcome.why.value if outcome.why else NOTHING
            told = {"state": HELD, "sealed": row.sealed, "why": why, "ended_at": NOTHING}
            due = self._next_try(row)
            self._installation.transact(
                lambda tx: jobs.settle(tx, row.id, self._name, {**told, "due_at": due})
            )
            return
        self._installation.transact(
            lambda tx: write_down(tx, self._installation, printer, taken, outcome)
        )
        self._ended.set()

    def _hold(self, row: JobRow, why: str) -> None:
        """Nothing was sent: say why, and try again in a while."""
        due = self._next_try(row)
        self._installation.transact(lambda tx: jobs.hold(tx, row, why, due))

    def _next_try(self, row: JobRow) -> str:
        """When it is tried again; after half an hour only a person lets it go on."""
        now = self._installation.clock.now()
        if now - parse_rfc3339(row.made_at) > BY_ITSELF:
            return NEVER
        return rfc3339(now + self._pace.again)

    def _give_up_what_was_left(self) -> None:
        """Tell of each label whose sender died that nobody knows what came out (LB-04)."""
        now = rfc3339(self._installation.clock.now())
        left = self._installation.read(lambda tx: jobs.left_behind(tx, now))
        for row in left:
            self._installation.transact(
                lambda tx, row=row: write_down_left(tx, self._installation, row)  # type: ignore[misc]
            )

    def _forget(self) -> None:
        """Forget what came to its end long ago."""
        now = self._installation.clock.now()
        if self._forgotten_at is None or now - self._forgotten_at > self._pace.forget:
            before = rfc3339(now - KEPT)
            self._installation.transact(lambda tx: jobs.forget_ended(tx, before))
            self._forgotten_at = now


def may_lie_beside(therapy: str, on_line: str) -> bool:
    """A label of this therapy may come out where labels of that one lie (LB-07)."""
    return NOTHING in {therapy, on_line} or therapy == on_line


def condition_of(target: Target, reach: Reach) -> Condition:
    """What a printer says of itself."""
    return raw.ask(target, reach) if target.scheme == RAW else ipp.ask(target, reach)


def _sent(target: Target, content: bytes, row: JobRow, reach: Reach) -> Outcome:
    """What became of it; what nobody foresaw leaves it open."""
    try:
        if target.scheme == RAW:
            return raw.send(target, content, reach)
        return ipp.send(target, content, row.media_type, row.id, reach)
    except Exception as error:  # noqa: BLE001 - the label may have come out all the same
        _tell(error)
        return unconfirmed(Trouble.NOT_DONE)


def _tell(error: Exception) -> None:
    """Say in the log what is in the way; the message of an unforeseen error may quote anything."""
    if isinstance(error, CoiError):
        _log.warning("Labels are not sent now: %s", error.code)
    else:
        _log.error("Printing: unforeseen %s", type(error).__name__, exc_info=error)
