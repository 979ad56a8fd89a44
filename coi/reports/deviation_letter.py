"""The letter that goes with a lot out of specification: what failed, who weighed it, who accepted.

It says what EU GMP Part IV, 11.5 asks for: that the product does not meet its specification, how
the manufacturer evaluated the risk, and that the physician asked for it and accepted that risk.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coi.reports.custody_contents import Item, Result, Signature
from coi.reports.custody_sections import items, results, table
from coi.reports.extract import LARGE, Extract, back, front, sheet_of
from coi.reports.flow import BOLD, SMALL, Block, Row, Section, Text
from coi.reports.paper import draw
from coi.reports.wording import both, local, signed, told

TITLE: Final = "Out-of-specification letter"
_STATEMENT: Final = (
    "This lot does not meet its specification. It was released all the same, for this patient alone"
    " and at the request of the treating physician, who read the risk evaluation named below and"
    " accepted the risk. From then on no bag of it is packed, accepted or infused whose label does"
    " not say OUT OF SPECIFICATION."
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One step on the way to the release, with what was recorded and who signed."""

    title: str
    told: tuple[tuple[str, str], ...]
    at: datetime
    signatures: tuple[Signature, ...]
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationLetter:
    """Everything that the letter about one lot says."""

    extract: Extract
    lot: str
    numbers: tuple[tuple[str, str], ...]
    sent_by: str
    sent_to: str
    released_at: datetime
    failed: tuple[Result, ...]
    weighed: tuple[Weighed, ...]
    bags: tuple[Item, ...]


def deviation_letter(letter: DeviationLetter) -> bytes:
    """Draw the letter; the same lot gives the same bytes.

    Raises:
        DoesNotFit: a text is too long for the head and foot of a page.
    """
    rows = (
        ("From", (Text(letter.sent_by, LARGE),)),
        ("To", (Text(letter.sent_to, LARGE),)),
        ("Lot", (Text(letter.lot, LARGE), *told(letter.numbers))),
        ("Released out of specification", (Text(both(letter.released_at), LARGE),)),
        ("What this says", (Text(_STATEMENT, LARGE),)),
    )
    blocks = (
        *front(TITLE, letter.extract, rows),
        Section("Tests outside their limits"),
        results(letter.failed),
        Section("Weighed, asked for and accepted"),
        _weighed(letter),
        Section("Bags of this lot"),
        items(letter.bags),
        Section("What this rests on"),
        back(letter.extract),
    )
    return draw(sheet_of(TITLE, letter.extract), blocks)


def _weighed(letter: DeviationLetter) -> Block:
    return table(
        "Step | What is on record | Signed | Entry",
        (42, 66, 58, 12),
        (
            Row(
                (
                    (Text(step.title, BOLD), Text(local(step.at), SMALL)),
                    told(step.told),
                    signed(step.signatures),
                    (Text(str(step.entry)),),
                )
            )
            for step in letter.weighed
        ),
    )
