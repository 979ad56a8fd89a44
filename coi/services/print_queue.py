"""The print queue: a label is put into it with the entry that prints it, and waits for its printer.

A printer has the labels of one therapy at a time (LB-07): those of another wait until a person has
looked, and signed that the line is clear. Nothing goes to another printer by itself (LB-10).
"""

from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem, Unknown
from coi.interop.printers.outcome import Became, Outcome, Trouble, unconfirmed
from coi.interop.printers.reach import MOST_SENT
from coi.ledger.content import NewEntry
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.label_outcomes import Teller, tell_printed, tell_void
from coi.services.people import site_chain
from coi.services.printers import DOWNLOAD, FORMATS, KnownPrinter, printer_named
from coi.services.vault import seal_text, unseal_text
from coi.store import facts
from coi.store import print_jobs as jobs
from coi.store.print_jobs import CANCELLED, NEVER, NOTHING, PRINTED, QUEUED, UNCONFIRMED, JobRow
from coi.store.tables import NOBODY
from coi.store.tasks import between_blanks
from coi.store.transactions import Transaction

OF_NO_THERAPY = "-"

_ACTIONS = {
    Became.PRINTED: ("label_printed", PRINTED),
    Became.UNCONFIRMED: ("print_unconfirmed", UNCONFIRMED),
    Became.REFUSED: ("print_refused", CANCELLED),
}


@dataclass(frozen=True, slots=True)
class NewPrint:
    """One label as it is sent: its bytes, the serials on it, and the therapy that it belongs to."""

    content: bytes
    media_type: str
    labels: Sequence[str] = ()
    therapy: str = OF_NO_THERAPY

    @property
    def sha256(self) -> str:
        """The hash of what is printed."""
        return sha256(self.content).hexdigest()


def queue_print(
    tx: Transaction,
    installation: Installation,
    printer: KnownPrinter,
    prints: Sequence[NewPrint],
    entry: NewEntry,
) -> tuple[str, ...]:
    """Let labels wait for a printer, in the transaction of the entry that prints them.

    Returns their ids in the queue.

    Raises:
        DataRefused: the printer does not take what is to be printed.
        Unknown: it was retired meanwhile.
    """
    require_open(tx, printer)
    for one in prints:
        require_taken(printer, one.media_type)
        _require_some(printer, one)
    rows = [_row(installation, printer, one, entry) for one in prints]
    for row in rows:
        jobs.keep(tx, row)
    return tuple(row.id for row in rows)


def require_open(tx: Transaction, printer: KnownPrinter) -> None:
    """The printer is one, and stays one until this transaction has ended.

    Raises:
        Unknown: it was retired.
    """
    if jobs.hold_line(tx, printer.id) is None:
        raise Unknown("printer", printer.id)


def require_taken(printer: KnownPrinter, media_type: str) -> None:
    """The printer takes this sort of document.

    Raises:
        DataRefused: it does not.
    """
    if media_type != printer.about.media_type:
        takes = FORMATS[printer.about.media_type]
        raise DataRefused([Problem(f"{printer.about.name} takes {takes} alone", column="printer")])


def _require_some(printer: KnownPrinter, one: NewPrint) -> None:
    if not 0 < len(one.content) <= MOST_SENT:
        reason = f"is too long for {printer.about.name}, or empty"
        raise DataRefused([Problem(reason, column="printer")])


def _row(
    installation: Installation, printer: KnownPrinter, one: NewPrint, entry: NewEntry
) -> JobRow:
    identifier = installation.new_id()
    text = b64encode(one.content).decode()
    return JobRow(
        id=identifier,
        chain=entry.chain,
        seq=entry.seq,
        printer=printer.id,
        therapy=one.therapy,
        labels=between_blanks(one.labels) if one.labels else NOTHING,
        media_type=one.media_type,
        sha256=one.sha256,
        sealed=seal_text(installation.vault, _place(identifier), text),
        state=QUEUED,
        why=NOTHING,
        claim=NOTHING,
        made_at=entry.recorded_at,
        due_at=due_at(printer, entry.recorded_at),
        ended_at=NOTHING,
    )


KnownState = Mapping[str, int]
"""How many labels are in which state."""


def states_of(tx: Transaction, identifiers: Sequence[str]) -> KnownState:
    """In which states labels of the queue are; what it has forgotten is told as printed."""
    rows = (jobs.job(tx, one) for one in identifiers)
    return Counter(row.state if row else PRINTED for row in rows)


def due_at(printer: KnownPrinter, now: str) -> str:
    """When a label is sent that waits from now on: never, where a person fetches it."""
    return NEVER if printer.about.address == DOWNLOAD else now


def content_of(installation: Installation, row: JobRow) -> bytes:
    """The bytes of a label that waits.

    Raises:
        VaultClosed: they are not what was put in, or the key is another one.
    """
    text = unseal_text(installation.vault, _place(row.id), row.sealed)
    return b64decode(text)


def _place(identifier: str) -> str:
    return f"print job {identifier}"


def write_down(
    tx: Transaction, installation: Installation, printer: KnownPrinter, row: JobRow, of: Outcome
) -> bool:
    """Put on record how a label that was taken ended, and let its bytes be gone.

    What it tells of the labels of a therapy is told there, in the same transaction. False where
    somebody else has given it up meanwhile: then that is what stands.
    """
    action, state = _ACTIONS[of.became]
    why = of.why.value if of.why else NOTHING
    now = installation.clock.now()
    told = {
        "kind": "print_job",
        "about": row.id,
        "printer": printer.id,
        "labels": row.labels.strip(),
        "sha256": row.sha256,
        "why": why,
    }
    if row.therapy != OF_NO_THERAPY:
        # Whoever sends locks the therapy before the line; so does whoever tells of it.
        facts.lock(tx, row.therapy)
    # First the job: two who write down the same one do not both reach the record.
    became = {"state": state, "sealed": NOTHING, "due_at": row.due_at, "why": why}
    if not jobs.settle(tx, row.id, row.claim, {**became, "ended_at": rfc3339(now)}):
        return False
    occasion = Occasion(NOBODY, printer.unit.id, now)
    chain = site_chain(printer.unit.site.id)
    _tell_therapy(tx, installation, Teller(printer.unit.id, now), row, of)
    write_site_entry(tx, action, occasion, Registered(document=told), chain)
    return True


def _tell_therapy(
    tx: Transaction, installation: Installation, by: Teller, row: JobRow, of: Outcome
) -> None:
    """What the outcome says of the labels of a therapy: what was not printed says nothing."""
    if row.therapy == OF_NO_THERAPY or row.labels == NOTHING:
        return
    serials = row.labels.split()
    if of.became is Became.PRINTED:
        tell_printed(tx, installation, by, row.therapy, serials)
    elif of.became is Became.UNCONFIRMED:
        why = of.why.value if of.why else NOTHING
        tell_void(tx, installation, by, row.therapy, serials, why)


def write_down_left(tx: Transaction, installation: Installation, row: JobRow) -> bool:
    """Put on record that nobody knows what became of a label which its sender left behind."""
    why = Trouble.RESTORED if row.claim == jobs.RESTORED else Trouble.ENDED
    return write_down(tx, installation, printer_named(tx, row.printer), row, unconfirmed(why))


def give_up_restored(tx: Transaction, installation: Installation) -> None:
    """Tell of each label that came back from a backup, in the transaction in hand (LB-04)."""
    for row in jobs.left_behind(tx, NEVER):
        if row.claim == jobs.RESTORED:
            write_down_left(tx, installation, row)
