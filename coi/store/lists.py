"""Lists for people who look around: every therapy, and those of one patient."""

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, or_, select

from coi.clock import parse_rfc3339
from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.words import ONE

_every = (
    select(t.therapy.c.coi, t.therapy.c.workflow, t.position.c.version, t.position.c.state)
    .join_from(
        t.therapy,
        t.position,
        and_(t.position.c.chain == t.therapy.c.coi, t.position.c.subject == t.therapy.c.coi),
    )
    .join(t.entry, and_(t.entry.c.chain == t.therapy.c.coi, t.entry.c.seq == 0))
    .order_by(t.entry.c.recorded_at.desc(), t.therapy.c.coi)
)
_therapies = Statement(_every)
_of_patient = Statement(_every.where(t.therapy.c.patient_id == bindparam("patient")))


_changed_hands = Statement(
    select(t.entry.c.happened_at)
    .join_from(
        t.move, t.entry, and_(t.entry.c.chain == t.move.c.chain, t.entry.c.seq == t.move.c.seq)
    )
    .where(
        t.move.c.subject == bindparam("subject"),
        t.move.c.chain == bindparam("coi"),
        or_(
            t.move.c.turn == ONE,
            t.move.c.holder_before != t.move.c.holder_after,
            t.move.c.consignee_before != t.move.c.consignee_after,
        ),
    )
    .order_by(t.move.c.turn.desc())
    .limit(ONE)
)


def held_since(connection: Connection, coi: str, subject: str) -> datetime | None:
    """When a subject was last born, sent, accepted or taken back: since then its holder has it."""
    row = _changed_hands.row(connection, coi=coi, subject=subject)
    return parse_rfc3339(row[0]) if row else None


def therapies(connection: Connection) -> list[tuple[str, str, int, str]]:
    """Every therapy: COI, workflow, version, state of the therapy; newest order first."""
    return [(row[0], row[1], row[2], row[3]) for row in _therapies.rows(connection)]


def therapies_of(connection: Connection, patient: str) -> list[tuple[str, str, int, str]]:
    """The same of one patient's therapies."""
    found = _of_patient.rows(connection, patient=patient)
    return [(row[0], row[1], row[2], row[3]) for row in found]
