"""The label of a place, 100 by 50 mm: a shelf, a tank position, a bench.

Its Data Matrix holds the serial of the place and nothing else, large enough to be read from a step
away. Of whom a bag on this shelf is, it does not say.
"""

from dataclasses import dataclass
from typing import Final

from labels.drawing import draw_label
from labels.identifiers import Serial
from labels.layout import Slot, SymbolSlot, Template
from labels.text import required, serial_text, shown

TEMPLATE: Final = Template(
    name="location-label",
    version=1,
    width_mm=100,
    height_mm=50,
    symbol=SymbolSlot("data_matrix", x_mm=4, y_mm=9, side_mm=30, module_mm=1.6),
    slots=(
        Slot("name", 38, 5.5, 58, 6, wording="Place"),
        Slot("name", 38, 12, 58, 15, "bold", lines=3),
        Slot("unit", 38, 30, 58, 6, wording="Unit"),
        Slot("unit", 38, 34, 58, 10, "bold"),
        Slot("site", 38, 38.5, 58, 8),
        Slot("serial", 4, 44.5, 46, 11, "mono"),
        Slot("demonstration", 56, 44.5, 40, 8, "bold", wording="NOT FOR CLINICAL USE", band=True),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationLabel:
    """All that the label of one place says; the texts are printed as they are given."""

    serial: Serial
    name: str
    unit: str
    site: str
    demonstration: bool = False


def location_label(label: LocationLabel) -> bytes:
    """Draw the label of a place as a PDF; raises CannotPrint or DoesNotFit."""
    serial = serial_text(label.serial, "L")
    texts = {
        "serial": serial,
        "name": required("name", label.name),
        "unit": required("unit", label.unit),
        "site": required("site", label.site),
        "demonstration": shown(label.demonstration),
    }
    return draw_label(TEMPLATE, texts, serial)
