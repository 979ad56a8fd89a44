"""What leaves the system on paper: drawn, and put on record before anybody has it in hand.

A document is an entry in its maker's site chain, with the hash of its bytes and the number of its
copy (TL-01, LB-13). A name is read from the vault for those alone who order for the patient or meet
the patient.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from coi.errors import Busy, CoiError, DataRefused, Problem, Unknown
from coi.services.asked_print import asked_for, next_copy
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.extracts import destruction_certificate_pdf, deviation_letter_pdf
from coi.services.installation import Installation
from coi.services.labelling import bag_label_pdf, wristband_pdf
from coi.services.looking import has_destroyed, has_in_hand, knowing, require_seen_whole
from coi.services.numbered import entries_before, numbered_key, times_before
from coi.services.order_sheets import order_sheet_pdf
from coi.services.permissions import HOLDERS, Permission, sites_with
from coi.services.places import location_label_pdf, require_keeper
from coi.services.print_queue import OF_NO_THERAPY, NewPrint, queue_print
from coi.services.printers import PDF, printer_seen
from coi.services.proofs import (
    JustProven,
    NotAllowed,
    Proven,
    acting,
    acting_or_program,
    holding,
    signature_of,
)
from coi.services.reporting import custody_record
from coi.services.therapies import wristband_of
from coi.store.codes import label
from coi.store.facts import ORGANISATION, sites
from coi.store.people import printed_names
from coi.store.registers import person_chain
from coi.store.size import hash_at
from coi.store.transactions import Transaction
from workflows.facts import Person

KNOW_THE_PATIENT = (
    "coordinator",
    "apheresis_nurse",
    "theatre_nurse",
    "infusion_nurse",
    "surgeon",
    "treating_physician",
)
WHY_AGAIN: Mapping[str, str] = {
    "not printed": "Nothing came out of the printer",
    "damaged": "It is damaged or cannot be read, and was destroyed",
    "lost": "It is lost",
}
"""Why a piece is printed again, as the entry keeps it, and in words."""

PRINTED_AGAIN = "printed again; no other piece is in use"
"""What a signature means below a second print: it is shown to whoever is about to sign."""

_NEVER = datetime.min.replace(tzinfo=UTC)  # the end of a training that is not on record
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
    key: str = ""  # of the request: under it one copy is printed; without one nobody knows
    to: str = ""  # the printer at which it waits from now on; nowhere, where somebody has the file

    @property
    def what(self) -> str:
        """By what its copies are counted."""
        return f"{self.kind}/{self.piece or self.about}"


@dataclass(frozen=True, slots=True)
class Again:
    """One more print of a piece: who signs for it just now, why, and how many copies they saw.

    Two pieces of paper would carry one code, so that it takes the password again (SEC-15).
    """

    proven: JustProven
    why: str
    seen: int | None = None  # None where whoever asks was told of no number

    def __post_init__(self) -> None:
        if self.why not in WHY_AGAIN:
            raise DataRefused([Problem("say why it is printed again", column="reason")])


@dataclass(frozen=True, slots=True)
class Piece:
    """Of what there should be one piece of paper, unless somebody signs for another one."""

    paper: Paper
    coi: str = ""
    again: Again | None = None


def write_bag_label(
    installation: Installation, by: Proven, serial: str, again: Again | None = None
) -> bytes:
    """The label with this serial as PDF; a piece that was printed before is asked for `again`.

    Raises:
        Unknown: no such label was issued, or none of a therapy that this person may see.
        NotAllowed: no role of the person acts at a site of the therapy.
        CannotSign: the person asks again, and may not sign.
        NotPrinted: it cannot be printed as the record stands.
        PrintedBefore: there are other copies than were seen.
    """
    coi = installation.read(lambda tx: require_to_print(tx, by, serial))
    piece = Piece(Paper("bag_label", serial), coi, again)
    return _printed_once(installation, by, piece, lambda _copy: bag_label_pdf(installation, serial))


def write_wristband(
    installation: Installation, by: Proven, coi: str, again: Again | None = None
) -> bytes:
    """The current wristband of a therapy's patient as PDF, with the name.

    Raises:
        NotAllowed: the person is none of those who know the patient.
        Unknown: there is no such therapy, or none in which a site of this person takes part.
        CannotSign: the person asks again, and may not sign.
        NotPrinted: there is no wristband, or it cannot be printed.
        PrintedBefore: there are other copies than were seen.
    """
    installation.read(lambda tx: require_as_asked(tx, by, coi))
    # The band is the patient's, in whichever therapy: a newer one is another piece.
    band = installation.read(lambda tx: wristband_of(tx, coi))
    piece = Piece(Paper("wristband", coi, band), coi, again)
    return _printed_once(
        installation, by, piece, lambda _copy: wristband_pdf(installation, coi, band)
    )


def label_copies(installation: Installation, by: Proven, serial: str) -> tuple[Printed, ...]:
    """The copies of a label, for those who may print it."""

    def look(tx: Transaction) -> tuple[Printed, ...]:
        require_to_print(tx, by, serial)
        return _copies(tx, Paper("bag_label", serial))

    return installation.read(look)


def wristband_copies(installation: Installation, by: Proven, coi: str) -> tuple[Printed, ...]:
    """The copies of a patient's current wristband, for those who may print it."""

    def look(tx: Transaction) -> tuple[Printed, ...]:
        require_as_asked(tx, by, coi)
        return _copies(tx, Paper("wristband", coi, wristband_of(tx, coi)))

    return installation.read(look)


