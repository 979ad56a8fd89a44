"""What a code of another system is looked up by: fields of the record, with the text in each.

A number is kept in one spelling, made of its parts, so that two that name the same are one text,
whatever symbol they were read from. A donation is looked up by what names it: the same, however it
was written down before that, and in a European code as well as alone.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from unicodedata import name

from labels.codes.aim import strip_aim
from labels.codes.donations import FACILITY, Din
from labels.codes.gs1 import Giai, Grai, Gs1Codes, Key, Sgtin, Sscc
from labels.codes.isbt128 import IsbtCodes
from labels.codes.refusals import AGAIN
from labels.codes.scans import Dialects, Reading, read_scan, read_typed
from labels.codes.things import EUROPEAN, EuropeanCode
from labels.errors import NotACode
from labels.identifiers import Scan

DONATION, BATCH = "donation_number", "batch_number"
THINGS: Final = ("logger_serial", "seal_number")
"""The fields of the record in which numbers of other systems stand."""

_GROUPED: Final = re.compile(r"\S{5} \S{2} \S{6} \S")
_CLOSE: Final = re.compile(f"({FACILITY})([0-9]{{2}})([0-9]{{6}})(?:[0-9]{{2}})?([0-9A-Z*]?)")
"""A number without blanks: with its flags and its check character, or without."""
_SCANNED: Final = re.compile("=(.{13}[0-9]{2}).*")
"""The same as its symbol holds it, whatever stands beside it."""
_BLANK: Final = re.compile(r"[^\S\x00-\x1f\x85\u2028\u2029]")
_WIDE: Final = {0xFEE0 + plain: plain for plain in range(0x21, 0x7F)}
"""What some keyboards write for letters and digits: as wide as a character of their script."""
_JOINERS: Final = re.compile("[\u200c\u200d]")
"""What nobody sees in a number: blanks of every width, and what joins letters of some scripts."""


class Sought(NamedTuple):
    """A field of the record, and the text that stands in it where it names the same.

    A donation may stand there in another spelling: it is compared by `donation_named`.
    """

    field: str
    content: str


class DonationName(NamedTuple):
    """What names a donation: its number, and the establishment in which alone that is one."""

    number: str
    establishment: str = ""


def sought_by(codes: IsbtCodes | Gs1Codes) -> tuple[Sought, ...]:
    """Where the record may name what a code names; nothing of a patient is looked up."""
    told = _by_isbt128(codes) if isinstance(codes, IsbtCodes) else _by_gs1(codes)
    return tuple(dict.fromkeys(told))


def _by_isbt128(codes: IsbtCodes) -> Iterator[Sought]:
    for one in codes.structures:
        if isinstance(one, Din | EuropeanCode):
            yield Sought(DONATION, one.text)


def donation_named(number: str) -> DonationName:
    """What names a donation: equal for all numbers that name the same, however written.

    A number of ISBT 128 is the same alone and in a European code, whatever its flags. Any other
    European code is a donation of its establishment; a number of another scheme is told as it is,
    but for case and blanks.
    """
    plain = "".join(_as_seen(number).split())
    # Letters of other scripts have their case from databases, each in its way.
    plain = plain.upper() if plain.isascii() else plain
    if european := _european(plain):
        din = donation_of(european)
        own = DonationName(european.donation, european.country + european.establishment)
        return DonationName(din.number) if din else own
    scanned = _SCANNED.fullmatch(plain)
    found = _CLOSE.fullmatch(scanned[1] if scanned else plain)
    if found is None:
        return DonationName(plain)
    *parts, check = found.groups()
    din = Din(*parts)
    return DonationName(plain if check and check != din.check else din.number)


def _as_seen(number: str) -> str:
    """The number with one sort of blank, without what nobody sees and what tells its symbol."""
    text = _JOINERS.sub("", _BLANK.sub(" ", number.translate(_WIDE))).strip()
    while (rest := strip_aim(text)[1].strip()) not in {"", text}:
        text = rest
    return text


def _european(plain: str) -> EuropeanCode | None:
    """The code that was typed as it is printed, also without its name, or scanned; else None."""
    try:
        return EuropeanCode.typed(plain.removeprefix(EuropeanCode.shape.identifier))
    except NotACode:
        return None


def donation_of(code: EuropeanCode) -> Din | None:
    """The donation in a European code: who works by ISBT 128 numbers it by that; else None."""
    found = _CLOSE.fullmatch(code.donation)
    return Din(*found.groups()[:3]) if found else None


def _by_gs1(codes: Gs1Codes) -> Iterator[Sought]:
    if codes.lot:
        yield Sought(BATCH, codes.lot)
    for key in codes.keys:
        if text := _as_kept(key):
            yield from (Sought(field, text) for field in THINGS)


def _as_kept(key: Key) -> str:
    """A thing as the record keeps it, without what else stood in its symbol; '' of all else."""
    match key:
        case Giai():
            return f"(8004){key.number}"
        case Grai():
            return f"(8003)0{key.kind}{key.serial}"
        case Sgtin():
            return f"(01){key.gtin}(21){key.serial}"
        case Sscc():
            return f"(00){key.number}"
        case _:
            return ""


def kept_as(field: str, text: str, dialects: Dialects) -> str:
    """How the record keeps what was scanned or typed into one of these fields; else as it is.

    Raises:
        NotACode: it is a wrong number of a dialect that is read, names something else, or is of
            letters that only look like those of a donation number.
    """
    if field == DONATION:
        seen = _as_seen(text)
        _require_plain(seen)
        return _donation(text.translate(_WIDE).strip(), dialects) if dialects.isbt128 else seen
    if field in THINGS and dialects.gs1 and text.startswith("]"):
        return _thing(text, dialects)
    return text


def _require_plain(number: str) -> None:
    """Refuse a letter of another script: nobody sees that it makes another number."""
    strange = next((one for one in number if not one.isascii()), None)
    if strange is not None:
        raise NotACode(
            "BAD_CHARACTER",
            f"A donation number has no {name(strange, 'sign that is not seen').lower()}.",
            "Scan the number, or type it in the letters A to Z and the digits 0 to 9.",
        )


def _donation(text: str, dialects: Dialects) -> str:
    if not text.startswith(("=", "&", "]")):
        return _typed(text, dialects)
    number = _number_in(read_scan(text, dialects))
    if not number:
        raise _another("donation number")
    return number


def _number_in(codes: Reading) -> str:
    """The number of a donation, as it is printed; '' where none is named."""
    found = codes.one(Din) or codes.one(EuropeanCode) if isinstance(codes, IsbtCodes) else None
    return found.text if found else ""


def _typed(text: str, dialects: Dialects) -> str:
    """A number as it is printed, with or without its blanks and flags; of another scheme as is."""
    seen = _as_seen(text)
    upper = seen.upper()
    close = _CLOSE.fullmatch("".join(upper.split()))
    if close and not close[4]:
        raise NotACode(
            "WRONG_LENGTH",
            "The donation number lacks its check character, which stands in a box behind it.",
            "Scan the symbol, or type the check character too.",
        )
    grouped = " ".join(close.groups()) if close else upper
    if not (_GROUPED.fullmatch(grouped) or grouped.startswith(EUROPEAN)):
        return seen
    return _number_in(read_typed(grouped, dialects)) or seen


def _thing(text: str, dialects: Dialects) -> str:
    codes = read_scan(text, dialects)
    if isinstance(codes, Scan):
        return text  # a code of ours, such as a shipper's
    named = [_as_kept(key) for key in codes.keys] if isinstance(codes, Gs1Codes) else []
    found = next(filter(None, named), None)
    if found is None:
        raise _another("number of a thing")
    return found


def _another(wanted: str) -> NotACode:
    return NotACode("BAD_VALUE", f"This code is read, and is no {wanted}.", AGAIN)
