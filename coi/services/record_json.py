"""The whole record of one therapy as JSON: what each entry says, decoded, with what it refers to.

One member or one item a line, so that it can be read, searched and compared without this program.
Its form is that of `coi/reports/record.schema.json`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from typing import Any

from coi.clock import rfc3339
from coi.ledger.entry import content_hash
from coi.reports.custody_contents import Departure, Verification
from coi.reports.wording import signature_block
from coi.services.decoding import content_of_text
from coi.services.record_reading import WholeRecord
from coi.services.retention import is_traced, kept_until, retention
from coi.services.signatures import shown
from coi.services.therapies import Happened, Signed

FORMAT = "coi-whole-record 1"
TABLES = (
    *("subject", "lineage", "move", "value", "label", "label_turn", "wristband"),
    *("signature", "position", "participation", "attestation", "entry", "chain", "therapy"),
)
"""The tables of the record, each of whose rows stands in the export as it is stored."""

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """When and by whom the export was made, and which one it is."""

    at: datetime
    by: str  # the printed name
    software: str
    copy: int
    demonstration: bool
    identity: bool  # who the patient is lies beside it


def record_json(
    whole: WholeRecord, made: Made, verified: Verification, departures: tuple[Departure, ...]
) -> bytes:
    """The record in UTF-8."""
    view = whole.reading.view
    told: Told = {
        "format": FORMAT,
        "coi": whole.coi,
        "made": {**asdict(made), "at": rfc3339(made.at)},
        "head": {"entry": view.history[-1].seq, "hash": view.head_hash},
        "verification": asdict(verified),
        "workflow": [
            {"name": one.name, "version": one.version, "hash": one.hash}
            | {"since_entry": one.since, "file": one.file}
            for one in whole.definitions
        ],
        "label_templates": [
            {"name": one.name, "version": one.version, "sha256": one.sha256, "file": one.file}
            for one in whole.templates
        ],
        "sites": [asdict(whole.reading.sites[site]) for site in _took_part(whole)],
        "units": [*_units(whole)],
        "people": [{"id": p, "printed_name": name} for p, name in sorted(whole.people.items())],
        "things": [*_things(whole)],
        "entries": [*_entries(whole)],
        "reviews": [*_reviews(whole)],
        "retention": {
            "computed_by": made.software,
            "until": rfc3339(kept_until(view)) if is_traced(view) else "",
            "things": [*_retained(whole)],
        },
        "exceptions": [_departure(one) for one in departures],
        "documents": [_beside(whole, asdict(one)) for one in whole.documents],
        "identity_looks": [_beside(whole, asdict(one)) for one in whole.looks],
        "statements": [*_statements(whole)],
        "pictures": [*_pictures(whole)],
        "texts": [{"commitment": c, "salt": salt, "text": text} for c, salt, text in whole.texts],
        "tables": {name: whole.rows[name] for name in TABLES},
    }
    return _in_lines(told).encode()


def _retained(whole: WholeRecord) -> Iterator[Told]:
    """Until when each thing that expires is kept, and from what that is counted."""
    for one in retention(whole.reading.view)[1:]:
        times = {"until": rfc3339(one.until), "counted_from": rfc3339(one.counted_from)}
        yield {"subject": one.subject, **times, "why": one.why}


def _took_part(whole: WholeRecord) -> list[str]:
    """The sites that took part, by id."""
    return sorted(str(row["site"]) for row in whole.rows["participation"])


def _units(whole: WholeRecord) -> Iterator[Told]:
    """The units of the sites that took part."""
    for unit, (site, name) in sorted(whole.reading.units.items()):
        if site in _took_part(whole):
            yield {"id": unit, "site": site, "name": name}


def _things(whole: WholeRecord) -> Iterator[Told]:
    """Each subject as people call it, and where it stands now, in words."""
    reading = whole.reading
    for subject in reading.view.subjects.values():
        at = subject.position
        yield {
            "id": subject.id,
            "called": reading.called[subject.id],
            "kind": reading.kind(subject.id).value,
            "state": reading.state(subject.machine, at.state),
            "custody": reading.custody(at.holder, at.consignee),
            "stops": at.stops,
        }


def _entries(whole: WholeRecord) -> Iterator[Told]:
    for event, written in zip(whole.reading.view.history, whole.written, strict=True):
        yield _entry(whole, event) | {
            "content_hash": written.content_hash,
            "files": [*entry_files(event.seq)],
            "content": event.content,
        }


def _statements(whole: WholeRecord) -> Iterator[Told]:
    """What each driver without an account stated, and of which handoff."""
    for one in whole.statements:
        yield {
            "entry": one.seq,
            "hash": one.hash,
            "of_entry": one.of_seq,
            "of_hash": one.of_hash,
            "taken_down_by": one.by,
            "unit": whole.reading.unit_name(one.unit),
            "recorded_at": one.recorded_at,
            "said": {**one.said},
            "picture": one.picture,
            "media_type": one.media_type,
        }


def _pictures(whole: WholeRecord) -> Iterator[Told]:
    """Each picture and file that is kept: where it lies, and what proves its commitment."""
    for one in whole.beside:
        found = {"commitment": one.commitment, "salt": one.salt, "file": one.file}
        yield {"entry": one.entry, **found, "sha256": sha256(one.content).hexdigest()}


def _reviews(whole: WholeRecord) -> Iterator[Told]:
    """Each review of the trail, the oldest first: an entry of a site's chain, decoded."""
    for number, review in enumerate(whole.reading.reviews, start=1):
        content = content_of_text(review.content)
        zone = whole.reading.zone_of_chain(review.chain)
        yield {
            "entry": review.seq,
            "hash": review.hash,
            "kind": content["kind"],
            "actor": review.by,
            "recorded_at": content["recorded_at"],
            "happened_at": content["happened_at"],
            "signatures": _signatures(review.signatures, zone),
            "content_hash": content_hash(review.content),
            "files": [*review_files(number)],
            "content": content,
        }


