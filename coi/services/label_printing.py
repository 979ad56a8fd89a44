"""What of one therapy is to be printed, step by step, and what became of what was sent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from coi.clock import parse_rfc3339
from coi.services.copies import Paper
from coi.services.decoding import Content
from coi.services.installation import Installation
from coi.services.label_ledger import Line, ledger_of
from coi.services.label_papers import BAG_LABEL
from coi.services.label_sending import printers_of_therapy
from coi.services.looking import require_seen_whole
from coi.services.numbered import entries_before, entries_of_labels
from coi.services.print_view import Job, told_job
from coi.services.printers import KnownPrinter, printers_seen
from coi.services.printing_rights import KNOW_THE_PATIENT
from coi.services.proofs import acting
from coi.services.sessions import SignedIn
from coi.services.therapies import TherapyView, view, wristband_of
from coi.store import print_jobs
from coi.store.transactions import Transaction
from workflows.label_life import LabelState


@dataclass(frozen=True, slots=True)
class Printable:
    """One label, the job that prints it or did last, and what is not on it."""

    line: Line
    job: Job | None = None
    left_off: str = ""

    @property
    def serial(self) -> str:
        """Its serial."""
        return self.line.life.serial

    @property
    def can_be_printed(self) -> bool:
        """There was no piece of it, and none is on its way."""
        is_open = self.line.life.state is LabelState.ISSUED and self.line.can_be_replaced
        return is_open and not (self.job and self.job.is_under_way)


@dataclass(frozen=True, slots=True)
class PrintedStep:
    """The labels that one step issued."""

    seq: int
    title: str
    at: datetime
    unit: str
    labels: tuple[Printable, ...]

    @property
    def ready(self) -> tuple[Printable, ...]:
        """Those that can be printed now."""
        return tuple(one for one in self.labels if one.can_be_printed)


@dataclass(frozen=True, slots=True)
class PrintingPage:
    """What of a therapy can be printed where; the first printer is the one used last here."""

    coi: str
    title: str
    steps: tuple[PrintedStep, ...]
    printers: tuple[KnownPrinter, ...]
    wristband: str  # the serial of the patient's current one; '' where there is none to print
    wristband_job: Job | None
    wristband_copies: int
    wristband_left_off: str  # what is not on it as it was printed last
    jobs: tuple[Job, ...]

    @property
    def waiting(self) -> tuple[Job, ...]:
        """What is on its way to a printer."""
        return tuple(job for job in self.jobs if job.is_under_way)

    @property
    def progress(self) -> tuple[int, int]:
        """Of what was sent since the first that waits: how many have ended, of how many."""
        first = min((job.made_at for job in self.waiting), default=None)
        sent = [job for job in self.jobs if first is not None and job.made_at >= first]
        return len(sent) - len(self.waiting), len(sent)


def printing_page(installation: Installation, signed_in: SignedIn, coi: str) -> PrintingPage:
    """What of a therapy can be printed, for somebody who sees it.

    Raises:
        Unknown: there is no such therapy that this person may see.
    """

    def look(tx: Transaction) -> PrintingPage:
        person = acting(tx, signed_in.proven).person
        require_seen_whole(tx, person, coi)
        found = view(tx, installation, coi)
        jobs = _jobs(tx, coi)
        printers = printers_of_therapy(tx, person, coi)
        names_patient = any(role in KNOW_THE_PATIENT for role, _unit in person.roles)
        band = wristband_of(tx, coi) if names_patient else ""
        bands = [*entries_before(tx, Paper("wristband", coi, band).what)] if band else []
        return PrintingPage(
            coi,
            found.workflow.title,
            tuple(_steps(tx, found, jobs)),
            _last_first(tx, printers, signed_in.unit),
            band,
            jobs.get(band),
            len(bands),
            _left_off(bands),
            tuple(jobs.values()),
        )

    return installation.read(look)


def ready_labels(
    tx: Transaction, installation: Installation, coi: str
) -> tuple[tuple[PrintedStep, Printable], ...]:
    """The labels of a therapy that can be printed now, each with the step that issued it."""
    found = view(tx, installation, coi)
    steps = _steps(tx, found, _jobs(tx, coi))
    return tuple((step, one) for step in steps for one in step.ready)


def printers_at_hand(tx: Transaction, signed_in: SignedIn) -> tuple[KnownPrinter, ...]:
    """The printers of a person's sites; the first is the one at which their unit printed last."""
    person = acting(tx, signed_in.proven).person
    return _last_first(tx, printers_seen(tx, person), signed_in.unit)


def _jobs(tx: Transaction, coi: str) -> Mapping[str, Job]:
    """The newest job of each serial of a therapy."""
    lines = print_jobs.lines(tx)
    found = [
        (row, told_job(row, lines[row.printer].therapy if row.printer in lines else "-"))
        for row in print_jobs.jobs_of_therapy(tx, coi)
    ]
    return {serial: job for row, job in found for serial in row.labels.split()}


def _steps(tx: Transaction, found: TherapyView, jobs: Mapping[str, Job]) -> Iterator[PrintedStep]:
    """Each step that issued labels, the newest first."""
    copies = entries_of_labels(tx, found.therapy.coi, BAG_LABEL)
    issued: dict[int, list[Printable]] = {}
    for line in ledger_of(tx, found).lines:
        serial = line.life.serial
        one = Printable(line, jobs.get(serial), _left_off(copies.get(serial, ())))
        issued.setdefault(line.life.issued_in, []).append(one)
    for seq in sorted(issued, reverse=True):
        event = found.history[seq]
        at = parse_rfc3339(event.recorded_at)
        yield PrintedStep(seq, event.title, at, event.unit, tuple(issued[seq]))


def _left_off(copies: Sequence[Content]) -> str:
    """What is not on a label as it was printed last."""
    return str(copies[-1]["document"].get("left_off", "")) if copies else ""


def _last_first(
    tx: Transaction, printers: tuple[KnownPrinter, ...], unit: str
) -> tuple[KnownPrinter, ...]:
    """The printers, the one first at which this unit printed last, then the others of the unit."""

    def rank(one: KnownPrinter) -> tuple[bool, str]:
        newest = print_jobs.jobs_of(tx, one.id, 1)
        return one.unit.id == unit, newest[0].made_at if newest else ""

    return tuple(sorted(printers, key=rank, reverse=True))
