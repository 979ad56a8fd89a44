"""The one way to lay out a label: template, texts and payloads become marks at their places.

A drawing knows no device. `pdf` makes a page of it, `zpl` what a printer understands, and `proof`
reads both back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from labels import gs1_symbols, symbols
from labels.content import Content, require_places
from labels.errors import CannotPrint, DoesNotFit
from labels.layout import BARS, Slot, SymbolKind, SymbolSlot, Template
from labels.symbols import Modules
from labels.text import Fitted, fitted

_ENCODERS: Final[Mapping[SymbolKind, Callable[[str], Modules]]] = MappingProxyType(
    {
        "data_matrix": symbols.data_matrix,
        "qr_code": symbols.qr_code,
        "code_128": symbols.code_128,
        "gs1_data_matrix": gs1_symbols.gs1_data_matrix,
        "gs1_128": gs1_symbols.gs1_128,
    }
)


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text at its place, set so that it fits."""

    slot: Slot
    set: Fitted


@dataclass(frozen=True, slots=True)
class PlacedSymbol:
    """A symbol at its place: its payload, and the modules that hold it."""

    slot: SymbolSlot
    payload: str
    modules: Modules

    @property
    def width_mm(self) -> float:
        """How wide it is drawn."""
        return len(self.modules[0]) * self.slot.module_mm

    @property
    def height_mm(self) -> float:
        """How high it is drawn."""
        if self.slot.kind in BARS:
            return self.slot.height_mm
        return len(self.modules) * self.slot.module_mm


@dataclass(frozen=True, slots=True)
class Drawing:
    """A label laid out; `left_off` tells which fields it leaves to a sheet, and by which code."""

    template: Template
    texts: tuple[PlacedText, ...]
    symbols: tuple[PlacedSymbol, ...]
    left_off: Mapping[str, str]


def drawing_of(content: Content) -> Drawing:
    """Lay out a label.

    Raises:
        CannotPrint: a text cannot be printed exactly, or has no place.
        DoesNotFit: a text or a symbol is larger than its place.
    """
    require_places(content)
    template, left_off = content.template, _left_off(content)
    instead = {field: words for field, words in template.left_off if field in left_off}
    texts = tuple(
        PlacedText(slot, _set(slot, instead.get(slot.field) or content.texts[slot.asks]))
        for slot in template.slots
        if content.texts.get(slot.asks)
    )
    placed = tuple(_placed(slot, content.payloads[slot.payload]) for slot in template.symbols)
    return Drawing(template, texts, placed, MappingProxyType(left_off))


def _left_off(content: Content) -> dict[str, str]:
    """The fields that go on the accompanying sheet, each with the code of why."""
    template = content.template
    found = {field: "ACCOMPANYING" for field in template.accompanying if content.texts.get(field)}
    may_be = {field for field, _words in template.left_off}
    for slot in template.slots:
        if slot.field in may_be and content.texts.get(slot.field):
            try:
                fitted(slot, content.texts[slot.field])
            except CannotPrint as error:
                found[slot.field] = error.code
    return found


def _set(slot: Slot, text: str) -> Fitted:
    return _worded(slot) if slot.say else fitted(slot, text)


@lru_cache(maxsize=1024)
def _worded(slot: Slot) -> Fitted:
    """The words of a template, which are the same on each label."""
    return fitted(slot, slot.say)


def _placed(slot: SymbolSlot, payload: str) -> PlacedSymbol:
    """A symbol; its modules are never made smaller: a scanner might not read them any more."""
    symbol = PlacedSymbol(slot, payload, _ENCODERS[slot.kind](payload))
    if symbol.width_mm > slot.width_mm or symbol.height_mm > slot.height_mm:
        raise DoesNotFit(slot.payload, payload, slot.width_mm)
    return symbol