def write_order_sheet(installation: Installation, by: Proven, coi: str, key: str = "") -> bytes:
    """The order of a therapy as a page to be scanned; the patient appears by the COI alone.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
        NotPrinted: it cannot be printed as the record stands.
    """
    installation.read(lambda tx: _require_to_see(tx, by, coi))
    paper = Paper("order_sheet", coi, key=key)
    return printed(
        installation, by, paper, lambda copy: order_sheet_pdf(installation, coi, by, copy)
    )


def write_custody_record(installation: Installation, by: Proven, coi: str, key: str = "") -> bytes:
    """The custody record of a therapy as PDF; the patient appears by the COI alone.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """
    installation.read(lambda tx: _require_to_see(tx, by, coi))
    paper = Paper("custody_record", coi, key=key)
    return printed(
        installation, by, paper, lambda copy: custody_record(installation, coi, by, copy=copy)
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
    return printed(
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
    return printed(
        installation,
        by,
        paper,
        lambda copy: deviation_letter_pdf(installation, coi, lot, by, copy),
    )


def write_location_label(
    installation: Installation, by: Proven, serial: str, to: str = ""
) -> bytes:
    """The label of a place as PDF; with a printer named, it waits there from now on.

    Raises:
        Unknown: there is no such place, or none that this person keeps, or no such printer.
        NotPrinted: its template is not approved, or a text does not fit.
        DataRefused: the printer does not take PDF.
    """
    installation.read(lambda tx: require_keeper(tx, acting(tx, by).person, serial))
    paper = Paper("location_label", serial, to=to)
    return printed(installation, by, paper, lambda _copy: location_label_pdf(installation, serial))


def require_as_asked(tx: Transaction, by: Proven, coi: str) -> None:
    """Whoever asks meets the patient of the therapy, and is no program.

    Raises:
        NotAllowed: none of their roles meets patients.
        Unknown: they do not meet this one, or there is no such therapy.
    """
    known, _role = holding(tx, by, *KNOW_THE_PATIENT)
    require_to_know(tx, known.person, coi)


def require_to_know(tx: Transaction, person: Person, coi: str) -> None:
    """The person meets patients at a site of the therapy; a name goes no further.

    Whose identity is not checked (since the account is new, or was given a new secret) may be
    anybody who knows that secret.

    Raises:
        Unknown: they do not, or there is no such therapy; nobody can tell which.
    """
    meets = sites_with(person, Permission.SEE_IDENTITY) & knowing(tx, coi)
    if not (person.proofed and meets):
        raise Unknown("therapy", coi)


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


def require_to_print(tx: Transaction, by: Proven, serial: str) -> str:
    """The therapy of a label; the person acts at one of its sites, and does not only look on.

    A hospital that does not treat any more prints for what it has in hand, and for nothing else.
    """
    found = label(tx, serial)
    if found is None:
        raise Unknown("label", serial)
    person = acting_or_program(tx, by).person
    if not has_in_hand(tx, person, found):
        require_seen_whole(tx, person, found.coi)
        if knowing(tx, found.coi).isdisjoint(site for _role, site in person.site_roles):
            raise NotAllowed([Problem("who is asked to treat prints no label before taking over")])
    _printing_role(tx, person, found.coi)
    return found.coi


def _printing_role(tx: Transaction, person: Person, coi: str) -> str:
    """The role in which a person prints what carries a code of this therapy.

    Of several it is the one with the latest end of training: it is current if any of them is.

    Raises:
        NotAllowed: there is none.
    """
    there, holders = sites(tx, coi), HOLDERS[Permission.PRINT_LABELS]
    roles = sorted(role for role, site in person.site_roles if role in holders and site in there)
    if not roles:
        raise NotAllowed([Problem("who looks on prints no label: that takes a role at the site")])
    return max(roles, key=lambda role: person.trained_until.get(role, _NEVER))


def _printed_once(
    installation: Installation, by: Proven, piece: Piece, draw: Callable[[int], bytes]
) -> bytes:
    """The first print of a piece, or one more that somebody signs for.

    Raises:
        PrintedBefore: there are other copies than whoever asks has seen.
    """
    again = piece.again
    before = installation.read(lambda tx: _copies(tx, piece.paper))
    seen = again.seen if again else 0
    if seen is not None and len(before) != seen:
        raise PrintedBefore(before)
    content = draw(len(before) + 1)
    by = again.proven if again else by
    if not _noted(installation, by, piece, len(before) + 1, content):
        # Somebody was quicker: there is a piece now that whoever asks has not seen.
        raise PrintedBefore(installation.read(lambda tx: _copies(tx, piece.paper)))
    return content


def printed(
    installation: Installation, by: Proven, paper: Paper, draw: Callable[[int], bytes]
) -> bytes:
    """The next copy, drawn and put on record under its number.

    It is drawn outside the transaction, which others wait for; whoever was overtaken meanwhile
    draws the copy after.

    Raises:
        PrintedForThis: this request was answered with a copy before.
    """
    asked = asked_for(installation, by, paper.what, paper.key)
    for _ in range(_TRIES):
        copy = installation.read(lambda tx: next_copy(tx, paper.what, asked))
        content = draw(copy)
        if _noted(installation, by, Piece(paper), copy, content):
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


def _noted(installation: Installation, by: Proven, piece: Piece, copy: int, content: bytes) -> bool:
    """Record who wrote a document: its copy, what it is about, and the hash of its bytes.

    A piece that is printed again is signed for, with the reason.

    False when somebody else has printed this copy meanwhile.
    """
    digest, paper, again = sha256(content).hexdigest(), piece.paper, piece.again

    def work(tx: Transaction) -> bool:
        if times_before(tx, paper.what) != copy - 1:
            return False
        known = acting_or_program(tx, by)
        person, now = known.person, installation.clock.now()
        key = numbered_key(paper.what, copy)
        occasion = Occasion(person.id, "-", now, key=key, digest=digest)
        document = {"kind": paper.kind, "about": paper.about, "sha256": digest, "copy": str(copy)}
        document |= asked_for(installation, by, paper.what, paper.key)
        told = Registered(document=document)
        if again:
            role = _printing_role(tx, person, piece.coi)
            signature = signature_of(known, role, PRINTED_AGAIN, now)
            told = Registered(document={**document, "reason": again.why}, signatures=(signature,))
        chain = person_chain(tx, person.id) or ORGANISATION
        entry = write_site_entry(tx, "write_document", occasion, told, chain)
        if paper.to:
            label_ = NewPrint(content, PDF, (paper.about,), piece.coi or OF_NO_THERAPY)
            queue_print(tx, installation, printer_seen(tx, person, paper.to), [label_], entry)
        what = f"{paper.kind} {paper.about}, copy {copy} (SHA-256 {digest[:12]})"
        hash_ = hash_at(tx, chain, entry.seq)
        installation.on_paper.leaves(what.replace("_", " "), chain, entry.seq, hash_)
        return True

    return installation.transact(work)
