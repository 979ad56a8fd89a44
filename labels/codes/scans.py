"""The one entry: whatever a scanner sends becomes a typed reading, or a refusal with its reason.

Our own codes are always read. ISBT 128 and GS1 are dialects that a site switches on; a code of a
dialect that is off is named as what it is, and refused. No reading is ever mended into another.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from labels.codes import aim
from labels.codes.digital_link import read_link
from labels.codes.donations import ChainId, Din
from labels.codes.gs1 import LONGEST, Gs1Codes, read_gs1
from labels.codes.gs1_elements import elements_of
from labels.codes.isbt128 import IsbtCodes, Orders, read_isbt128
from labels.codes.naming import Dialect, dialect_of, is_off
from labels.codes.structure import Structure
from labels.codes.things import EUROPEAN, BloodGroup, EuropeanCode, Product
from labels.errors import NotACode
from labels.identifiers import Scan, parse_scan, parse_symbol

Reading = Scan | IsbtCodes | Gs1Codes
"""What one scan is: codes of ours, of ISBT 128, or of GS1. No two of different types are equal."""

Table = Mapping[str, str]
_GROUPS: Final = r"\S{5} \S{2} \S{6} \S"  # no code of ours is printed in groups like these
_TYPED: Final[Mapping[re.Pattern[str], Callable[[str], Structure]]] = MappingProxyType(
    {
        re.compile(_GROUPS): Din.typed,
        re.compile("CH" + _GROUPS): ChainId.typed,
        re.compile(f"{EUROPEAN}.*"): EuropeanCode.typed,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IsbtTables:
    """What a site imported from its licensed tables; code by code, in words for people.

    `bands` are the codes that say that a patient's number was printed on a wristband.
    """

    facilities: Table = field(default_factory=dict)
    products: Table = field(default_factory=dict)
    collections: Table = field(default_factory=dict)
    blood_groups: Table = field(default_factory=dict)
    orders: Orders = field(default_factory=dict)
    bands: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialects:
    """What a site reads beside our own codes: ISBT 128 with its tables, and GS1."""

    isbt128: IsbtTables | None = None
    gs1: bool = False


OURS: Final = Dialects()


def read_scan(raw: str, dialects: Dialects = OURS) -> Reading:
    """Read what a scanner sent, with or without an AIM identifier; raises NotACode."""
    symbology, text = aim.strip_aim(raw)
    dialect = dialect_of(symbology, text)
    if dialect is Dialect.OURS:
        return _ours(raw, symbology, text, dialects)
    if dialect is Dialect.ISBT128:
        tables = _tables(dialects)
        return read_isbt128(text, symbology, tables.orders, raw)
    if not dialects.gs1:
        raise is_off(dialect)
    read = read_gs1 if dialect is Dialect.GS1 else read_link
    return read(text, symbology, raw)


def read_typed(raw: str, dialects: Dialects = OURS) -> Reading:
    """Read what a person typed: our codes, and numbers of ISBT 128 as they are printed.

    What carries no check character is scanned, and not typed, but for the European code, which has
    none and is printed for people. Case and doubled spaces are forgiven; O for 0 is named.
    """
    text = " ".join(raw.upper().split()) if raw.isascii() else raw
    for shape, read in _TYPED.items():
        if shape.fullmatch(text):
            _tables(dialects)
            return IsbtCodes((read(text),), raw)
    return parse_scan(raw)


def in_words(structure: Structure, tables: IsbtTables) -> str:
    """What a code means by the tables of the site; empty where they do not say."""
    if isinstance(structure, Product):
        told = tables.products.get(structure.product), tables.collections.get(structure.collection)
        return "; ".join(words for words in told if words)
    if isinstance(structure, BloodGroup):
        return tables.blood_groups.get(structure.group, "")
    if isinstance(structure, Din | ChainId):
        return tables.facilities.get(structure.facility, "")
    return ""


def _tables(dialects: Dialects) -> IsbtTables:
    """The tables of a site that reads ISBT 128; raises NotACode where it does not."""
    if dialects.isbt128 is None:
        raise is_off(Dialect.ISBT128)
    return dialects.isbt128


def _ours(raw: str, symbology: str, text: str, dialects: Dialects) -> Scan:
    try:
        return parse_symbol(raw, symbology, text)
    except NotACode:
        if dialects.gs1 and _would_be_gs1(raw):
            raise _unsaid() from None
        raise


def _would_be_gs1(text: str) -> bool:
    """Tell whether a text that is no code of ours reads as elements of GS1."""
    try:
        return bool(list(elements_of(text[:LONGEST])))
    except NotACode:
        return False


def _unsaid() -> NotACode:
    return NotACode(
        "SYMBOL_UNSAID",
        "This reads like a GS1 code, but the scanner does not say which symbol it has read.",
        "An administrator switches on the AIM identifiers of the scanner.",
    )
