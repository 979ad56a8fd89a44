"""Reads how things stand: plain values for the engine, one statement for each section."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    literal,
    select,
    union_all,
)

from coi.clock import parse_rfc3339
from coi.ledger.content import Head
from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.words import ONE
from workflows.facts import Deed, Link, Position, Subject, Therapy, Value, Wristband
from workflows.shift import TOOK_PART
from workflows.treating import FIELDS, Named, Treatment, treatment

ORGANISATION = "site:organisation"
"""The chain of what belongs to the whole installation: sites, templates, shippers, workflows."""

_therapy_and_head = Statement(
    select(
        t.therapy.c.patient_id,
        t.therapy.c.workflow,
        t.entry.c.seq,
        t.entry.c.hash,
        t.entry.c.version,
        t.entry.c.stops,
        t.entry.c.shape,
        t.entry.c.recorded_at,
        t.entry.c.transcription,
    )
    .join_from(t.therapy, t.entry, t.entry.c.chain == t.therapy.c.coi)
    .where(t.therapy.c.coi == bindparam("coi"))
    .order_by(t.entry.c.seq.desc())
    .limit(ONE)
)

_head = Statement(
    select(
        t.entry.c.seq,
        t.entry.c.hash,
        t.entry.c.version,
        t.entry.c.stops,
        t.entry.c.shape,
        t.entry.c.recorded_at,
        t.entry.c.transcription,
    )
    .where(t.entry.c.chain == bindparam("chain"))
    .order_by(t.entry.c.seq.desc())
    .limit(ONE)
)


def standing_with(*more: ColumnElement[str]) -> Select[tuple[Any, ...]]:
    """Every subject of a therapy, what else is asked of it, and its position; oldest first."""
    return (
        select(
            t.subject.c.id,
            t.subject.c.machine,
            t.subject.c.seq,
            t.subject.c.origin_id,
            t.subject.c.origin_born,
            *more,
            t.position.c.turn,
            t.position.c.version,
            t.position.c.state,
            t.position.c.holder,
            t.position.c.consignee,
            t.position.c.stops,
            t.position.c.inside,
        )
        .join_from(
            t.subject,
            t.position,
            and_(t.position.c.chain == t.subject.c.chain, t.position.c.subject == t.subject.c.id),
        )
        .where(t.subject.c.chain == bindparam("coi"))
        .order_by(t.subject.c.seq, t.subject.c.n)
    )


_subjects = Statement(standing_with())

_links = Statement(
    select(t.lineage.c.child_id, t.lineage.c.parent_id, t.lineage.c.relation).where(
        t.lineage.c.chain == bindparam("coi")
    )
)

_sites = Statement(
    select(t.participation.c.site).where(t.participation.c.chain == bindparam("coi"))
)

_JOINED = ""  # where others tell a field: the site came in with an entry
_joined = select(
    literal(_JOINED).label("told"), t.participation.c.seq.label("number"), t.participation.c.site
).where(t.participation.c.chain == bindparam("coi"))
_named = (
    select(t.value.c.field, t.value.c.occurrence, func.coalesce(t.unit.c.site, ""))
    .join_from(t.value, t.unit, t.unit.c.id == t.value.c.content, isouter=True)
    .where(
        t.value.c.chain == bindparam("coi"),
        t.value.c.subject == bindparam("coi"),
        t.value.c.field.in_([literal(name) for name in FIELDS]),
    )
)
_parts = Statement(select(union_all(_joined, _named).subquery("told")))
"""Which site came in when, and which one was to treat, in one look."""

_values = Statement(
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
        t.value.c.seq,
    )
    .where(t.value.c.chain == bindparam("coi"))
    .order_by(t.value.c.seq, t.value.c.n)
)

_deeds = Statement(
    select(t.entry.c.seq, t.entry.c.kind, t.entry.c.action, t.entry.c.actor, t.entry.c.happened_at)
    .where(t.entry.c.chain == bindparam("coi"))
    .order_by(t.entry.c.seq)
)
_moved = Statement(
    select(t.move.c.seq, t.move.c.subject)
    .where(t.move.c.chain == bindparam("coi"))
    .order_by(t.move.c.seq, t.move.c.n)
)
_by_signature = select(
    t.signature.c.seq, t.signature.c.n, t.signature.c.person, t.signature.c.meaning
).where(t.signature.c.chain == bindparam("coi"))
_by_hand = select(t.value.c.seq, t.value.c.n, t.value.c.content, t.value.c.field).where(
    t.value.c.chain == bindparam("coi"),
    t.value.c.subject == bindparam("coi"),
    t.value.c.field == literal(TOOK_PART),
)
_every_hand = union_all(_by_signature, _by_hand).subquery("hands")
_signed = Statement(
    select(_every_hand.c.seq, _every_hand.c.person, _every_hand.c.meaning).order_by(
        _every_hand.c.seq, _every_hand.c.n
    )
)
"""Who signed, and who had a step in hand before it was handed over, in one look."""

_newest_wristband = Statement(
    select(t.wristband.c.serial, t.wristband.c.patient_id, t.wristband.c.issue)
    .where(t.wristband.c.patient_id == bindparam("patient"))
    .order_by(t.wristband.c.issue.desc())
    .limit(ONE)
)

# Any row would do; this one every therapy has from its first entry on.
_lock_therapy = Statement(
    select(t.position.c.turn)
    .where(t.position.c.chain == bindparam("coi"), t.position.c.subject == bindparam("coi"))
    .with_for_update()
)


def lock(connection: Connection, coi: str) -> None:
    """Wait until nobody else writes into this therapy; other therapies are not touched (TL-03).

    SQLite has one writer anyway and ignores the row lock.
    """
    if connection.dialect.name != "sqlite":
        _lock_therapy.rows(connection, coi=coi)


def therapy(connection: Connection, coi: str) -> tuple[Therapy, Head] | None:
    """The therapy and the head of its chain, or None when there is none."""
    row = _therapy_and_head.row(connection, coi=coi)
    if row is None:
        return None
    patient, workflow, *last = row
    head = Head(*last)
    told = (head.version, head.seq + 1, head.stops, head.transcription)
    return Therapy(coi, patient, workflow, *told), head


def head(connection: Connection, chain: str) -> Head | None:
    """The last entry of a chain, or None when it has none."""
    row = _head.row(connection, chain=chain)
    return Head(*row) if row else None


def subjects(connection: Connection, coi: str) -> dict[str, Subject]:
    """Every subject of a therapy with its position, oldest first."""
    rows = _subjects.rows(connection, coi=coi)
    return {
        identifier: Subject(identifier, machine, born, origin, origin_born, Position(*position))
        for identifier, machine, born, origin, origin_born, *position in rows
    }


def links(connection: Connection, coi: str) -> tuple[Link, ...]:
    """The family tree of a therapy."""
    return tuple(Link(*row) for row in _links.rows(connection, coi=coi))


def sites(connection: Connection, coi: str) -> frozenset[str]:
    """The sites that take part in a therapy."""
    return frozenset(site for (site,) in _sites.rows(connection, coi=coi))


def parts(connection: Connection, coi: str) -> tuple[frozenset[str], Treatment]:
    """The sites that take part in a therapy, and which of them treats."""
    rows = [(told, number, site) for told, number, site in _parts.rows(connection, coi=coi)]
    joined = {site: number for told, number, site in rows if told == _JOINED}
    named = (Named(told, number, site) for told, number, site in rows if told != _JOINED)
    return frozenset(joined), treatment(named, joined.items())


def values(connection: Connection, coi: str) -> tuple[Value, ...]:
    """The current revision of everything that was recorded."""
    current: dict[tuple[str, str, int], Value] = {}
    for row in _values.rows(connection, coi=coi):
        value = Value(*row)
        # A later row of the same occasion is its correction, and takes its place.
        current[value.subject, value.field, value.occurrence] = value
    return tuple(current.values())


def history(connection: Connection, coi: str) -> tuple[Deed, ...]:
    """Every entry of a therapy, as far as guards look back, oldest first."""
    moved: dict[int, list[str]] = {}
    for seq, subject in _moved.rows(connection, coi=coi):
        moved.setdefault(seq, []).append(subject)
    signed: dict[int, list[tuple[str, str]]] = {}
    for seq, who, meaning in _signed.rows(connection, coi=coi):
        persons = who.split() if meaning == TOOK_PART else [who]
        signed.setdefault(seq, []).extend((person, meaning) for person in persons)
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
        for seq, kind, action, actor, happened_at in _deeds.rows(connection, coi=coi)
    )


def wristband(connection: Connection, patient: str) -> tuple[Wristband, int] | None:
    """The patient's current wristband and its issue, or None before the first."""
    row = _newest_wristband.row(connection, patient=patient)
    return (Wristband(row[0], row[1], current=True), row[2]) if row else None


