"""The parts of a custody record before its timeline, in the order in which they are read."""

from collections.abc import Iterable, Iterator, Sequence

from coi.reports.custody_contents import (
    Change,
    CustodyRecord,
    Decision,
    Departure,
    Event,
    Item,
    Place,
    Result,
    TrailReview,
    Workflow,
)
from coi.reports.custody_timeline import refused_attempts
from coi.reports.flow import BODY, BOLD, MONO, SMALL, Block, Cell, Column, Row, Section, Table, Text
from coi.reports.printable import NUMBERED, Style
from coi.reports.recording import TITLE as RECORDED
from coi.reports.recording import recording
from coi.reports.signed_tree import TITLE as SIGNED
from coi.reports.signed_tree import signed_tree
from coi.reports.wording import (
    INVALID,
    NONE,
    both,
    entries,
    listed,
    local,
    measured,
    moment,
    signed,
    told,
    utc,
)

TITLE = "Chain-of-custody record"
_TITLE = Style(face="bold", size=17, leading=23)
_COI = Style(face="mono", size=15, leading=21)
_ALARM = Style(face="bold", size=9, leading=12)


def table(titles: str, widths: tuple[float, ...], rows: Iterable[Row]) -> Block:
    """A table whose titles are given as `one | two`; 'None.' when it has no rows."""
    found = tuple(rows)
    if not found:
        return Text(NONE)
    columns = zip(titles.split(" | "), widths, strict=True)
    return Table(tuple(Column(title, width) for title, width in columns), found)


# -- the head of the document ----------------------------------------------------------------------


def front(record: CustodyRecord) -> tuple[Block, ...]:
    """What this is about, and what it rests on."""
    alarm = () if record.verification.holds else (Text(record.verification.verdict, _ALARM),)
    rows = tuple(
        Row(((Text(title, BOLD),), cell))
        for title, cell in (
            ("Patient", (Text("Known here by the COI alone; this document carries no name."),)),
            ("Order", _order(record)),
            *_transcription(record),
            ("Workflow", _workflow(record)),
            ("State of the therapy", (Text(record.state),)),
            ("Ledger", _ledger(record)),
            (SIGNED, signed_tree(record.tree)),
            (RECORDED, recording(record.recording, record.generated_at)),
            ("Verification", (*alarm, Text(record.verification.statement))),
            ("Generated", _generated(record)),
        )
    )
    return (
        Text(TITLE, _TITLE),
        Text(record.coi, _COI),
        Table((Column("", 36), Column("", 142)), rows),
    )


def _order(record: CustodyRecord) -> Cell:
    # The order is entry 0 of every therapy: a chain begins with it, and has no other beginning.
    first = record.events[0]
    return (
        Text(f"{first.title}: {both(first.happened_at)}"),
        Text(f"{first.unit}, {first.site}, by {first.actor}, {first.role}"),
    )


def _transcription(record: CustodyRecord) -> Iterator[tuple[str, Cell]]:
    """That it was copied from paper, how far, and who compared it."""
    if record.transcription:
        alarm = Text(f"{record.transcription}.", BOLD)
        claim = "What was copied stands as it stood on paper; nobody of ours signed those steps."
        yield "Paper", (alarm, Text(claim, SMALL))


def _workflow(record: CustodyRecord) -> Cell:
    workflow = record.workflow
    return (
        Text(workflow.title),
        Text(f"{workflow.name}, version {workflow.version}; SHA-256 of the definition:", SMALL),
        Text(workflow.hash, MONO),
        *_versions(workflow),
    )


def _versions(workflow: Workflow) -> Iterator[Text]:
    """Since when it runs by this version, where it has run by another before."""
    if workflow.earlier:
        since = f"in entry {workflow.since}, {both(workflow.since_at)}"
        yield Text(f"MOVED to version {workflow.version} {since}")
    for one in workflow.earlier:
        yield Text(f"Entries {one.first} to {one.last}: version {one.version}, SHA-256:", SMALL)
        yield Text(one.hash, MONO)


def _ledger(record: CustodyRecord) -> Cell:
    count = record.head_entry + 1
    return (
        Text(f"{count} entries, numbered from 0; the hash of entry {record.head_entry}, the head:"),
        Text(record.head_hash, MONO),
    )


def _generated(record: CustodyRecord) -> Cell:
    return (
        Text(f"{utc(record.generated_at)} by {record.generated_by}{copy_of(record)}"),
        Text(record.software, SMALL),
        Text(NUMBERED, SMALL),
    )


