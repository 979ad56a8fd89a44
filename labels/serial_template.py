"""What must be true of a template of a site's own that is printed in the place of a packaged one.

A wristband, a badge and the label of a place hold the serial alone, in the kind of symbol that the
packaged one has: a QR code stands on wristbands and nowhere else (SEC-28). What the packaged one
says, each says too, and no more: of a badge nobody reads a patient, of a place nobody whose bag is
there.
"""

from collections.abc import Iterator
from typing import Final

from labels.container_template import STATEMENTS
from labels.layout import Template
from labels.location_label import LOCATION_LABEL
from labels.staff_badge import STAFF_BADGE
from labels.wristband import WRISTBAND

WITH_A_SERIAL: Final = (LOCATION_LABEL, STAFF_BADGE, WRISTBAND)
"""The templates in whose place a site may have its own; all others are of containers."""


def faults_beside(template: Template, packaged: Template) -> Iterator[str]:
    """Everything for which a template is not printed in the place of this one, with its place."""
    yield from _of_symbols(template, packaged)
    for name in packaged.required:
        if name not in template.required:
            yield f"required: '{name}' is missing: {packaged.title} is not printed without it"
    may_be_left_off = dict(packaged.left_off)
    for name, words in template.left_off:
        if name not in may_be_left_off:
            yield f"left_off: '{name}' is never left off"
        elif words != may_be_left_off[name]:
            yield f"left_off: in the place of '{name}' stands “{may_be_left_off[name]}”"
    for name in sorted(may_be_left_off.keys() - dict(template.left_off).keys()):
        yield f"left_off: '{name}' is missing: nobody goes without for the letters of a name"
    for name in template.accompanying:
        yield f"accompanying: nothing goes along with {packaged.title}, and so not '{name}'"
    yield from _of_slots(template, packaged)


def _of_symbols(template: Template, packaged: Template) -> Iterator[str]:
    (kind,) = {symbol.kind for symbol in packaged.symbols}
    if not template.symbols:
        yield "symbols: none holds 'serial'"
    for n, symbol in enumerate(template.symbols):
        if symbol.payload != "serial":
            yield f"symbols[{n}]: '{symbol.payload}' is not 'serial', which stands here alone"
        if symbol.kind != kind:
            yield f"symbols[{n}]: '{symbol.kind}' is not '{kind}', by which a scan tells what it is"


def _of_slots(template: Template, packaged: Template) -> Iterator[str]:
    for n, slot in enumerate(template.slots):
        words = STATEMENTS.get(slot.asks)
        if slot.asks not in packaged.fields:
            yield f"slots[{n}]: nothing is known of '{slot.asks}' for {packaged.title}"
        elif words and slot.say not in words:
            told = " or ".join(f"“{one}”" for one in words)
            yield f"slots[{n}]: '{slot.asks}' is said in these words: {told}"
    printed = {slot.field for slot in template.slots if slot.field}
    stated = {slot.when for slot in template.slots} & STATEMENTS.keys()
    for name in sorted(packaged.fields - printed - stated):
        yield f"slots: '{name}' has no place: print it"
