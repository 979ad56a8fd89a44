"""What people go on with when the system cannot be reached: one therapy on paper (A11-16, BD-20).

It says where everything is, what can be next and what each step asks for, with room to write. It
carries no name and no symbol: who the patient is, the patient and the wristband say, and a code on
paper could be scanned in place of the bag, the order or the wristband. What is written on it is
entered late afterwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coi.reports.custody_contents import SignedTree
from coi.reports.flow import BOLD, MONO, SMALL, Block, Cell, Column, Row, Section, Table, Text
from coi.reports.paper import Sheet, draw_together
from coi.reports.printable import Style
from coi.reports.signed_tree import payload_of
from coi.reports.wording import local, utc

TITLE: Final = "Downtime kit"
_TITLE: Final = Style(face="bold", size=18, leading=24)
_COI: Final = Style(face="mono", size=20, leading=26)
_LARGE: Final = Style(size=10.5, leading=14)
_ALARM: Final = Style(face="bold", size=12, leading=16)
_ASKED: Final = Style(size=9, leading=12)
_ROOM: Final = Style(size=6.5, leading=10, grey=0.25)
"""Below what is asked, so that its row is high enough for a hand that writes."""

_FACTS: Final = (Column("", 42), Column("", 106))
_THINGS: Final = (
    Column("Number", 16),
    Column("What it is, and how it stands", 52),
    Column("Label", 44),
    Column("In the hands of", 42),
    Column("Expires", 24),
)
_STEP: Final = (Column("", 88), Column("Write here", 90))
_SCANS: Final = (
    Column("When, with the clock's zone", 34),
    Column("Label as it is printed", 48),
    Column("From whom, and to whom", 48),
    Column("Name and signature", 48),
)
_EMPTY_ROWS: Final = 7
_OTHER_STEPS: Final = 2

_ENTER_LATE: Final = (
    "Enter every step late, in the order in which it happened: open the therapy, then “It happened"
    " already, on paper: enter it late”. The record keeps both times, and quality assurance looks"
    " at each such entry."
)
_KEEP: Final = (
    "Type labels as they stand on the bags. Keep this kit with the therapy's papers; a newer one"
    " takes its place."
)
_AFTERWARDS: Final = (_ENTER_LATE, _KEEP)
_ASK: Final = (
    "Ask the patient for two identifiers, and compare them with the wristband on the arm and with"
    " the signed order. Two people do so, each for themselves."
)
_PATIENT: Final = (_ASK, "Known here by the COI alone; this kit carries no name.")
AT_THE_PATIENT: Final = (
    "Nothing on this paper says that this bag is this patient's: two people check it, each for"
    " themselves, bag against wristband against order. If anything differs or cannot be read, stop,"
    " and call quality assurance."
)


@dataclass(frozen=True, slots=True)
class InKit:
    """One thing that is not at its end."""

    number: str
    title: str
    state: str
    label: str  # the serial of its label; '' for none
    holder: str
    expires_at: datetime | None = None
    on_hold: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What is asked once in a step, and what an answer must be like."""

    asked: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that can be next, and all that it asks for."""

    title: str
    lines: tuple[Line, ...]
    at_the_patient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DowntimeKit:
    """All that the kit of one therapy says, as it stood at one moment."""

    coi: str
    therapy: str
    workflow: str
    state: str
    ordered_at: datetime
    ordered_by: str  # the unit
    donations: tuple[str, ...]
    wristband: str
    warnings: tuple[str, ...]
    things: tuple[InKit, ...]
    steps: tuple[Step, ...]
    head_entry: int
    head_hash: str
    tree: SignedTree | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The kits of the therapies of a place, and who printed them."""

    about: str
    kits: tuple[DowntimeKit, ...]
    copy: int
    generated_at: datetime
    generated_by: str
    software: str
    demonstration: bool = False


def downtime_kits(bundle: Bundle) -> bytes:
    """Draw the kits, each with pages of its own; the same bundle gives the same bytes.

    Raises:
        DoesNotFit: a text is too long for the head and foot of a page.
    """
    about = _sheet(bundle, bundle.about, ())
    return draw_together(about, ((_of(bundle, kit), _blocks(kit)) for kit in bundle.kits))


