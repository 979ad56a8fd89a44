"""Draws labels in a peer's environment: `python labelling.py blabel|pylabels`.

For each number that it reads, it draws so many labels with a 2D code and a Code 128, and answers
with the milliseconds of CPU of one.
"""

import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

CODE = "B-TEST-7KFT02XH/TEST-46Q3D25V-K"
LINES = ("FOR AUTOLOGOUS USE ONLY", "Autologous CD19 CAR-T cells", "68 mL", CODE)


def by_blabel() -> Callable[[], object]:
    """HTML with both symbols as pictures, made a PDF by weasyprint."""
    from blabel import LabelWriter  # noqa: PLC0415 - only one of the two is installed
    from weasyprint import CSS  # noqa: PLC0415 - as above

    template = (
        "{% for line in lines %}<div>{{ line }}</div>{% endfor %}"
        "<img src='{{ label_tools.datamatrix(code, cellsize=2) }}'/>"
        "<img src='{{ label_tools.barcode(code, barcode_class=\"code128\") }}'/>"
    )
    page = CSS(string="@page { size: 100mm 50mm; margin: 2mm } div { font-size: 3mm }")
    writer = LabelWriter(item_template=template, default_stylesheets=(page,))
    return lambda: writer.write_labels([{"lines": LINES, "code": CODE}])


def by_pylabels() -> Callable[[], object]:
    """One label of a sheet, with reportlab's own symbols."""
    from reportlab.graphics.barcode import createBarcodeDrawing  # noqa: PLC0415 - as above
    from reportlab.graphics.shapes import Drawing, String  # noqa: PLC0415 - as above

    from labels import Sheet, Specification  # noqa: PLC0415 - only one of the two is installed

    specification = Specification(100, 50, 1, 1, 100, 50)

    def draw(label: Drawing, _width: float, _height: float, code: Any) -> None:  # noqa: ANN401
        for n, line in enumerate(LINES):
            label.add(String(6, 125 - 12 * n, line, fontSize=8))
        label.add(createBarcodeDrawing("QR", value=code, x=210, y=60, width=70, height=70))
        label.add(createBarcodeDrawing("Code128", value=code, x=2, y=10, barHeight=34))

    def one() -> bytes:
        sheet, file = Sheet(specification, draw), BytesIO()
        sheet.add_label(CODE)
        sheet.save(file)
        return file.getvalue()

    return one


def main(name: str) -> None:
    """Answer until nobody asks any more."""
    one = {"blabel": by_blabel, "pylabels": by_pylabels}[name]()
    one()
    for line in sys.stdin:
        number, started = int(line), time.process_time()
        for _ in range(number):
            one()
        spent = (time.process_time() - started) * 1000 / number
        sys.stdout.write(f"{spent:.4f}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
