"""Lists for people who look around: which therapies a patient has."""

from sqlalchemy import Connection, and_, bindparam, select

from coi.store import tables as t

_of_patient = (
    select(t.therapy.c.coi, t.therapy.c.workflow, t.position.c.version, t.position.c.state)
    .join_from(
        t.therapy,
        t.position,
        and_(t.position.c.chain == t.therapy.c.coi, t.position.c.subject == t.therapy.c.coi),
    )
    .where(t.therapy.c.patient_id == bindparam("patient"))
    .order_by(t.therapy.c.coi)
)


def therapies_of(connection: Connection, patient: str) -> list[tuple[str, str, int, str]]:
    """A patient's therapies: COI, workflow, version, state of the therapy."""
    found = connection.execute(_of_patient, {"patient": patient})
    return [(row[0], row[1], row[2], row[3]) for row in found]
