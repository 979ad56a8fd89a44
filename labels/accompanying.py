"""What goes along with a container on a sheet of paper, because its label has no room for it.

Directive 2006/86/EC, Annex II.E, and 21 CFR 1271.370 let what does not fit on a small container go
on a paper that is packed with it. The sheet says all that the largest label would, and of each
whether it stands on the label too. A name in a script that labels cannot print stands there as
whoever reads it writes it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from labels.content import Content
from labels.templates import TEMPLATES
from labels.text import SHOWN

CAPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "product": "Product",
        "component": "Contents",
        "container": "Container",
        "volume": "Volume",
        "dose": "Dose",
        "donation": "Donation (DIN)",
        "lot": "Lot",
        "additives": "Additives",
        "origin_at": "",  # says by another field whether it was collected or made
        "expires_at": "Expires",
        "storage": "Storage",
        "establishment": "From",
        "contact": "Contact",
        "consignee": "To",
        "disposition": "Disposition",
        "reactive": "",  # its text says what it is
    }
)
"""Each field that the sheet tells, in this order; whose it is stands in the sheet's head."""

_LARGEST: Final = TEMPLATES["bag-label-100x100"]
_CAPTIONED: Final = {slot.field for slot in _LARGEST.slots if slot.field}
STATEMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {slot.when: slot.say for slot in _LARGEST.slots if slot.say and slot.when not in _CAPTIONED}
)
"""The words of each statement, as the label that has room for all of them prints them."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One thing that the sheet says; a statement has no caption."""

    caption: str
    text: str
    is_on_label: bool


def sheet_lines(content: Content, left_off: Collection[str]) -> tuple[SheetLine, ...]:
    """All that is to be said of a container, what is `left_off` its label first.

    What says whose it is, and the label's own serial, are left to the head of the sheet.
    """
    lines = [*_statements(content, left_off), *_fields(content, left_off)]
    return tuple(sorted(lines, key=lambda line: line.is_on_label))


def _statements(content: Content, left_off: Collection[str]) -> Iterator[SheetLine]:
    for field, text in content.texts.items():
        if text == SHOWN:
            yield SheetLine("", STATEMENTS[field], field not in left_off)


def _fields(content: Content, left_off: Collection[str]) -> Iterator[SheetLine]:
    for field, caption in CAPTIONS.items():
        if text := content.texts.get(field):
            made = content.texts["origin"] if field == "origin_at" else caption
            yield SheetLine(made, text, field not in left_off)
