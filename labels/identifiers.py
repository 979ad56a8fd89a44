"""The codes of this system: the COI identifier, the serials, and what a scanner reads.

    COI       PPPP-XXXXXXXX-K      one therapy event; never derived from the patient
    serial  B-PPPP-XXXXXXXX-K      one physical thing; the first letter says what kind of thing

PPPP is the issuer's prefix and XXXXXXXX a random body, both in Crockford's base 32 (no I, L, O, U);
K is the ISO 7064 MOD 37,36 check character over all that stands before it, the kind letter too. The
two forms are told apart by length: without hyphens and spaces a COI has 13 characters and a serial
14. The check would not confuse them either: no serial stays valid when its kind letter is lost.

A scan is hostile input. What is accepted is a short allow-list: ASCII letters and digits in groups
of the right length, at most 64 characters. Letters that merely look right (Cyrillic, full-width
digits) are refused, not mended. Forgiven on entry are lower case, O for 0, I and L for 1, spaces
around, and hyphens or spaces between the groups, or none there; the body may be read aloud in two
groups of four. The kind letter is never mended: L is a location.

An issued code has no two neighbours that could swap unnoticed, and no check character I, L, O or U;
such draws are thrown away (one in eight) and drawn again.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from labels.check_character import check_character, silent_swaps
from labels.codes import aim
from labels.codes.refusals import AGAIN, wrong_symbol
from labels.errors import NotACode, NothingIssued

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "B": "bag label",
        "W": "wristband",
        "L": "location",
        "S": "staff badge",
        "X": "shipper",
        "C": "container",
        "P": "chart label",
    },
)
LONGEST: Final = 64
COI_LENGTH: Final = 13
SERIAL_LENGTH: Final = 14
PAYLOAD_SEPARATOR: Final = "/"

_GROUPED: Final = re.compile(
    r"(?:([A-Z])[- ]*)?"  # the kind, of a serial only
    r"([0-9A-TV-Z]{4})[- ]*"
    r"([0-9A-TV-Z]{4})[- ]*([0-9A-TV-Z]{4})[- ]*"
    r"([0-9A-TV-Z])",
)
_PRINTED: Final = f"([{CROCKFORD}]{{4}})-([{CROCKFORD}]{{8}})-([{CROCKFORD}])"
_AS_PRINTED: Final = re.compile(
    f"(?:([{''.join(KINDS)}])-)?{_PRINTED}(?:{PAYLOAD_SEPARATOR}{_PRINTED})?"
)
_NO_COI_BESIDE: Final = [None, None, None]
_STRAY: Final = re.compile("[^0-9A-Z]")
_ISSUER: Final = re.compile(f"[{CROCKFORD}]{{4}}")
_BODY: Final = re.compile(f"[{CROCKFORD}]{{8}}")
_OF_ISSUER: Final = 4
_DRAWS: Final = 100
_ADMIN: Final = "An administrator chooses another issuer prefix."

Draw = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Coi:
    """The identifier of one therapy event."""

    issuer: str
    body: str

    def __post_init__(self) -> None:
        """Refuse parts that do not make a code; nothing is forgiven here."""
        _require_parts(self.issuer, self.body)
        _require_plain_check(self.issuer + self.body)

    @property
    def text(self) -> str:
        """The code as it is printed, with hyphens and check character."""
        return f"{self.issuer}-{self.body}-{check_character(self.issuer + self.body)}"


@dataclass(frozen=True, slots=True)
class Serial:
    """The identifier of one physical thing: a label, a wristband, a location, a badge."""

    kind: str
    issuer: str
    body: str

    def __post_init__(self) -> None:
        """Refuse parts that do not make a code; nothing is forgiven here."""
        _require_kind(self.kind)
        _require_parts(self.issuer, self.body)
        _require_plain_check(self.kind + self.issuer + self.body)

    @property
    def text(self) -> str:
        """The code as it is printed, with hyphens and check character."""
        check = check_character(self.kind + self.issuer + self.body)
        return f"{self.kind}-{self.issuer}-{self.body}-{check}"


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanner read: the raw text, the AIM identifier if one was sent, and what is named.

    Two scans that name the same are equal, whatever symbol each was read from.
    """

    raw: str = field(compare=False)
    symbology: str = field(compare=False)
    serial: Serial | None
    coi: Coi | None


