"""Who waits for whom, and for how long (TL-03, F-05, F-07)."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import get_context
from threading import Barrier, Event

import psycopg
import pytest
from pysqlite3 import dbapi2
from sqlalchemy import make_url, text
from sqlalchemy.exc import IntegrityError

from benchmarks.clinic import Bag, Clinic
from coi.errors import Busy
from coi.services import acting
from coi.services.entries import Occasion, Registered, write, write_site_entry
from coi.store.facts import ORGANISATION, lock
from coi.store.registers import add_chain
from coi.store.transactions import Transaction
from tests.faults.traces import nothing_is_wrong, trace

SHORT_MS = 300
A_WHILE = 60


def hold_the_file(url, held, release):
    """Lock an SQLite file from another process, until told to let go."""
    with closing(dbapi2.connect(make_url(url).database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        held.set()
        release.wait(A_WHILE)


@contextmanager
def file_is_held(url):
    """Another process writes into the file."""
    processes = get_context("forkserver")
    held, release = processes.Event(), processes.Event()
    process = processes.Process(target=hold_the_file, args=(url, held, release))
    process.start()
    assert held.wait(A_WHILE)
    try:
        yield
    finally:
        release.set()
        process.join()


@contextmanager
def row_is_held(url, bag):
    """Another client of PostgreSQL has locked the therapy."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        connection.execute(
            "SELECT turn FROM position WHERE chain = %s AND subject = %s FOR UPDATE",
            (bag.coi, bag.coi),
        )
        yield


def held_elsewhere(url, bag):
    """Somebody else keeps this therapy from being written to, on whichever database."""
    return file_is_held(url) if url.startswith("sqlite") else row_is_held(url, bag)


def test_a_locked_database_is_told_as_busy(url, bags, opened):
    """After the time that was set, not after a minute: busy, nothing saved; then it goes on."""
    clinic = opened(url, SHORT_MS)
    engine = clinic.installation.engine
    before = trace(engine, bags[0])

    with held_elsewhere(url, bags[0]):
        started = time.monotonic()
        with pytest.raises(Busy):
            clinic.hand_over(bags[0], before.turn, "the key")
        waited = time.monotonic() - started

    assert SHORT_MS / 1000 <= waited < A_WHILE
    assert trace(engine, bags[0]) == before
    clinic.hand_over(bags[0], before.turn, "the key")
    assert nothing_is_wrong(engine)


def test_reading_does_not_wait_for_a_writer(url, bags, opened):
    """While somebody writes, everybody can look."""
    clinic = opened(url, SHORT_MS)

    with held_elsewhere(url, bags[0]):
        assert clinic.turn_of(bags[0]) == 3


@contextmanager
def a_handoff_that_waits(clinic: Clinic, bag: Bag, monkeypatch: pytest.MonkeyPatch):
    """In another thread, everything of a handoff is written, and the commit waits."""
    written, go_on = Event(), Event()
    record = acting.record  # the last thing inside the transaction

    def record_and_wait(attempt, draft):
        receipt = record(attempt, draft)
        if receipt.coi == bag.coi:
            written.set()
            assert go_on.wait(A_WHILE)
        return receipt

    monkeypatch.setattr(acting, "record", record_and_wait)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(clinic.hand_over, bag, 3, "the one that waits")
        assert written.wait(A_WHILE)
        yield
        go_on.set()
        waiting.result()


def test_a_therapy_waits_for_no_other(on_postgres, opened, monkeypatch):
    """While one therapy's handoff is not yet committed, three others are made from end to end."""
    url, (held, *others) = on_postgres
    clinic = opened(url, SHORT_MS)
    engine = clinic.installation.engine

    with a_handoff_that_waits(clinic, held, monkeypatch):
        for bag in others:
            clinic.hand_over(bag, 3, f"key of {bag.coi}")
        assert trace(engine, held).turn == 3

    assert [trace(engine, bag).turn for bag in (held, *others)] == [4, 4, 4, 4]
    assert nothing_is_wrong(engine)


def test_a_therapy_waits_for_itself(on_postgres, opened, monkeypatch):
    """A second handoff of the same therapy does wait: that the test above can see a lock."""
    url, (held, *_) = on_postgres
    clinic = opened(url, SHORT_MS)

    with a_handoff_that_waits(clinic, held, monkeypatch), pytest.raises(Busy):
        clinic.hand_over(held, 3, "the second")

    assert trace(clinic.installation.engine, held).turn == 4


def test_a_deadlock_is_tried_again(on_postgres, opened):
    """Two that lock two therapies crosswise both get their turn: one is sent back, and comes."""
    url, (first, second, *_) = on_postgres
    installation = opened(url).installation
    crossed = Barrier(2)
    tries: list[str] = []

    def lock_both(one: Bag, other: Bag) -> None:
        def work(tx: Transaction) -> None:
            lock(tx, one.coi)
            tries.append(one.coi)
            if tries.count(one.coi) == 1:
                crossed.wait(A_WHILE)
            lock(tx, other.coi)

        installation.transact(work)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(lock_both, *pair) for pair in ((first, second), (second, first))]
        for one in both:
            one.result()

    assert len(tries) > 2


def test_who_is_always_second_in_a_site_chain_is_told_that_it_is_busy(on_postgres, opened):
    """A site's chain has no lock: whoever finds the next number taken five times tries later."""
    url, _ = on_postgres
    installation = opened(url).installation

    def overtaken(tx: Transaction) -> None:
        occasion = Occasion("-", "-", installation.clock.now())
        first = installation.transact(lambda tx: write_site_entry(tx, "a", occasion, Registered()))
        write(tx, first)

    with pytest.raises(Busy):
        installation.transact(overtaken)

    assert nothing_is_wrong(installation.engine)


def test_a_key_that_is_never_free_is_no_matter_of_waiting(on_postgres, opened):
    """What is taken for good is said at once to be a fault, not a busy database."""
    url, _ = on_postgres
    installation = opened(url).installation

    with pytest.raises(IntegrityError, match="pk_chain"):
        installation.transact(lambda tx: add_chain(tx, ORGANISATION, "site"))


@pytest.mark.parametrize("state", ["40001", "40P01"])
@pytest.mark.parametrize(("failures", "succeeds"), [(4, True), (5, False)])
def test_what_the_database_takes_back_is_done_again(
    on_postgres, opened, monkeypatch, state, failures, succeeds
):
    """PostgreSQL takes a handoff back: it is made again, five times at most, and then is busy."""
    url, (bag, *_) = on_postgres
    clinic = opened(url)
    engine = clinic.installation.engine
    before, tries = trace(engine, bag), 0
    record = acting.record

    def record_and_be_taken_back(attempt, draft):
        nonlocal tries
        tries += 1
        receipt = record(attempt, draft)
        if tries <= failures:
            raised = f"RAISE EXCEPTION 'taken back' USING ERRCODE = '{state}'"
            attempt.tx.execute(text(f"DO $$ BEGIN {raised}; END $$"))
        return receipt

    monkeypatch.setattr(acting, "record", record_and_be_taken_back)

    if succeeds:
        clinic.hand_over(bag, before.turn, "the key")
    else:
        with pytest.raises(Busy):
            clinic.hand_over(bag, before.turn, "the key")

    assert trace(engine, bag) == before.after(int(succeeds))
