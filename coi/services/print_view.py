"""The print queue as people see it: each printer, what lies there, what became of each label."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coi.clock import parse_rfc3339
from coi.errors import Unknown
from coi.services.directory import ListedUnit, units_by_id
from coi.services.installation import Installation
from coi.services.keeping import keeping_role
from coi.services.print_sending import may_lie_beside
from coi.services.printers import (
    KnownPrinter,
    every_printer,
    kept_or_seen,
    printer_named,
    printers_kept,
    printers_seen,
    takes_instead,
)
from coi.services.proofs import Proven, acting, acting_or_program
from coi.store import print_jobs as jobs
from coi.store.print_jobs import HELD, NEVER, NOTHING, QUEUED, STATES, JobRow, LineRow
from coi.store.transactions import Transaction

MOST_SHOWN = 100
WAITING = (QUEUED, HELD)


@dataclass(frozen=True, slots=True)
class Job:
    """One label in the queue; `sealed` bytes stay where they are."""

    id: str
    printer: str
    labels: tuple[str, ...]
    therapy: str
    state: str
    why: str
    made_at: datetime
    ended_at: datetime | None
    waits_for_line: bool
    waits_for_person: bool

    @property
    def waits(self) -> bool:
        """It can still be moved or cancelled."""
        return self.state in WAITING

    @property
    def is_under_way(self) -> bool:
        """It waits, or is being sent."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Queue:
    """One printer with its queue; `line` is the therapy whose labels may lie there, '' for none."""

    printer: KnownPrinter
    line: str
    is_sending: bool
    jobs: tuple[Job, ...]

    @property
    def waiting(self) -> int:
        """How many labels wait."""
        return sum(job.waits for job in self.jobs)


def queues_of(installation: Installation, by: Proven) -> tuple[Queue, ...]:
    """The printers of the person's sites, each with what waits there, the oldest first."""

    def look(tx: Transaction) -> tuple[Queue, ...]:
        person, lines = acting(tx, by).person, jobs.lines(tx)
        return tuple(
            _queue(one, lines.get(one.id), jobs.waiting_at(tx, one.id))
            for one in printers_seen(tx, person)
        )

    return installation.read(look)


def every_queue(installation: Installation) -> tuple[Queue, ...]:
    """Every printer with what waits there, for whoever runs the machine."""

    def look(tx: Transaction) -> tuple[Queue, ...]:
        lines = jobs.lines(tx)
        return tuple(
            _queue(one, lines.get(one.id), jobs.waiting_at(tx, one.id)) for one in every_printer(tx)
        )

    return installation.read(look)


def printers_of(
    installation: Installation, by: Proven
) -> tuple[tuple[KnownPrinter, ...], tuple[ListedUnit, ...]]:
    """The printers that this person keeps, and the units at which they may register one."""

    def look(tx: Transaction) -> tuple[tuple[KnownPrinter, ...], tuple[ListedUnit, ...]]:
        person = acting(tx, by).person
        units = units_by_id(tx).values()
        kept = tuple(unit for unit in units if keeping_role(person, unit.site.id))
        return printers_kept(tx, person), kept

    return installation.read(look)


def printer_of(installation: Installation, by: Proven, printer: str) -> KnownPrinter:
    """A printer that this person keeps.

    Raises:
        Unknown: there is no such printer, or none that they keep; nobody can tell which.
    """

    def look(tx: Transaction) -> KnownPrinter:
        found = printer_named(tx, printer)
        if not keeping_role(acting(tx, by).person, found.unit.site.id):
            raise Unknown("printer", printer)
        return found

    return installation.read(look)


def printers_for(installation: Installation, by: Proven) -> tuple[tuple[str, str], ...]:
    """The printers that this person keeps or prints at: ids, and what they are called."""

    def look(tx: Transaction) -> tuple[KnownPrinter, ...]:
        person = acting(tx, by).person
        known = {one.id: one for one in (*printers_seen(tx, person), *printers_kept(tx, person))}
        return tuple(known.values())

    return tuple((one.id, in_words(one)) for one in installation.read(look))


def in_words(printer: KnownPrinter) -> str:
    """What a printer is called, where it is, and how large its labels are."""
    about = printer.about
    size = f"{about.width_mm} \N{MULTIPLICATION SIGN} {about.height_mm} mm"
    return f"{about.name}, {printer.unit.name} ({size})"


def others_for(
    installation: Installation, by: Proven, printer: KnownPrinter
) -> tuple[tuple[str, str], ...]:
    """The printers to which labels of this one can be moved: their ids and what they are called."""
    found = installation.read(lambda tx: printers_seen(tx, acting(tx, by).person))
    return tuple(
        (one.id, f"{one.about.name}, {one.unit.name}")
        for one in found
        if one.id != printer.id
        and one.unit.site.id == printer.unit.site.id
        and takes_instead(one.about, printer.about)
    )


def look_at_queue(installation: Installation, by: Proven, printer: str) -> Queue:
    """One printer with its newest labels.

    Raises:
        Unknown: there is no such printer that this person keeps or prints at.
    """

    def look(tx: Transaction) -> Queue:
        known = kept_or_seen(tx, acting_or_program(tx, by).person, printer)
        return _queue(known, jobs.line(tx, printer), jobs.jobs_of(tx, printer, MOST_SHOWN))

    return installation.read(look)


def print_depths(installation: Installation) -> Mapping[str, int]:
    """How many labels there are in each state, over all printers."""
    found = installation.read(jobs.depths)
    return {state: found.get(state, 0) for state in STATES}


def oldest_print(installation: Installation) -> datetime | None:
    """Since when the oldest label waits that is not printed; None where none does."""
    at = installation.read(jobs.oldest_waiting)
    return parse_rfc3339(at) if at else None


def _queue(printer: KnownPrinter, line: LineRow | None, rows: list[JobRow]) -> Queue:
    on_line = line.therapy if line else NOTHING
    return Queue(
        printer,
        "" if on_line == NOTHING else on_line,
        line is not None and line.job != NOTHING,
        tuple(told_job(row, on_line) for row in rows),
    )


def told_job(row: JobRow, on_line: str) -> Job:
    """A job as people see it; `on_line` is the therapy whose labels lie at its printer."""
    waits = row.state in WAITING
    return Job(
        id=row.id,
        printer=row.printer,
        labels=tuple(row.labels.split()) if row.labels != NOTHING else (),
        therapy="" if row.therapy == NOTHING else row.therapy,
        state=row.state,
        why="" if row.why == NOTHING else row.why,
        made_at=parse_rfc3339(row.made_at),
        ended_at=None if row.ended_at == NOTHING else parse_rfc3339(row.ended_at),
        waits_for_line=waits and not may_lie_beside(row.therapy, on_line),
        waits_for_person=waits and row.due_at == NEVER,
    )
