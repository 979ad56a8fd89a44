"""The sheet that goes along with a container or a wristband: all that a label may have left off.

It is a page, because a browser writes a name in whatever script it is. It carries no symbol: lying
beside the bag, it could be scanned in place of the bag, the order or the wristband, and three
checks would be one.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from coi.errors import DataRefused, Problem, Unknown
from coi.reports.printable import written_out
from coi.reports.wording import utc
from coi.services.copies import Paper, printed
from coi.services.drawing import NotPrinted, not_printed
from coi.services.identity import identity_of
from coi.services.installation import Installation
from coi.services.labelling import bag_label_of
from coi.services.printing_rights import require_known_patient, require_to_print
from coi.services.proofs import NotAllowed, Proven
from coi.services.reporting import name_of, software
from coi.services.therapies import wristband_of
from coi.store import facts
from coi.store.transactions import Transaction
from labels.accompanying import SheetLine, sheet_lines
from labels.bag_label import bag_label
from labels.drawing import drawing_of
from labels.errors import LabelError

SHEET: Final = "accompanying_sheet"
NAMED_SHEET: Final = "accompanying_sheet_with_identity"
"""What the record calls each; the second one is for those alone who meet the patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSheet:
    """Which sheet of a therapy: of the container with this label, or of the wristband."""

    coi: str
    serial: str = ""
    is_named: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccompanyingSheet:
    """All that one sheet says; `identity` is empty where it is not for those who know the name.

    `by_number` is the name with each character that labels cannot show by its number, where there
    is one: a device that lacks the letters shows boxes, and nobody could tell which.
    """

    coi: str
    serial: str
    lines: tuple[SheetLine, ...]
    identity: Mapping[str, str]
    by_number: str
    copy: int
    printed_at: str
    printed_by: str
    software: str
    demonstration: bool


def lines_beside(
    installation: Installation, by: Proven, coi: str, serial: str
) -> tuple[SheetLine, ...]:
    """What is to be said of a container, what its label leaves off first.

    Raises:
        Unknown: no such label of this therapy was issued, or none that this person may see.
        NotAllowed: no role of the person prints at a site of the therapy.
        NotPrinted: the record lacks something that must stand on the label.
    """
    installation.read(lambda tx: _require_to_print(tx, by, coi, serial))
    return _lines(installation, serial)


def may_name(
    installation: Installation, by: Proven, coi: str, *, is_required: bool = False
) -> bool:
    """Whoever asks is one of those who meet the patient of this therapy.

    Raises:
        Unknown, NotAllowed: they are not, and it `is_required`.
    """
    try:
        installation.read(lambda tx: require_known_patient(tx, by, coi))
    except (Unknown, NotAllowed):
        if is_required:
            raise
        return False
    return True


def write_accompanying_sheet(
    installation: Installation,
    by: Proven,
    asked: AskedSheet,
    draw: Callable[[AccompanyingSheet], str],
) -> bytes:
    """The sheet as `draw` writes it, in UTF-8, once it is on record that it was printed.

    Raises:
        Unknown: there is no such label of this therapy, or none that this person may see; or they
            ask for the name, and do not meet the patient.
        NotAllowed: no role of the person prints this.
        DataRefused: neither a label nor the name is asked for.
        NotPrinted: the label cannot be printed as the record stands, or the identity was erased.
        PrintedForThis: this request was answered with a copy before.
    """
    installation.read(lambda tx: _require(tx, by, asked))
    kind = NAMED_SHEET if asked.is_named else SHEET
    paper = Paper(kind, asked.serial or asked.coi, key=asked.key)

    def drawn(copy: int) -> bytes:
        lines = _lines(installation, asked.serial) if asked.serial else ()
        return draw(
            installation.read(lambda tx: _sheet(tx, installation, by, asked, lines, copy))
        ).encode()

    return printed(installation, by, paper, drawn)


def _require(tx: Transaction, by: Proven, asked: AskedSheet) -> None:
    if asked.serial:
        _require_to_print(tx, by, asked.coi, asked.serial)
    elif not asked.is_named:
        raise DataRefused([Problem("say of which label, or ask for the name", column="label")])
    if asked.is_named:
        require_known_patient(tx, by, asked.coi)


def _require_to_print(tx: Transaction, by: Proven, coi: str, serial: str) -> None:
    """The label is one of this therapy, which the person prints labels of."""
    if require_to_print(tx, by, serial)[0].coi != coi:
        raise Unknown("label", serial)


def _lines(installation: Installation, serial: str) -> tuple[SheetLine, ...]:
    try:
        content = bag_label(bag_label_of(installation, serial))
        return sheet_lines(content, drawing_of(content).left_off)
    except LabelError as error:
        raise not_printed(error) from error


def _sheet(
    tx: Transaction,
    installation: Installation,
    by: Proven,
    asked: AskedSheet,
    lines: tuple[SheetLine, ...],
    copy: int,
) -> AccompanyingSheet:
    identity = _identity(tx, installation, asked.coi) if asked.is_named else {}
    return AccompanyingSheet(
        coi=asked.coi,
        serial=asked.serial or wristband_of(tx, asked.coi),
        lines=lines,
        identity=identity,
        by_number=_by_number(identity),
        copy=copy,
        printed_at=utc(installation.clock.now()),
        printed_by=name_of(tx, by),
        software=software(),
        demonstration=installation.demonstration,
    )


def _identity(tx: Transaction, installation: Installation, coi: str) -> Mapping[str, str]:
    """Who the patient is.

    Raises:
        NotPrinted: nobody can read it any more.
    """
    found = facts.therapy(tx, coi)
    identity = identity_of(tx, installation, found[0].patient) if found else {}
    if not identity:
        raise NotPrinted(
            "IDENTITY_ERASED",
            "The patient's identity was erased.",
            "Print the sheet of a container without the name.",
        )
    return identity


def _by_number(identity: Mapping[str, str]) -> str:
    name = f"{identity['family_name']}, {identity['given_name']}" if identity else ""
    numbered = written_out(name, "bold")
    return "" if numbered == unicodedata.normalize("NFC", name) else numbered
