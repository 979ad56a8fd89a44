"""Dots as a picture that a browser shows: PNG, one bit a dot."""

from struct import pack
from zlib import compress, crc32

from labels.layout import DOTS_PER_MM, Resolution
from labels.raster import Raster

_WHITE = bytes(ord("1") if grey else ord("0") for grey in range(256))


def png_of(raster: Raster, resolution: Resolution) -> bytes:
    """A picture of a label, that knows how large it is to be printed."""
    across, bits = -(-raster.width // 8), raster.dots.translate(_WHITE)
    rows = (bits[n : n + raster.width] for n in range(0, len(bits), raster.width))
    # Each row begins with how it was filtered: not at all.
    lines = (b"\0" + int(row.ljust(across * 8, b"1"), 2).to_bytes(across, "big") for row in rows)
    per_metre = DOTS_PER_MM[resolution] * 1000
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", pack(">IIBBBBB", raster.width, raster.height, 1, 0, 0, 0, 0)),
            _chunk(b"pHYs", pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"IDAT", compress(b"".join(lines))),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", crc32(kind + content))
