"""A picture that is handed in is looked at, and never drawn."""

import io
import struct
import time
import zlib

import pytest
from PIL import Image

from coi.services.pictures import LARGEST, NoPicture, picture_in


def drawn(kind, size=(40, 30)):
    """A picture as a camera would make one."""
    file = io.BytesIO()
    Image.new("RGB", size, "white").save(file, kind)
    return file.getvalue()


def png_of(width, height):
    """A PNG that says it is so large, and is a few bytes."""
    head = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(told)) + kind + told + struct.pack(">I", zlib.crc32(kind + told))
        for kind, told in parts
    )


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_what_a_camera_makes_is_taken_as_it_is(kind, media_type):
    """Byte for byte, with what it is."""
    content = drawn(kind)

    picture = picture_in(content)

    assert (picture.content, picture.media_type) == (content, media_type)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg onload='alert(1)'/>",
        b"GIF89a" + b"\0" * 40,
        drawn("PNG")[:-20],
        drawn("JPEG")[:-20],
        drawn("PNG") + b"<script>",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x00\xff\xd9" + b"\xff\xd9" * 9,
        b"\xff\xd8" + b"\xff" * 5_000 + b"\xff\xd9",
        png_of(0, 10),
        png_of(2**31, 2**31),
        png_of(20_000, 20_000),
        b"\x89PNG\r\n\x1a\n" + b"\0" * LARGEST,
    ],
)
def test_what_is_no_whole_picture_is_refused(content):
    """Nor one that would fill the memory of whoever draws it."""
    with pytest.raises(NoPicture):
        picture_in(content)


def test_however_it_is_cut_it_is_refused_or_taken_and_breaks_nothing():
    """Each beginning of each kind."""
    for content in (drawn("PNG"), drawn("JPEG")):
        for length in range(len(content)):
            with pytest.raises(NoPicture):
                picture_in(content[:length])


@pytest.mark.parametrize("fill", [b"\xff", b"\xff\xd0", b"\xff\xff\xd0"])
def test_a_jpeg_of_markers_alone_is_told_at_once(fill):
    """Whatever is repeated in two million bytes, no server counts them one by one."""
    bomb = b"\xff\xd8" + fill * (LARGEST // len(fill) - 4) + b"\xff\xd9\0"
    began = time.process_time()

    with pytest.raises(NoPicture):
        picture_in(bomb)

    assert time.process_time() - began < 1


def test_a_mark_may_be_filled_up():
    """As the standard allows: 0xFF before a marker, as many as somebody likes."""
    content = drawn("JPEG")

    filled = content[:2] + b"\xff" * 1_000 + content[2:]

    assert picture_in(filled).media_type == "image/jpeg"
