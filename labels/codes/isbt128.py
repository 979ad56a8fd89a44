"""What a symbol in the ISBT 128 format holds: one structure, two side by side, or a message.

No separators stand between structures. A reader decides by the first characters which structure
comes, takes its fixed length, and goes on; length and content are checked before anything is used.
A compound message says how many structures follow it, and in which order: both must be so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import ascii_letters, digits
from types import MappingProxyType
from typing import Final, TypeVar

from labels.codes import aim, coded, dates, donations, things
from labels.codes.naming import STARTS
from labels.codes.refusals import AGAIN, SUPPORT, wrong_length, wrong_symbol
from labels.codes.structure import Structure, as_count
from labels.errors import NotACode

LONGEST: Final = 400
MESSAGE: Final = "=+"
_HEAD: Final = len("=+aabbb")
_ANY_ORDER: Final = "000"
_RETIRED: Final = ("={", "=[", '="', "&,3")
_SIDE_BY_SIDE: Final = 2
_ALL: Final[tuple[type[Structure], ...]] = (
    coded.ContainerLot,
    coded.ContainerMade,
    coded.Dimensions,
    coded.Markers,
    coded.MedicalLot,
    coded.MedicalSerial,
    coded.PlateletAntigens,
    coded.RedCellAntigens,
    coded.RedCellAntigensToo,
    coded.SupplyLot,
    coded.SupplyMade,
    coded.Tested,
    dates.BirthDate,
    dates.Collection,
    dates.CollectionDay,
    dates.Expiry,
    dates.ExpiryDay,
    dates.Flexible,
    dates.MonthOfExpiry,
    dates.Production,
    dates.ProductionDay,
    donations.ChainId,
    donations.Din,
    things.BloodGroup,
    things.Consignment,
    things.Division,
    things.Donor,
    things.EuropeanCode,
    things.PatientNumber,
    things.Processor,
    things.ProcessorProduct,
    things.Product,
    things.RegistryDonor,
    things.Staff,
)
STRUCTURES: Final[Mapping[str, type[Structure]]] = MappingProxyType(
    {kind.shape.identifier: kind for kind in _ALL}
)

_BY_TWO: Final[Mapping[str, type[Structure]]] = {
    **STRUCTURES,
    # A donation number has its first character where others have the second of their identifier.
    **dict.fromkeys((f"={first}" for first in ascii_letters + digits), donations.Din),
}

_Kind = TypeVar("_Kind", bound=Structure)
Orders = Mapping[str, tuple[str, ...]]
"""By the three digits of a message: the numbers of its structures, as a site's table says."""


