"""The custody record of one therapy, as a PDF: what a Qualified Person reads and files.

The summary comes first and the evidence after it: each part names the entries that it rests on, and
the timeline at the end holds every entry of the chain.
"""

from coi.reports import custody_sections as parts
from coi.reports.custody_contents import CustodyRecord
from coi.reports.custody_labels import labels
from coi.reports.custody_timeline import timeline
from coi.reports.flow import Block
from coi.reports.paper import Sheet, draw
from coi.reports.signed_tree import payload_of
from coi.reports.wording import utc


def custody_record(record: CustodyRecord) -> bytes:
    """Draw the custody record; the same record gives the same bytes.

    Raises:
        DoesNotFit: COI, software or verdict are too long for the head and foot of a page.
    """
    return draw(_sheet(record), _blocks(record))


def _sheet(record: CustodyRecord) -> Sheet:
    """What every page says of the record."""
    head = f"Ledger head: entry {record.head_entry} of chain {record.coi}, SHA-256"
    generated = (
        f"Generated {utc(record.generated_at)} with {record.software}{parts.copy_of(record)}"
    )
    return Sheet(
        title=parts.TITLE,
        subject=record.coi,
        seal=record.head_hash,
        foot=(head, record.verification.verdict, generated),
        software=record.software,
        demonstration=record.demonstration,
        checkpoint=payload_of(record.tree),
    )


def _blocks(record: CustodyRecord) -> tuple[Block, ...]:
    """The parts, in the order in which they are read."""
    return (
        *parts.front(record),
        *parts.section("To look at first", parts.to_look_at(record)),
        *parts.section("Sites", parts.places(record.places)),
        *parts.section("Identifiers", parts.items(record.items)),
        *parts.section("Lineage", parts.lineage(record)),
        *parts.section("Quality control", parts.results(record.results)),
        *parts.section("Disposition", parts.decisions(record.decisions)),
        *parts.section("Reviews of the audit trail", parts.reviews(record.reviews)),
        *parts.section("Exceptions and dispensations", parts.departures(record.departures)),
        *parts.section("Refused attempts", parts.refused(record.events)),
        *parts.section("Values changed since their original entry", parts.changes(record.changes)),
        *parts.section("Labels and wristbands issued", labels(record.labels)),
        *parts.section("Timeline: every entry of the chain", timeline(record.events)),
    )