def _signed(one: Signed) -> Told:
    """A signature, field by field as it was signed; what else is known of it stands in `shown`."""
    return {name: text for name, text in asdict(one).items() if name != "deputy_of"}


def entry_files(seq: int) -> tuple[str, str]:
    """Where the bytes of an entry lie: what happened, and who signed."""
    return f"entries/{seq:04}.json", f"entries/{seq:04}.signed.json"


def review_files(number: int) -> tuple[str, str]:
    """Where the bytes of a review lie, in the order of time."""
    return f"reviews/{number:04}.json", f"reviews/{number:04}.signed.json"


def _entry(whole: WholeRecord, event: Happened) -> Told:
    """One entry in words: what was done, by whom and where, who signed, why it was refused."""
    reading = whole.reading
    return {
        "entry": event.seq,
        "hash": event.hash,
        "title": event.title,
        "kind": event.kind,
        "actor": reading.person(event.actor),
        "unit": reading.unit_name(event.unit),
        "site": reading.site_name(event.unit),
        "recorded_at": event.recorded_at,
        "happened_at": event.happened_at,
        "signatures": _signatures(event.signatures, reading.zone_at(event.unit)),
        "refusals": [
            {"code": one.code, "sentence": one.sentence, "next_step": one.next_step}
            for one in event.refusals
        ],
    }


def _signatures(signed: Sequence[Signed], zone: tzinfo) -> list[Told]:
    return [{**_signed(one), "shown": [*signature_block(shown(one, zone))]} for one in signed]


def _departure(one: Departure) -> Told:
    """An exception or a dispensation, with its times in UTC."""
    told: Told = _plain(asdict(one))
    return told


def _beside(whole: WholeRecord, told: Told) -> Told:
    return {**told, "by": whole.people.get(told["actor"], "(erased)")}


def _plain(told: Any) -> Any:  # noqa: ANN401 - values within values
    """The same with times as texts."""
    if isinstance(told, datetime):
        return rfc3339(told.astimezone(UTC))
    if isinstance(told, Mapping):
        return {name: _plain(one) for name, one in told.items()}
    return [_plain(one) for one in told] if isinstance(told, list | tuple) else told


def _in_lines(told: Told) -> str:
    """Each member on a line of its own, and so each item of a list."""
    members = (f"{json.dumps(name)}: {_lines(one)}" for name, one in told.items())
    return "{\n" + ",\n".join(members) + "\n}\n"


def _lines(one: object) -> str:
    if isinstance(one, list) and one:
        return "[\n" + ",\n".join(_one_line(item) for item in one) + "\n]"
    if isinstance(one, dict) and any(isinstance(item, list) for item in one.values()):
        return "{\n" + ",\n".join(f"{json.dumps(n)}: {_lines(x)}" for n, x in one.items()) + "\n}"
    return _one_line(one)


def _one_line(one: object) -> str:
    return json.dumps(one, ensure_ascii=False, separators=(",", ":"))
