"""Each entry of a therapy as the custody record tells it: who did what, where, on what evidence."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from coi.reports import custody_contents as told
from coi.reports.wording import INVALID, both
from coi.services.custody_labels import turns_of
from coi.services.custody_reading import Reading, said
from coi.services.custody_values import values_of
from coi.services.scanning import drift_of
from coi.services.signatures import role_in_words, shown
from coi.services.therapies import Happened
from workflows.expansion import MIGRATE
from workflows.model import Kind
from workflows.shift import NOT_HANDED_OVER, TITLES
from workflows.told_by_others import TAKE_STATEMENT
from workflows.transcribing import TRANSCRIBED

_MEANS: Final[Mapping[str, str]] = {
    "unknown": "UNKNOWN CODE",
    "place": "location",
}
_KINDS: Final[Mapping[str, str]] = {
    "hold": "THE WHOLE THERAPY IS PUT ON HOLD",
    "incident": "INCIDENT",
    "lift": "A hold of the whole therapy is lifted",
    TRANSCRIBED: "TRANSCRIBED FROM PAPER: nobody signed the step here, only who copied it",
    MIGRATE: "MOVED TO ANOTHER VERSION OF THE WORKFLOW",
}
_NOTICES: Final[Mapping[str, str]] = {
    "RULES_BROKEN": "RULES DID NOT HOLD: exceptions were opened",
    NOT_HANDED_OVER.code: "TAKEN OVER WITHOUT BEING HANDED OVER",
}
_STOPS: Final[Mapping[int, str]] = {1: "PUT ON HOLD", -1: "One hold is lifted"}
_SAID_ELSEWHERE: Final = {"TYPED", "LATE_ENTRY"}  # by the scan itself, and by the mark of the event


def event_of(reading: Reading, event: Happened) -> told.Event:
    """One entry, in words."""
    content = event.content
    return told.Event(
        entry=event.seq,
        title=event.title,
        happened_at=reading.at(event.happened_at, event.unit),
        recorded_at=reading.at(event.recorded_at, event.unit),
        unit=reading.unit_name(event.unit),
        site=reading.site_name(event.unit),
        actor=reading.person(event.actor),
        role=role_in_words(event.role),
        late=event.kind == "late",
        refused=event.kind == "refused",
        marks=tuple(_marks(reading, event)),
        movements=movements(reading, event),
        values=values_of(reading, event),
        scans=tuple(_scan(scan, event.recorded_at) for scan in content.get("scans", ())),
        issued=tuple(_issued(reading, event)),
        labels=tuple(f"{serial}: {told}" for serial, told in turns_of(reading, event).items()),
        signatures=signatures(reading, event),
        reasons=tuple(told.Reason(r.code, r.sentence, r.next_step) for r in event.refusals),
    )


def signatures(reading: Reading, event: Happened) -> tuple[told.Signature, ...]:
    """Who signed, in the order of signing."""
    return tuple(shown(one, reading.zone_at(event.unit)) for one in event.signatures)


def _marks(reading: Reading, event: Happened) -> Iterator[str]:
    """What must not be missed about an entry."""
    if reading.view.is_entry_invalid(event.seq):
        yield INVALID
    if event.kind == MIGRATE:
        before = event.content["document"]["version"]
        yield f"{_KINDS[MIGRATE]}: from {before} to {event.content['workflow']['version']}"
    elif event.kind in _KINDS:
        yield _KINDS[event.kind]
    if event.action == TAKE_STATEMENT:
        said = "; ".join(f"{name}: {text}" for name, text in event.said.items())
        yield f"A STATEMENT, NOT A SIGNATURE, of entry {event.content['document']['entry']}. {said}"
    if event.action in TITLES:
        yield "; ".join(f"{name}: {text}" for name, text in event.said.items())
    for one in event.entered:
        at = both(reading.at(one.at, event.unit))
        yield f"{one.title} was entered by {reading.person(one.person)}, {at}"
    if any(scan["how"] == "typed" for scan in event.content.get("scans", ())):
        yield "A CODE WAS TYPED, NOT SCANNED"
    for notice in event.content.get("notices", ()):
        if notice not in _SAID_ELSEWHERE:
            yield _NOTICES.get(notice, notice)


def _scan(scan: Mapping[str, str], recorded_at: str) -> told.Scan:
    means = _MEANS.get(scan["means"], scan["means"])
    drift = drift_of(scan, recorded_at)
    return told.Scan(means, scan["raw"], scan["how"], said(scan["device"]), drift)


def _issued(reading: Reading, event: Happened) -> Iterator[str]:
    """The labels and wristbands that an entry issued."""
    for label in event.content.get("labels", ()):
        yield f"{label['serial']} for {reading.called[label['subject']]}"
    for band in event.content.get("wristbands", ()):
        yield f"{band['serial']}, wristband {band['issue']} of the patient"


def movements(reading: Reading, event: Happened) -> tuple[told.Movement, ...]:
    """What moved; items that moved alike are told together."""
    items: dict[told.Movement, list[str]] = {}
    # Everything moves to the other version, and nothing from where it is.
    if event.kind == MIGRATE:
        return ()
    for move in event.content.get("moves", ()):
        moved = _movement(reading, move)
        # The therapy moves along in nearly every entry; only where its state changes is it news.
        if reading.kind(move["subject"]) is Kind.THERAPY and moved.state_from == moved.state_to:
            continue
        items.setdefault(moved, []).append(reading.called[move["subject"]])
    return tuple(replace(moved, items=tuple(called)) for moved, called in items.items())


def _movement(reading: Reading, move: Mapping[str, Any]) -> told.Movement:
    """One subject's turn, before and after; custody only where it moved."""
    before, after = move["from"], move["to"]
    custody_from, custody_to = _custody(reading, before, after)
    return told.Movement(
        items=(),
        state_from=reading.state(move["machine"], before["state"]),
        state_to=reading.state(move["machine"], after["state"]),
        custody_from=custody_from,
        custody_to=custody_to,
        stop=_STOPS.get(after["stops"] - before["stops"], ""),
    )


def _custody(
    reading: Reading, before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[str, str]:
    """From whom to whom; a release and a take-back go to and come from the way, nobody's hands."""
    if before["holder"] != after["holder"]:
        return reading.party(before["holder"]), reading.party(after["holder"])
    if before["consignee"] == after["consignee"]:
        return "", ""
    return _hands(reading, before), _hands(reading, after)


def _hands(reading: Reading, position: Mapping[str, str]) -> str:
    if position["consignee"] == "-":
        return reading.party(position["holder"])
    return f"in transit to {reading.party(position['consignee'])}"
