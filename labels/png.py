"""Dots as a picture that a browser shows: PNG, one bit a dot."""

from io import BytesIO
from typing import Final

from PIL import Image

from labels.layout import DOTS_PER_MM, Resolution
from labels.raster import Raster

_MM_PER_INCH: Final = 25.4


def png_of(raster: Raster, resolution: Resolution) -> bytes:
    """A picture of a label, that knows how large it is to be printed."""
    grey = Image.frombytes("L", (raster.width, raster.height), raster.dots)
    dots_per_inch, file = DOTS_PER_MM[resolution] * _MM_PER_INCH, BytesIO()
    grey.convert("1").save(file, "PNG", dpi=(dots_per_inch, dots_per_inch))
    return file.getvalue()
