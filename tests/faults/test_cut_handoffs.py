"""A fault anywhere inside a handoff leaves all of it or nothing of it (TL-01, SEC-02, V2.3.3)."""

import signal
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from multiprocessing import get_context
from random import Random

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import DBAPIError

from benchmarks.clinic import Bag, Clinic
from coi.errors import DiskFull
from coi.store import tables as t
from coi.store.engine import read
from tests.faults.cuts import Cut, Moment, Scissors, hand_over_and_be_killed, raising
from tests.faults.traces import nothing_is_wrong, trace

AT_STATEMENTS = (Moment.BEFORE, Moment.AFTER)
MORE_THAN_ENOUGH = 100


@pytest.mark.parametrize("moment", AT_STATEMENTS)
def test_an_exception_at_any_statement_leaves_nothing(clinic, bags, moment):
    """Whichever statement fails, before or after it ran: no row and no position has changed."""
    engine, bag = clinic.installation.engine, bags[0]
    before, turn = trace(engine, bag), clinic.turn_of(bag)

    for nth in range(1, MORE_THAN_ENOUGH):
        with Scissors(engine, moment, nth, raising) as scissors, suppress(Cut):
            clinic.hand_over(bag, turn, "cut")
        if not scissors.fired:
            break
        assert trace(engine, bag) == before, f"{moment} {nth}"

    assert nth > 10
    assert trace(engine, bag) == before.after(1)
    assert nothing_is_wrong(engine)


def test_an_exception_at_the_commit_leaves_nothing(clinic, bags):
    """Everything was written, the commit does not come: nothing is there."""
    engine, bag = clinic.installation.engine, bags[0]
    before, turn = trace(engine, bag), clinic.turn_of(bag)

    with Scissors(engine, Moment.COMMIT, 1, raising), pytest.raises(Cut):
        clinic.hand_over(bag, turn, "cut")

    assert trace(engine, bag) == before
    assert nothing_is_wrong(engine)


@pytest.mark.parametrize("times", [60, pytest.param(1_000, marks=pytest.mark.soak)])
def test_handoffs_that_are_rolled_back_at_random_leave_no_gap(clinic, bags, times):
    """At whichever moment: their numbers follow each other as if the others had never been tried.

    What the product numbers them by is taken back with them, on either database (TL-05).
    """
    engine, random, made = clinic.installation.engine, Random(times), 0
    first = [numbers(engine, bag) for bag in bags]

    for key in map(str, range(times)):
        bag, moment = random.choice(bags), random.choice([*AT_STATEMENTS, Moment.COMMIT])
        nth = 1 if moment is Moment.COMMIT else random.randrange(1, 60)
        turn = clinic.turn_of(bag)
        with Scissors(engine, moment, nth, raising) as scissors, suppress(Cut):
            clinic.hand_over(bag, turn, key)
        made += not scissors.fired

    found = [numbers(engine, bag) for bag in bags]
    assert found == [[*range(len(one))] for one in found]
    assert sum(map(len, found)) - sum(map(len, first)) == made
    assert 0 < made < times
    assert nothing_is_wrong(engine)


def numbers(engine, bag):
    """The numbers of the entries of a bag's therapy, in their order."""
    entry = t.entry.c
    with read(engine) as tx:
        asked = select(entry.seq).where(entry.chain == bag.coi).order_by(entry.seq)
        return [*tx.execute(asked).scalars()]


def test_an_error_of_the_database_at_any_statement_leaves_nothing(clinic, bags):
    """Each statement in turn is one that the database refuses: nothing of the others stays."""
    engine, bag = clinic.installation.engine, bags[0]
    before, turn = trace(engine, bag), clinic.turn_of(bag)

    for nth in range(1, MORE_THAN_ENOUGH):
        spoiler = _Spoiler(nth)
        event.listen(engine, "before_cursor_execute", spoiler, retval=True)
        with suppress(DBAPIError):
            clinic.hand_over(bag, turn, "cut")
        event.remove(engine, "before_cursor_execute", spoiler)
        if spoiler.count < nth:
            break
        assert trace(engine, bag) == before, f"statement {nth}"

    assert trace(engine, bag) == before.after(1)
    assert nothing_is_wrong(engine)


class _Spoiler:
    """Puts a statement that no database can run in the place of the n-th."""

    def __init__(self, nth: int) -> None:
        self.nth, self.count = nth, 0

    def __call__(
        self, _c: Connection, _cursor: object, statement: str, parameters: object, *more: object
    ) -> tuple[str, object]:
        self.count += 1
        if self.count == self.nth:
            _context, for_many = more
            # For no row at all, a statement for many rows would not be sent.
            return "SELECT nothing FROM nowhere", [()] if for_many else ()
        return statement, parameters


def test_a_full_disk_leaves_whole_handoffs_only(on_sqlite, opened):
    """When the file may grow no further, the handoff that needs a page more leaves nothing."""
    url, (bag, *_) = on_sqlite
    clinic = opened(url)
    engine = clinic.installation.engine
    before, done = trace(engine, bag), count()
    event.listen(engine, "checkout", _forbid_growth)

    with pytest.raises(DiskFull):
        _hand_over_for_ever(clinic, bag, before.turn, done)

    assert trace(engine, bag) == before.after(next(done) - 1)
    assert nothing_is_wrong(engine)


def _hand_over_for_ever(clinic: Clinic, bag: Bag, turn: int, done: Iterator[int]) -> None:
    for number in done:
        clinic.hand_over(bag, turn + number, f"key-{number}")


def _forbid_growth(connection, *_):
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")


@pytest.mark.parametrize("moment", [*Moment])
def test_a_process_killed_anywhere_leaves_all_or_nothing(url, clinic, bags, moment):
    """SIGKILL at every statement and around the commit; the next handoff goes on from there."""
    engine, bag = clinic.installation.engine, bags[0]
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["tests.faults.cuts"])
    before = trace(engine, bag)

    for nth in range(1, MORE_THAN_ENOUGH):
        engine.dispose()
        asked = (url, bag, before.turn, moment, nth)
        process = processes.Process(target=hand_over_and_be_killed, args=asked)
        process.start()
        process.join()
        if process.exitcode != -signal.SIGKILL or moment not in AT_STATEMENTS:
            break
        assert trace(engine, bag) == before, f"{moment} {nth}"

    assert process.exitcode == (0 if moment in AT_STATEMENTS else -signal.SIGKILL)
    assert trace(engine, bag) == before.after(0 if moment is Moment.COMMIT else 1)
    assert nothing_is_wrong(engine)
