"""Writes one entry with everything it says: the rows of the entry, its parts and its positions.

The rows come from the same value as the hashed bytes. What may not be said is refused by the
tables themselves; nothing here checks a rule again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from sqlalchemy import Connection, Table, Text, bindparam, case, exists, insert, update
from sqlalchemy.exc import IntegrityError

from coi.errors import OldProgram
from coi.ledger.content import IssuedLabel, NewEntry
from coi.ledger.entry import Sealed
from coi.ledger.shape import counts_in, shape_of
from coi.store import tables
from coi.store.fence import is_ours
from coi.store.parts import (
    ATTESTATION,
    KINDS,
    LABEL,
    LABEL_TURN,
    LINEAGE,
    SIGNATURE,
    SUBJECT,
    VALUE,
    WRISTBAND,
)
from coi.store.statements import Statement
from workflows.draft import Move
from workflows.label_life import LabelState, LabelTurn
from workflows.model import Relation
from workflows.over_labels import OVER_LABEL
from workflows.packing import Packing, moves_with

Row = Mapping[str, object]
GONE = "gone"  # the state of a webhook that said that nobody listens there any more


class Overtaken(Exception):
    """A position moved on between reading and writing; nothing may be committed."""


_PARTS = tuple(
    (kind, tables.metadata.tables[kind.table])
    for kind in (SUBJECT, LABEL_TURN, LABEL, WRISTBAND, SIGNATURE, LINEAGE, VALUE, ATTESTATION)
)
"""All parts but the moves, each after what it refers to."""

_insert_entry = Statement(
    insert(tables.entry)
    .values(
        {one.name: bindparam(one.name) for one in tables.entry.columns}
        # Nothing, where the database is for another version: what may not be missing is, and so no
        # entry is written over the fence (F-25).
        | {"happened_at": case((is_ours, bindparam("happened_at", type_=Text())))}
    )
    # Whether anybody is told of what is written, in the same statement: where nobody is, telling
    # costs none.
    .returning(exists().where(tables.webhook.c.state != GONE).label("is_told"))
)

_move_position = Statement(
    update(tables.position)
    .where(
        tables.position.c.chain == bindparam("at_chain"),
        tables.position.c.subject == bindparam("at_subject"),
        # Whoever was overtaken since reading finds no row of that turn, changes nothing, and is
        # told.
        tables.position.c.turn == bindparam("at_turn"),
    )
    .values(
        {
            name: bindparam(name)
            for name in ("turn", "version", "state", "holder", "consignee", "stops", "inside")
        }
    )
)


def add(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; all of one table and with the same columns."""
    if rows:
        _insert(table.name, tuple(rows[0])).write(connection, rows)


@cache
def _insert(table: str, columns: tuple[str, ...]) -> Statement:
    return Statement(insert(tables.metadata.tables[table]), columns)


def append(connection: Connection, entry: NewEntry, sealed: Sealed) -> bool:
    """Write the entry and its parts, and lead the positions to where its moves end.

    Returns whether there is any webhook that may have to be told of it.

    Raises:
        OldProgram: the database is for a newer version; nothing may be committed.
    """
    parts = _parts(entry)
    shape = shape_of(len(parts[kind.table]) for kind in KINDS)
    try:
        ((is_told,),) = _insert_entry.rows(connection, **_entry_row(entry, sealed, shape))
    except IntegrityError as error:
        if _is_kept_out(error.orig):
            raise OldProgram from error
        raise
    at = {"chain": entry.chain, "seq": entry.seq}
    add(connection, tables.participation, [{**at, "site": site} for site in entry.sites])
    shared = {**at, "content_hash": sealed.content_hash, "shape": shape}
    for kind, table in _PARTS:
        if parts[kind.table]:
            add(connection, table, _numbered(shared, parts[kind.table]))
    # Each after what it is in: drafts tell of a package before they tell of what is in it.
    for row, move in zip(_numbered(shared, parts["move"]), entry.moves, strict=True):
        add(connection, tables.move, [{**row, "signatures": len(entry.signed)}])
        _lead_on(connection, entry.chain, move)
    return bool(is_told)


def _is_kept_out(error: BaseException | None) -> bool:
    """The fence stands: the time is missing, which no entry lacks otherwise."""
    # Not by its code: SQLite's driver tells one for all constraints.
    told = str(error)
    return "happened_at" in told and bool(re.search("not[ -]null", told, re.IGNORECASE))


def _entry_row(entry: NewEntry, sealed: Sealed, shape: str) -> Row:
    """The entry's own row, tied to the entry before."""
    head = entry.head
    before = counts_in(head.shape) if head else [0] * len(KINDS)
    return {
        "chain": entry.chain,
        "seq": entry.seq,
        "hash": sealed.hash,
        "content_hash": sealed.content_hash,
        "kind": entry.kind,
        "action": entry.action,
        "workflow": entry.workflow.name if entry.workflow else "-",
        "version": entry.version,
        "actor": entry.actor,
        "unit": entry.unit,
        "happened_at": entry.happened_at,
        "recorded_at": entry.recorded_at,
        "stops": entry.stops,
        "prev_stops": entry.prev_stops,
        "shape": shape,
        "transcription": entry.transcription,
        "prev_seq": head.seq if head else None,
        "prev_hash": head.hash if head else None,
        "prev_version": head.version if head else None,
        "prev_shape": head.shape if head else None,
        "prev_transcription": head.transcription if head else None,
        "content": sealed.content_text,
        "signed": sealed.signed_text,
        **{kind.prev_last: last or None for kind, last in zip(KINDS, before, strict=True)},
    }