def require_issuer(issuer: str) -> None:
    """Refuse a prefix that is not four Crockford characters, or hides a swap of neighbours.

    Raises NotACode for the characters and NothingIssued for the swap.
    """
    if not _ISSUER.fullmatch(issuer):
        raise NotACode(
            "BAD_CHARACTER",
            "An issuer prefix has four characters of 0-9, A-Z without I, L, O, U.",
            _ADMIN,
        )
    # A COI has no kind before its prefix; each kind of serial is another code to be swapped in.
    if any(_silent_within(kind + issuer) for kind in ("", *KINDS)):
        raise NothingIssued(
            "ISSUER_SWAPS", "Two characters of this prefix could be swapped unnoticed.", _ADMIN
        )


def issue_coi(issuer: str, draw: Draw) -> Coi:
    """Draw a new COI identifier; `draw(n)` gives n random bytes, as `secrets.token_bytes` does."""
    require_issuer(issuer)
    return Coi(issuer, _draw_body(issuer, draw))


def issue_serial(kind: str, issuer: str, draw: Draw) -> Serial:
    """Draw a new serial of a kind; `draw(n)` gives n random bytes, as in `issue_coi`."""
    _require_kind(kind)
    require_issuer(issuer)
    return Serial(kind, issuer, _draw_body(kind + issuer, draw))


def parse_code(raw: str) -> Coi | Serial:
    """Read one code, forgiving what people mistype; raises NotACode with the reason."""
    found = _GROUPED.fullmatch(_clean(raw))
    if not found:
        raise _why_not(raw)
    # The kind stays outside what is mended: a location's L would become a 1.
    kind = found[1]
    rest = _mended("".join(found.groups()[1:]))
    if kind is not None:
        _require_kind(kind)
    if check_character((kind or "") + rest[:-1]) != rest[-1]:
        raise NotACode(
            "WRONG_CHECK_CHARACTER",
            "The code was misread or mistyped: its last character is wrong.",
            AGAIN,
        )
    issuer, body = rest[:_OF_ISSUER], rest[_OF_ISSUER:-1]
    return Serial(kind, issuer, body) if kind else Coi(issuer, body)


def _mended(text: str) -> str:
    """The digits for which letters were taken; three replacements are quicker than a table."""
    return text.replace("O", "0").replace("I", "1").replace("L", "1")


def bag_payload(serial: Serial, coi: Coi) -> str:
    """Give the text inside a bag label's symbol: its serial, a slash, its COI."""
    return f"{serial.text}{PAYLOAD_SEPARATOR}{coi.text}"


def split_payload(raw: str) -> tuple[Serial, Coi]:
    """Read back the text inside a bag label's symbol; raises NotACode with the reason."""
    _clean(raw)
    return _split(raw)


def _split(text: str) -> tuple[Serial, Coi]:
    """The same of what was judged as a whole."""
    left, _, right = text.partition(PAYLOAD_SEPARATOR)
    serial, coi = parse_code(left), parse_code(right)
    if not isinstance(serial, Serial) or not isinstance(coi, Coi):
        raise NotACode(
            "WRONG_LENGTH",
            "A bag label holds its serial, a slash and a COI, in this order.",
            AGAIN,
        )
    if serial.kind != "B":
        raise NotACode("UNKNOWN_KIND", "Only a bag label carries a COI beside its serial.", AGAIN)
    return serial, coi


def parse_scan(raw: str) -> Scan:
    """Read what was scanned or typed: a COI, a serial or both; raises NotACode."""
    return parse_symbol(raw, *aim.strip_aim(raw))


def parse_symbol(raw: str, symbology: str, text: str) -> Scan:
    """The same of a scan whose AIM identifier was taken off."""
    if symbology in aim.OURS and (read := _as_printed(text)):
        return Scan(raw, symbology, *read)
    # The whole scan is judged before its parts, which would each look short enough.
    _clean(raw)
    if symbology not in aim.OURS:
        aim.require_known(symbology)
        raise wrong_symbol("a code of ours")
    if PAYLOAD_SEPARATOR in text:
        serial, coi = _split(text)
        return Scan(raw, symbology, serial, coi)
    code = parse_code(text)
    if isinstance(code, Serial):
        return Scan(raw, symbology, code, None)
    return Scan(raw, symbology, None, code)


