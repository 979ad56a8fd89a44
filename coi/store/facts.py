"""Reads how things stand: plain values for the engine, one statement for each section."""

from collections.abc import Mapping

from sqlalchemy import Connection, and_, bindparam, select

from coi.clock import parse_rfc3339
from coi.ledger.content import Head
from coi.store import tables as t
from coi.store.words import ONE
from workflows.facts import Deed, Link, Position, Subject, Therapy, Value, Wristband

ORGANISATION = "site:organisation"
"""The chain of what belongs to the whole installation: sites, templates, shippers, workflows."""

_therapy_and_head = (
    select(
        t.therapy.c.patient_id,
        t.therapy.c.workflow,
        t.entry.c.seq,
        t.entry.c.hash,
        t.entry.c.version,
        t.entry.c.stops,
        t.entry.c.shape,
    )
    .join_from(t.therapy, t.entry, t.entry.c.chain == t.therapy.c.coi)
    .where(t.therapy.c.coi == bindparam("coi"))
    .order_by(t.entry.c.seq.desc())
    .limit(ONE)
)

_head = (
    select(
        t.entry.c.seq,
        t.entry.c.hash,
        t.entry.c.version,
        t.entry.c.stops,
        t.entry.c.shape,
    )
    .where(t.entry.c.chain == bindparam("chain"))
    .order_by(t.entry.c.seq.desc())
    .limit(ONE)
)

_subjects = (
    select(
        t.subject.c.id,
        t.subject.c.machine,
        t.subject.c.seq,
        t.subject.c.origin_id,
        t.subject.c.origin_born,
        t.position.c.turn,
        t.position.c.version,
        t.position.c.state,
        t.position.c.holder,
        t.position.c.consignee,
        t.position.c.stops,
    )
    .join_from(
        t.subject,
        t.position,
        and_(t.position.c.chain == t.subject.c.chain, t.position.c.subject == t.subject.c.id),
    )
    .where(t.subject.c.chain == bindparam("coi"))
    .order_by(t.subject.c.seq, t.subject.c.n)
)

_links = select(t.lineage.c.child_id, t.lineage.c.parent_id, t.lineage.c.relation).where(
    t.lineage.c.chain == bindparam("coi")
)

_values = (
    select(
        t.value.c.subject,
        t.value.c.field,
        t.value.c.occurrence,
        t.value.c.revision,
        t.value.c.content,
        t.value.c.unit_of_measure,
        t.value.c.method,
        t.value.c.limits,
        t.value.c.within,
    )
    .where(t.value.c.chain == bindparam("coi"))
    .order_by(t.value.c.seq, t.value.c.n)
)

_deeds = (
    select(t.entry.c.seq, t.entry.c.kind, t.entry.c.action, t.entry.c.actor, t.entry.c.happened_at)
    .where(t.entry.c.chain == bindparam("coi"))
    .order_by(t.entry.c.seq)
)
_moved = (
    select(t.move.c.seq, t.move.c.subject)
    .where(t.move.c.chain == bindparam("coi"))
    .order_by(t.move.c.seq, t.move.c.n)
)
_signed = (
    select(t.signature.c.seq, t.signature.c.person, t.signature.c.meaning)
    .where(t.signature.c.chain == bindparam("coi"))
    .order_by(t.signature.c.seq, t.signature.c.n)
)

_newest_wristband = (
    select(t.wristband.c.serial, t.wristband.c.patient_id, t.wristband.c.issue)
    .where(t.wristband.c.patient_id == bindparam("patient"))
    .order_by(t.wristband.c.issue.desc())
    .limit(ONE)
)

_lock_therapy = (
    select(t.position.c.turn)
    .where(t.position.c.chain == bindparam("coi"), t.position.c.subject == bindparam("coi"))
    .with_for_update()
)


