"""Looks at a file that somebody hands in for a step: what it is, by its content alone.

Neither its name nor what the sender says it is counts, and neither is kept. Nothing here decodes a
picture or opens a document; whoever fetches it later gets it as it came, to be saved.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import suppress
from hashlib import sha256

from coi.errors import DataRefused, Problem
from coi.services.pictures import NoPicture, picture_in
from workflows.files import MEDIA_TYPES, Reference
from workflows.model import FileKind

LARGEST = 6_000_000
"""Bytes: what the camera of a tablet takes, in its usual quality."""

ENDINGS = {
    FileKind.JPEG: "jpg",
    FileKind.PNG: "png",
    FileKind.PDF: "pdf",
    FileKind.TEXT: "txt",
}
"""How the name of a file of each kind ends."""

_PICTURES = {MEDIA_TYPES[kind]: kind for kind in (FileKind.JPEG, FileKind.PNG)}
_BEGINS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_PDF, _PDF_ENDS, _AT_ITS_END = b"%PDF-", b"%%EOF", 1024
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class NoFile(DataRefused):
    """What was handed in is no file that is kept; nothing was saved."""

    code = "NO_FILE"


def reference_of(content: bytes) -> Reference:
    """What a file is, how large, and its hash.

    Raises:
        NoFile: it is empty, too large, or of no kind that is kept.
    """
    if not content:
        raise _refused("is empty")
    if len(content) > LARGEST:
        raise _refused(f"is larger than {LARGEST // 1_000_000} MB")
    return Reference(_kind_of(content), len(content), sha256(content).hexdigest())


def _kind_of(content: bytes) -> FileKind:
    if content.startswith(_BEGINS):
        return _kind_of_picture(content)
    if content.startswith(_PDF):
        if _PDF_ENDS not in content[-_AT_ITS_END:]:
            raise _refused("is not whole")
        return FileKind.PDF
    if _is_text(content):
        return FileKind.TEXT
    raise _refused("is no JPEG, PNG or PDF, and no text")


def _kind_of_picture(content: bytes) -> FileKind:
    try:
        return _PICTURES[picture_in(content, LARGEST).media_type]
    except NoPicture as error:
        raise _refused(error.problems[0].reason) from error


def _is_text(content: bytes) -> bool:
    """It is lines of text as loggers write them, without what no line holds."""
    is_wide = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8", "cp1252"):
        with suppress(UnicodeDecodeError):
            return not _CONTROLS.search(content.decode(encoding))
    return False


def _refused(why: str) -> NoFile:
    return NoFile([Problem(why, column="file")])