def _of(bundle: Bundle, kit: DowntimeKit) -> Sheet:
    head = f"As of entry {kit.head_entry} of chain {kit.coi}, SHA-256"
    return _sheet(bundle, kit.coi, (head,), seal=kit.head_hash, checkpoint=payload_of(kit.tree))


def _sheet(
    bundle: Bundle, subject: str, head: tuple[str, ...], seal: str = "", checkpoint: str = ""
) -> Sheet:
    copy = f"Copy {bundle.copy}, printed {utc(bundle.generated_at)} by {bundle.generated_by}"
    return Sheet(
        title=TITLE,
        subject=subject,
        seal=seal,
        checkpoint=checkpoint,
        foot=(*head, copy, bundle.software),
        software=bundle.software,
        demonstration=bundle.demonstration,
    )


# -- one therapy -----------------------------------------------------------------------------------


def _blocks(kit: DowntimeKit) -> Sequence[Block]:
    return (
        Text(TITLE, _TITLE),
        Text(kit.coi, _COI),
        *(Text(warning, _ALARM) for warning in kit.warnings),
        Table(_FACTS, tuple(_facts(kit))),
        Section("Where everything is"),
        _things(kit),
        *(block for step in kit.steps for block in _step(step)),
        *(block for n in range(_OTHER_STEPS) for block in _other_step(n)),
        Section("What was scanned, read and handed over meanwhile"),
        Table(_SCANS, (_EMPTY,) * _EMPTY_ROWS),
        Section("When the system is back"),
        *(Text(sentence, _LARGE) for sentence in _AFTERWARDS),
    )


def _facts(kit: DowntimeKit) -> Iterator[Row]:
    yield _fact("Therapy", Text(kit.therapy, _LARGE), Text(kit.workflow, SMALL))
    yield _fact("Stands at", Text(kit.state, _LARGE))
    yield _fact("Ordered", Text(local(kit.ordered_at)), Text(kit.ordered_by))
    if kit.donations:
        yield _fact("Donations", *(Text(number, MONO) for number in kit.donations))
    band = f"The wristband that counts bears {kit.wristband}." if kit.wristband else ""
    told = (*_PATIENT, band) if band else _PATIENT
    yield _fact("Patient", *(Text(sentence) for sentence in told))


def _fact(title: str, *cell: Text) -> Row:
    return Row(((Text(title, BOLD),), cell))


def _things(kit: DowntimeKit) -> Block:
    if not kit.things:
        return Text("Nothing has been collected or made yet.")
    return Table(_THINGS, tuple(map(_thing, kit.things)))


def _thing(one: InKit) -> Row:
    stands = (Text(one.title, BOLD), Text(one.state))
    held = (Text("ON HOLD: nothing is done with it", BOLD),) if one.on_hold else ()
    expires = local(one.expires_at) if one.expires_at else ""
    cells: tuple[Cell, ...] = (
        (Text(one.number),),
        (*stands, *held),
        (Text(one.label, MONO),),
        (Text(one.holder),),
        (Text(expires),),
    )
    return Row(cells, marked=one.on_hold)


_WHEN: Final = Line("When it happened", "date, time, and the zone of the clock")
_WHO: Final = Line("Name, user name and signature", "of each who did or checked it, with the time")


def _step(step: Step) -> Iterator[Block]:
    yield Section(f"If it is done: {step.title}")
    if step.at_the_patient:
        yield Text(AT_THE_PATIENT, BOLD)
    yield Table(_STEP, tuple(map(_line, (_WHEN, *step.lines))))


def _other_step(number: int) -> Iterator[Block]:
    yield Section("Another step" if number == 0 else "And another")
    lines = (Line("Which step"), _WHEN, Line("Labels"), Line("What was found or measured"), _WHO)
    yield Table(_STEP, tuple(map(_line, lines)))


def _line(line: Line) -> Row:
    return Row(((Text(line.asked, _ASKED), Text(line.hint, _ROOM)), (Text(""),)))


_EMPTY: Final = Row(tuple((Text("", _ASKED), Text("", _ROOM)) for _column in _SCANS))
