"""The whole record of one therapy as tables: one row for each row of the record, in words.

Times are the record's own, in UTC and to the microsecond. What was erased says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from coi.ledger.entry import content_hash
from coi.reports.tables import Cell, Table, csv_bytes
from coi.reports.wording import signature_block
from coi.services.custody_reading import Reading, layers_around, parts, said
from coi.services.custody_values import content_of, limits_of, reason_of, title_of
from coi.services.others_labels import others_labels
from coi.services.record_beside import Beside
from coi.services.record_reading import WholeRecord
from coi.services.signatures import shown
from coi.services.therapies import Happened, Signed
from workflows.label_life import LabelState

Row = Sequence[Cell]


def sheets(whole: WholeRecord) -> Mapping[str, bytes]:
    """Each table as CSV, by the name of its file."""
    tables = {
        "entries.csv": (_ENTRIES, _entries(whole)),
        "signatures.csv": (_SIGNATURES, _signatures(whole)),
        "values.csv": (_VALUES, _values(whole)),
        "labels.csv": (_LABELS, _labels(whole)),
        "label-turns.csv": (_TURNS, _turns(whole)),
        "labels-of-others.csv": (_OTHERS, _others(whole)),
        "subjects.csv": (_SUBJECTS, _subjects(whole)),
        "lineage.csv": (_LINEAGE, _lineage(whole)),
        "moves.csv": (_MOVES, _moves(whole)),
        "scans.csv": (_SCANS, _scans(whole)),
        "identity-checks.csv": (_CHECKS, _checks(whole)),
        "documents.csv": (_DOCUMENTS, _beside(whole, whole.documents)),
        "identity-looks.csv": (_DOCUMENTS, _beside(whole, whole.looks)),
        "trail-reviews.csv": (_REVIEWS, _reviews(whole)),
        "audit-trail.csv": (_TRAIL, audit_trail(whole)),
    }
    return {
        name: csv_bytes(Table(name, headings, rows)) for name, (headings, rows) in tables.items()
    }


_ENTRIES = (
    *("Entry", "Recorded at", "Happened at", "Kind", "Action", "What", "By", "Role", "Unit"),
    *("Site", "Bench", "Device", "Workflow version", "Stops", "Refusals", "Notices"),
    *("Previous hash", "Content hash", "Hash"),
)


def _entries(whole: WholeRecord) -> Iterator[Row]:
    reading = whole.reading
    for event, written in zip(reading.view.history, whole.written, strict=True):
        content = event.content
        yield (
            *(event.seq, event.recorded_at, event.happened_at, event.kind, event.action),
            *(event.title, reading.person(event.actor), said(event.role)),
            *(reading.unit_name(event.unit), reading.site_name(event.unit)),
            *(content.get("bench", ""), content.get("device", "")),
            content.get("workflow", {}).get("version", 0),
            *(content["stops"], " ".join(one.code for one in event.refusals)),
            *(" ".join(content.get("notices", ())), content["previous"]),
            *(written.content_hash, event.hash),
        )


_SIGNATURES = (
    *("Entry", "Number", "Printed name", "User name", "Role", "Meaning", "Signed at"),
    *("As it is shown", "Person"),
    "Content hash that was signed",
)


def _signatures(whole: WholeRecord) -> Iterator[Row]:
    for event, written in zip(whole.reading.view.history, whole.written, strict=True):
        zone = whole.reading.zone_at(event.unit)
        for n, one in enumerate(event.signatures, start=1):
            yield (
                *(event.seq, n, one.printed_name, one.username, one.role, one.meaning),
                *(one.signed_at, _in_one_line(zone, one), one.person),
                written.content_hash,
            )


def _in_one_line(zone: tzinfo, one: Signed) -> str:
    """The signature as pages and papers show it, with the time of the place and in UTC."""
    return "; ".join(signature_block(shown(one, zone)))


_VALUES = (
    *("Entry", "Recorded at", "By", "Thing", "Subject", "Field", "What", "Occurrence"),
    *("Revision", "Value", "Unit of measure", "Method", "Limits", "Within limits"),
    "Why it was changed",
)


def _values(whole: WholeRecord) -> Iterator[Row]:
    reading = whole.reading
    for event, value in parts(reading, "values"):
        yield (
            *(event.seq, event.recorded_at, reading.person(event.actor)),
            *(reading.called[value["subject"]], value["subject"], value["field"]),
            title_of(reading, event.action, value["field"]),
            *(value["occurrence"], value["revision"], content_of(reading, event, value)),
            *(said(value["unit"]), said(value["method"]), limits_of(reading, event, value)),
            said(value["within"]),
            reason_of(reading, value),
        )


_LABELS = (
    *("Entry", "Recorded at", "Sort", "Serial", "On", "Subject", "Template or issue"),
    "State now",
)


def _labels(whole: WholeRecord) -> Iterator[Row]:
    reading = whole.reading
    now = {turn["serial"]: turn["after"] for _event, turn in parts(reading, "label_turns")}
    for event, one in parts(reading, "labels"):
        on = (reading.called[one["subject"]], one["subject"])
        told = (one["serial"], *on, one["template"], now.get(one["serial"], LabelState.ISSUED))
        yield event.seq, event.recorded_at, "label", *told
    for event, one in parts(reading, "wristbands"):
        on = ("the patient", one["patient"])
        told = (one["serial"], *on, str(one["issue"]), "")
        yield event.seq, event.recorded_at, "wristband", *told


_TURNS = (
    *("Entry", "Recorded at", "By", "Label", "Turn", "State before", "State after"),
    *("How it was read", "Pieces", "Why"),
)


def _turns(whole: WholeRecord) -> Iterator[Row]:
    """What became of each label: one row for each change."""
    reading = whole.reading
    for event, turn in parts(reading, "label_turns"):
        yield (
            *(event.seq, event.recorded_at, reading.person(event.actor), turn["serial"]),
            *(turn["turn"], turn["before"], turn["after"], said(turn["how"])),
            *(turn["pieces"], reason_of(reading, turn)),
        )


_OTHERS = ("Entry", "On", "Subject", "Whose", "Code", "Void with it")


def _others(whole: WholeRecord) -> Iterator[Row]:
    """The labels of others beside ours, each as it stands since the newest correction."""
    reading = whole.reading
    for one in others_labels(reading.view):
        on = (reading.called[one.subject], one.subject)
        yield one.entry, *on, one.whose, one.code, "yes" if one.is_over else "no"


_SUBJECTS = (
    *("Subject", "Called", "Machine", "Born in entry", "Came from", "State now", "Held by"),
    *("Turn", "Stops", "Inside"),
)


def _subjects(whole: WholeRecord) -> Iterator[Row]:
    reading = whole.reading
    for one in reading.view.subjects.values():
        at = one.position
        yield (
            *(one.id, reading.called[one.id], one.machine, one.born_seq, one.origin or ""),
            *(reading.state(one.machine, at.state), reading.custody(at.holder, at.consignee)),
            *(at.turn, at.stops, layers_around(reading, one)),
        )


_LINEAGE = ("Entry", "Child", "Child is", "Relation", "Parent", "Parent is")


def _lineage(whole: WholeRecord) -> Iterator[Row]:
    called = whole.reading.called
    for event, link in parts(whole.reading, "links"):
        child, parent = link["child"], link["parent"]
        yield event.seq, child, called[child], link["relation"], parent, called[parent]


_MOVES = (
    *("Entry", "Recorded at", "Thing", "Subject", "Turn", "Action", "State before"),
    *("State after", "Custody before", "Custody after", "Stops before", "Stops after"),
    *("Custody word", "Label scanned", "Wristband scanned", "Inside before", "Inside after"),
)


def _moves(whole: WholeRecord) -> Iterator[Row]:
    reading = whole.reading
    for event, move in parts(reading, "moves"):
        before, after = move["from"], move["to"]
        yield (
            *(event.seq, event.recorded_at, reading.called[move["subject"]], move["subject"]),
            *(move["turn"], move["action"]),
            *(reading.state(move["machine"], at["state"]) for at in (before, after)),
            *(reading.custody(at["holder"], at["consignee"]) for at in (before, after)),
            *(before["stops"], after["stops"], move["custody"]),
            *(move.get("label", ""), move.get("wristband", "")),
            *(reading.called.get(at.get("inside", ""), "") for at in (before, after)),
        )


_SCANS = ("Entry", "Recorded at", "Code as it was read", "Means", "How", "Device")


def _scans(whole: WholeRecord) -> Iterator[Row]:
    for event, scan in parts(whole.reading, "scans"):
        told = (scan["raw"], scan["means"], scan["how"], said(scan["device"]))
        yield event.seq, event.recorded_at, *told


_CHECKS = ("Entry", "Recorded at", "Person", "Source", "Matched", "Differed")


def _checks(whole: WholeRecord) -> Iterator[Row]:
    """Which identifiers were compared with the vault; never what they are."""
    for event, one in parts(whole.reading, "identity_checks"):
        name = whole.people.get(one["person"], "(erased)")
        told = (name, one["source"], " ".join(one["matched"]), " ".join(one["differing"]))
        yield event.seq, event.recorded_at, *told


_DOCUMENTS = (
    *("Recorded at", "By", "Kind", "About", "Copy", "Why", "SHA-256 of the document"),
    *("Chain", "Entry", "Hash of the entry"),
)


def _beside(whole: WholeRecord, found: Sequence[Beside]) -> Iterator[Row]:
    for one in found:
        yield (
            *(one.recorded_at, whole.people.get(one.actor, "(erased)"), one.kind, one.about),
            *(one.copy, one.reason, one.sha256, one.chain, one.seq, one.hash),
        )


_REVIEWS = (
    *("Reviewed up to entry", "Hash of that entry", "Recorded at", "Printed name", "User name"),
    *("Role", "Meaning", "Signed at", "As it is shown", "Person"),
    *("Content hash that was signed", "Chain", "Entry", "Hash of the entry"),
)


def _reviews(whole: WholeRecord) -> Iterator[Row]:
    """Each signature below a review of the trail."""
    for review in whole.reading.reviews:
        zone = whole.reading.zone_of_chain(review.chain)
        for one in review.signatures:
            yield (
                *(review.read.entry, review.read.hash, review.at, one.printed_name),
                *(one.username, one.role, one.meaning, one.signed_at, _in_one_line(zone, one)),
                *(one.person, content_hash(review.content), review.chain, review.seq),
                review.hash,
            )


# -- who, what, when, why, old and new -------------------------------------------------------------

_TRAIL = (
    *("Recorded at", "Happened at", "Entry", "By", "Role", "What", "Thing", "Of what"),
    *("Old", "New", "Why", "Signed"),
)


def audit_trail(whole: WholeRecord) -> Iterator[Row]:
    """Every change and every attempt, in the order of the record; then reviews, and what left."""
    values: dict[tuple[str, str, int], str] = {}
    for event in whole.reading.view.history:
        head = _head(whole, event)
        found = [*_refused(event), *_changed(whole, event, values), *_moved(whole, event)]
        found += _turned(whole, event)
        signers = _signed(whole, event)
        for told in found or [("", "", "", "", "")]:
            yield *head, *told, signers
    for review in whole.reading.reviews:
        until = f"up to entry {review.read.entry}"
        for signed in review.signatures:
            who = (signed.printed_name, signed.role, signed.meaning)
            yield review.at, review.at, "", *who, "", "", "", until, "", signed.meaning
    for one in (*whole.documents, *whole.looks):
        what = f"{one.kind} {one.about}".replace("_", " ")
        by = whole.people.get(one.actor, "(erased)")
        copy = f"copy {one.copy}" if one.copy else "looked at"
        yield one.recorded_at, one.recorded_at, "", by, "", what, "", "", "", copy, one.reason, ""


def _head(whole: WholeRecord, event: Happened) -> Row:
    who = (whole.reading.person(event.actor), said(event.role))
    refused = "REFUSED: " if event.kind == "refused" else ""
    return event.recorded_at, event.happened_at, event.seq, *who, f"{refused}{event.title}"


def _signed(whole: WholeRecord, event: Happened) -> str:
    """Who stands for it with their signature, one after the other; '' where it takes none."""
    zone = whole.reading.zone_at(event.unit)
    return "; ".join(", ".join(signature_block(shown(one, zone))) for one in event.signatures)


def _refused(event: Happened) -> Iterator[tuple[str, ...]]:
    """Why an attempt was refused; what it opened, such as an exception, stands below."""
    if event.refusals:
        why = "; ".join(f"{one.code}: {one.sentence}" for one in event.refusals)
        yield "", "refused", "", "", why


def _changed(
    whole: WholeRecord, event: Happened, values: dict[tuple[str, str, int], str]
) -> Iterator[tuple[str, ...]]:
    """Each value that was recorded or corrected, with what stood there before."""
    reading = whole.reading
    for value in event.content.get("values", ()):
        key = (value["subject"], value["field"], value["occurrence"])
        new = _measured(reading, event, value)
        title = title_of(reading, event.action, value["field"])
        old, values[key] = values.get(key, ""), new
        yield reading.called[value["subject"]], title, old, new, reason_of(reading, value)


def _turned(whole: WholeRecord, event: Happened) -> Iterator[tuple[str, ...]]:
    """What became of labels."""
    for turn in event.content.get("label_turns", ()):
        why = reason_of(whole.reading, turn)
        yield f"label {turn['serial']}", "label", turn["before"], turn["after"], why


def _measured(reading: Reading, event: Happened, value: Mapping[str, Any]) -> str:
    return f"{content_of(reading, event, value)} {said(value['unit'])}".strip()


def _moved(whole: WholeRecord, event: Happened) -> Iterator[tuple[str, ...]]:
    """Each state, custody or stop that an entry changed."""
    reading = whole.reading
    for move in event.content.get("moves", ()):
        thing, before, after = reading.called[move["subject"]], move["from"], move["to"]
        told = (
            ("state", *(reading.state(move["machine"], at["state"]) for at in (before, after))),
            (
                "custody",
                *(reading.custody(at["holder"], at["consignee"]) for at in (before, after)),
            ),
            ("stops", str(before["stops"]), str(after["stops"])),
        )
        yield from ((thing, what, old, new, "") for what, old, new in told if old != new)