_templates = Statement(
    select(t.attestation.c.about, t.attestation.c.holds, t.attestation.c.detail)
    .where(t.attestation.c.kind == "template", t.attestation.c.chain == ORGANISATION)
    .order_by(t.attestation.c.seq, t.attestation.c.n)
)


def templates(connection: Connection) -> Mapping[str, str]:
    """The hash of each label template that QA has approved and not withdrawn."""
    approved: dict[str, str] = {}
    for about, holds, detail in _templates.rows(connection):
        # The newest comes last; who withdraws a replaced version says nothing of the one in force.
        if holds:
            approved[about] = detail
        elif approved.get(about) == detail:
            del approved[about]
    return approved


_dialects = Statement(
    select(
        *(t.attestation.c.about, t.attestation.c.role),
        *(t.attestation.c.holds, t.attestation.c.detail),
    )
    .where(t.attestation.c.kind == "dialect", t.attestation.c.chain == ORGANISATION)
    .order_by(t.attestation.c.seq, t.attestation.c.n)
)


def dialects(connection: Connection) -> Mapping[tuple[str, str], str]:
    """By site and dialect, the licence under which it is read; by site and table, its content."""
    read: dict[tuple[str, str], str] = {}
    for site, dialect, holds, licence in _dialects.rows(connection):
        # The newest comes last, as it does for templates.
        read.pop((site, dialect), None)
        if holds:
            read[site, dialect] = licence
    return read


