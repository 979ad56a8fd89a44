"""The report of a stock-take: what was counted where, by whom, and what differs from the record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coi.reports.custody_contents import Recording, Signature
from coi.reports.extract import titled
from coi.reports.flow import BOLD, MONO, Block, Column, Row, Table, Text
from coi.reports.paper import Sheet, draw
from coi.reports.printable import Style
from coi.reports.recording import TITLE as RECORDED
from coi.reports.recording import recording
from coi.reports.wording import local, signed, utc

TITLE: Final = "Stock-take"
_TITLE: Final = Style(face="bold", size=18, leading=24)
_COLUMNS: Final = (
    *(Column("Found", 40), Column("Label", 46)),
    *(Column("Therapy", 46), Column("Place on record", 46)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReport:
    """Everything that the report of one stock-take says."""

    where: str
    unit: str
    begun_at: datetime
    begun_by: str
    closed_at: datetime | None
    closed_by: tuple[Signature, ...]
    entry: str  # the chain and the number of the entry that closed it
    counts: tuple[tuple[str, int], ...]
    lines: tuple[tuple[str, str, str, str], ...]  # finding, label, COI, place on record
    generated_at: datetime
    generated_by: str
    recording: Recording
    software: str
    demonstration: bool = False


def stock_report(report: StockReport) -> bytes:
    """Draw the report; the same stock-take gives the same bytes.

    Raises:
        DoesNotFit: a text is too long for the head and foot of a page.
    """
    sheet = Sheet(
        title=TITLE,
        subject=report.entry,
        foot=(
            f"Printed {utc(report.generated_at)}",
            f"by {report.generated_by}",
            report.software,
        ),
        software=report.software,
        demonstration=report.demonstration,
    )
    return draw(sheet, _blocks(report))


def _blocks(report: StockReport) -> tuple[Block, ...]:
    closed = local(report.closed_at) if report.closed_at else "open: nothing is on record yet"
    front = (
        ("Where", (Text(report.where), Text(report.unit))),
        ("Begun", (Text(local(report.begun_at)), Text(f"by {report.begun_by}"))),
        ("Closed", (Text(closed), *_signed(report))),
        *((words.capitalize(), (Text(str(number), BOLD),)) for words, number in report.counts),
    )
    back = titled(((RECORDED, recording(report.recording, report.generated_at)),))
    rows = tuple(
        Row(((Text(found),), (Text(label, MONO),), (Text(coi, MONO),), (Text(place),)))
        for found, label, coi, place in report.lines
    )
    return Text(TITLE, _TITLE), titled(front), Table(_COLUMNS, rows), back


def _signed(report: StockReport) -> tuple[Text, ...]:
    """Who signed it, and where that stands; nothing of what is open."""
    if report.closed_at is None:
        return ()
    return *signed(report.closed_by), Text(report.entry)