def _parts(entry: NewEntry) -> dict[str, list[Row]]:
    """The rows of every kind of part, without what all parts share."""
    workflow = entry.workflow.name if entry.workflow else "-"
    return {
        "move": [{**_move_row(entry, workflow, move), **row} for move, row in _packages(entry)],
        "signature": [
            {
                "person": by.person,
                "person_kind": "person",
                "role": by.role,
                "printed_name": by.printed_name,
                "meaning": by.meaning,
                "signed_at": by.signed_at,
            }
            for by in entry.signed
        ],
        "subject": [
            {
                "id": birth.id,
                "machine": birth.machine,
                "workflow": workflow,
                "origin_id": birth.origin,
                "origin_born": birth.origin_born,
            }
            for birth in entry.births
        ],
        "lineage": [
            {
                "child_id": link.child,
                "parent_id": link.parent,
                "parent_born": link.parent_born,
                "relation": link.relation,
                "package": link.child if link.relation == Relation.PACKED_IN else None,
            }
            for link in entry.links
        ],
        **_records(entry),
    }


def _records(entry: NewEntry) -> dict[str, list[Row]]:
    """The rows of what was written down, issued and vouched for."""
    return {
        "value": [
            {
                "subject": value.subject,
                "field": value.field,
                "occurrence": value.occurrence,
                "revision": value.revision,
                "prev_revision": value.revision - 1 or None,
                "content": value.content,
                "unit_of_measure": value.unit,
                "method": value.method,
                "limits": value.limits,
                "within": value.within,
                "reason": value.reason,
                "over_label": value.content if value.field == OVER_LABEL else None,
            }
            for value in entry.values
        ],
        "label": [_label_row(label) for label in entry.labels],
        "label_turn": [_label_turn_row(turn) for turn in entry.label_turns],
        "wristband": [
            {"serial": band.serial, "patient_id": band.patient, "issue": band.issue}
            for band in entry.wristbands
        ],
        "attestation": [
            {
                "kind": attestation.kind,
                "about": attestation.about,
                "role": attestation.role,
                "unit": attestation.unit,
                "holds": attestation.holds,
                "valid_until": attestation.valid_until,
                "detail": attestation.detail,
            }
            for attestation in entry.attestations
        ],
    }


def _label_row(label: IssuedLabel) -> Row:
    """A label, and the one before it on the same thing, which is void."""
    return {
        "serial": label.serial,
        "subject": label.subject,
        "template": label.template,
        "issue": label.issue,
        "prev_issue": label.issue - 1 or None,
        "replaces": label.replaces,
    }


def _label_turn_row(turn: LabelTurn) -> Row:
    """A label's turn, beside the one before; what is void can be replaced by its serial."""
    return {
        "serial": turn.serial,
        "turn": turn.turn,
        "prev_turn": turn.turn - 1 or None,
        "before": turn.before,
        "after": turn.after,
        "how": turn.how,
        "reason": turn.reason,
        "pieces": turn.pieces,
        "voided": turn.serial if turn.after == LabelState.VOIDED else None,
    }


def _numbered(shared: Row, rows: Sequence[Row]) -> list[Row]:
    """The rows with what each repeats of its entry, and its place among its kind."""
    return [
        {**shared, "n": n, "prev_n": n - 1 or None, **row} for n, row in enumerate(rows, start=1)
    ]


def _move_row(entry: NewEntry, workflow: str, move: Move) -> Row:
    """One subject's turn, beside the position that it leaves and the one it reaches."""
    before, after = move.before, move.after
    return {
        "unit": entry.unit,
        "chain_stops": entry.prev_stops,
        "transcription": entry.transcription,
        "subject": move.subject,
        "born_seq": move.born_seq,
        "turn": after.turn,
        "prev_turn": before.turn or None,
        "workflow": workflow,
        "machine": move.machine,
        "action": move.action,
        "from_version": before.version,
        "from_state": before.state,
        "holder_before": before.holder,
        "consignee_before": before.consignee,
        "stops_before": before.stops,
        "inside_before": before.inside,
        "version": after.version,
        "to_state": after.state,
        "holder_after": after.holder,
        "holder_kind": move.holder_kind,
        "consignee_after": after.consignee,
        "stops_after": after.stops,
        "inside_after": after.inside,
        "put_into": after.inside if move.packing == Packing.GOES_IN else None,
        "packing": move.packing,
        "custody": move.custody,
        "stop_effect": move.stop_effect,
        "while_stopped": move.while_stopped,
        "scans": move.scans,
        "patient": move.patient,
        "on_paper": move.on_paper,
        "label_serial": move.label,
        "patient_id": move.patient_id,
        "wristband": move.wristband,
    }


def _packages(entry: NewEntry) -> Iterator[tuple[Move, Row]]:
    """Each move beside what the package around it does in this entry, where it moves with it."""
    turns = {(move.subject, move.custody): move.after.turn for move in entry.moves}
    for move in entry.moves:
        around = moves_with(move.packing, move.before.inside, move.custody)
        package, word = around or (None, None)
        turn = turns.get(around) if around else None
        yield move, {"package": package, "package_turn": turn, "package_custody": word}


def _lead_on(connection: Connection, chain: str, move: Move) -> None:
    """Put the live position where the move ends."""
    after = move.after
    row: Row = {
        "turn": after.turn,
        "version": after.version,
        "state": after.state,
        "holder": after.holder,
        "consignee": after.consignee,
        "stops": after.stops,
        "inside": after.inside,
    }
    if not move.before.turn:
        add(connection, tables.position, [{"chain": chain, "subject": move.subject, **row}])
        return
    at = {"at_chain": chain, "at_subject": move.subject, "at_turn": move.before.turn}
    if _move_position.write(connection, [{**row, **at}]) != 1:
        raise Overtaken(move.subject)
