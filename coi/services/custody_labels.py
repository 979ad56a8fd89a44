"""The labels of a therapy in its custody record: how often each was read, what became of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from coi.reports import custody_contents as told
from coi.reports.wording import counted_pieces
from coi.services.custody_reading import Reading, parts
from coi.services.custody_values import reason_of
from coi.services.therapies import Happened
from coi.services.transcribed import was_never_printed
from labels.errors import NotACode
from labels.identifiers import parse_scan
from workflows.label_life import SETTLED


def labels(reading: Reading) -> Iterator[told.IssuedLabel]:
    """Each label and wristband, how often it was read afterwards, and what became of a label."""
    reads = Counter(
        (_serial(scan["raw"]), scan["how"] == "typed") for _, scan in parts(reading, "scans")
    )
    issued = [
        (event, one["serial"], one["subject"], template_named(reading, one["template"]))
        for event, one in parts(reading, "labels")
    ] + [
        (event, band["serial"], "the patient", f"wristband {band['issue']}")
        for event, band in parts(reading, "wristbands")
    ]
    became = _became(reading)
    settled = _settled(reading)
    # Labels and wristbands stand in two parts of an entry, and are told in the order of the ledger.
    for event, serial, on, template in sorted(issued, key=lambda each: each[0].seq):
        yield told.IssuedLabel(
            serial=serial,
            on=reading.called.get(on, on),
            template=template,
            entry=event.seq,
            at=reading.at(event.recorded_at, event.unit),
            scanned=reads[serial, False],
            typed=reads[serial, True],
            became=tuple(became.get(serial, ())),
            is_open=serial not in settled
            and on in reading.called
            and not was_never_printed(reading.view, event.seq, on),
        )


def turns_of(reading: Reading, event: Happened) -> Mapping[str, str]:
    """What an entry told of labels, by their serials; one scan tells three things of a label."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for turn in event.content.get("label_turns", ()):
        found.setdefault(turn["serial"], []).append(turn)
    return {serial: _worded(reading, turns) for serial, turns in found.items()}


def _worded(reading: Reading, turns: Sequence[Mapping[str, Any]]) -> str:
    """`printed, verified, applied`; `voided: it tore`; `destroyed, 2 pieces`."""
    last = turns[-1]
    states = ", ".join(turn["after"] for turn in turns)
    ended = f", {counted_pieces(last['pieces'])}" if last["pieces"] else ""
    why = reason_of(reading, last)
    return f"{states}{ended}{': ' if why else ''}{why}"


def _became(reading: Reading) -> Mapping[str, list[str]]:
    """What was told of each label, entry by entry."""
    told_of: dict[str, list[str]] = {}
    for event in reading.view.history:
        for serial, words in turns_of(reading, event).items():
            told_of.setdefault(serial, []).append(f"entry {event.seq}: {words}")
    return told_of


def _settled(reading: Reading) -> AbstractSet[str]:
    """The labels of which nothing is left to account for."""
    now = {turn["serial"]: turn["after"] for _event, turn in parts(reading, "label_turns")}
    return {serial for serial, state in now.items() if state in SETTLED}


def template_named(reading: Reading, sha256: str) -> str:
    """A template by name and version, with the beginning of its hash."""
    known = reading.templates.get(sha256)
    name = f"{known.name} {known.version}" if known else "unknown template"
    return f"{name}, {sha256[:12]}…"


def _serial(raw: str) -> str:
    """The serial that a scan named; '' for none."""
    try:
        serial = parse_scan(raw).serial
    except NotACode:
        return ""
    return serial.text if serial else ""
