"""What a code is: read strictly, looked up once, told only as far as it is known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import DataRefused, Problem
from coi.ledger.canonical import nfc
from coi.store import codes
from coi.store.transactions import Transaction
from labels.codes.aim import strip_aim
from labels.codes.naming import Dialect, dialect_of, read_ours
from labels.errors import NotACode
from labels.identifiers import Coi, Serial, parse_scan
from workflows.facts import Meaning, Scan

# By AIM's symbology identifiers: Data Matrix is on bags, QR on wristbands. Many scanners, and every
# keyboard, send none.
BAG_SYMBOLS = frozenset({"", "]d1"})
BAND_SYMBOLS = frozenset({"", "]Q1"})
BY_DEVICE = ("scanned", "camera")
TYPED = "typed"
WAYS = (*BY_DEVICE, TYPED)


@dataclass(frozen=True, slots=True)
class Code:
    """What came from the scanner or the keyboard, with how and by which device."""

    raw: str
    how: str = "scanned"
    device: str = "-"
    by: str = ""  # the person who scanned it, where several do
    confirmed_by: str = ""  # the person who read the same characters, where it was typed
    by_hand: bool = False  # the page saw a hand at work, and no scanner
    device_time: str = ""  # what its clock shows, as it claims; no time of the record (CL-01)

    def __post_init__(self) -> None:
        if self.device_time and not _is_time(self.device_time):
            raise DataRefused([Problem("is no time with its offset", column="device_time")])
        if self.how not in WAYS:
            raise DataRefused([Problem(f"a code is one of {', '.join(WAYS)}", column="how")])


def _is_time(text: str) -> bool:
    try:
        parse_rfc3339(text)
    except ValueError:
        return False
    return True


def resolve(tx: Transaction, code: Code) -> Scan:
    """The scan with what it means; None for what is unknown, damaged, or on the wrong thing."""
    # Many scanners press Enter after what they have read.
    raw = code.raw.strip("\r\n")
    told = (code.how, code.device)
    people = (code.by, code.confirmed_by, code.device_time)
    try:
        read = parse_scan(raw)
    except NotACode:
        return Scan(raw[:64], *told, None, *people)
    return Scan(raw, *told, _meaning(tx, read.symbology, read.serial, read.coi), *people)


def is_readable(raw: str) -> bool:
    """It is a code of ours, with the right check character, whether anything is known of it."""
    try:
        parse_scan(raw.strip("\r\n"))
    except NotACode:
        return False
    return True


def is_wristband(raw: str) -> bool:
    """It reads as a wristband of ours, whether anybody here knows it: it is on somebody's arm."""
    try:
        read = parse_scan(raw.strip("\r\n"))
    except NotACode:
        return False
    return read.serial is not None and read.serial.kind == "W"


UNKNOWN_WRISTBAND = "STOP. This wristband is not known here"
IDENTIFY_ANEW = (
    "Do not go on. Identify the patient by the procedure of your site, and look whether they wear"
    " another wristband: this one may be of an earlier stay or of another system."
    " Call the coordinator"
)
"""What is to be done where a wristband stands for nobody: an arm is not put aside."""


def why_not(raw: str) -> NotACode | None:
    """Why a text is no code of ours: what it is, where it is one of another system; else None."""
    try:
        read_ours(raw.strip("\r\n"))
    except NotACode as error:
        return error
    return None


def of_another_system(raw: str) -> str:
    """That a code is of another system, for whoever scanned it at a step; '' of all else.

    Whether the site reads such codes makes no difference there.
    """
    try:
        dialect = dialect_of(*strip_aim(raw.strip("\r\n")))
    except NotACode:
        return ""
    if dialect is Dialect.OURS:
        return ""
    return (
        f"This is {dialect}, and identifies nothing at a step."
        " Scan the label that this system printed."
    )


def _meaning(
    tx: Transaction, symbology: str, serial: Serial | None, coi: Coi | None
) -> Meaning | None:
    """What serial and COI stand for; a bag payload whose two halves disagree stands for nothing."""
    if serial is None:
        return codes.order(tx, coi.text) if coi else None
    if symbology and symbology not in _SYMBOLS.get(serial.kind, {symbology}):
        return None
    look_up = _BY_KIND.get(serial.kind)
    found = look_up(tx, serial.text) if look_up else None
    if coi is not None and getattr(found, "coi", coi.text) != coi.text:
        return None
    return found


_SYMBOLS: Mapping[str, frozenset[str]] = {"B": BAG_SYMBOLS, "W": BAND_SYMBOLS}
_BY_KIND: Mapping[str, Callable[[Transaction, str], Meaning | None]] = {
    "B": codes.label,
    "W": codes.wristband,
    "X": codes.shipper,
    "L": codes.place,
}


def as_recorded(scan: Scan) -> Mapping[str, str]:
    """A scan as the entry keeps it: raw, how, by which device, and what it was taken for.

    What is no code of ours may be anything, a hospital's own wristband with a name too: it is kept
    apart, where it can be erased.
    """
    means = type(scan.means).__name__.lower() if scan.means else "unknown"
    claimed = scan.device_time and rfc3339(parse_rfc3339(scan.device_time))
    sometimes = {"by": scan.by, "confirmed_by": scan.confirmed_by, "device_time": claimed}
    return {
        "raw": printable(scan.raw) if scan.means else "-",
        "how": scan.how,
        "device": printable(scan.device[:64]),
        "means": means,
        **{name: text for name, text in sometimes.items() if text},
    }


def drift_of(scan: Mapping[str, str], recorded_at: str) -> str:
    """By how much the clock of a device differed from the server's, as it claimed; '' is nothing.

    What a request takes on its way is part of it.
    """
    claimed = scan.get("device_time")
    if not claimed:
        return ""
    differs = parse_rfc3339(claimed) - parse_rfc3339(recorded_at)
    seconds = round(differs.total_seconds())
    if not seconds:
        return "was right"
    return f"was {timedelta(seconds=abs(seconds))} {'ahead' if seconds > 0 else 'behind'}"


def printable(raw: str) -> str:
    """The raw reading with every invisible or ill-formed character written out."""
    if raw.isprintable():
        return nfc(raw)
    return nfc("".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in raw))
