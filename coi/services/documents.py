"""What leaves the system on paper: drawn, and put on record before anybody has it in hand.

A document is an entry in its maker's site chain, with the hash of its bytes (TL-01). A name is read
from the vault for those alone who order for the patient or meet the patient.
"""

from hashlib import sha256

from coi.errors import Unknown
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.labelling import bag_label_pdf, wristband_pdf
from coi.services.looking import require_seen
from coi.services.permissions import Permission, sites_with
from coi.services.proofs import Proven, acting, holding
from coi.services.reporting import custody_record
from coi.store.codes import label
from coi.store.facts import ORGANISATION
from coi.store.lists import sites_of
from coi.store.registers import person_chain
from coi.store.transactions import Transaction

KNOW_THE_PATIENT = ("coordinator", "apheresis_nurse", "infusion_nurse", "treating_physician")


def write_bag_label(installation: Installation, by: Proven, serial: str) -> bytes:
    """The label with this serial as PDF.

    Raises:
        Unknown: no such label was issued, or none of a therapy that this person may see.
        NotPrinted: it cannot be printed as the record stands.
    """
    installation.read(lambda tx: _require_to_see(tx, by, _coi_of(tx, serial)))
    content = bag_label_pdf(installation, serial)
    _note(installation, by, "bag_label", serial, content)
    return content


def write_wristband(installation: Installation, by: Proven, coi: str) -> bytes:
    """The current wristband of a therapy's patient as PDF, with the name.

    Raises:
        NotAllowed: the person is none of those who know the patient.
        Unknown: there is no such therapy, or none in which a site of this person takes part.
        NotPrinted: there is no wristband, or it cannot be printed.
    """
    installation.read(lambda tx: _require_to_know(tx, by, coi))
    content = wristband_pdf(installation, coi)
    _note(installation, by, "wristband", coi, content)
    return content


def write_custody_record(installation: Installation, by: Proven, coi: str) -> bytes:
    """The custody record of a therapy as PDF; the patient appears by the COI alone.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """
    installation.read(lambda tx: _require_to_see(tx, by, coi))
    content = custody_record(installation, coi, by)
    _note(installation, by, "custody_record", coi, content)
    return content


def _require_to_know(tx: Transaction, by: Proven, coi: str) -> None:
    """The person meets patients at a site of the therapy; a name goes no further."""
    known, _role = holding(tx, by, *KNOW_THE_PATIENT)
    if not sites_with(known.person, Permission.SEE_IDENTITY) & sites_of(tx, coi):
        raise Unknown("therapy", coi)


def _require_to_see(tx: Transaction, by: Proven, coi: str) -> None:
    """The account is open, and a site of the person takes part: paper shows what pages show."""
    require_seen(tx, acting(tx, by).person, coi)


def _coi_of(tx: Transaction, serial: str) -> str:
    found = label(tx, serial)
    if found is None:
        raise Unknown("label", serial)
    return found.coi


def _note(installation: Installation, by: Proven, kind: str, about: str, content: bytes) -> None:
    """Record that somebody wrote a document: what it is about, and the hash of its bytes."""

    def work(tx: Transaction) -> None:
        known = acting(tx, by).person
        occasion = Occasion(known.id, "-", installation.clock.now())
        document = {"kind": kind, "about": about, "sha256": sha256(content).hexdigest()}
        chain = person_chain(tx, known.id) or ORGANISATION
        write_site_entry(tx, "write_document", occasion, Registered(document=document), chain)

    installation.transact(work)
