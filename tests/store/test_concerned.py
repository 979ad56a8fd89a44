"""What a stop-ship is about is found by an index, or along the therapies of one site."""

import re

import pytest
from sqlalchemy.event import listen

from coi.store.codes import named
from coi.store.concerned import SITE, UNIT, WORKFLOW, concerned
from coi.store.engine import read
from tests.plans import heard, plan_of, walked


@pytest.mark.parametrize("what", ["vector_lot", UNIT, SITE, WORKFLOW])
def test_no_search_reads_a_whole_table(engine, what):
    """A value is looked up by how it begins; all else among the therapies of the own site."""
    asked = []
    listen(engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    with read(engine) as connection:
        found = concerned(connection, what, "LV-2026-07", "works", ("", "9999"))

    with engine.connect() as connection:
        plan = plan_of(connection, *asked[-1])

    assert found == []
    assert not re.search(r"SCAN (value|entry|own|participation|therapy|later)|Seq Scan", plan), plan
    assert what != "vector_lot" or "ix_value_content" in plan


def test_no_look_up_by_anothers_number_reads_a_whole_table(engine):
    """The field and how its value begins lead to it, by the same index."""
    with heard(engine) as sent, read(engine) as connection:
        found = named(connection, "batch_number", "LOT42")

    with engine.connect() as connection:
        table = {table for asked in sent for table in walked(connection, *asked)}

    assert (found, table) == ([], set())
