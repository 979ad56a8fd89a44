"""What leaves the system on paper about a therapy: drawn, and put on record as a numbered copy.

The patient appears by the COI alone. Labels and wristbands stand in `coi.services.label_papers`.
"""

from coi.services.copies import Beside, Paper, nothing_beside, printed, printed_sealed
from coi.services.extracts import destruction_certificate_pdf, deviation_letter_pdf
from coi.services.installation import Installation
from coi.services.looking import has_destroyed, require_seen_whole
from coi.services.order_sheets import order_sheet_pdf
from coi.services.proofs import Proven, acting, acting_or_program
from coi.services.reporting import custody_record
from coi.store.transactions import Transaction


def write_order_sheet(installation: Installation, by: Proven, coi: str, key: str = "") -> bytes:
    """The order of a therapy as a page to be scanned; the patient appears by the COI alone.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
        NotPrinted: it cannot be printed as the record stands.
    """
    installation.read(lambda tx: _require_to_see(tx, by, coi))
    paper = Paper("order_sheet", coi, key=key)
    # It is scanned, and proves nothing: no seal that is missing keeps a collection waiting.
    return printed(
        installation, by, paper, lambda copy: order_sheet_pdf(installation, coi, by, copy)
    )


def write_custody_record(
    installation: Installation,
    by: Proven,
    coi: str,
    key: str = "",
    beside: Beside = nothing_beside,
) -> bytes:
    """The custody record of a therapy as PDF; the patient appears by the COI alone.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """
    installation.read(lambda tx: _require_to_see(tx, by, coi))
    paper = Paper("custody_record", coi, key=key)
    return printed_sealed(
        installation,
        by,
        paper,
        lambda copy: custody_record(installation, coi, by, copy=copy),
        beside,
    )


def write_destruction_certificate(
    installation: Installation, by: Proven, coi: str, thing: str, key: str = ""
) -> bytes:
    """The certificate of destruction of one thing as PDF; the patient appears by the COI alone.

    A hospital that does not treat any more certifies what it destroyed itself, and nothing else.

    Raises:
        Unknown: there is no such therapy, none that this person may see, or no such destruction.
    """
    installation.read(lambda tx: _require_to_certify(tx, installation, by, coi, thing))
    paper = Paper("destruction_certificate", thing, key=key)
    return printed_sealed(
        installation,
        by,
        paper,
        lambda copy: destruction_certificate_pdf(installation, coi, thing, by, copy),
    )


def write_deviation_letter(
    installation: Installation, by: Proven, coi: str, lot: str, key: str = ""
) -> bytes:
    """The letter about a lot out of specification as PDF; the patient appears by the COI alone.

    Raises:
        Unknown: there is no such therapy, none that this person may see, or no such release.
    """
    installation.read(lambda tx: _require_to_see(tx, by, coi))
    paper = Paper("deviation_letter", lot, key=key)
    return printed_sealed(
        installation,
        by,
        paper,
        lambda copy: deviation_letter_pdf(installation, coi, lot, by, copy),
    )


def _require_to_see(tx: Transaction, by: Proven, coi: str) -> None:
    """The account is open, and a site of the person goes on with it: paper shows all of it."""
    require_seen_whole(tx, acting_or_program(tx, by).person, coi)


def _require_to_certify(
    tx: Transaction, installation: Installation, by: Proven, coi: str, thing: str
) -> None:
    """The person sees all of it, or the thing was destroyed at a site of theirs."""
    person = acting(tx, by).person
    if not has_destroyed(tx, installation, person, coi, thing):
        require_seen_whole(tx, person, coi)