@dataclass(frozen=True, slots=True)
class IsbtCodes:
    """What one scan in the ISBT 128 format names, in the order of the structures' numbers.

    Equal are two scans that name the same, in one symbol or in two, in whatever order. How it was
    read is kept, and what was read is not shown: it may hold a patient's number.
    """

    structures: tuple[Structure, ...] = field(repr=False)
    raw: str = field(default="", compare=False, repr=False)
    symbology: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Refuse what is said twice, and a product whose part is said nowhere."""
        keys = [structure.key for structure in self.structures]
        if len({*keys}) < len(keys):
            raise NotACode("SAID_TWICE", "This symbol says the same thing twice.", SUPPORT)
        product = self.one(things.Product)
        if product and product.division_is_elsewhere and not self.one(things.Division):
            raise NotACode(
                "DIVISION_MISSING",
                "The product code says that its division stands in a code of its own.",
                "Scan the symbol that holds both codes, or both side by side in one go.",
            )
        if keys != sorted(keys):
            ordered = tuple(sorted(self.structures, key=lambda structure: structure.key))
            object.__setattr__(self, "structures", ordered)

    def one(self, kind: type[_Kind]) -> _Kind | None:
        """The structure of a kind; None where there is none."""
        for structure in self.structures:
            if type(structure) is kind:
                return structure
        return None


def read_isbt128(text: str, symbology: str, orders: Orders, raw: str = "") -> IsbtCodes:
    """Read what a symbol holds, whose AIM identifier was taken off; raises NotACode."""
    if symbology not in aim.OF_ISBT128:
        raise wrong_symbol("an ISBT 128 code")
    if len(text) > LONGEST:
        raise NotACode("TOO_LONG", f"No code is longer than {LONGEST} characters.", AGAIN)
    if text.startswith(MESSAGE):
        return IsbtCodes(_message(text, orders), raw or text, symbology)
    structures = _structures(text)
    _require_side_by_side(len(structures), symbology)
    return IsbtCodes(structures, raw or text, symbology)


def message(structures: tuple[Structure, ...]) -> str:
    """The text of a compound message of these structures, in an order that needs no table."""
    return f"{MESSAGE}{len(structures):02}{_ANY_ORDER}" + "".join(one.data for one in structures)


def _message(text: str, orders: Orders) -> tuple[Structure, ...]:
    count, order = text[len(MESSAGE) : 4], text[4:_HEAD]
    structures = _structures(text[_HEAD:])
    if not as_count(count) or len(structures) != int(count):
        raise NotACode("WRONG_COUNT", "The message does not hold as many codes as it says.", AGAIN)
    if order != _ANY_ORDER:
        _require_order(structures, orders.get(order))
    return structures


def _require_order(structures: tuple[Structure, ...], wanted: tuple[str, ...] | None) -> None:
    if wanted is None:
        raise NotACode(
            "UNKNOWN_ORDER",
            "The message names an order of its codes that this site has no table for.",
            "An administrator imports the site's table of compound messages.",
        )
    if tuple(structure.shape.number for structure in structures) != wanted:
        raise NotACode("WRONG_ORDER", "The codes do not stand in the order that is named.", AGAIN)


def _require_side_by_side(many: int, symbology: str) -> None:
    """Two codes are read as one only where a scanner may have joined them."""
    if symbology == aim.CONCATENATED and many != _SIDE_BY_SIDE:
        raise NotACode("WRONG_COUNT", "The scanner joined two codes, and two are not there.", AGAIN)
    joined = symbology in {aim.CONCATENATED, aim.UNSAID}
    if many > (_SIDE_BY_SIDE if joined else 1):
        raise NotACode(
            "WRONG_COUNT",
            "Several codes stand in one symbol, and it is no message of them.",
            SUPPORT,
        )


def _structures(text: str) -> tuple[Structure, ...]:
    found: list[Structure] = []
    at, end = 0, len(text)
    while at < end:
        kind = _BY_TWO.get(text[at : at + 2]) or _kind_by_three(text[at : at + 3])
        shape = kind.shape
        begun = at + shape.begins
        at = begun + (shape.length or kind.length_in(text[begun : begun + 4]))
        if at > end:
            raise wrong_length(shape.name, f"{at - begun} characters")
        found.append(kind.read(text[begun:at]))
    return tuple(found)


def _kind_by_three(start: str) -> type[Structure]:
    """Which structure starts with three characters; of its identifier nothing is forgiven."""
    kind = STRUCTURES.get(start)
    if kind is None:
        raise _why_unknown(start)
    return kind


def _why_unknown(start: str) -> NotACode:
    if not start.startswith(STARTS):
        return NotACode("WRONG_LENGTH", "More is read here than the codes of this symbol.", AGAIN)
    if start.startswith(MESSAGE):
        return NotACode("WRONG_COUNT", "A message stands inside another scan.", SUPPORT)
    if start.startswith(_RETIRED):
        return NotACode("RETIRED_STRUCTURE", "This code is of a kind that was given up.", SUPPORT)
    if start[:1] == "&" and start[1:2] in _NATIONAL:
        return NotACode("NATIONAL_STRUCTURE", "This code is of one country or region.", SUPPORT)
    return NotACode("UNKNOWN_STRUCTURE", "No ISBT 128 code starts like this one.", SUPPORT)


_NATIONAL: Final = frozenset("abcdefghijklmnopqrstuvwxyz;!")
