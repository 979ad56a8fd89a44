"""Looks at a picture that somebody hands in, without ever drawing it: what it is, and how large.

Nothing here decodes a pixel. A file that is no whole PNG or JPEG, or that would be huge once drawn,
is refused; a browser that shows it later is told to run nothing of it.
"""

import re
import struct
from dataclasses import dataclass

from coi.errors import DataRefused, Problem

LARGEST = 2_000_000
"""Bytes: a photograph of a sheet of paper that can be read."""

MOST_PIXELS = 40_000_000
_PNG, _IHDR, _IEND = b"\x89PNG\r\n\x1a\n", b"IHDR", b"IEND"
_JPEG, _JPEG_ENDS = b"\xff\xd8\xff", b"\xff\xd9"
_MARK, _SHORTEST = 0xFF, 2  # how each part of a JPEG begins, and its length at least
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_SIZE = 8  # bytes of width and height
_FILL = re.compile(rb"\xff+")
_MOST_PARTS = 2_000  # before the frame: what cameras write are some dozens
_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})


class NoPicture(DataRefused):
    """What was handed in is no picture that is kept; nothing was saved."""

    code = "NO_PICTURE"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it came, and what it is."""

    content: bytes
    media_type: str


def picture_in(content: bytes, largest: int = LARGEST) -> Picture:
    """The picture in a file of at most so many bytes.

    Raises:
        NoPicture: it is too large, or no whole PNG or JPEG.
    """
    if len(content) > largest:
        raise _refused(f"is larger than {largest // 1_000_000} MB")
    if content.startswith(_PNG):
        media_type, size = "image/png", _size_of_png(content)
    elif content.startswith(_JPEG):
        media_type, size = "image/jpeg", _size_of_jpeg(content)
    else:
        raise _refused("is no PNG and no JPEG")
    if size is None:
        raise _refused("is not whole")
    width, height = size
    if not 0 < width * height <= MOST_PIXELS:
        raise _refused(f"has {width} times {height} dots; {MOST_PIXELS:,} are possible")
    return Picture(content, media_type)


def _refused(why: str) -> NoPicture:
    return NoPicture([Problem(why, column="picture")])


def _size_of_png(content: bytes) -> tuple[int, int] | None:
    """Width and height, where each part of it is there to its end."""
    at, size = len(_PNG), None
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind = content[at + 4 : at + 8]
        if kind == _IHDR and length >= _SIZE and at + 16 <= len(content):
            size = struct.unpack_from(">II", content, at + 8)
        at += 12 + length
        if kind == _IEND:
            return size if at == len(content) else None
    return None


def _size_of_jpeg(content: bytes) -> tuple[int, int] | None:
    """Width and height, where it has a frame and an end."""
    at = 2
    if not content.rstrip(b"\0").endswith(_JPEG_ENDS):
        return None
    for _ in range(_MOST_PARTS):
        if at + 9 > len(content) or content[at] != _MARK:
            return None
        # Before a marker may stand as many 0xFF as somebody likes.
        at = _FILL.match(content, at).end() - 1  # type: ignore[union-attr]
        if at + 9 > len(content):
            return None
        marker = content[at + 1]
        if marker in _NO_LENGTH:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return width, height
        if length < _SHORTEST:
            return None
        at += 2 + length
    return None
