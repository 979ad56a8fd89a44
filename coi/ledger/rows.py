"""The rows that an entry's bytes stand for, column by column.

Every column of `entry` and of the part tables follows from the bytes of the chain, but four:
whether a move may happen `while_stopped`, whether it `scans`, what it asks of the packages around
its subject (`packing`), and whether it goes on while the therapy is copied from paper (`on_paper`),
are chosen by the workflow's definition. They stand last
in `move` and are looked up among the definition's transitions.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeAlias

from coi.ledger.entry import GENESIS
from coi.ledger.packed import ON_ITS_OWN
from coi.ledger.replay import Content, State, standing
from coi.ledger.shape import KINDS, counts_in, shape_of
from coi.ledger.source import Row

Item: TypeAlias = Mapping[str, Any]

LISTS = {
    "move": "moves",
    "subject": "subjects",
    "lineage": "links",
    "value": "values",
    "label": "labels",
    "label_turn": "label_turns",
    "wristband": "wristbands",
    "attestation": "attestations",
}
"""Part table -> the list in the entry's content; signatures stand in the second text."""

_FIELDS = {
    "move": (
        *(
            "signatures",
            "unit",
            "chain_stops",
            "transcription",
            "subject",
            "born_seq",
            "turn",
            "prev_turn",
        ),
        *("workflow", "machine", "action"),
        *("from_version", "from_state", "holder_before", "consignee_before"),
        *("stops_before", "inside_before"),
        *("version", "to_state", "holder_after", "consignee_after"),
        *("stops_after", "inside_after", "put_into"),
        *("package", "package_turn", "package_custody"),
        *("holder_kind", "custody", "stop_effect", "patient"),
        *("label_serial", "patient_id", "wristband", "while_stopped", "scans"),
        *("on_paper", "packing"),
    ),
    "signature": ("person", "role", "printed_name", "meaning", "signed_at", "person_kind"),
    "subject": ("id", "machine", "workflow", "origin_id", "origin_born"),
    "lineage": ("child_id", "parent_id", "parent_born", "relation", "package"),
    "value": (
        *("subject", "field", "occurrence", "revision", "prev_revision", "content"),
        *("unit_of_measure", "method", "limits", "within", "reason", "over_label"),
    ),
    "label": ("serial", "subject", "template", "issue", "prev_issue", "replaces"),
    "label_turn": (
        *("serial", "turn", "prev_turn", "before", "after", "how", "reason", "pieces", "voided"),
    ),
    "wristband": ("serial", "patient_id", "issue"),
    "attestation": ("kind", "about", "role", "unit", "holds", "valid_until", "detail"),
}

PART_COLUMNS: Mapping[str, tuple[str, ...]] = {
    table: ("chain", "seq", "n", "prev_n", "content_hash", "shape", *fields)
    for table, fields in _FIELDS.items()
}

ENTRY_COLUMNS: tuple[str, ...] = (
    *("chain", "seq", "hash", "content_hash", "kind", "action", "workflow", "version"),
    *("actor", "unit", "happened_at", "recorded_at", "stops", "prev_stops"),
    *("shape", "transcription"),
    *("prev_seq", "prev_hash", "prev_version", "prev_shape", "prev_transcription"),
    *(f"prev_last_{table}" for table in KINDS),
    *("content", "signed"),
)

POSITION_COLUMNS = (
    *("chain", "subject", "turn", "version", "state", "holder", "consignee", "stops", "inside"),
)
REQUEST_COLUMNS = ("chain", "seq", "key", "actor", "digest")

_signed_fields: Callable[[Item], Row] = itemgetter(*_FIELDS["signature"][:-1])
_attested_fields: Callable[[Item], Row] = itemgetter(*_FIELDS["attestation"])
_NONE_BEFORE: Row = (None,) * len(KINDS)


class Stored:
    """One entry's bytes, decoded, with what the chain before it adds to its rows."""

    __slots__ = ("content", "content_hash", "hash", "shape", "signed", "state")

    def __init__(
        self, content: Content, signed: Sequence[Item], hashes: tuple[str, str], state: State
    ) -> None:
        self.content = content
        self.signed = signed
        self.hash, self.content_hash = hashes
        self.state = state
        sizes = [len(content[key]) if key in content else 0 for key in LISTS.values()]
        # Signatures stand in the second text of an entry, and second in its shape.
        self.shape = _shape_of((sizes[0], len(signed), *sizes[1:]))

    def parts(self) -> dict[str, list[Row]]:
        """The rows that the entry's parts stand for (a move's without its last four columns)."""
        content = self.content
        parts = {
            table: self.rows(table, content[key]) for table, key in LISTS.items() if key in content
        }
        if self.signed:
            parts["signature"] = self.rows("signature", self.signed)
        return parts

    def rows(self, table: str, items: Sequence[Item]) -> list[Row]:
        """The rows that these parts of one kind stand for."""
        fields = _FIELDS_OF[table]
        chain, seq, key = self.state.chain, self.state.seq, (self.content_hash, self.shape)
        return [
            (chain, seq, n, n - 1 or None, *key, *fields(self, item))
            for n, item in enumerate(items, start=1)
        ]


ALONE = ("value", "label_turn", "wristband", "attestation", "signature")
"""The parts whose rows an entry tells alone, whatever its chain told before it."""


def parts_alone(
    content: Content, signed: Sequence[Item], content_hash: str, at: tuple[str, int]
) -> dict[str, list[Row]]:
    """The rows of these parts of one entry, of a chain that nobody can tell any further.

    Raises:
        KeyError, TypeError, ValueError, AttributeError, IndexError: it is not of format 1.
    """
    stored = Stored(content, signed, ("", content_hash), State(*at))
    keys = {table: key for table, key in LISTS.items() if table in ALONE and key in content}
    parts = {table: stored.rows(table, content[key]) for table, key in keys.items()}
    return {**parts, "signature": stored.rows("signature", signed)}


