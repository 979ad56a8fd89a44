"""The report of a qualification on paper: what was tried, and what people carry out and sign."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coi.reports.extract import titled
from coi.reports.flow import BOLD, SMALL, Block, Column, Row, Section, Table, Text
from coi.reports.paper import Sheet, draw
from coi.reports.printable import Style
from coi.reports.wording import utc

TITLE: Final = "Qualification of an installation"
PERFORMANCE: Final = "Performance"
_TITLE: Final = Style(face="bold", size=18, leading=24)
_TRIED: Final = (
    *(Column("Trial", 34), Column("Expected", 46)),
    *(Column("Seen", 74), Column("Result", 24)),
)
_CARRIED_OUT: Final = (
    *(Column("What is carried out", 56), Column("What must be seen", 52)),
    *(Column("Seen, and by whom, and when", 70),),
)
_SIGNED: Final = (
    *(Column("", 52), Column("Name in print", 46)),
    *(Column("Signature", 46), Column("Day", 34)),
)
_SIGNERS: Final = (
    "Carried out by",
    "Looked at by somebody who did not carry it out",
    "Approved by quality assurance",
)
_ABOUT: Final = (
    "What a machine can show of itself was tried and stands below: that what is installed is what"
    " was released, and that its rules refuse what they must, in a made-up world in a folder of its"
    " own. What people show with their own procedures, devices and labels is carried out and signed"
    " for here by hand. With both, and with what your own rules ask besides, it is ready for"
    " validation; that it is validated is yours to say."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What came out of one trial."""

    name: str
    shows: str
    expected: str
    seen: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """Everything that the report says; `tasks` are what is done, by whom, what is seen, shows."""

    about: str
    begun_at: datetime
    ended_at: datetime
    passed: bool
    parts: tuple[tuple[str, tuple[Line, ...]], ...]
    tasks: tuple[tuple[str, str, str, str], ...]
    software: str
    demonstration: bool = False


def qualification_report(report: Qualification) -> bytes:
    """Draw the report; the same qualification gives the same bytes.

    Raises:
        DoesNotFit: a text is too long for the head and foot of a page.
    """
    sheet = Sheet(
        title=TITLE,
        subject=f"{report.begun_at:%Y-%m-%d}",
        foot=(f"Ended {utc(report.ended_at)}", report.software),
        software=report.software,
        demonstration=report.demonstration,
    )
    return draw(sheet, tuple(_blocks(report)))


def _blocks(report: Qualification) -> Iterator[Block]:
    tried = [line for _part, lines in report.parts for line in lines]
    failed = [line for line in tried if not line.passed]
    said = f"{len(failed)} of {len(tried)} trials failed" if failed else f"{len(tried)} passed"
    yield Text(TITLE, _TITLE)
    yield titled(
        (
            ("Software", (Text(report.software),)),
            ("Installation", (Text(report.about),)),
            ("Tried", (Text(f"{utc(report.begun_at)} to {utc(report.ended_at)}"),)),
            ("Result", (Text(said if report.passed else f"NOT PASSED: {said}", BOLD),)),
            ("What this is", (Text(_ABOUT),)),
        )
    )
    for part, lines in report.parts:
        yield Section(part)
        yield Table(_TRIED, tuple(_tried(line) for line in lines))
    yield Section(PERFORMANCE)
    yield Table(_CARRIED_OUT, tuple(_task(task) for task in report.tasks))
    yield Section("Signatures")
    yield Table(_SIGNED, tuple(_to_sign(who) for who in _SIGNERS))


def _tried(line: Line) -> Row:
    name = (Text(line.name, BOLD), Text(line.shows, SMALL))
    result = Text("passed" if line.passed else "FAILED", BOLD)
    return Row(
        (name, (Text(line.expected),), (Text(line.seen),), (result,)), marked=not line.passed
    )


def _task(task: Sequence[str]) -> Row:
    does, who, sees, shows = task
    return Row(((Text(does), Text(f"{who}; {shows}", SMALL)), (Text(sees),), _room()))


def _to_sign(who: str) -> Row:
    return Row(((Text(who),), _room(), _room(), _room()))


def _room() -> tuple[Text, ...]:
    """Room to write in by hand."""
    return (Text(" "), Text(" "), Text(" "))
