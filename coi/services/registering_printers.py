"""Printers are registered, changed and retired by a signature of who answers for it (SEC-15).

Where a label with a patient's name comes out is said by an administrator or by QA, and stands in
the chain of the printer's site.
"""

from collections.abc import Iterator

from coi.errors import DataRefused, Problem, Refused
from coi.interop.addresses import NotReached
from coi.interop.printers.reach import RAW, read_address, require_reachable
from coi.ledger.content import Attestation
from coi.services.asked import bad_key, bad_text, entry_answering, fingerprint
from coi.services.directory import units_by_id
from coi.services.drawing import ZPL
from coi.services.installation import Installation
from coi.services.keeping import Deed, keeper_of, write_signed
from coi.services.printer_way import reach_of
from coi.services.printers import (
    DOWNLOAD,
    FORMATS,
    KIND,
    RESOLUTIONS,
    SIZES_MM,
    About,
    KnownPrinter,
    printer_named,
    read_about,
    takes_instead,
    written,
)
from coi.services.proofs import JustProven
from coi.services.reasons import require_reason
from coi.store import print_jobs as jobs
from coi.store.kept import every_kept
from coi.store.transactions import Transaction
from workflows.refusal import Refusal

REGISTERED, CHANGED, RETIRED = "printer registered", "printer changed", "printer retired"
"""What a signature means here: it is shown to whoever is about to sign."""


def register_printer(
    installation: Installation, by: JustProven, unit: str, about: About, *, key: str
) -> str:
    """Register a printer of a unit; returns its id, the same one whenever the request comes.

    Raises:
        DataRefused: something of it cannot be, or the unit has a printer of this name.
        Unknown: there is no such unit.
        CannotSign: what a signature takes is not on record.
        KeyReused: the key already stands for another printer.
    """
    _require_good(installation, about, key)
    digest = fingerprint(installation.vault, unit, about, by.person)

    def work(tx: Transaction) -> str:
        keeper = keeper_of(tx, by, unit)
        earlier = entry_answering(tx, key, digest)
        if earlier is not None:
            return str(earlier["attestations"][0]["about"])
        _require_new_name(tx, unit, about.name)
        identifier = installation.new_id()
        told = Attestation(KIND, identifier, unit=unit, detail=written(about))
        deed = Deed("register_printer", REGISTERED, told, (key, digest))
        at = write_signed(tx, installation, keeper, deed)
        jobs.open_line(tx, identifier, at)
        return identifier

    return installation.transact(work)


def change_printer(
    installation: Installation, by: JustProven, printer: str, about: About, *, key: str, why: str
) -> None:
    """Let a printer be so from now on; what waits for it is sent where it is now.

    Raises:
        ReasonMissing: nobody says why.
        DataRefused: something of it cannot be, or another printer of the unit has this name.
        Refused: labels wait for it that it could not be given any more.
        Unknown: there is no such printer.
    """
    reason = require_reason(why)
    _require_good(installation, about, key)
    digest = fingerprint(installation.vault, "change", printer, about, by.person)

    def work(tx: Transaction) -> None:
        known = printer_named(tx, printer)
        keeper = keeper_of(tx, by, known.unit.id)
        if entry_answering(tx, key, digest) is not None:
            return
        _require_new_name(tx, known.unit.id, about.name, besides=printer)
        # What waits was drawn for the printer as it was.
        if about.kind != known.about.kind or not takes_instead(about, known.about):
            _require_nothing_waits(tx, known)
        told = Attestation(KIND, printer, unit=known.unit.id, detail=written(about))
        deed = Deed("change_printer", CHANGED, told, (key, digest), reason)
        write_signed(tx, installation, keeper, deed)

    installation.transact(work)


def retire_printer(installation: Installation, by: JustProven, printer: str, *, why: str) -> None:
    """Let a printer be one no longer; what is retired already is not there.

    Raises:
        ReasonMissing: nobody says why.
        Refused: labels wait for it.
        Unknown: there is no such printer.
    """
    reason = require_reason(why)

    def work(tx: Transaction) -> None:
        known = printer_named(tx, printer)
        keeper = keeper_of(tx, by, known.unit.id)
        _require_nothing_waits(tx, known)
        detail = written(known.about)
        told = Attestation(KIND, printer, unit=known.unit.id, holds=0, detail=detail)
        write_signed(tx, installation, keeper, Deed("retire_printer", RETIRED, told, why=reason))
        jobs.close_line(tx, printer)

    installation.transact(work)


# -- what may be said of a printer -----------------------------------------------------------------


def _require_good(installation: Installation, about: About, key: str) -> None:
    """Everything that is said of it can be; outside any transaction, since names are resolved.

    Raises:
        DataRefused: something of it cannot.
    """
    problems = [*bad_key(key), *bad_text({"name": about.name}), *_bad_shape(about)]
    if about.address != DOWNLOAD:
        problems += _bad_address(installation, about)
    if problems:
        raise DataRefused(problems)


def _bad_shape(about: About) -> Iterator[Problem]:
    if about.media_type not in FORMATS:
        yield Problem(f"is none of {', '.join(FORMATS)}", column="media_type")
    if about.dpi not in RESOLUTIONS:
        yield Problem("is none of 203, 300 and 600 dots to the inch", column="dpi")
    for column in ("width_mm", "height_mm"):
        if getattr(about, column) not in SIZES_MM:
            yield Problem(f"is not {SIZES_MM.start} to {SIZES_MM.stop - 1} mm", column=column)


def _bad_address(installation: Installation, about: About) -> Iterator[Problem]:
    try:
        target = read_address(about.address)
        require_reachable(target, reach_of(installation.settings))
    except NotReached as error:
        yield Problem(str(error), column="address")
        return
    if target.scheme == RAW and about.media_type != ZPL:
        yield Problem("a raw connection takes ZPL alone", column="media_type")


def _require_new_name(tx: Transaction, unit: str, name: str, besides: str = "") -> None:
    found = units_by_id(tx)[unit]
    others = (row for row in every_kept(tx, KIND) if row.unit == unit and row.id != besides)
    if name.casefold() in {read_about(row).name.casefold() for row in others}:
        reason = f"{found.name} has a printer of this name already"
        raise DataRefused([Problem(reason, column="name")])


def _require_nothing_waits(tx: Transaction, known: KnownPrinter) -> None:
    line = jobs.hold_line(tx, known.id)
    is_sent_something = line is not None and line.job != jobs.NOTHING
    if is_sent_something or jobs.waiting_at(tx, known.id):
        sentence = f"Labels wait for the printer {known.about.name}."
        raise Refused(
            [Refusal("PRINTER_IN_USE", sentence, "Let them be printed, move or cancel them first.")]
        )
