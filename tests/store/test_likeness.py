"""Who looks alike is found by an index, in either database, and each patient once."""

from sqlalchemy import insert

from coi.store import tables as t
from coi.store.engine import read
from coi.store.likeness import alike_at, forget_marks, keep_marks, marked_at
from coi.store.registers import add_party
from tests.plans import heard, walked


def test_patients_who_share_marks_are_found_once_and_until_they_are_forgotten(engine):
    """Only at a site of their therapies; none has one here."""
    with engine.begin() as connection:
        for patient, marks in {"a": "xyz", "b": "yz", "c": "w"}.items():
            add_party(connection, patient, "patient")
            keep_marks(connection, patient, marks)
        found = connection.execute(
            t.likeness.select().where(t.likeness.c.mark == "y").order_by("patient_id")
        ).all()
        forget_marks(connection, "b")
        left = connection.execute(t.likeness.select().where(t.likeness.c.mark == "y")).all()

    assert [row.patient_id for row in found] == ["a", "b"]
    assert [row.patient_id for row in left] == ["a"]


def test_no_search_for_look_alikes_reads_a_whole_table(engine):
    """It is asked at the bedside: the marks of all patients are not walked."""
    with engine.begin() as connection:
        for n in range(300):
            add_party(connection, f"p{n}", "patient")
            rows = [{"patient_id": f"p{n}", "mark": f"m{n}-{m}"} for m in range(3)]
            connection.execute(insert(t.likeness), rows)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    with heard(engine) as sent, read(engine) as connection:
        found = alike_at(connection, "p7", "north") + marked_at(connection, {"m7-1"}, "north")

    with engine.connect() as connection:
        table = {table for asked in sent for table in walked(connection, *asked)}

    assert found == []
    assert "likeness" not in table
