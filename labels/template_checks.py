"""What must be true of a template before anything is printed with it; each check tells what is not.

Whoever writes a template sees every fault at once, each beginning with its place in the text.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from labels.errors import CannotPrint
from labels.layout import BARS, DOTS_PER_MM, GRID_MM, Box, Slot, SymbolSlot, Template
from labels.text import fitted

MARGIN_MM: Final = 1
SMALLEST_PT: Final = 5
LONGEST_MM: Final = 300
SMALLEST_MODULE_MM: Final = {
    "data_matrix": 0.25,
    "gs1_data_matrix": 0.5,  # GS1 asks for 0.254 in healthcare, and this is the next on the grid
    "qr_code": 0.5,
    "code_128": 0.25,
    "gs1_128": 0.25,
}
LOWEST_CODE_128_MM: Final = 5
LOWEST_PART: Final = 0.15  # of its length: below it a hand-held scanner must be held too straight
MOST_DOTS: Final = 10  # what the printer's own Code 128 can be told of a module


def faults(template: Template) -> Iterator[str]:
    """Everything that is wrong with a template; nothing, if it is sound."""
    yield from _of_the_label(template)
    for n, symbol in enumerate(template.symbols):
        yield from (f"symbols[{n}]: {why}" for why in _of_a_symbol(symbol))
    for n, slot in enumerate(template.slots):
        yield from (f"slots[{n}]: {why}" for why in _of_a_slot(slot))
    yield from _outside(template)
    yield from _overlaps(template)
    yield from _of_fields(template)


def _of_the_label(template: Template) -> Iterator[str]:
    for side in (template.width_mm, template.height_mm):
        if not 0 < side <= LONGEST_MM or not _on_grid(side):
            yield f"the template: {side:g} mm is no side of a label: a quarter of a millimetre, up"
    if not template.symbols:
        yield "symbols: there is none, so no scanner can read the label"
    payloads = [symbol.payload for symbol in template.symbols]
    if len(set(payloads)) < len(payloads):
        yield "symbols: two hold the same payload"


def _of_a_symbol(symbol: SymbolSlot) -> Iterator[str]:
    if symbol.module_mm < SMALLEST_MODULE_MM[symbol.kind]:
        smallest = SMALLEST_MODULE_MM[symbol.kind]
        yield f"a module of {symbol.module_mm:g} mm is smaller than {smallest:g} mm"
    for resolution, dots in DOTS_PER_MM.items():
        if not _whole(symbol.module_mm * dots):
            yield f"a module of {symbol.module_mm:g} mm is not whole dots at {resolution} dpi"
    if not (_on_grid(symbol.x_mm) and _on_grid(symbol.y_mm) and _on_grid(symbol.height_mm)):
        yield f"it does not stand on the grid of {GRID_MM:g} mm"
    if symbol.kind in BARS:
        yield from _of_bars(symbol)
    elif symbol.width_mm != symbol.height_mm:
        yield "its room is not square"


def _of_bars(symbol: SymbolSlot) -> Iterator[str]:
    lowest = max(LOWEST_CODE_128_MM, LOWEST_PART * symbol.width_mm)
    if symbol.height_mm < lowest:
        yield f"a Code 128 of this length is at least {lowest:g} mm high"
    if symbol.module_mm * max(DOTS_PER_MM.values()) > MOST_DOTS:
        yield f"a module of {symbol.module_mm:g} mm is more than {MOST_DOTS} dots at 600 dpi"


def _of_a_slot(slot: Slot) -> Iterator[str]:
    if bool(slot.field) == bool(slot.when) or bool(slot.when) != bool(slot.say):
        yield "it prints a field, or has words to say when a field has a text"
    if (slot.smallest_pt or slot.size_pt) < SMALLEST_PT:
        yield f"no text is smaller than {SMALLEST_PT} pt"
    if slot.smallest_pt > slot.size_pt:
        yield "its smallest size is larger than its size"
    if slot.band and slot.lines > 1:
        yield "a band has one line"
    yield from _of_words(slot, slot.say)


def _of_words(slot: Slot, words: str) -> Iterator[str]:
    """What is fixed in the template fits its place, whatever is printed."""
    try:
        fitted(slot, words)
    except CannotPrint as error:
        yield f"'{words}' cannot be printed there: {error.sentence}"


def _outside(template: Template) -> Iterator[str]:
    for place, box in _boxes(template):
        if (
            min(box[:2]) < MARGIN_MM
            or box[2] > template.width_mm - MARGIN_MM
            or box[3] > template.height_mm - MARGIN_MM
        ):
            yield f"{place}: is not on the label, {MARGIN_MM} mm from its edge"


def _overlaps(template: Template) -> Iterator[str]:
    for (one, first), (other, second) in combinations(_boxes(template), 2):
        if _share(first, second):
            yield f"{other}: overlaps {one}"


def _share(one: Box, other: Box) -> bool:
    apart = 1e-6  # What only touches does not overlap.
    return (
        one[0] < other[2] - apart
        and other[0] < one[2] - apart
        and one[1] < other[3] - apart
        and other[1] < one[3] - apart
    )


def _boxes(template: Template) -> list[tuple[str, Box]]:
    return [
        *((f"symbols[{n}]", symbol.box) for n, symbol in enumerate(template.symbols)),
        *((f"slots[{n}] ({slot.asks})", slot.box) for n, slot in enumerate(template.slots)),
        *((f"rules[{n}]", rule.box) for n, rule in enumerate(template.rules)),
    ]


def _of_fields(template: Template) -> Iterator[str]:
    printed = {slot.field: slot for slot in template.slots if slot.field}
    for name in template.required:
        if name not in template.fields:
            yield f"required: '{name}' has no place on the label"
    for name in template.accompanying:
        if name in template.fields:
            yield f"accompanying: '{name}' has a place on the label"
    for name, words in template.left_off:
        if name not in printed:
            yield f"left_off: '{name}' has no place on the label"
        else:
            yield from (f"left_off: {why}" for why in _of_words(printed[name], words))


def _on_grid(millimetres: float) -> bool:
    return _whole(millimetres / GRID_MM)


def _whole(number: float) -> bool:
    return abs(number - round(number)) < 1e-6  # noqa: PLR2004 - floats of decimals
