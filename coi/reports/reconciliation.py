"""Every label that was issued for a therapy: what became of each, and how they add up.

The counts come first (21 CFR 211.125(c), (d)), then what nobody has accounted for, then label by
label each thing that was told of it, with who told it and who signed. Labels of others are named
after ours, and add up to nothing: nobody here knows how many there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coi.reports.custody_contents import Signature
from coi.reports.extract import LARGE, Extract, back, front, sheet_of
from coi.reports.flow import BOLD, MONO, SMALL, Block, Cell, Column, Row, Section, Table, Text
from coi.reports.paper import draw
from coi.reports.printable import Style
from coi.reports.wording import NONE, both, counted_pieces, signature_block, times

TITLE: Final = "Label reconciliation"
_RULE: Final = "issued = applied + destroyed + returned + lost and explained"
_ON_PAPER: Final = (
    "Never printed: labels of what was over, on paper, before ours came. There is no piece of them."
)
_ALARM: Final = Style(face="bold", size=9.5, leading=12.5)
_COUNTS: Final = tuple(
    Column(title, width)
    for title, width in (
        *(("Labels of", 40), ("Issued", 18), ("Applied", 18), ("Destroyed", 20)),
        *(("Returned", 20), ("Lost", 14), ("Never printed", 24), ("Open", 24)),
    )
)
_OPEN: Final = (Column("Label", 46), Column("Of what, and where that is", 82), Column("Stands", 50))
_OTHERS: Final = (Column("What it reads", 82), Column("On what", 56), Column("Recorded in", 40))
_LABELS: Final = (Column("Label, and of what", 58), Column("What became of it", 120))


@dataclass(frozen=True, slots=True)
class Count:
    """How many labels of one sort of thing were issued, and where they are."""

    of: str
    issued: int
    applied: int
    destroyed: int
    returned: int
    lost: int
    never_printed: int = 0  # of what was over, on paper, before our labels came

    @property
    def open(self) -> int:
        """How many of them nobody has accounted for."""
        ended = self.applied + self.destroyed + self.returned + self.lost
        return self.issued - ended - self.never_printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What was told of a label in one entry; `pieces` is 0 where nobody counted any."""

    states: tuple[str, ...]
    entry: int
    at: datetime
    by: str
    place: str
    reason: str = ""
    pieces: int = 0
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label: what it names, where that is, its template, and what was told of it."""

    serial: str
    of: str
    where: str
    template: str
    state: str
    is_open: bool
    old: str  # what it shows an old value of, and what is to be done; '' where it shows none
    copies: int  # how often it was drawn as a page
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A label of another's beside ours: it is on what it is on, and counts among none of ours."""

    code: str
    whose: str
    of: str
    entry: int
    is_over: bool  # void with its container


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Everything that the document says; the counts by what was labelled, without their sum."""

    extract: Extract
    counts: tuple[Count, ...]
    labels: tuple[Label, ...]
    others: tuple[Other, ...]


def reconciliation_report(report: Reconciliation) -> bytes:
    """Draw the document; the same record gives the same bytes.

    Raises:
        DoesNotFit: a text is too long for the head and foot of a page.
    """
    together = _sum(report.counts)
    rows = (("Result", _result(together)), ("By the rule", (Text(_RULE),)))
    blocks = (
        *front(TITLE, report.extract, rows),
        *(Section("How they add up"), _counts(report.counts, together)),
        *(Section("Not accounted for"), _open(report.labels)),
        *(Section("Label by label, in the order of issue"), _labels(report.labels)),
        *(Section("Labels of others, beside ours"), _others(report.others)),
        *(Section("What this rests on"), back(report.extract)),
    )
    return draw(sheet_of(TITLE, report.extract), blocks)


def _sum(counts: tuple[Count, ...]) -> Count:
    return Count(
        "All labels",
        sum(one.issued for one in counts),
        sum(one.applied for one in counts),
        sum(one.destroyed for one in counts),
        sum(one.returned for one in counts),
        sum(one.lost for one in counts),
        sum(one.never_printed for one in counts),
    )


def _result(found: Count) -> Cell:
    """The equation with its numbers, and whether it holds."""
    if not found.issued:
        return (Text("No label was issued for this therapy.", LARGE),)
    ends = (
        *(f"{found.applied} applied", f"{found.destroyed} destroyed"),
        *(f"{found.returned} returned", f"{found.lost} lost and explained"),
        *((f"{found.never_printed} never printed",) if found.never_printed else ()),
    )
    if found.open:
        verdict = f"NOT RECONCILED: {found.open} not accounted for"
        equation = " + ".join((*ends, f"{found.open} not accounted for"))
    else:
        verdict, equation = "Reconciled: every label is accounted for", " + ".join(ends)
    on_paper = (Text(_ON_PAPER, SMALL),) if found.never_printed else ()
    return Text(verdict, _ALARM), Text(f"{found.issued} issued = {equation}", LARGE), *on_paper


def _counts(counts: tuple[Count, ...], together: Count) -> Block:
    if not counts:
        return Text(NONE)
    return Table(_COUNTS, tuple(_counted(one) for one in (*counts, together)))


def _counted(one: Count) -> Row:
    numbers = (
        *(one.issued, one.applied, one.destroyed, one.returned, one.lost),
        *(one.never_printed, one.open),
    )
    cells = tuple((Text(str(number)),) for number in numbers)
    return Row(((Text(one.of, BOLD),), *cells), marked=bool(one.open))


def _open(labels: tuple[Label, ...]) -> Block:
    rows = tuple(
        Row(
            (
                (Text(one.serial, MONO),),
                (Text(f"{one.of}: {one.where}"),),
                (Text(one.state, BOLD),),
            ),
            marked=True,
        )
        for one in labels
        if one.is_open
    )
    return Table(_OPEN, rows) if rows else Text(NONE)


def _labels(labels: tuple[Label, ...]) -> Block:
    rows = tuple(
        Row((_head(one), tuple(_told(one))), marked=one.is_open, again=(Text(one.serial, MONO),))
        for one in labels
    )
    return Table(_LABELS, rows) if rows else Text(NONE)


def _others(others: tuple[Other, ...]) -> Block:
    rows = tuple(
        Row(
            (
                (Text(one.code), Text(f"of {one.whose}", SMALL)),
                (Text(one.of),),
                (Text("void with its container" if one.is_over else f"entry {one.entry}"),),
            )
        )
        for one in others
    )
    return Table(_OTHERS, rows) if rows else Text(NONE)


def _head(label: Label) -> Cell:
    drawn = f"drawn as a page {times(label.copies)}" if label.copies else "never drawn as a page"
    return (
        Text(label.serial, MONO),
        Text(label.of),
        Text(label.where, SMALL),
        Text(f"{label.template}; {drawn}", SMALL),
        Text(f"NOT ACCOUNTED FOR: {label.state}" if label.is_open else label.state, BOLD),
        *((Text(f"It {label.old}", BOLD),) if label.old else ()),
    )


def _told(label: Label) -> Iterator[Text]:
    """What became of it, the oldest first: what, why, when, where, by whom, and who signed."""
    for turn in label.turns:
        pieces = (counted_pieces(turn.pieces),) if turn.pieces else ()
        yield Text(", ".join((*turn.states, *pieces)), BOLD)
        if turn.reason:
            yield Text(turn.reason)
        yield Text(f"entry {turn.entry}, {both(turn.at)}, by {turn.by}, {turn.place}", SMALL)
        for one in turn.signatures:
            yield Text(", ".join(signature_block(one)), SMALL, indented=True)