def _as_printed(text: str) -> tuple[Serial | None, Coi | None] | None:
    """What a symbol holds as it is printed, with nothing to forgive; None for all else.

    The pattern has judged each part as the codes themselves would, and their check characters are
    asked here: so nothing is judged twice.
    """
    found = _AS_PRINTED.fullmatch(text)
    if found is None:
        return None
    kind, issuer, body, check, *of_coi = found.groups()
    if check_character(f"{kind or ''}{issuer}{body}") != check:
        return None
    if of_coi == _NO_COI_BESIDE:
        return (_serial(kind, issuer, body), None) if kind else (None, _coi(issuer, body))
    issuer_of_coi, body_of_coi, check_of_coi = of_coi
    if kind != "B" or check_character(issuer_of_coi + body_of_coi) != check_of_coi:
        return None
    return _serial(kind, issuer, body), _coi(issuer_of_coi, body_of_coi)


def _serial(kind: str, issuer: str, body: str) -> Serial:
    """A serial of parts that were judged."""
    made = Serial.__new__(Serial)
    object.__setattr__(made, "kind", kind)
    object.__setattr__(made, "issuer", issuer)
    object.__setattr__(made, "body", body)
    return made


def _coi(issuer: str, body: str) -> Coi:
    """A COI identifier of parts that were judged."""
    made = Coi.__new__(Coi)
    object.__setattr__(made, "issuer", issuer)
    object.__setattr__(made, "body", body)
    return made


def _clean(raw: str) -> str:
    if len(raw) > LONGEST:
        raise NotACode("TOO_LONG", f"No code is longer than {LONGEST} characters.", AGAIN)
    # Some letters outside ASCII have a capital inside it, such as the long s: raised, they would
    # pass for what they only look like.
    text = raw.strip(" ").upper() if raw.isascii() else raw
    if not text:
        raise NotACode("EMPTY", "Nothing was scanned.", AGAIN)
    if not text.isprintable() and any(_is_control(character) for character in text):
        raise NotACode(
            "CONTROL_CHARACTERS", "The symbol holds characters that cannot be seen.", AGAIN
        )
    return text


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _why_not(raw: str) -> NotACode:
    """Say what keeps a text, already known to be no code, from being one."""
    text = _clean(raw)
    packed = text.replace("-", "").replace(" ", "")
    stray = _STRAY.search(packed)
    if not stray and len(packed) not in {COI_LENGTH, SERIAL_LENGTH}:
        sentence = (
            f"A COI has {COI_LENGTH} characters without hyphens and a serial {SERIAL_LENGTH}."
        )
        return NotACode("WRONG_LENGTH", sentence, AGAIN)
    if stray or "U" in packed[-COI_LENGTH:]:
        return NotACode(
            "BAD_CHARACTER",
            "A code has only the digits 0-9 and the letters A-Z without I, L, O, U.",
            AGAIN,
        )
    if len(packed) == SERIAL_LENGTH and packed[0].isdigit():
        return _unknown_kind()
    return NotACode("WRONG_LENGTH", "The hyphens do not stand where a code has them.", AGAIN)


def _unknown_kind() -> NotACode:
    kinds = ", ".join(f"{letter} ({name})" for letter, name in KINDS.items())
    return NotACode("UNKNOWN_KIND", f"A serial starts with one of {kinds}.", AGAIN)


def _require_kind(kind: str) -> None:
    if kind not in KINDS:
        raise _unknown_kind()


def _require_parts(issuer: str, body: str) -> None:
    if not _ISSUER.fullmatch(issuer) or not _BODY.fullmatch(body):
        raise NotACode(
            "BAD_CHARACTER",
            "A code has a prefix of four and a body of eight Crockford characters.",
            AGAIN,
        )


def _require_plain_check(text: str) -> None:
    if check_character(text) not in CROCKFORD:
        raise NotACode(
            "WRONG_CHECK_CHARACTER",
            "A code whose check character is I, L, O or U is never issued.",
            AGAIN,
        )


def _draw_body(lead: str, draw: Draw) -> str:
    for _ in range(_DRAWS):
        # There are eight bytes for each of the 32 characters, so that none is drawn more often.
        body = "".join(CROCKFORD[byte % len(CROCKFORD)] for byte in draw(8))
        text = lead + body
        if (
            len(body) == len("XXXXXXXX")
            and check_character(text) in CROCKFORD
            and not silent_swaps(text)
        ):
            return body
    raise NothingIssued(
        "RANDOM_SOURCE", f"{_DRAWS} draws gave no code: the random source is broken.", _ADMIN
    )


def _silent_within(lead: str) -> bool:
    """Tell whether a swap inside the fixed part of a code goes unnoticed, whatever body follows."""
    return any(at < len(lead) - 1 for at in silent_swaps(lead))
