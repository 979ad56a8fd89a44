"""The wristband, 250 by 25 mm: who this is, in words, and a serial for the scanner.

Its symbol is a QR code, never a Data Matrix, and holds nothing but the wristband's own serial: a
copy of a bag label or of a chart cannot stand in for it. The words are for the person who
asks the patient name and birth date.
"""

from dataclasses import dataclass
from typing import Final

from labels.drawing import draw_label
from labels.identifiers import Serial
from labels.layout import Slot, SymbolSlot, Template
from labels.text import required, serial_text, shown

TEMPLATE: Final = Template(
    name="wristband",
    version=1,
    width_mm=250,
    height_mm=25,
    symbol=SymbolSlot("qr_code", x_mm=14, y_mm=5, side_mm=15, module_mm=0.6),
    slots=(
        Slot("patient_name", 36, 4.2, 118, 6, wording="Name"),
        Slot("patient_name", 36, 8.9, 118, 12.5, "bold", lines=2),
        Slot("birth_date", 36, 18.3, 48, 6, wording="Date of birth"),
        Slot("birth_date", 36, 22.8, 48, 12, "bold"),
        Slot("record_number", 86, 18.3, 68, 6, wording="Record number"),
        Slot("record_number", 86, 22.8, 68, 12, "bold"),
        Slot("serial", 158, 4.2, 50, 6, wording="Wristband serial"),
        Slot("serial", 158, 9.2, 50, 12, "mono"),
        Slot("demonstration", 158, 22, 58, 10, "bold", wording="NOT FOR CLINICAL USE", band=True),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wristband:
    """All that one wristband says; the texts are printed as they are given."""

    serial: Serial
    patient_name: str
    birth_date: str
    record_number: str
    demonstration: bool = False


def wristband(band: Wristband) -> bytes:
    """Draw a wristband as a PDF; raises CannotPrint or DoesNotFit."""
    serial = serial_text(band.serial, "W")
    texts = {
        "serial": serial,
        "patient_name": required("patient_name", band.patient_name),
        "birth_date": required("birth_date", band.birth_date),
        "record_number": required("record_number", band.record_number),
        "demonstration": shown(band.demonstration),
    }
    return draw_label(TEMPLATE, texts, serial)
