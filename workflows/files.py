"""What the record says of a file: what it is, how large, and the hash of its content.

The content itself is kept apart, where it can be erased: nothing here ever sees it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflows.model import FileKind

MEDIA_TYPES: Mapping[FileKind, str] = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.PDF: "application/pdf",
    FileKind.TEXT: "text/plain",
}
MOST_IN_A_STEP = 4
"""So many files one step asks for: its form is sent at once, with all of them."""

_KINDS = {media_type: kind for kind, media_type in MEDIA_TYPES.items()}
_REFERENCE = re.compile(r"([a-z]+/[a-z]+), ([1-9][0-9]{0,8}) bytes, SHA-256 ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Reference:
    """One file: its kind, its size in bytes, and the SHA-256 of its content in hex."""

    kind: FileKind
    size: int
    sha256: str

    @property
    def media_type(self) -> str:
        """The kind as the rest of the world calls it."""
        return MEDIA_TYPES[self.kind]

    @property
    def text(self) -> str:
        """The file as the record says it, for people and for programs."""
        return f"{self.media_type}, {self.size} bytes, SHA-256 {self.sha256}"


def reference_in(text: str) -> Reference | None:
    """The file that a text stands for; None where it stands for none."""
    found = _REFERENCE.fullmatch(text)
    kind = _KINDS.get(found[1]) if found else None
    return Reference(kind, int(found[2]), found[3]) if found and kind else None


def kinds_in_words(kinds: Iterable[FileKind]) -> str:
    """Kinds of files as people call them, such as JPEG, PNG; the same in every language."""
    return ", ".join(kind.value.upper() for kind in kinds)
