"""Which symbol was read: the AIM identifiers that scanners send (ISO/IEC 15424).

Eight things can be said, nothing among them. All else is refused by its name: a rectangular Data
Matrix of the extension (DMRE) foremost, which common scanners do not read and we never print.
"""

import re
from types import MappingProxyType
from typing import Final

from labels.codes.refusals import SUPPORT
from labels.errors import NotACode

UNSAID: Final = ""  # many scanners, and every keyboard
CODE_128: Final = "]C0"
GS1_128: Final = "]C1"
CONCATENATED: Final = "]C4"  # two ISBT 128 codes side by side, read as one
DATA_MATRIX: Final = "]d1"
GS1_DATA_MATRIX: Final = "]d2"
QR: Final = "]Q1"
GS1_QR: Final = "]Q3"

OURS: Final = frozenset({UNSAID, CODE_128, DATA_MATRIX, QR})
OF_ISBT128: Final = frozenset({UNSAID, CODE_128, CONCATENATED, DATA_MATRIX})
OF_GS1: Final = frozenset({GS1_128, GS1_DATA_MATRIX, GS1_QR})
OF_LINKS: Final = frozenset({UNSAID, DATA_MATRIX, QR})
KNOWN: Final = OURS | OF_ISBT128 | OF_GS1

_AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_DMRE: Final = frozenset({"]d7", "]d8"})
_NAMES: Final = MappingProxyType(
    {
        "A": "Code 39",
        "C": "a Code 128 of another use",
        "E": "an EAN or UPC",
        "F": "Codabar",
        "G": "Code 93",
        "I": "Interleaved 2 of 5",
        "L": "PDF417",
        "Q": "a QR code of another use",
        "U": "MaxiCode",
        "d": "a Data Matrix of another use",
        "e": "GS1 DataBar",
        "z": "Aztec",
    },
)


def strip_aim(raw: str) -> tuple[str, str]:
    """Take an AIM identifier such as `]d1` off the front; gives it, or nothing, and the rest."""
    found = _AIM.match(raw)
    return (found[0], raw[found.end() :]) if found else ("", raw)


def require_known(symbology: str) -> None:
    """Refuse a symbol that is not read here, by its name; raises NotACode."""
    if symbology in KNOWN:
        return
    if symbology in _DMRE:
        raise NotACode(
            "SYMBOL_REFUSED", "This is a Data Matrix of the rectangular extension (DMRE).", SUPPORT
        )
    name = _NAMES.get(symbology[1], "a symbol of another kind")
    raise NotACode("SYMBOL_REFUSED", f"This is {name}, which is not read here.", SUPPORT)
