"""The order of a therapy on one page: what is scanned as "the order", at collection and at the bed.

It carries one symbol, the COI, and no name: whoever finds it learns which therapy, and not whose.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coi.reports.custody_contents import Recording
from coi.reports.flow import BODY, BOLD, SMALL, Block, Cell, Column, Row, Table, Text
from coi.reports.paper import Sheet, draw
from coi.reports.printable import Style
from coi.reports.recording import TITLE as RECORDED
from coi.reports.recording import recording
from coi.reports.wording import local, utc

TITLE: Final = "Order of a therapy"
_TITLE: Final = Style(face="bold", size=18, leading=24)
_COI: Final = Style(face="mono", size=20, leading=26)
_LARGE: Final = Style(size=10.5, leading=14)
_BESIDE: Final = (Column("", 42), Column("", 76))
_BELOW: Final = (Column("", 42), Column("", 136))
"""Beside the symbol and below it: no rule and no word comes near it."""

_HOW: Final = (
    "Scan this symbol wherever the order is asked for. It names the therapy, and no patient.",
    "It is no wristband: who the patient is, the patient says, and the wristband on the arm.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSheet:
    """Everything that the order sheet of one therapy says."""

    coi: str
    therapy: str
    workflow: str
    ordered_at: datetime
    unit: str
    values: tuple[tuple[str, str], ...]  # title and text, as the definition asks for them
    copy: int
    generated_at: datetime
    generated_by: str
    recording: Recording
    software: str
    demonstration: bool = False


def order_sheet(order: OrderSheet) -> bytes:
    """Draw the order sheet; the same order gives the same bytes.

    Raises:
        DoesNotFit: a text is too long for the head and foot of a page.
        CannotPrint: the symbol does not read as the COI.
    """
    copy = f"Copy {order.copy}, printed {utc(order.generated_at)}"
    sheet = Sheet(
        title=TITLE,
        subject=order.coi,
        symbol=order.coi,
        foot=(copy, f"by {order.generated_by}", order.software),
        software=order.software,
        demonstration=order.demonstration,
    )
    return draw(sheet, _blocks(order))


def _blocks(order: OrderSheet) -> tuple[Block, ...]:
    beside = (
        ("Therapy", (Text(order.therapy, _LARGE), Text(order.workflow, SMALL))),
        ("Ordered", (Text(local(order.ordered_at), _LARGE), Text(order.unit, BODY))),
        ("Patient", (Text("Known here by the COI alone; this sheet carries no name."),)),
        ("Keep it", (Text("In the patient's chart. Destroy it when the therapy has ended."),)),
    )
    below = (
        *((title, (Text(text, _LARGE),)) for title, text in order.values),
        ("How it is used", tuple(Text(sentence) for sentence in _HOW)),
        (RECORDED, recording(order.recording, order.generated_at)),
    )
    return (
        Text(TITLE, _TITLE),
        Text(order.coi, _COI),
        Table(_BESIDE, tuple(_row(title, cell) for title, cell in beside), ruled=False),
        Table(_BELOW, tuple(_row(title, cell) for title, cell in below)),
    )


def _row(title: str, cell: Cell) -> Row:
    return Row(((Text(title, BOLD),), cell))
