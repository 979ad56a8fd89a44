"""Labels and wristbands as files: drawn, and on record before anybody has one in hand.

Two pieces of paper would carry one code. So a label of a container is printed once under its
serial; a wristband once more when somebody signs for it. A name is read from the vault for those
alone who meet the patient.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coi.errors import Busy, CoiError, DataRefused, Problem
from coi.ledger.content import SignedBy
from coi.services.copies import (
    TRIES,
    Copy,
    Paper,
    Printed,
    copies_of,
    is_overtaken,
    note,
    printed_as,
)
from coi.services.drawing import FILE, Drawn, Medium
from coi.services.installation import Installation
from coi.services.label_outcomes import Teller, require_first_print, tell_printed
from coi.services.labelling import draw_bag_label, draw_wristband
from coi.services.places import draw_location_label, require_keeper
from coi.services.printing_rights import (
    Post,
    printing_post,
    require_known_patient,
    require_to_print,
)
from coi.services.proofs import JustProven, Proven, acting, signature_of
from coi.services.therapies import wristband_of
from coi.services.unreadable import telling_unreadable
from coi.store import facts
from coi.store.people import KnownPerson
from coi.store.transactions import Transaction
from workflows.facts import Label

WHY_AGAIN: Mapping[str, str] = {
    "not printed": "Nothing came out of the printer",
    "damaged": "It is damaged or cannot be read, and was destroyed",
    "lost": "It is lost",
}
"""Why a wristband is printed again, as the entry keeps it, and in words."""

BAG_LABEL = "bag_label"
"""What the record calls the label of a container."""

PRINTED_AGAIN = "printed again; no other piece is in use"
"""What a signature means below a second print: it is shown to whoever is about to sign."""


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


def write_bag_label(installation: Installation, by: Proven, serial: str) -> Drawn:
    """The label with this serial as PDF; whoever has the file counts as having printed it.

    Raises:
        Unknown: no such label was issued, or none of a therapy that this person may see.
        NotAllowed: no role of the person acts at a site of the therapy.
        NotPrinted: it cannot be printed as the record stands.
        Refused: there was a piece of it, or may be one: it takes a new serial.
    """
    for _ in range(TRIES):
        content = _drawn_once(installation, by, serial)
        if content is not None:
            return content
    raise Busy


def _drawn_once(installation: Installation, by: Proven, serial: str) -> Drawn | None:
    """Draw a label and put it on record; None where its therapy went on meanwhile."""

    def look(tx: Transaction) -> tuple[Label, Post, tuple[int, str]]:
        found, _known, post = require_to_print(tx, by, serial)
        return found, post, first_print(tx, found.coi, serial)

    found, post, at = installation.read(look)
    with telling_unreadable(installation, by, found, post.unit):
        content = draw_bag_label(installation, serial)

    def work(tx: Transaction) -> bool:
        facts.lock(tx, found.coi)
        _label, known, post = require_to_print(tx, by, serial)
        if first_print(tx, found.coi, serial) != at:
            return False
        note(tx, installation, known.person.id, Copy(label_paper(serial), at[0], content))
        teller = Teller.at(post, known.person.id, installation.clock.now())
        tell_printed(tx, installation, teller, found.coi, [serial])
        return True

    return content if installation.transact(work) else None


def label_paper(serial: str) -> Paper:
    """The label of a container, as its copies are counted."""
    return Paper(BAG_LABEL, serial)


def first_print(tx: Transaction, coi: str, serial: str) -> tuple[int, str]:
    """The number of a label's next copy, and how far the therapy was when that was looked at.

    Copies before it were cancelled, and never printed.

    Raises:
        Refused: there was a piece of it, or may be one.
    """
    require_first_print(tx, coi, [serial])
    return len(copies_of(tx, label_paper(serial))) + 1, head_of(tx, coi)


def head_of(tx: Transaction, coi: str) -> str:
    """The newest entry of a therapy: what was drawn before another one may say what was."""
    found = facts.therapy(tx, coi)
    return found[1].hash if found else ""


# -- the wristband ---------------------------------------------------------------------------------


def write_wristband(
    installation: Installation, by: Proven, coi: str, again: Again | None = None
) -> Drawn:
    """The current wristband of a therapy's patient as PDF, with the name.

    Raises:
        NotAllowed: the person is none of those who know the patient.
        Unknown: there is no such therapy, or none in which a site of this person takes part.
        CannotSign: the person asks again, and may not sign.
        NotPrinted: there is no wristband, or it cannot be printed.
        PrintedBefore: there are other copies than were seen.
    """
    return wristband_copy(installation, by, coi, again).drawn


def wristband_copy(
    installation: Installation,
    by: Proven,
    coi: str,
    again: Again | None = None,
    on: Medium = FILE,
    keep: Callable[[Transaction, KnownPerson, Copy], None] | None = None,
) -> Copy:
    """The same, for whatever it is printed on; `keep` records it, and sends it where it goes."""
    installation.read(lambda tx: require_known_patient(tx, by, coi))
    # The band is the patient's, in whichever therapy: a newer one is another piece.
    band = installation.read(lambda tx: wristband_of(tx, coi))
    paper = Paper("wristband", coi, band)
    before = installation.read(lambda tx: copies_of(tx, paper))
    seen = again.seen if again else 0
    if seen is not None and len(before) != seen:
        raise PrintedBefore(before)
    content = draw_wristband(installation, coi, band, on)
    told = {"reason": again.why} if again else {}
    copy = Copy(paper, len(before) + 1, content, told)

    def work(tx: Transaction) -> bool:
        if is_overtaken(tx, copy):
            return False
        known = acting(tx, again.proven if again else by)
        signed = Copy(
            paper, copy.number, content, told, _signed(tx, installation, known, coi, again)
        )
        if keep:
            keep(tx, known, signed)
        else:
            note(tx, installation, known.person.id, signed)
        return True

    if not installation.transact(work):
        # Somebody was quicker: there is a piece now that whoever asks has not seen.
        raise PrintedBefore(installation.read(lambda tx: copies_of(tx, paper)))
    return copy


def _signed(
    tx: Transaction,
    installation: Installation,
    known: KnownPerson,
    coi: str,
    again: Again | None,
) -> tuple[SignedBy, ...]:
    if again is None:
        return ()
    role = printing_post(tx, known.person, coi).role
    return (signature_of(known, role, PRINTED_AGAIN, installation.clock.now()),)


def wristband_copies(installation: Installation, by: Proven, coi: str) -> tuple[Printed, ...]:
    """The copies of a patient's current wristband, for those who may print it."""

    def look(tx: Transaction) -> tuple[Printed, ...]:
        require_known_patient(tx, by, coi)
        return copies_of(tx, Paper("wristband", coi, wristband_of(tx, coi)))

    return installation.read(look)


# -- a place ---------------------------------------------------------------------------------------


def write_location_label(installation: Installation, by: Proven, serial: str) -> Drawn:
    """The label of a place as PDF.

    Raises:
        Unknown: there is no such place, or none that this person keeps.
        NotPrinted: its template is not approved, or a text does not fit.
    """
    installation.read(lambda tx: require_keeper(tx, acting(tx, by).person, serial))
    paper = Paper("location_label", serial)
    return printed_as(
        installation, by, paper, lambda _copy: draw_location_label(installation, serial)
    )