def withdrawn_templates(connection: Connection) -> frozenset[tuple[str, str]]:
    """Name and hash of each label template of which QA said last that it is not approved."""
    last = {(one.name, one.detail): one.holds for one in template_turns(connection)}
    return frozenset(one for one, holds in last.items() if not holds)


@dataclass(frozen=True, slots=True)
class TemplateTurn:
    """That QA approved a label template with this hash at a moment, or withdrew that."""

    name: str
    holds: bool
    detail: str
    actor: str
    recorded_at: str
    seq: int  # of its entry in the organisation's chain


def template_turns(connection: Connection) -> list[TemplateTurn]:
    """All that was ever approved and withdrawn of label templates, the newest last."""
    return [
        TemplateTurn(name, bool(holds), *told)
        for name, holds, *told in _template_turns.rows(connection)
    ]


@dataclass(frozen=True, slots=True)
class DialectTurn:
    """That a site read a dialect, or a table of one, from a moment on; or no longer."""

    site: str
    dialect: str
    holds: bool
    detail: str
    actor: str
    recorded_at: str


def dialect_turns(connection: Connection) -> list[DialectTurn]:
    """All that was ever said of what sites read beside our own codes, the newest last."""
    return [
        DialectTurn(site, dialect, bool(holds), *told)
        for site, dialect, holds, *told in _dialect_turns.rows(connection)
    ]


def attested(kind: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """What was attested of the organisation, in this way, with the entry that says so."""
    same_entry = and_(
        t.entry.c.chain == t.attestation.c.chain, t.entry.c.seq == t.attestation.c.seq
    )
    return (
        select(*columns)
        .join_from(t.attestation, t.entry, same_entry)
        .where(t.attestation.c.kind == kind, t.attestation.c.chain == ORGANISATION)
    )


_dialect_turns = Statement(
    attested(
        "dialect",
        *(t.attestation.c.about, t.attestation.c.role, t.attestation.c.holds),
        *(t.attestation.c.detail, t.entry.c.actor, t.entry.c.recorded_at),
    ).order_by(t.attestation.c.seq, t.attestation.c.n)
)

_template_turns = Statement(
    attested(
        "template",
        *(t.attestation.c.about, t.attestation.c.holds, t.attestation.c.detail),
        *(t.entry.c.actor, t.entry.c.recorded_at, t.entry.c.seq),
    ).order_by(t.attestation.c.seq, t.attestation.c.n)
)

_last_drill = Statement(
    attested("drill", t.entry.c.recorded_at, t.attestation.c.holds)
    .order_by(t.attestation.c.seq.desc())
    .limit(ONE)
)


def last_drill(connection: Connection) -> tuple[str, bool] | None:
    """When a backup was last tried, and whether it passed; None for never."""
    row = _last_drill.row(connection)
    return (row[0], bool(row[1])) if row else None


_last_verification = Statement(
    attested("verification", t.entry.c.recorded_at, t.attestation.c.holds, t.entry.c.content)
    .order_by(t.attestation.c.seq.desc())
    .limit(ONE)
)


def last_verification(connection: Connection) -> tuple[str, bool, str] | None:
    """What was last put on record of a verification: when, whether work goes on, and the entry."""
    row = _last_verification.row(connection)
    return (row[0], bool(row[1]), row[2]) if row else None


_restores = Statement(
    attested("restore", t.entry.c.recorded_at, t.entry.c.actor, t.entry.c.content).order_by(
        t.attestation.c.seq
    )
)


def restores(connection: Connection) -> list[tuple[str, str, str]]:
    """Time, person and content of each entry by which an older record went on."""
    return [(row[0], row[1], row[2]) for row in _restores.rows(connection)]


_newest = Statement(select(func.max(t.entry.c.recorded_at)))


def newest_time(connection: Connection) -> str:
    """The latest time at which anything was recorded."""
    row = _newest.row(connection)
    return str(row[0]) if row else ""
