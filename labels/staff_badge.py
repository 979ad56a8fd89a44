"""The badge of a person of the staff, 85.5 by 54 mm, the size of a bank card.

Its Data Matrix holds the serial of the badge and nothing else: whose it is and what that person may
do is asked of the record, so that a lost badge is a serial that is struck off. A QR code stands on
wristbands only (SEC-28).
"""

from dataclasses import dataclass
from typing import Final

from labels.content import Content
from labels.identifiers import Serial
from labels.layout import Template
from labels.templates import TEMPLATES
from labels.text import serial_text, shown

STAFF_BADGE: Final = "staff-badge"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffBadge:
    """All that one badge says; the texts are printed as they are given."""

    serial: Serial
    printed_name: str
    role: str
    site: str
    demonstration: bool = False


def staff_badge(badge: StaffBadge, template: Template | None = None) -> Content:
    """What a badge says, by the packaged template or another.

    Raises:
        CannotPrint: the serial is of another kind.
    """
    serial = serial_text(badge.serial, "S")
    texts = {
        "serial": serial,
        "printed_name": badge.printed_name,
        "role": badge.role,
        "site": badge.site,
        "demonstration": shown(badge.demonstration),
    }
    return Content(
        template=template or TEMPLATES[STAFF_BADGE], texts=texts, payloads={"serial": serial}
    )
