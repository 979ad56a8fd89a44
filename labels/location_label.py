"""The label of a place, 100 by 50 mm: a shelf, a tank position, a bench.

Its Data Matrix holds the serial of the place and nothing else, large enough to be read from a step
away. Of whom a bag on this shelf is, it does not say.
"""

from dataclasses import dataclass
from typing import Final

from labels.content import Content
from labels.identifiers import Serial
from labels.layout import Template
from labels.templates import TEMPLATES
from labels.text import serial_text, shown

LOCATION_LABEL: Final = "location-label"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationLabel:
    """All that the label of one place says; the texts are printed as they are given."""

    serial: Serial
    name: str
    unit: str
    site: str
    demonstration: bool = False


def location_label(label: LocationLabel, template: Template | None = None) -> Content:
    """What the label of a place says, by the packaged template or another.

    Raises:
        CannotPrint: the serial is of another kind.
    """
    serial = serial_text(label.serial, "L")
    texts = {
        "serial": serial,
        "name": label.name,
        "unit": label.unit,
        "site": label.site,
        "demonstration": shown(label.demonstration),
    }
    return Content(
        template=template or TEMPLATES[LOCATION_LABEL], texts=texts, payloads={"serial": serial}
    )
