"""What people do at the print queue; each of it is an entry of the printer's site.

Whoever clears a line or sends a label to another printer signs it (LB-07, LB-10).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from coi.errors import DataRefused, Problem, Refused, Unknown
from coi.interop.printers.outcome import Condition
from coi.interop.printers.reach import read_address
from coi.ledger.content import NewEntry, SignedBy
from coi.services.asked import bad_key, fingerprint
from coi.services.attesting import has_come_before
from coi.services.drawing import PDF
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.label_outcomes import Teller, is_dead, tell_printed
from coi.services.people import site_chain
from coi.services.permissions import EVERYWHERE, HOLDERS, Permission
from coi.services.print_queue import (
    NewPrint,
    content_of,
    due_at,
    queue_print,
    require_open,
)
from coi.services.print_sending import condition_of, may_lie_beside
from coi.services.printer_way import reach_of
from coi.services.printers import (
    DOWNLOAD,
    About,
    KnownPrinter,
    kept_or_seen,
    printer_seen,
    takes_instead,
)
from coi.services.printing_rights import require_to_know
from coi.services.proofs import (
    JustProven,
    NotAllowed,
    Proven,
    acting,
    acting_or_program,
    signature_of,
)
from coi.store import facts
from coi.store import print_jobs as jobs
from coi.store.codes import wristband
from coi.store.people import KnownPerson
from coi.store.print_jobs import CANCELLED, NOTHING, PRINTED, QUEUED, JobRow
from coi.store.transactions import Transaction
from labels.test_print import test_print_pdf, test_print_zpl
from workflows.refusal import Refusal

LINE_CLEARED = "line cleared; no label of this therapy is left at the printer"
MOVED = "sent to another printer"
"""What a signature means here: it is shown to whoever is about to sign."""

FETCHED = "it was fetched as a file, and printed where nobody here sees it"
_STAYS = ("printer", "sealed", "why", "due_at", "ended_at")
_NO_TRAINING = datetime.min.replace(tzinfo=UTC)
_ASK_ANEW = "Load the page again to see how it stands now."


@dataclass(frozen=True, slots=True)
class _Deed:
    """What was done at which printer; who signs it, and for which request."""

    action: str
    about: Mapping[str, str]
    key: tuple[str, str] = ("", "")
    signatures: tuple[SignedBy, ...] = ()


def clear_line(
    installation: Installation, by: JustProven, printer: str, holds: str, *, key: str
) -> None:
    """Sign that no label of a therapy is left at a printer; those of another one may come.

    `holds` is the therapy whose labels lay there when whoever clears it looked.

    Raises:
        Refused: the printer is being sent a label, or another therapy's labels lie there.
        Unknown: there is no such printer at a site of this person.
        CannotSign: what a signature takes is not on record.
    """
    keyed = _keyed(installation, key, ("clear_line", printer, holds, by.person))

    def work(tx: Transaction) -> None:
        known = acting(tx, by)
        at = printer_seen(tx, known.person, printer)
        if has_come_before(tx, keyed):
            return
        line = jobs.hold_line(tx, printer)
        if line is None or line.therapy == NOTHING or line.therapy != holds:
            sentence = f"Other labels lie at {at.about.name} than you saw, or none."
            raise Refused([Refusal("LINE_CHANGED", sentence, _ASK_ANEW)])
        if line.job != NOTHING:
            sentence = f"{at.about.name} is being sent a label."
            raise Refused([Refusal("PRINTER_IN_USE", sentence, "Wait until it is printed.")])
        signed = _signed(installation, known, at, LINE_CLEARED)
        deed = _Deed("clear_printer_line", {"line": holds}, keyed, signed)
        jobs.clear_line(tx, printer, _recorded(tx, installation, known, at, deed).recorded_at)

    installation.transact(work)


def move_job(installation: Installation, by: JustProven, job: str, to: str, *, key: str) -> None:
    """Let a label that waits be printed at another printer of the same site.

    Raises:
        Refused: it does not wait any more.
        DataRefused: the other printer does not take it as it is, or stands at another site.
        Unknown: there is no such label or printer at a site of this person.
        CannotSign: what a signature takes is not on record.
    """
    keyed = _keyed(installation, key, ("move_job", job, to, by.person))

    def work(tx: Transaction) -> None:
        known = acting(tx, by)
        row, at = _seen(tx, known, job)
        if has_come_before(tx, keyed):
            return
        target = printer_seen(tx, known.person, to)
        if target.unit.site.id != at.unit.site.id or target.id == at.id:
            raise DataRefused([Problem("choose another printer of this site", column="printer")])
        require_open(tx, target)
        if not takes_instead(target.about, at.about):
            reason = f"{target.about.name} has other labels in it, or another resolution"
            raise DataRefused([Problem(reason, column="printer")])
        told = {"job": job, "to": target.id, "labels": row.labels.strip()}
        signed = _signed(installation, known, at, MOVED)
        entry = _recorded(tx, installation, known, at, _Deed("move_print", told, keyed, signed))
        due = due_at(target, entry.recorded_at)
        _change(tx, row, {"printer": target.id, "state": QUEUED, "why": NOTHING, "due_at": due})

    installation.transact(work)


def try_again(installation: Installation, by: Proven, job: str) -> None:
    """Let a label that is held be sent as soon as its printer is ready.

    Raises:
        Refused: it does not wait any more.
        Unknown: there is no such label at a site of this person.
    """

    def work(tx: Transaction) -> None:
        known = acting_or_program(tx, by)
        row, at = _seen(tx, known, job)
        entry = _recorded(tx, installation, known, at, _Deed("try_print_again", {"job": job}))
        due = due_at(at, entry.recorded_at)
        _change(tx, row, {"state": QUEUED, "why": NOTHING, "due_at": due})

    installation.transact(work)


def cancel_job(installation: Installation, by: Proven, job: str) -> None:
    """Let a label that waits not be printed; its bytes are gone.

    Raises:
        Refused: it does not wait any more.
        Unknown: there is no such label at a site of this person.
    """

    def work(tx: Transaction) -> None:
        known = acting_or_program(tx, by)
        row, at = _seen(tx, known, job)
        told = {"job": job, "labels": row.labels.strip()}
        entry = _recorded(tx, installation, known, at, _Deed("cancel_print", told))
        ended = {"sealed": NOTHING, "ended_at": entry.recorded_at}
        _change(tx, row, {"state": CANCELLED, **ended})

    installation.transact(work)


def fetch_job(installation: Installation, by: Proven, job: str) -> tuple[bytes, str]:
    """Give a label as a file, once, where a printer is none that labels are sent to.

    Whoever has the file counts as having printed it. A wristband holds the patient's name: those
    who meet the patient fetch it, and nobody else (SEC-08).

    Raises:
        NotAllowed: it is a wristband, and the person does not meet its patient.
        Refused: it does not wait any more, is void, or another therapy's labels lie there.
        Unknown: there is no such label at a site of this person, or it is sent to its printer.
    """

    def work(tx: Transaction) -> tuple[bytes, str]:
        known = acting(tx, by)
        row, at = _seen(tx, known, job)
        _require_to_read(tx, known, row)
        facts.lock(tx, row.therapy)
        line = jobs.hold_line(tx, at.id)
        if at.about.address != DOWNLOAD or line is None:
            raise Unknown("label to fetch", job)
        if is_dead(tx, row.therapy, row.labels.split()):
            sentence = "This label is void."
            raise Refused([Refusal("LABEL_VOID", sentence, "Cancel it: do not print it.")])
        if not may_lie_beside(row.therapy, line.therapy):
            sentence = f"Labels of another therapy lie at {at.about.name}."
            raise Refused([Refusal("LINE_NOT_CLEAR", sentence, "Clear the line first.")])
        content = content_of(installation, row) if row.sealed != NOTHING else b""
        entry = _recorded(tx, installation, known, at, _Deed("fetch_print", {"job": job}))
        if not jobs.take(tx, row, line.therapy, known.person.id, entry.recorded_at):
            raise _moved_on(row)
        ended = {"state": PRINTED, "sealed": NOTHING, "ended_at": entry.recorded_at}
        told: dict[str, object] = {**ended, "why": FETCHED, "due_at": row.due_at}
        jobs.settle(tx, job, known.person.id, told)
        if row.therapy != NOTHING:
            teller = Teller(at.unit.id, installation.clock.now(), known.person.id)
            tell_printed(tx, installation, teller, row.therapy, row.labels.split())
        return content, row.media_type

    return installation.transact(work)


def _require_to_read(tx: Transaction, known: KnownPerson, row: JobRow) -> None:
    """Whoever sees what is on a label may: a name goes to those who meet the patient."""
    if not any(wristband(tx, serial) for serial in row.labels.split()):
        return
    try:
        require_to_know(tx, known.person, row.therapy)
    except Unknown as error:
        sentence = "a wristband holds the patient's name: somebody who meets the patient fetches it"
        raise NotAllowed([Problem(sentence)]) from error


@dataclass(frozen=True, slots=True)
class NoLabel:
    """What is printed to try something out: what it is called in the record, and its bytes."""

    of: str
    content: bytes
    media_type: str


def print_test(
    installation: Installation,
    by: Proven,
    printer: str,
    *,
    key: str,
    what: NoLabel | None = None,
) -> None:
    """Print something that says of itself that it is no label; the same request prints one.

    Raises:
        DataRefused: the printer takes no such document.
        Unknown: there is no such printer that this person keeps or prints at.
    """
    of = (what.of,) if what else ()
    keyed = _keyed(installation, key, ("print_test", printer, by.person, *of))

    def work(tx: Transaction) -> None:
        known = acting(tx, by)
        at = kept_or_seen(tx, known.person, printer)
        if has_come_before(tx, keyed):
            return
        one = _no_label(installation, at.about, what)
        told = {"sha256": one.sha256} | ({"template": what.of} if what else {})
        deed = _Deed("print_test", told, keyed)
        queue_print(tx, installation, at, [one], _recorded(tx, installation, known, at, deed))

    installation.transact(work)


def _no_label(installation: Installation, about: About, what: NoLabel | None) -> NewPrint:
    if what is not None:
        return NewPrint(what.content, what.media_type)
    return NewPrint(_test_of(about, installation.new_id()), about.media_type)


def _test_of(about: About, number: str) -> bytes:
    size = (about.width_mm, about.height_mm)
    if about.media_type == PDF:
        return test_print_pdf(number, size)
    return test_print_zpl(number, about.dpi, size)


def ask_printer(installation: Installation, by: Proven, printer: str) -> Condition:
    """Ask a printer how it is, outside of any transaction; nothing is recorded.

    Raises:
        Unknown: there is no such printer that this person keeps or prints at.
    """
    known = installation.read(lambda tx: kept_or_seen(tx, acting(tx, by).person, printer))
    if known.about.address == DOWNLOAD:
        return Condition()
    return condition_of(read_address(known.about.address), reach_of(installation.settings))


# -- who, and what is in the way -------------------------------------------------------------------


def _keyed(installation: Installation, key: str, told: tuple[object, ...]) -> tuple[str, str]:
    if problems := [*bad_key(key)]:
        raise DataRefused(problems)
    return key, fingerprint(installation.vault, *told)


def _seen(tx: Transaction, known: KnownPerson, job: str) -> tuple[JobRow, KnownPrinter]:
    """A job in the queue of a printer at which the person prints."""
    row = jobs.job(tx, job) if job.isprintable() else None
    if row is None:
        raise Unknown("print job", job)
    try:
        return row, printer_seen(tx, known.person, row.printer)
    except Unknown as error:
        raise Unknown("print job", job) from error


def _signed(
    installation: Installation, known: KnownPerson, at: KnownPrinter, meaning: str
) -> tuple[SignedBy, ...]:
    """The signature of somebody who prints at the site, in the role whose training lasts longest.

    Raises:
        NotAllowed: there is no such role.
        CannotSign: what a signature takes is not on record.
    """
    prints, there = HOLDERS[Permission.PRINT_LABELS], {at.unit.site.id, EVERYWHERE}
    person, now = known.person, installation.clock.now()
    roles = sorted(role for role, site in person.site_roles if role in prints and site in there)
    if not roles:
        raise NotAllowed([Problem("that takes a role at the site of the printer")])
    role = max(roles, key=lambda one: person.trained_until.get(one, _NO_TRAINING))
    return (signature_of(known, role, meaning, now),)


def _recorded(
    tx: Transaction, installation: Installation, known: KnownPerson, at: KnownPrinter, deed: _Deed
) -> NewEntry:
    """Write the entry of a deed into the chain of the printer's site."""
    key, digest = deed.key
    now, unit = installation.clock.now(), at.unit
    occasion = Occasion(known.person.id, unit.id, now, key=key, digest=digest)
    document = {"kind": "printer", "about": at.id, **deed.about}
    registered = Registered(document=document, signatures=deed.signatures)
    return write_site_entry(tx, deed.action, occasion, registered, site_chain(unit.site.id))


def _change(tx: Transaction, row: JobRow, to: dict[str, object]) -> None:
    """Let a job that waits be so.

    Raises:
        Refused: it does not wait any more.
    """
    stays = {name: getattr(row, name) for name in _STAYS}
    if not jobs.change(tx, row.id, {**stays, **to}):
        raise _moved_on(row)


def _moved_on(row: JobRow) -> Refused:
    sentence = f"This label does not wait any more: it is {row.state}."
    return Refused([Refusal("PRINT_JOB_MOVED_ON", sentence, _ASK_ANEW)])
