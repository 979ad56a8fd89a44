"""The wristband, 250 by 25 mm: who this is, in words, and a serial for the scanner.

Its symbol is a QR code, never a Data Matrix, and holds nothing but the wristband's own serial: a
copy of a bag label or of a chart cannot stand in for it (SEC-28). The words are for the person who
asks the patient name and birth date. A name that cannot be printed exactly is left off, and the
wristband says so: nobody is without one for the letters of their name.
"""

from dataclasses import dataclass
from typing import Final

from labels.content import Content
from labels.identifiers import Serial
from labels.layout import Template
from labels.templates import TEMPLATES
from labels.text import serial_text, shown

WRISTBAND: Final = "wristband"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wristband:
    """All that one wristband says; the texts are printed as they are given."""

    serial: Serial
    patient_name: str
    birth_date: str
    record_number: str
    demonstration: bool = False


def wristband(band: Wristband, template: Template | None = None) -> Content:
    """What a wristband says, by the packaged template or another.

    Raises:
        CannotPrint: the serial is of another kind.
    """
    serial = serial_text(band.serial, "W")
    texts = {
        "serial": serial,
        "patient_name": band.patient_name,
        "birth_date": band.birth_date,
        "record_number": band.record_number,
        "demonstration": shown(band.demonstration),
    }
    return Content(
        template=template or TEMPLATES[WRISTBAND], texts=texts, payloads={"serial": serial}
    )
