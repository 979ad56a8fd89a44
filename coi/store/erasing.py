"""What is erased of a patient, and what the record says was erased."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, delete, select

from coi.store import tables as t
from coi.store.batch_runs import forget_records_of_patient
from coi.store.facts import ORGANISATION
from coi.store.held_files import forget_of_patient
from coi.store.overwriting import overwrite_erased
from coi.store.statements import Statement

_key = Statement(
    select(t.patient_key.c.patient_id).where(t.patient_key.c.patient_id == bindparam("patient"))
)
_fields = Statement(
    select(t.patient_identity.c.field)
    .where(t.patient_identity.c.patient_id == bindparam("patient"))
    .order_by(t.patient_identity.c.field)
)


def has_key(connection: Connection, patient: str) -> bool:
    """The patient's key is there: who they are can be read."""
    return _key.row(connection, patient=patient) is not None


def fields_kept(connection: Connection, patient: str) -> list[str]:
    """The sealed fields of a patient, the findable one too, in the order of their names."""
    return [row[0] for row in _fields.rows(connection, patient=patient)]


def destroy_identity(connection: Connection, patient: str) -> None:
    """Delete a patient's key, what was sealed with it, held files, and records to be fetched."""
    overwrite_erased(connection)
    connection.execute(delete(t.patient_key).where(t.patient_key.c.patient_id == patient))
    connection.execute(delete(t.patient_identity).where(t.patient_identity.c.patient_id == patient))
    forget_of_patient(connection, patient)
    forget_records_of_patient(connection, patient)


def erasures(connection: Connection, actions: Collection[str]) -> Sequence[tuple[str, str]]:
    """The organisation's entries with one of these actions: hash and text, the oldest first."""
    found = connection.execute(
        select(t.entry.c.hash, t.entry.c.content)
        .where(t.entry.c.chain == ORGANISATION, t.entry.c.action.in_(actions))
        .order_by(t.entry.c.seq)
    )
    return [(row[0], row[1]) for row in found]