def lock(connection: Connection, coi: str) -> None:
    """Wait until nobody else writes into this therapy; other therapies are not touched (TL-03).

    SQLite has one writer anyway and ignores the row lock.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(_lock_therapy, {"coi": coi})


def therapy(connection: Connection, coi: str) -> tuple[Therapy, Head] | None:
    """The therapy and the head of its chain, or None when there is none."""
    row = connection.execute(_therapy_and_head, {"coi": coi}).one_or_none()
    if row is None:
        return None
    patient, workflow, *last = row
    head = Head(*last)
    return Therapy(coi, patient, workflow, head.version, head.seq + 1, head.stops), head


def head(connection: Connection, chain: str) -> Head | None:
    """The last entry of a chain, or None when it has none."""
    row = connection.execute(_head, {"chain": chain}).one_or_none()
    return Head(*row) if row else None


def subjects(connection: Connection, coi: str) -> dict[str, Subject]:
    """Every subject of a therapy with its position, oldest first."""
    rows = connection.execute(_subjects, {"coi": coi})
    return {row[0]: Subject(*row[:5], Position(*row[5:])) for row in rows}


def links(connection: Connection, coi: str) -> tuple[Link, ...]:
    """The family tree of a therapy."""
    return tuple(Link(*row) for row in connection.execute(_links, {"coi": coi}))


def values(connection: Connection, coi: str) -> tuple[Value, ...]:
    """The current revision of everything that was recorded."""
    current: dict[tuple[str, str, int], Value] = {}
    for row in connection.execute(_values, {"coi": coi}):
        value = Value(*row)
        current[value.subject, value.field, value.occurrence] = value
    return tuple(current.values())


def history(connection: Connection, coi: str) -> tuple[Deed, ...]:
    """Every entry of a therapy, as far as guards look back, oldest first."""
    moved: dict[int, list[str]] = {}
    for seq, subject in connection.execute(_moved, {"coi": coi}):
        moved.setdefault(seq, []).append(subject)
    signed: dict[int, list[tuple[str, str]]] = {}
    for seq, person, meaning in connection.execute(_signed, {"coi": coi}):
        signed.setdefault(seq, []).append((person, meaning))
    return tuple(
        Deed(
            seq,
            kind,
            action,
            actor,
            parse_rfc3339(happened_at),
            tuple(moved.get(seq, ())),
            tuple(signed.get(seq, ())),
        )
        for seq, kind, action, actor, happened_at in connection.execute(_deeds, {"coi": coi})
    )


def wristband(connection: Connection, patient: str) -> tuple[Wristband, int] | None:
    """The patient's current wristband and its issue, or None before the first."""
    row = connection.execute(_newest_wristband, {"patient": patient}).one_or_none()
    return (Wristband(row.serial, row.patient_id, current=True), row.issue) if row else None


_templates = (
    select(t.attestation.c.about, t.attestation.c.holds, t.attestation.c.detail)
    .where(t.attestation.c.kind == "template", t.attestation.c.chain == ORGANISATION)
    .order_by(t.attestation.c.seq, t.attestation.c.n)
)


def templates(connection: Connection) -> Mapping[str, str]:
    """The hash of each label template that QA has approved and not withdrawn."""
    approved: dict[str, str] = {}
    for about, holds, detail in connection.execute(_templates):
        approved.pop(about, None)
        if holds:
            approved[about] = detail
    return approved


_therapies = (
    select(t.therapy.c.coi, t.therapy.c.workflow, t.position.c.state)
    .join_from(
        t.therapy,
        t.position,
        and_(t.position.c.chain == t.therapy.c.coi, t.position.c.subject == t.therapy.c.coi),
    )
    .join(t.entry, and_(t.entry.c.chain == t.therapy.c.coi, t.entry.c.seq == 0))
    .order_by(t.entry.c.recorded_at.desc(), t.therapy.c.coi)
)


def therapies(connection: Connection) -> list[tuple[str, str, str]]:
    """Every therapy with its workflow and state, newest order first."""
    return [(row[0], row[1], row[2]) for row in connection.execute(_therapies)]