def copy_of(record: CustodyRecord) -> str:
    """Which copy it is, where copies are counted."""
    return f", copy {record.copy}" if record.copy else ""


def to_look_at(record: CustodyRecord) -> Block:
    """What a reviewer looks at first, and where it stands."""
    rows = (
        ("Critical exceptions still open", _open(d for d in record.departures if _is_grave(d))),
        ("Mixed up with another therapy", _mixed_up(record.departures)),
        ("Exceptions and dispensations still open", _open(record.departures)),
        *_entered_otherwise(record.events),
        *_tested_otherwise(record.results),
        ("Labels not accounted for", ", ".join(_unaccounted(record)) or "none"),
        ("Values changed since their entry", entries(c.entry for c in record.changes)),
    )
    # Every line stands there even when there is nothing to look at: “none” is a statement too.
    return Table(
        (Column("", 62), Column("", 116)),
        tuple(Row(((Text(title),), (Text(found, _strong(found)),))) for title, found in rows),
    )


def _unaccounted(record: CustodyRecord) -> Iterator[str]:
    return (f"{label.serial} (entry {label.entry})" for label in record.labels if label.is_open)


def _strong(found: str) -> Style:
    return BODY if found == "none" else BOLD


def _open(departures: Iterable[Departure]) -> str:
    found = (f"{d.name} (entry {d.opened})" for d in departures if d.is_open)
    return ", ".join(found) or "none"


def _is_grave(departure: Departure) -> bool:
    """What nobody has classified yet counts as critical."""
    return departure.is_exception and departure.of_class in {"", "critical"}


def _mixed_up(departures: Iterable[Departure]) -> str:
    """Each incident and each wrong scan, by the other therapy; closed ones too."""
    found = (f"{d.other_coi} (entry {d.opened})" for d in departures if d.other_coi)
    return ", ".join(found) or "none"


def _entered_otherwise(events: Sequence[Event]) -> Iterator[tuple[str, str]]:
    """The entries that were refused, came late, or rest on codes from the keyboard."""
    yield "Refused attempts", entries(event.entry for event in events if event.refused)
    yield "Entered late", entries(event.entry for event in events if event.late)
    yield "Codes typed by hand", entries(event.entry for event in events if event.has_typed_codes)


def _tested_otherwise(results: Sequence[Result]) -> Iterator[tuple[str, str]]:
    """The tests that are not all within their limits, or not all there."""
    out = entries(r.entry for r in results if r.entry is not None and r.within is False)
    missing = (f"{result.test} ({result.lot})" for result in results if result.entry is None)
    yield "Test results out of limits", out
    yield "Tests without a result", ", ".join(missing) or "none"


# -- who and what ----------------------------------------------------------------------------------


def places(found: Iterable[Place]) -> Block:
    """The map of the sites that took part."""
    return table(
        "Site | Kind | Country, time zone | Units that took part",
        (50, 26, 42, 60),
        (
            Row(
                (
                    (Text(place.name, BOLD), Text(place.id, SMALL)),
                    (Text(place.kind),),
                    (Text(place.country), Text(place.time_zone, SMALL)),
                    tuple(Text(f"{name} ({unit})") for unit, name in place.units),
                )
            )
            for place in found
        ),
    )


def items(found: Iterable[Item]) -> Block:
    """The identifiers of everything that was made, held or moved."""
    return table(
        "Item | Identifiers | Label serials, oldest first | State now, held by",
        (36, 54, 40, 48),
        (
            Row(
                (
                    (Text(item.name, BOLD), Text(item.id, SMALL)),
                    told(item.numbers),
                    tuple(Text(serial, MONO) for serial in item.labels),
                    (Text(item.state), Text(item.held_by, SMALL), *_inside(item)),
                )
            )
            for item in found
        ),
    )


def _inside(item: Item) -> Cell:
    return (Text(item.inside, SMALL),) if item.inside else ()


def lineage(record: CustodyRecord) -> Block:
    """What was made of what."""
    return table(
        "Item | Relation | Of or with | Entry",
        (45, 28, 87, 18),
        (
            Row(
                (
                    (Text(descent.child, BOLD),),
                    (Text(descent.relation),),
                    (Text(listed(descent.parents)),),
                    (Text(str(descent.entry)),),
                )
            )
            for descent in record.descents
        ),
    )


# -- quality ---------------------------------------------------------------------------------------


