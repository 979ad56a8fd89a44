"""Where a donation number stands is found by an index; one number is written by one at a time."""

import re
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from coi.store.donations import take_turn, written_alike
from coi.store.engine import read
from coi.store.transactions import transact
from tests.plans import heard, plan_of

LONG_ENOUGH = 0.5
"""Seconds in which whoever waits for nobody is done."""


def test_no_look_up_of_a_donation_reads_a_whole_table(engine):
    """Its thirteen characters lead to it, where they stand first and in a European code.

    PostgreSQL walks along an index as long as that is empty: it holds donations alone.
    """
    with heard(engine) as sent, read(engine) as connection:
        found = written_alike(connection, "A9999 26 123456 T")

    with engine.connect() as connection:
        plans = [plan_of(connection, *asked) for asked in sent]

    assert found == []
    for plan, index in zip(plans, ("ix_value_donation", "ix_value_european"), strict=True):
        assert re.search(index if engine.dialect.name == "sqlite" else "ix_value_", plan), plan
        assert not re.search(r"SCAN (value|later|therapy)|Seq Scan", plan), plan


@pytest.mark.parametrize("known", [False, True], ids=["new number", "known number"])
def test_who_writes_a_number_waits_for_whoever_writes_it_already(engine, known):
    """Two connections, and two transactions: the second goes on when the first has ended."""
    if known:
        transact(engine, lambda tx: take_turn(tx, "number"))

    def first(tx):
        take_turn(tx, "number")
        later = pool.submit(transact, engine, lambda tx: take_turn(tx, "number"))
        wait([later], LONG_ENOUGH)
        return later, later.done()

    with ThreadPoolExecutor(1) as pool:
        later, was_done = transact(engine, first)
        later.result()

    assert not was_done


def test_who_writes_another_number_waits_for_nobody(engine):
    """On PostgreSQL; on SQLite one writes at a time, whatever it is."""
    if engine.dialect.name == "sqlite":
        return

    def first(tx):
        take_turn(tx, "number")
        later = pool.submit(transact, engine, lambda tx: take_turn(tx, "another"))
        return wait([later], 60).done

    with ThreadPoolExecutor(1) as pool:
        assert transact(engine, first)
