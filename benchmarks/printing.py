"""A label drawn, and a label drawn and read back, beside reportlab's own widgets for symbols."""

from collections.abc import Iterator
from io import BytesIO
from statistics import median

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from benchmarks.measure import Row, cpu_ms, interleaved, per_second, ratio, spread
from benchmarks.starting import a_label
from labels.bag_label import bag_label
from labels.drawing import drawing_of
from labels.fonts import font_name
from labels.pdf import pdf_of
from labels.proof import proven
from labels.templates import TEMPLATES

ROUNDS = 30
MOST_MS = 10
SLOWEST, WISHED = 5, 10
PART = 1 / 5
SIZES = ("bag-label", "bag-label-100x100", "bag-label-51x25")


def rows(calibration: float) -> Iterator[Row]:
    """What one label takes: the page; the page read back with its commands; beside the widgets."""
    drawn, widgets = interleaved(_drawn, _widgets, ROUNDS)
    yield Row(
        "a bag label drawn: two symbols and text",
        spread(drawn),
        f"at most {MOST_MS} ms",
        median(drawn) <= MOST_MS,
    )
    part = ratio(drawn, widgets)
    yield Row("… as a part of reportlab's two widgets", f"{part:.2f}", "at most 0.20", part <= PART)
    for name in SIZES:
        yield from _read_back(name, calibration)


def _read_back(name: str, calibration: float) -> Iterator[Row]:
    content = bag_label(a_label(), TEMPLATES[name])
    each = median(cpu_ms(lambda: proven(content, 300)) for _ in range(ROUNDS))
    here, there = per_second(each, calibration)
    told = f"{here:.0f}/s; {there:.0f}/s scaled"
    target = f"{SLOWEST}/s, wished {WISHED}/s"
    yield Row(f"… and read back at 300 dpi: {name}", told, target, here >= SLOWEST)


def _drawn() -> bytes:
    return pdf_of(drawing_of(bag_label(a_label())))


def _widgets() -> bytes:
    """The same two codes and a few lines, as reportlab draws them."""
    content, page = bag_label(a_label()), BytesIO()
    canvas = Canvas(page, pagesize=(100 * mm, 50 * mm))
    matrix = createBarcodeDrawing("QR", value=content.payloads["container"], width=50, height=50)
    renderPDF.draw(matrix, canvas, 5, 80)
    bars = createBarcodeDrawing("Code128", value=content.payloads["serial"], barWidth=0.25 * mm)
    renderPDF.draw(bars, canvas, 5, 10)
    canvas.setFont(font_name("regular"), 6)
    for n, text in enumerate(filter(None, content.texts.values())):
        canvas.drawString(80, 130 - 6 * n, text)
    canvas.save()
    return page.getvalue()
