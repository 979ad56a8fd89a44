"""By which marks patients are taken for each other, and whose are the same."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, or_, select

from coi.store import tables as t
from coi.store.statements import Statement
from coi.store.words import said

MARKS = ("alike_born", "alike_named", "alike_numbered")
"""The fields of an identity that hold a mark: the same text, where two patients share it."""

_own, _other = t.patient_identity.alias("own"), t.patient_identity.alias("other")
_patients_at_site = (
    select(t.therapy.c.patient_id)
    .join_from(t.therapy, t.participation, t.participation.c.chain == t.therapy.c.coi)
    .where(t.participation.c.site == bindparam("site"))
)
_alike = Statement(
    select(_other.c.patient_id)
    .distinct()
    .join_from(_own, _other, _other.c.ciphertext == _own.c.ciphertext)
    .where(
        _own.c.patient_id == bindparam("patient"),
        or_(*(_own.c.field == said(mark) for mark in MARKS)),
        _other.c.patient_id != bindparam("patient"),
        _other.c.patient_id.in_(_patients_at_site),
    )
    .order_by(_other.c.patient_id)
)
_marked = (
    select(_other.c.patient_id)
    .distinct()
    .where(
        _other.c.ciphertext.in_(bindparam("marks", expanding=True)),
        _other.c.patient_id.in_(_patients_at_site),
    )
    .order_by(_other.c.patient_id)
)


def alike_at(connection: Connection, patient: str, site: str) -> list[str]:
    """The other patients who share a mark with this one, and in whose therapies a site is."""
    return [row[0] for row in _alike.rows(connection, patient=patient, site=site)]


def marked_at(connection: Connection, marks: Collection[str], site: str) -> list[str]:
    """The patients with any of these marks, in whose therapies a site takes part."""
    told = {"marks": sorted(marks), "site": site}
    return list(connection.execute(_marked, told).scalars())