def results(found: Iterable[Result]) -> Block:
    """Each test of each lot, also those without a result."""
    return table(
        "Lot | Test | Method | Result | Limits | Within | Entry",
        (17, 40, 33, 32, 32, 12, 12),
        (_result(result) for result in found),
    )


def _result(result: Result) -> Row:
    # “NO” is in capitals and “yes” is not, so that the one is found in a column of the other.
    verdict = {True: "yes", False: "NO", None: ""}[result.within]
    missing = result.entry is None
    text = "NO RESULT" if missing else measured(result.result, result.unit)
    changed = (Text(f"CHANGED, revision {result.revision}", BOLD),) if result.revision > 1 else ()
    return Row(
        (
            (Text(result.lot),),
            (Text(result.test),),
            (Text(result.method),),
            (Text(text, BOLD), *changed, *_invalid(result)),
            (Text(result.limits),),
            (Text(verdict, BOLD),),
            (Text("" if missing else str(result.entry)),),
        ),
        marked=result.within is False,
    )


def decisions(found: Iterable[Decision]) -> Block:
    """The disposition of each lot, the decisions that led there, and who signed."""
    return table(
        "Lot | Decision | Time | Signatures | Entry",
        (17, 46, 38, 65, 12),
        (
            Row(
                (
                    (Text(decision.lot),),
                    (Text(decision.decision, BOLD), Text(decision.action, SMALL)),
                    moment(decision.at),
                    signed(decision.signatures),
                    (Text(str(decision.entry)),),
                )
            )
            for decision in found
        ),
    )


def reviews(found: Iterable[TrailReview]) -> Block:
    """Who reviewed the audit trail up to which entry, and signed; the oldest first."""
    return table(
        "Reviewed up to | Time | Signatures | Stands in",
        (35, 38, 65, 40),
        (
            Row(
                (
                    (Text(f"entry {review.until}", BOLD), *_invalid(review)),
                    moment(review.at),
                    signed(review.signatures),
                    (Text(f"chain {review.chain}"), Text(f"entry {review.entry}", SMALL)),
                ),
                marked=review.is_invalid,
            )
            for review in found
        ),
    )


def _invalid(one: Result | TrailReview) -> Cell:
    return (Text(INVALID, BOLD),) if one.is_invalid else ()


# -- what did not go as planned --------------------------------------------------------------------


def departures(found: Iterable[Departure]) -> Block:
    """Exceptions and dispensations, each with its closure."""
    return table(
        "Name, opened | What was told and signed | Closed or used",
        (40, 78, 60),
        (
            Row(
                (
                    (
                        Text(departure.name, BOLD),
                        Text(f"on {departure.on}"),
                        Text(f"entry {departure.opened}", SMALL),
                        Text(local(departure.opened_at), SMALL),
                        Text(f"by {departure.opened_by}", SMALL),
                    ),
                    (*told(departure.told), *signed(departure.opening)),
                    _closure(departure),
                ),
                marked=departure.is_open,
            )
            for departure in found
        ),
    )


def _closure(departure: Departure) -> Cell:
    if departure.is_open:
        return (Text(f"OPEN: {departure.state}" if departure.state != "open" else "OPEN", BOLD),)
    if departure.closed is None or departure.closed_at is None:
        return (Text(departure.state, BOLD),)
    return (
        Text(departure.state, BOLD),
        Text(f"entry {departure.closed}", SMALL),
        Text(both(departure.closed_at), SMALL),
        *signed(departure.closed_by),
    )


def refused(events: Iterable[Event]) -> Block:
    """What was tried, and why it was refused."""
    return table("Entry | Time | Attempt | Who", (12, 38, 84, 44), refused_attempts(events))


def changes(found: Iterable[Change]) -> Block:
    """Old and new values, why, when and by whom; the timeline marks them too."""
    return table(
        "Item, value | Original | Now | Reason, who, when | Entry",
        (40, 34, 34, 58, 12),
        (
            Row(
                (
                    (Text(change.item, BOLD), Text(change.title)),
                    (Text(change.original),),
                    (
                        Text(change.current, BOLD),
                        Text(f"CHANGED, revision {change.revision}", SMALL),
                    ),
                    (
                        Text(change.reason),
                        Text(f"{change.by}, {both(change.at)}", SMALL),
                    ),
                    (Text(str(change.entry)),),
                ),
                marked=True,
            )
            for change in found
        ),
    )


def section(title: str, *blocks: Block) -> tuple[Block, ...]:
    """A heading with what stands below it."""
    return (Section(title), *blocks)
