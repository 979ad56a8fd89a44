"""What a GS1 symbol names: typed keys, lot and dates, out of element strings or a Digital Link."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Final

from labels.codes import aim
from labels.codes.gs1_elements import (
    SEPARATOR,
    Element,
    day_in,
    elements_of,
    in_writing_order,
    needs_separator,
)
from labels.codes.refusals import AGAIN, SUPPORT, wrong_symbol
from labels.errors import NotACode

LONGEST: Final = 400
_HALF_A_CENTURY: Final = 50
_ONE_OF: Final = {
    "10": ("01", "02", "03", "8006", "8026"),
    "11": ("01", "02", "03", "8006", "8026"),
    "17": ("01", "02", "03", "255", "8006", "8026"),
    "21": ("01", "03", "8006"),
    "235": ("01",),
    "250": ("01", "8006"),
    "254": ("414",),
    "7003": ("01", "02", "8006", "8026"),
    "7240": ("01", "8006"),
    "8019": ("8017", "8018"),
    **{f"433{last}": ("00",) for last in range(4)},
    **{f"725{last}": ("8018",) for last in range(10)},
}
"""By application identifier: what it describes, of which one stands in the same symbol."""

_NOT_TOGETHER: Final = (("01", "02"), ("21", "235"), ("8017", "8018"))


@dataclass(frozen=True, slots=True)
class Sgtin:
    """One item of a kind of product: the product's number and the item's serial."""

    gtin: str
    serial: str


@dataclass(frozen=True, slots=True)
class Sscc:
    """One logistic unit, such as a shipper on its way."""

    number: str


@dataclass(frozen=True, slots=True)
class Gln:
    """A place or a party; the extension tells a room, a freezer or a position of it."""

    number: str
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Grai:
    """A thing that comes back, such as a shipper: its kind, and its serial where it has one."""

    kind: str
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Giai:
    """One thing of somebody's own, such as a logger or a freezer; it has no check digit."""

    number: str


@dataclass(frozen=True, slots=True)
class Provider:
    """Who serves: a person at work, and which of the badges, where that is said."""

    number: str
    instance: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is served: a patient, and which of the bands or papers, where that is said."""

    number: str
    instance: str = ""


Key = Sgtin | Sscc | Gln | Grai | Giai | Provider | Recipient


@dataclass(frozen=True, slots=True)
class Gs1Codes:
    """What one GS1 symbol names, in the order of the application identifiers.

    Equal are two that name the same, in one carrier or in two, in whatever order.
    """

    elements: tuple[Element, ...]
    raw: str = field(default="", compare=False, repr=False)
    symbology: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Refuse elements that contradict each other or describe nothing; raises NotACode."""
        # Said twice and the same is said once; a carrier may repeat what another one joined to it.
        ordered = tuple(sorted({*self.elements}))
        object.__setattr__(self, "elements", ordered)
        named = [element.identifier for element in ordered]
        if not named:
            raise NotACode("EMPTY", "Nothing was scanned.", AGAIN)
        if len({*named}) < len(named):
            raise NotACode("SAID_TWICE", "This symbol says two values of the same thing.", SUPPORT)
        _require_together({*named})

    def value(self, identifier: str) -> str:
        """The value of an application identifier; empty where it is not there."""
        found = (one.value for one in self.elements if one.identifier == identifier)
        return next(found, "")

    @property
    def gtin(self) -> str:
        """The number of the kind of product; empty where none is said."""
        return self.value("01")

    @property
    def lot(self) -> str:
        """The lot; it has no check digit."""
        return self.value("10")

    @property
    def keys(self) -> tuple[Key, ...]:
        """The things, places and people that are named."""
        value = self.value
        serial, asset, instance = value("21"), value("8003"), value("8019")
        place = value("414") or value("417") or value("410")
        found: tuple[Key | None, ...] = (
            Sgtin(self.gtin, serial) if self.gtin and serial else None,
            Sscc(value("00")) if value("00") else None,
            Gln(place, value("254")) if place else None,
            Grai(asset[1:14], asset[14:]) if asset else None,
            Giai(value("8004")) if value("8004") else None,
            Provider(value("8017"), instance) if value("8017") else None,
            Recipient(value("8018"), instance) if value("8018") else None,
        )
        return tuple(key for key in found if key is not None)

    def expires_at(self, today: date, zone: tzinfo) -> datetime | None:
        """The last moment of use, by the clock of a zone; None where none is said.

        GS1 writes years with two digits: the one meant is within half a century of today.
        """
        timed, day = self.value("7003"), self.value("17")
        if timed:
            on = day_near(timed, today)
            return datetime.combine(on, time(int(timed[6:8]), int(timed[8:])), zone)
        return datetime.combine(day_near(day, today), time(23, 59), zone) if day else None

    @property
    def data(self) -> str:
        """What a symbol holds behind its first FNC1: fixed lengths first, separators where due."""
        ordered = in_writing_order(self.elements)
        written = [
            one.identifier + one.value + (SEPARATOR if needs_separator(one.identifier) else "")
            for one in ordered
        ]
        return "".join(written).removesuffix(SEPARATOR)

    @property
    def text(self) -> str:
        """The elements as they are printed for people, each identifier in brackets."""
        ordered = in_writing_order(self.elements)
        return "".join(f"({one.identifier}){one.value}" for one in ordered)


def read_gs1(text: str, symbology: str, raw: str = "") -> Gs1Codes:
    """Read a GS1 symbol, whose AIM identifier was taken off; raises NotACode.

    That it is one only the AIM identifier tells: without it the digits of an article in a shop
    would pass for anything.
    """
    if symbology not in aim.OF_GS1:
        raise wrong_symbol("a GS1 code")
    if len(text) > LONGEST:
        raise NotACode("TOO_LONG", f"No code is longer than {LONGEST} characters.", AGAIN)
    return Gs1Codes(tuple(elements_of(text)), raw or text, symbology)


def day_near(value: str, today: date) -> date:
    """The day that six digits mean: of all centuries, the one within fifty years of today."""
    year = today.year - today.year % 100 + int(value[:2])
    if year - today.year > _HALF_A_CENTURY:
        year -= 100
    elif year - today.year <= -_HALF_A_CENTURY:
        year += 100
    return day_in(value, year - year % 100)


def _require_together(named: set[str]) -> None:
    for identifier in named:
        described = _ONE_OF.get(identifier)
        if described and named.isdisjoint(described):
            raise NotACode(
                "DESCRIBES_NOTHING",
                f"({identifier}) describes something that this symbol does not name.",
                "Scan the symbol that names it too.",
            )
    for pair in _NOT_TOGETHER:
        if named.issuperset(pair):
            raise NotACode(
                "NOT_TOGETHER", f"({pair[0]}) and ({pair[1]}) never stand in one symbol.", SUPPORT
            )
