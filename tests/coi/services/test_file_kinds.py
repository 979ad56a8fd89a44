"""A file that is handed in for a step is told by its content alone."""

from hashlib import sha256

import pytest

from coi.services.file_kinds import LARGEST, NoFile, reference_of
from tests.coi.services.test_pictures import drawn, png_of
from workflows.files import MEDIA_TYPES, Reference, reference_in
from workflows.model import FileKind

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
LOGGER = "Date;Time;°C\r\n2026-11-30;08:15;-151.2\r\n".encode()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (drawn("JPEG"), FileKind.JPEG),
        (drawn("PNG"), FileKind.PNG),
        (PDF, FileKind.PDF),
        (LOGGER, FileKind.TEXT),
        (b"\xef\xbb\xbf" + LOGGER, FileKind.TEXT),
        (LOGGER.decode().encode("utf-16"), FileKind.TEXT),
        (LOGGER.decode().encode("cp1252"), FileKind.TEXT),
        (b"<svg onload='alert(1)'/>", FileKind.TEXT),
    ],
)
def test_what_a_file_is_is_told_by_its_content(content, kind):
    """With its size and its hash, in one form for people and programs."""
    found = reference_of(content)

    assert found == Reference(kind, len(content), sha256(content).hexdigest())
    assert reference_in(found.text) == found


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"a" * (LARGEST + 1), "is larger than 6 MB"),
        (drawn("JPEG")[:-40], "is not whole"),
        (drawn("PNG")[:-4], "is not whole"),
        (PDF[:-7], "is not whole"),
        (png_of(9000, 9000), "has 9000 times 9000 dots; 40,000,000 are possible"),
        (b"GIF89a" + b"\0" * 30, "is no JPEG, PNG or PDF, and no text"),
        (b"PK\x03\x04 a workbook", "is no JPEG, PNG or PDF, and no text"),
        (LOGGER.decode().encode("utf-16-le"), "is no JPEG, PNG or PDF, and no text"),
        (b"\xff\xfea", "is no JPEG, PNG or PDF, and no text"),
        (b"\x81\x8d", "is no JPEG, PNG or PDF, and no text"),
        (b"col\x00umn", "is no JPEG, PNG or PDF, and no text"),
    ],
)
def test_what_is_of_no_kind_that_is_kept_is_refused(content, why):
    """Whatever its name or its sender say."""
    with pytest.raises(NoFile) as refused:
        reference_of(content)

    assert [one.reason for one in refused.value.problems] == [why]


def test_a_file_as_large_as_one_may_be_is_taken():
    """To the last byte."""
    assert reference_of(b"7" * LARGEST).size == LARGEST


def test_each_kind_has_its_media_type():
    """So that a browser can offer it, and is told what it gets."""
    assert set(MEDIA_TYPES) == set(FileKind)
    assert len(set(MEDIA_TYPES.values())) == len(FileKind)
