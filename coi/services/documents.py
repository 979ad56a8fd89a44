"""What leaves the system on paper: drawn, and put on record before anybody has it in hand.

A document is an entry in its maker's site chain, with the hash of its bytes and the number of its
copy (TL-01, LB-13). A name is read from the vault for those alone who order for the patient or meet
the patient.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from coi.errors import Busy, CoiError, Unknown
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.labelling import bag_label_pdf, wristband_pdf
from coi.services.looking import require_seen
from coi.services.numbered import entries_before, numbered_key, times_before
from coi.services.order_sheets import order_sheet_pdf
from coi.services.permissions import Permission, sites_with
from coi.services.places import location_label_pdf, require_keeper
from coi.services.proofs import Proven, acting, holding
from coi.services.reporting import custody_record
from coi.services.therapies import wristband_of
from coi.store.codes import label
from coi.store.facts import ORGANISATION, sites
from coi.store.people import printed_names
from coi.store.registers import person_chain
from coi.store.transactions import Transaction
from workflows.facts import Person

KNOW_THE_PATIENT = ("coordinator", "apheresis_nurse", "infusion_nurse", "treating_physician")
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Printed:
    """One copy that was printed before: when, by whom, and where its number is counted."""

    copy: int
    at: str
    by: str  # the printed name
    unit: str


class PrintedBefore(CoiError):
    """There are more copies than whoever prints has seen; nothing was printed."""

    code = "PRINTED_BEFORE"

    def __init__(self, copies: tuple[Printed, ...]) -> None:
        super().__init__(
            "This was printed before: two pieces of paper would carry the same code.",
            "Find the piece that is there, or destroy it, before you print another one.",
        )
        self.copies = copies


@dataclass(frozen=True, slots=True)
class Paper:
    """One sort of document about one thing."""

    kind: str
    about: str
    piece: str = ""  # of what there should be one piece, where that is not what it is about

    @property
    def what(self) -> str:
        """By what its copies are counted."""
        return f"{self.kind}/{self.piece or self.about}"


def write_bag_label(
    installation: Installation, by: Proven, serial: str, seen: int | None = None
) -> bytes:
    """The label with this serial as PDF; `seen` are the copies of which the person knows.

    Raises:
        Unknown: no such label was issued, or none of a therapy that this person may see.
        NotPrinted: it cannot be printed as the record stands.
        PrintedBefore: there are other copies than were seen.
    """
    installation.read(lambda tx: _require_to_see(tx, by, _coi_of(tx, serial)))
    paper = Paper("bag_label", serial)
    return _printed(
        installation, by, paper, lambda _copy: bag_label_pdf(installation, serial), seen
    )


def write_wristband(
    installation: Installation, by: Proven, coi: str, seen: int | None = None
) -> bytes:
    """The current wristband of a therapy's patient as PDF, with the name.

    Raises:
        NotAllowed: the person is none of those who know the patient.
        Unknown: there is no such therapy, or none in which a site of this person takes part.
        NotPrinted: there is no wristband, or it cannot be printed.
        PrintedBefore: there are other copies than were seen.
    """
    installation.read(lambda tx: _require_to_know(tx, by, coi))
    # The band is the patient's, in whichever therapy: a newer one is another piece.
    band = installation.read(lambda tx: wristband_of(tx, coi))
    paper = Paper("wristband", coi, band)
    return _printed(installation, by, paper, lambda _copy: wristband_pdf(installation, coi), seen)


def write_order_sheet(installation: Installation, by: Proven, coi: str) -> bytes:
    """The order of a therapy as a page to be scanned; the patient appears by the COI alone.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
        NotPrinted: it cannot be printed as the record stands.
    """
    installation.read(lambda tx: _require_to_see(tx, by, coi))
    paper = Paper("order_sheet", coi)
    return _printed(
        installation, by, paper, lambda copy: order_sheet_pdf(installation, coi, by, copy)
    )


def write_custody_record(installation: Installation, by: Proven, coi: str) -> bytes:
    """The custody record of a therapy as PDF; the patient appears by the COI alone.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """
    installation.read(lambda tx: _require_to_see(tx, by, coi))
    paper = Paper("custody_record", coi)
    return _printed(
        installation, by, paper, lambda copy: custody_record(installation, coi, by, copy=copy)
    )


def write_location_label(installation: Installation, by: Proven, serial: str) -> bytes:
    """The label of a place as PDF.

    Raises:
        Unknown: there is no such place, or none that this person keeps.
        NotPrinted: its template is not approved, or a text does not fit.
    """
    installation.read(lambda tx: require_keeper(tx, acting(tx, by).person, serial))
    paper = Paper("location_label", serial)
    return _printed(installation, by, paper, lambda _copy: location_label_pdf(installation, serial))


def _require_to_know(tx: Transaction, by: Proven, coi: str) -> None:
    known, _role = holding(tx, by, *KNOW_THE_PATIENT)
    require_to_know(tx, known.person, coi)


def require_to_know(tx: Transaction, person: Person, coi: str) -> None:
    """The person meets patients at a site of the therapy; a name goes no further.

    Whose identity is not checked (since the account is new, or was given a new secret) may be
    anybody who knows that secret.

    Raises:
        Unknown: they do not, or there is no such therapy; nobody can tell which.
    """
    meets = sites_with(person, Permission.SEE_IDENTITY) & sites(tx, coi)
    if not (person.proofed and meets):
        raise Unknown("therapy", coi)


def _require_to_see(tx: Transaction, by: Proven, coi: str) -> None:
    """The account is open, and a site of the person takes part: paper shows what pages show."""
    require_seen(tx, acting(tx, by).person, coi)


def _coi_of(tx: Transaction, serial: str) -> str:
    found = label(tx, serial)
    if found is None:
        raise Unknown("label", serial)
    return found.coi


def _printed(
    installation: Installation,
    by: Proven,
    paper: Paper,
    draw: Callable[[int], bytes],
    seen: int | None = None,
) -> bytes:
    """The next copy, drawn and put on record under its number.

    It is drawn outside the transaction, which others wait for; whoever was overtaken meanwhile
    draws the copy after.
    """
    for _ in range(_TRIES):
        before = installation.read(lambda tx: _copies(tx, paper))
        if seen is not None and len(before) != seen:
            raise PrintedBefore(before)
        copy = len(before) + 1
        content = draw(copy)
        if _noted(installation, by, paper, copy, content):
            return content
    raise Busy


def _copies(tx: Transaction, paper: Paper) -> tuple[Printed, ...]:
    """The copies that were printed before, the first one first."""
    found = list(entries_before(tx, paper.what))
    names = printed_names(tx, (content["actor"] for content in found))
    return tuple(
        Printed(n, content["recorded_at"], names.get(content["actor"], "(erased)"), content["unit"])
        for n, content in enumerate(found, start=1)
    )


def _noted(installation: Installation, by: Proven, paper: Paper, copy: int, content: bytes) -> bool:
    """Record who wrote a document: its copy, what it is about, and the hash of its bytes.

    False when somebody else has printed this copy meanwhile.
    """
    digest = sha256(content).hexdigest()

    def work(tx: Transaction) -> bool:
        if times_before(tx, paper.what) != copy - 1:
            return False
        known = acting(tx, by).person
        key = numbered_key(paper.what, copy)
        occasion = Occasion(known.id, "-", installation.clock.now(), key=key, digest=digest)
        document = {"kind": paper.kind, "about": paper.about, "sha256": digest, "copy": str(copy)}
        chain = person_chain(tx, known.id) or ORGANISATION
        write_site_entry(tx, "write_document", occasion, Registered(document=document), chain)
        return True

    return installation.transact(work)
