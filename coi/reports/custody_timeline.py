"""The longest part of a custody record: each entry of the chain, in the order of the ledger."""

from collections.abc import Iterable, Iterator

from coi.reports.custody_contents import Event, Movement, Reason, Scan, Value
from coi.reports.flow import BODY, BOLD, SMALL, Cell, Column, Row, Table, Text
from coi.reports.printable import Style
from coi.reports.wording import listed, local, measured, moment, signed, utc

NUMBER = Style(face="bold", size=9, leading=11)
HOW = {"scanned": "scanned", "camera": "read by camera", "typed": "TYPED BY HAND"}

_COLUMNS = (
    Column("Entry, local time, UTC", 40),
    Column("What happened", 82),
    Column("Where, who, signatures", 56),
)


def timeline(events: Iterable[Event]) -> Table:
    """One row for each event; what was refused or entered late is shaded."""
    return Table(_COLUMNS, tuple(_row(event) for event in events))


def _row(event: Event) -> Row:
    return Row(
        (_when(event), _what(event), _who(event)),
        marked=event.refused or event.late,
        again=(Text(f"{event.entry} (continued)", BOLD),),
    )


def _when(event: Event) -> Cell:
    """The number of the entry and when it happened; when it was recorded, where that differs."""
    number = Text(str(event.entry), NUMBER)
    if event.recorded_at == event.happened_at:
        return (number, *moment(event.happened_at))
    return (
        number,
        Text("happened", SMALL),
        *moment(event.happened_at),
        Text("recorded", SMALL),
        Text(local(event.recorded_at)),
        Text(utc(event.recorded_at), SMALL),
    )


def _what(event: Event) -> Cell:
    return (
        Text(event.title, BOLD),
        *(Text(mark, BOLD) for mark in marks(event)),
        *(text for reason in event.reasons for text in _reason(reason)),
        *_moved_and_recorded(event),
        *(Text(f"Label issued: {issued}") for issued in event.issued),
        *(Text(f"Label {told}") for told in event.labels),
        *(Text(scan_line(scan), SMALL) for scan in event.scans),
    )


def marks(event: Event) -> Iterator[str]:
    """What must not be missed about an event."""
    if event.refused:
        yield "REFUSED: nothing was moved by this attempt"
    if event.late:
        yield "ENTERED LATE: recorded after it happened"
    yield from event.marks


def _reason(reason: Reason) -> Cell:
    return (
        Text(f"{reason.sentence} ({reason.code})", BODY, indented=True),
        *((Text(reason.next_step, SMALL, indented=True),) if reason.next_step else ()),
    )


def _moved_and_recorded(event: Event) -> Iterator[Text]:
    """Each movement with the values of just these items below it; then what else was recorded."""
    values: dict[tuple[str, ...], list[Value]] = {}
    for value in event.values:
        values.setdefault(value.items, []).append(value)
    for movement in event.movements:
        yield from _movement(movement)
        yield from _values(values.pop(movement.items, ()))
    # What is left was recorded of things that did not move, or of the therapy as a whole.
    for items, recorded in values.items():
        if items:
            yield Text(listed(items))
        yield from _values(recorded, indented=bool(items))


def _values(values: Iterable[Value], *, indented: bool = True) -> Iterator[Text]:
    """Recorded values; one that was changed or lies out of its limits stands out."""
    for value in values:
        stands_out = value.revision > 1 or value.within is False
        yield Text(value_line(value), BOLD if stands_out else BODY, indented=indented)


def _movement(movement: Movement) -> Iterator[Text]:
    """Whose state and custody changed, and how."""
    # A movement of custody alone has no state to tell: its line is then the names alone.
    names = listed(movement.items)
    yield Text(f"{names}: {_from_to(movement.state_from, movement.state_to)}".removesuffix(": "))
    if movement.custody_to:
        change = _from_to(movement.custody_from, movement.custody_to)
        yield Text(f"Custody: {change}", indented=True)
    if movement.stop:
        yield Text(movement.stop, BOLD, indented=True)


def _from_to(before: str, after: str) -> str:
    return f"{before} → {after}" if before and before != after else after


def value_line(value: Value) -> str:
    """A recorded value with its unit, and the marks of limits and of changes."""
    line = f"{value.title}: {measured(value.content, value.unit)}"
    if value.within is not None:
        line += ", within limits" if value.within else ", OUT OF LIMITS"
    if value.revision > 1:
        line = f"CHANGED (revision {value.revision}): {line}, because: {value.reason}"
    return line


def scan_line(scan: Scan) -> str:
    """What was read, and how."""
    device = f", device {scan.device}" if scan.device else ""
    drift = f", its clock {scan.drift}" if scan.drift else ""
    return f"{scan.means} {HOW.get(scan.how, scan.how)}: {scan.raw}{device}{drift}"


def refused_attempts(events: Iterable[Event]) -> tuple[Row, ...]:
    """The attempts that were refused, with every reason."""
    return tuple(
        Row(
            (
                (Text(str(event.entry), BOLD),),
                moment(event.happened_at),
                (
                    Text(event.title, BOLD),
                    *(text for reason in event.reasons for text in _reason(reason)),
                    *(Text(scan_line(scan), SMALL) for scan in event.scans),
                ),
                (Text(event.actor), Text(f"{event.unit}, {event.site}", SMALL)),
            )
        )
        for event in events
        if event.refused
    )


def _who(event: Event) -> Cell:
    role = f", {event.role}" if event.role else ""
    return (
        Text(f"{event.unit}, {event.site}"),
        Text(f"by {event.actor}{role}"),
        *signed(event.signatures),
    )
