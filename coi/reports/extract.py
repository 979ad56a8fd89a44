"""What the documents about one entry of a therapy have in common: head, foot, what they rest on.

Such a document tells of the record as it stands: each print is an extract of it, and no original.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coi.reports.custody_contents import Recording, SignedTree, Verification
from coi.reports.flow import BOLD, MONO, SMALL, Block, Cell, Column, Row, Table, Text
from coi.reports.paper import Sheet
from coi.reports.printable import NUMBERED, Style
from coi.reports.recording import TITLE as RECORDED
from coi.reports.recording import recording
from coi.reports.signed_tree import TITLE, payload_of, signed_tree
from coi.reports.wording import utc

LARGE: Final = Style(size=9.5, leading=12.5)
_TITLE: Final = Style(face="bold", size=17, leading=23)
_COI: Final = Style(face="mono", size=15, leading=21)
_ALARM: Final = Style(face="bold", size=9, leading=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Of which entry of which chain a document tells, and which copy it is."""

    coi: str
    therapy: str
    workflow: str
    entry: int
    entry_hash: str
    verification: Verification
    generated_at: datetime
    generated_by: str
    recording: Recording
    software: str
    copy: int
    demonstration: bool = False
    tree: SignedTree | None = None  # what was signed last of all chains together


def sheet_of(title: str, extract: Extract) -> Sheet:
    """What every page says; the seal is the hash of the entry that the document tells of."""
    return Sheet(
        title=title,
        subject=extract.coi,
        seal=extract.entry_hash,
        foot=(
            f"Ledger: entry {extract.entry} of chain {extract.coi}, SHA-256",
            extract.verification.verdict,
            f"Copy {extract.copy}, generated {utc(extract.generated_at)} with {extract.software}",
        ),
        software=extract.software,
        demonstration=extract.demonstration,
        checkpoint=payload_of(extract.tree),
    )


def front(title: str, extract: Extract, rows: Iterable[tuple[str, Cell]]) -> tuple[Block, ...]:
    """The title, the COI, and what the document says first, title by title."""
    every = (
        ("Patient", (Text("Known here by the COI alone; this document carries no name."),)),
        ("Therapy", (Text(extract.therapy), Text(extract.workflow, SMALL))),
        *rows,
    )
    return Text(title, _TITLE), Text(extract.coi, _COI), titled(every)


def back(extract: Extract) -> Block:
    """What the document rests on, and who printed it."""
    holds = extract.verification.holds
    alarm = () if holds else (Text(extract.verification.verdict, _ALARM),)
    generated = f"{utc(extract.generated_at)} by {extract.generated_by}, copy {extract.copy}"
    return titled(
        (
            ("Ledger", (Text(f"Entry {extract.entry}; its SHA-256:"), _hash(extract))),
            (TITLE, signed_tree(extract.tree)),
            (RECORDED, recording(extract.recording, extract.generated_at)),
            ("Verification", (*alarm, Text(extract.verification.statement))),
            ("Generated", (Text(generated), Text(NUMBERED, SMALL))),
        )
    )


def titled(rows: Iterable[tuple[str, Cell]]) -> Block:
    """Titles with what stands beside each."""
    columns = (Column("", 40), Column("", 138))
    return Table(columns, tuple(Row(((Text(title, BOLD),), cell)) for title, cell in rows))


def _hash(extract: Extract) -> Text:
    return Text(extract.entry_hash, MONO)
