"""A template in parts: where each field of a label stands, in millimetres from the top left corner.

A template is approved under its name, version and hash, so whoever changes a place, a size or a
wording gives it a new version. `template_reader` makes one of a text, and makes no other than a
sound one; `drawing` turns a template and its texts into a label, and there is no other way.

Printers place dots, and a symbol whose modules are not whole dots is read badly. So symbols stand
on a grid of a quarter of a millimetre, which is 2 dots at 203 dpi, 3 at 300 and 6 at 600.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Final, Literal

from labels.fonts import Face

SymbolKind = Literal["data_matrix", "qr_code", "code_128", "gs1_data_matrix", "gs1_128"]
Resolution = Literal[203, 300, 600]

DOTS_PER_MM: Final[Mapping[Resolution, int]] = MappingProxyType({203: 8, 300: 12, 600: 24})
"""What a printer of a resolution lays on a millimetre; makers call 8, 12 and 24 dots so."""

BARS: Final[frozenset[SymbolKind]] = frozenset({"code_128", "gs1_128"})
"""The kinds that are one row of modules, as high as their room."""

GS1: Final[frozenset[SymbolKind]] = frozenset({"gs1_data_matrix", "gs1_128"})
"""The kinds that begin with FNC1, by which a scanner knows what the data means."""

GRID_MM: Final = 0.25
CAPITALS: Final = 0.73  # how tall the capitals of the fonts are, as a part of their size
DESCENT: Final = 0.24  # how far their letters hang below the line
LEADING: Final = 1.2
BAND_PADDING: Final = 0.35
POINT_MM: Final = 25.4 / 72
QUIET: Final[Mapping[SymbolKind, tuple[int, int]]] = MappingProxyType(
    {
        "data_matrix": (2, 2),
        "gs1_data_matrix": (2, 2),
        "qr_code": (4, 4),
        "code_128": (10, 0),
        "gs1_128": (10, 0),
    }
)
"""The modules of white that each symbol needs beside it, and above and below it."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in millimetres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The place of one text: its left edge, its first baseline and all the width it has.

    It prints its `field`; or, `when` another field has a text, the words that it is to `say`. A
    text is set in `size_pt`, or as much smaller as it must be down to `smallest_pt`, where that is
    given. A `band` is white on black, centred.
    """

    x_mm: float
    y_mm: float
    width_mm: float
    size_pt: float
    smallest_pt: float = 0
    field: str = ""
    when: str = ""
    say: str = ""
    face: Face = "regular"
    lines: int = 1
    band: bool = False

    @property
    def asks(self) -> str:
        """The field on which it depends whether anything is printed here."""
        return self.field or self.when

    @property
    def box(self) -> Box:
        """All that its text can cover."""
        size = self.size_pt * POINT_MM
        padding = size * BAND_PADDING if self.band else 0
        hanging = padding or size * DESCENT
        return (
            self.x_mm,
            self.y_mm - size * CAPITALS - padding,
            self.x_mm + self.width_mm,
            self.y_mm + (self.lines - 1) * size * LEADING + hanging,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolSlot:
    """The place of a symbol: which payload it holds, its upper left corner, its room, its module.

    Bars are as high as their room; a Data Matrix and a QR code are square.
    """

    payload: str
    kind: SymbolKind
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    module_mm: float

    @property
    def box(self) -> Box:
        """All that it can cover, with the white that must be around it."""
        beside, above = (modules * self.module_mm for modules in QUIET[self.kind])
        return (
            self.x_mm - beside,
            self.y_mm - above,
            self.x_mm + self.width_mm + beside,
            self.y_mm + self.height_mm + above,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A thin horizontal line."""

    x_mm: float
    y_mm: float
    width_mm: float

    @property
    def box(self) -> Box:
        """The line itself."""
        return (self.x_mm, self.y_mm, self.x_mm + self.width_mm, self.y_mm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The whole layout of one kind of label, and what becomes of what has no place on it.

    `required` fields must have a text. `accompanying` ones have no place here and stand on a sheet
    that goes along. A text of `left_off` that cannot be printed exactly is left off the label,
    which then says so in the words that are given; of every other field it is refused.
    """

    name: str
    version: int
    title: str
    width_mm: float
    height_mm: float
    symbols: tuple[SymbolSlot, ...]
    slots: tuple[Slot, ...]
    rules: tuple[Rule, ...] = ()
    required: tuple[str, ...] = ()
    accompanying: tuple[str, ...] = ()
    left_off: tuple[tuple[str, str], ...] = ()
    sha256: str = field(init=False, compare=False)
    """Over all that is declared: another layout, another hash."""

    def __post_init__(self) -> None:
        """Hash it once: whether it is the approved one is asked with every step of a therapy."""
        object.__setattr__(self, "sha256", "")
        canonical = json.dumps(
            asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True
        )
        object.__setattr__(self, "sha256", sha256(canonical.encode("ascii")).hexdigest())

    @property
    def fields(self) -> frozenset[str]:
        """All that the label can show."""
        return frozenset(slot.asks for slot in self.slots)
