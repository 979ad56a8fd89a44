"""Codes that a page shows and holds itself: no other address learns what is in them."""

from io import BytesIO

from markupsafe import Markup
from qrcode import QRCode
from qrcode.image.svg import SvgPathImage

from labels.gs1_symbols import gs1_data_matrix
from labels.symbols import Modules, code_128, rectangles

_QUIET_BARS, _HIGH = 10, 40  # modules: of white beside bars, and of their height


def qr_code(text: str) -> Markup:
    """A text as a QR code."""
    code = QRCode(border=4, image_factory=SvgPathImage)
    code.add_data(text)
    content = BytesIO()
    code.make_image().save(content)
    drawn = content.getvalue().decode()
    # What is drawn is paths and numbers: nothing of the text stands in it.
    return Markup(drawn[drawn.index("<svg") :])  # noqa: S704


def data_matrix_gs1(data: str) -> Markup:
    """Elements of GS1 as a Data Matrix that begins with FNC1."""
    return _drawn(gs1_data_matrix(data), 2, 1)


def bars(text: str) -> Markup:
    """A text as a Code 128."""
    return _drawn(code_128(text), _QUIET_BARS, _HIGH)


def _drawn(modules: Modules, quiet: int, high: int) -> Markup:
    width, height = len(modules[0]) + 2 * quiet, len(modules) * high + 2 * quiet
    path = "".join(
        f"M{column + quiet} {row * high + quiet}h{wide}v{rows * high}h-{wide}z"
        for row, column, rows, wide in rectangles(modules)
    )
    # Nothing but numbers stands in it.
    return Markup(  # noqa: S704
        f'<svg viewBox="0 0 {width} {height}" shape-rendering="crispEdges"><path d="{path}"/></svg>'
    )
