"""A label drawn for where it comes out: a page for a file, a page or commands for a printer.

Whatever is drawn was read back, and says what was given; else nothing is printed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from coi.errors import CoiError
from labels.content import Content
from labels.errors import LabelError
from labels.proof import proven

PDF, ZPL = "application/pdf", "application/vnd.zebra-zpl"
NOT_READ_BACK = "NOT_READ_BACK"


class NotPrinted(CoiError):
    """A label cannot be printed as the record stands; `reason` is the label's own code."""

    code = "NOT_PRINTED"

    def __init__(self, reason: str, sentence: str, next_step: str) -> None:
        super().__init__(sentence, next_step)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Medium:
    """What a label is drawn for: the format, the resolution, and how large what is in it is."""

    media_type: str = PDF
    dpi: int = 300
    width_mm: int | None = None  # None where it may have any size
    height_mm: int | None = None


FILE = Medium()
"""A page that somebody prints at their own printer."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is handed out; `left_off` names the fields that are not on a label, and why not."""

    content: bytes
    media_type: str = PDF
    template: str = ""  # its SHA-256; '' for what has none
    left_off: Mapping[str, str] = field(default_factory=dict)
    seal: str = ""  # the SHA-256 of the certificate that sealed it; '' for what bears no seal


def drawn(content: Callable[[], Content], on: Medium = FILE) -> Drawn:
    """A label that was read back and says what was given.

    Raises:
        NotPrinted: what `labels` refuses, in the same words; or it is larger than what is in the
            printer.
    """
    try:
        given = content()
        _require_room(given, on)
        label = proven(given, cast("Literal[203, 300, 600]", on.dpi))
    except LabelError as error:
        raise not_printed(error) from error
    told = label.zpl if on.media_type == ZPL else label.pdf
    return Drawn(told, on.media_type, label.template_sha256, label.left_off)


def not_printed(error: LabelError) -> NotPrinted:
    """What `labels` refuses, as an error of this package."""
    return NotPrinted(error.code, error.sentence, error.next_step)


def fits(size_mm: tuple[float, float], on: Medium) -> bool:
    """A label of this size has room on what is in the printer."""
    width, height = size_mm
    return width <= (on.width_mm or width) and height <= (on.height_mm or height)


def _require_room(content: Content, on: Medium) -> None:
    """No printer cuts a label: what does not fit would lose a code, or a statement."""
    size = content.template.width_mm, content.template.height_mm
    if not fits(size, on):
        raise NotPrinted(
            "LABEL_TOO_LARGE",
            f"The label is {size[0]:g} by {size[1]:g} mm, and in the printer are labels of"
            f" {on.width_mm} by {on.height_mm} mm.",
            "Choose a printer with larger labels in it.",
        )
