"""Who looks alike is found by an index, in either database, and each patient once."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from coi.store import tables as t
from coi.store.engine import read
from coi.store.likeness import MARKS, alike_at, marked_at
from coi.store.registers import add_party
from tests.plans import heard, walked


def test_a_mark_is_shared_and_a_record_number_is_not(engine):
    """Two orders that come at once for one new patient cannot make two patients."""

    def keep(patient, field):
        row = {"patient_id": patient, "field": field, "nonce": patient, "commitment": "c"}
        with engine.begin() as connection:
            connection.execute(insert(t.patient_identity), row | {"ciphertext": f"same {field}"})

    with engine.begin() as connection:
        for patient in "ab":
            add_party(connection, patient, "patient")
    for field in MARKS:
        keep("a", field)
        keep("b", field)
    keep("a", "index")
    with pytest.raises(IntegrityError):
        keep("b", "index")


def test_no_search_for_look_alikes_reads_a_whole_table(engine):
    """It is asked at the bedside: the marks of all patients are not walked."""
    with engine.begin() as connection:
        for n in range(300):
            add_party(connection, f"p{n}", "patient")
            row = {"patient_id": f"p{n}", "nonce": f"n{n}", "commitment": f"c{n}"}
            rows = [{**row, "field": field, "ciphertext": f"{field}-{n}"} for field in MARKS]
            connection.execute(insert(t.patient_identity), rows)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    with heard(engine) as sent, read(engine) as connection:
        marks = {f"{field}-7" for field in MARKS}
        found = alike_at(connection, "p7", "north") + marked_at(connection, marks, "north")

    with engine.connect() as connection:
        table = {table for asked in sent for table in walked(connection, *asked)}

    assert found == []
    assert "patient_identity" not in table
