"""The certificate of destruction of one container: what, how, why, by whom, before whose eyes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coi.reports.custody_contents import Signature
from coi.reports.extract import LARGE, Extract, back, front, sheet_of
from coi.reports.flow import BOLD, MONO, SMALL, Cell, Section, Text
from coi.reports.paper import draw
from coi.reports.wording import both, signed

TITLE: Final = "Certificate of destruction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destruction:
    """Everything that the certificate of one destroyed container says."""

    extract: Extract
    name: str
    id: str
    contents: str
    labels: tuple[str, ...]  # serials, oldest first
    made_of: tuple[str, ...]
    told: tuple[tuple[str, str], ...]  # method and reason, as the definition asks for them
    happened_at: datetime
    recorded_at: datetime
    late: bool
    place: str
    signatures: tuple[Signature, ...]


def destruction_certificate(destruction: Destruction) -> bytes:
    """Draw the certificate; the same destruction gives the same bytes.

    Raises:
        DoesNotFit: a text is too long for the head and foot of a page.
    """
    rows = (
        ("Destroyed", (Text(destruction.name, LARGE), *_what(destruction))),
        ("Label serials, oldest first", tuple(Text(one, MONO) for one in destruction.labels)),
        ("Made of", tuple(map(Text, destruction.made_of)) or (Text("Not on record."),)),
        *((title, (Text(text, LARGE),)) for title, text in destruction.told),
        ("When and where", _when(destruction)),
        ("Signed", signed(destruction.signatures)),
    )
    blocks = (
        *front(TITLE, destruction.extract, rows),
        Section("What this rests on"),
        back(destruction.extract),
    )
    return draw(sheet_of(TITLE, destruction.extract), blocks)


def _what(destruction: Destruction) -> Cell:
    return Text(destruction.contents), Text(destruction.id, SMALL)


def _when(destruction: Destruction) -> Cell:
    """The time of the place, and apart from it when it was recorded, where that was later."""
    recorded = f"recorded {both(destruction.recorded_at)}"
    late = (Text(f"ENTERED LATE, {recorded}", BOLD),) if destruction.late else ()
    return Text(both(destruction.happened_at), LARGE), Text(destruction.place), *late
