"""By which marks patients are taken for each other, and whose are the same."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, delete, select

from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Statement

_own, _other = t.likeness.alias("own"), t.likeness.alias("other")
_patients_at_site = (
    select(t.therapy.c.patient_id)
    .join_from(t.therapy, t.participation, t.participation.c.chain == t.therapy.c.coi)
    .where(t.participation.c.site == bindparam("site"))
)
_alike = Statement(
    select(_other.c.patient_id)
    .distinct()
    .join_from(_own, _other, _other.c.mark == _own.c.mark)
    .where(
        _own.c.patient_id == bindparam("patient"),
        _other.c.patient_id != bindparam("patient"),
        _other.c.patient_id.in_(_patients_at_site),
    )
    .order_by(_other.c.patient_id)
)
_marked = (
    select(t.likeness.c.patient_id)
    .distinct()
    .where(
        t.likeness.c.mark.in_(bindparam("marks", expanding=True)),
        t.likeness.c.patient_id.in_(_patients_at_site),
    )
    .order_by(t.likeness.c.patient_id)
)


def keep_marks(connection: Connection, patient: str, marks: Iterable[str]) -> None:
    """Keep by what a patient may be taken for another one."""
    add(connection, t.likeness, [{"patient_id": patient, "mark": mark} for mark in sorted(marks)])


def forget_marks(connection: Connection, patient: str) -> None:
    """Nobody is taken for this patient any more: who they are is erased."""
    connection.execute(delete(t.likeness).where(t.likeness.c.patient_id == patient))


def alike_at(connection: Connection, patient: str, site: str) -> list[str]:
    """The other patients who share a mark with this one, and in whose therapies a site is."""
    return [row[0] for row in _alike.rows(connection, patient=patient, site=site)]


def marked_at(connection: Connection, marks: Collection[str], site: str) -> list[str]:
    """The patients with any of these marks, in whose therapies a site takes part."""
    told = {"marks": sorted(marks), "site": site}
    return list(connection.execute(_marked, told).scalars())