def entry_row(stored: Stored, before: Row | None) -> Row:
    """The row of `entry` without its two texts; `before` is the row of the entry before it."""
    content, state = stored.content, stored.state
    return (
        content["chain"],
        content["seq"],
        stored.hash,
        stored.content_hash,
        content["kind"],
        content["action"],
        content["workflow"]["name"] if "workflow" in content else "-",
        state.version,
        content["actor"],
        content["unit"],
        content["happened_at"],
        content["recorded_at"],
        content["stops"],
        state.stops_before,
        stored.shape,
        state.transcription,
        *_link(content["previous"], before),
    )


_SHAPE_AT = ENTRY_COLUMNS.index("shape")
_TRANSCRIPTION_AT = ENTRY_COLUMNS.index("transcription")


def _link(previous: str, before: Row | None) -> Row:
    """The columns that tie an entry to the one before: its hash, its shape, its last parts."""
    if before is None:
        # If a first entry names anything but the beginning, its row, with NULL there, differs.
        first = None if previous == GENESIS else previous
        return (None, first, None, None, None, *_NONE_BEFORE)
    shape = before[_SHAPE_AT]
    return (
        *(before[1], previous, before[7], shape, before[_TRANSCRIPTION_AT]),
        *_last_parts(str(shape)),
    )


_shape_of = lru_cache(shape_of)  # a ledger's entries have few shapes


@lru_cache
def _last_parts(shape: str) -> Row:
    """The number of the last part of each kind in an entry of this shape, or None."""
    return tuple([count or None for count in counts_in(shape)])


def position_rows(state: State) -> list[Row]:
    """The rows of `position` after the last entry of a chain."""
    return [
        (state.chain, subject, p.turn, p.version, p.state, p.holder, p.consignee, p.stops, p.inside)
        for subject, p in state.positions.items()
    ]


def request_row(content: Content) -> Row | None:
    """The row of `request` that remembers what this entry answered, if it was asked for."""
    asked = content.get("request")
    if asked is None:
        return None
    return (content["chain"], content["seq"], asked["key"], content["actor"], asked["digest"])


def _move(stored: Stored, move: Item) -> Row:
    state, before, after = stored.state, move["from"], move["to"]
    subject, turn, patient = move["subject"], move["turn"], move.get("patient")
    return (
        len(stored.signed),
        stored.content["unit"],
        state.stops_before,
        state.transcription,
        subject,
        state.subjects[subject].seq,
        turn,
        turn - 1 or None,
        state.workflow,
        move["machine"],
        move["action"],
        *standing(before),
        *standing(after),
        _put_into(before, after),
        *_package(stored, move),
        move["holder_kind"],
        move["custody"],
        after["stops"] - before["stops"],
        0 if patient is None else 1,
        move.get("label"),
        patient,
        move.get("wristband"),
    )


def _put_into(before: Item, after: Item) -> Any:  # noqa: ANN401 - as JSON tells it
    """The package into which it goes, or None."""
    return None if "inside" in before else after.get("inside")


def _package(stored: Stored, move: Item) -> Row:
    """The package with which it moves, or which is opened, and that one's own turn and word."""
    package, word = move["from"].get("inside"), move["custody"]
    if package is None or word in ON_ITS_OWN:
        return (None, None, None)
    word = word if move["to"].get("inside") == package else "ends"
    moves = stored.content["moves"]
    turns = (m["turn"] for m in moves if m["subject"] == package and m["custody"] == word)
    return (package, next(turns, None), word)


def _signature(_: Stored, signed: Item) -> Row:
    return (*_signed_fields(signed), "person")


def _subject(stored: Stored, subject: Item) -> Row:
    origin = subject.get("origin")
    origin_born = None if origin is None else stored.state.subjects[origin].seq
    return (subject["id"], subject["machine"], stored.state.workflow, origin, origin_born)


def _lineage(stored: Stored, link: Item) -> Row:
    parent = link["parent"]
    package = link["child"] if link["relation"] == "packed_in" else None
    return (link["child"], parent, stored.state.subjects[parent].seq, link["relation"], package)


def _value(_: Stored, value: Item) -> Row:
    return (
        value["subject"],
        value["field"],
        value["occurrence"],
        value["revision"],
        value["revision"] - 1 or None,
        value["content"],
        value["unit"],
        value["method"],
        value["limits"],
        value["within"],
        value["reason"],
        value["content"] if value["field"] == "over_label" else None,
    )


def _label(stored: Stored, label: Item) -> Row:
    issue = stored.state.issues[label["serial"]]
    return (
        *(label["serial"], label["subject"], label["template"]),
        *(issue, issue - 1 or None, label.get("replaces")),
    )


def _label_turn(_: Stored, turn: Item) -> Row:
    serial, number, after = turn["serial"], turn["turn"], turn["after"]
    return (
        *(serial, number, number - 1 or None, turn["before"], after),
        *(turn["how"], turn["reason"], turn["pieces"]),
        serial if after == "voided" else None,
    )


def _wristband(_: Stored, wristband: Item) -> Row:
    return (wristband["serial"], wristband["patient"], wristband["issue"])


def _attestation(_: Stored, attested: Item) -> Row:
    return _attested_fields(attested)


_FIELDS_OF: Mapping[str, Callable[[Stored, Item], Row]] = {
    "move": _move,
    "signature": _signature,
    "subject": _subject,
    "lineage": _lineage,
    "value": _value,
    "label": _label,
    "label_turn": _label_turn,
    "wristband": _wristband,
    "attestation": _attestation,
}
