"""A page of PDF as the dots that a printer would lay, black or white."""

from dataclasses import dataclass
from threading import Lock
from typing import Final

import pypdfium2
from pypdfium2 import raw

from labels.layout import DOTS_PER_MM, Resolution, Template

# The library that reads PDF keeps global state and may be in one thread only.
READING: Final = Lock()
_WHITE: Final = (255, 255, 255, 255)
_BLACK_OR_WHITE: Final = bytes(0 if grey < 128 else 255 for grey in range(256))  # noqa: PLR2004 - half of what a byte holds


@dataclass(frozen=True, slots=True)
class Raster:
    """The dots of a label, a byte each: 0 is black, 255 is white; rows from the top."""

    width: int
    height: int
    dots: bytes

    @property
    def picture(self) -> memoryview:
        """The dots as rows and columns, as a reader of symbols takes them."""
        return memoryview(self.dots).cast("B", shape=(self.height, self.width))


def dots_of(millimetres: float, resolution: Resolution) -> int:
    """How many dots a length is, at a resolution."""
    return round(millimetres * DOTS_PER_MM[resolution])


def rasterised(page: pypdfium2.PdfPage, template: Template, resolution: Resolution) -> Raster:
    """Lay the dots of a page; whoever calls holds the lock."""
    width, height = (dots_of(side, resolution) for side in (template.width_mm, template.height_mm))
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, raw.FPDFBitmap_Gray)
    try:
        bitmap.fill_rect(_WHITE, 0, 0, width, height)
        # Drawn to exactly these dots: by a scale it is a dot larger, and each edge beside its own.
        raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, 0)
        stride, grey = bitmap.stride, bytes(bitmap.buffer)
    finally:
        bitmap.close()
    rows = (grey[row * stride : row * stride + width] for row in range(height))
    return Raster(width, height, b"".join(rows).translate(_BLACK_OR_WHITE))
