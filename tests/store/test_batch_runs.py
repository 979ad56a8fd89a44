"""What no batch beside the pages can be, on either database, and who of two is at one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy.exc import DBAPIError

from benchmarks.clinic import an_installation
from coi.clock import SteppedClock
from coi.services import installing
from coi.store import batch_runs
from coi.store.batch_runs import ENDED, GOING, PartRow, RunRow
from coi.store.engine import read, write
from coi.store.people import lock_person
from coi.store.tables import NOBODY

NOW, SOON, LATER = (f"2026-11-22T09:0{n}:00.000000Z" for n in (0, 1, 3))
RUN = RunRow("one", "labels", NOBODY, "5ea1ed", GOING, "-", NOW, NOW, 0)


@pytest.fixture
def kept(engine):
    """A batch that nobody is at."""
    ours = an_installation(engine, SteppedClock(datetime.now(UTC), timedelta(seconds=1)))
    installing.begin(ours, {}, "root", "Root")
    with write(engine) as connection:
        batch_runs.keep(connection, RUN)
    return RUN


FORGERIES = (
    ({"key": "one"}, "pk_batch_run|UNIQUE"),
    ({"kind": "wishes"}, "ck_batch_run_kind"),
    ({"state": "lost"}, "ck_batch_run_state"),
    ({"state": "ended", "claim": "somebody"}, "ck_batch_run_claim"),
    ({"made_at": "yesterday"}, "ck_batch_run_made_at"),
    ({"due_at": "-"}, "ck_batch_run_due_at"),
    ({"person": "nobody we know"}, "fk_batch_run_person|FOREIGN KEY"),
)


@pytest.mark.parametrize(("change", "constraint"), FORGERIES)
def test_no_batch_is_otherwise(engine, kept, change, constraint):
    """Whatever the program does, the database takes no other."""
    with pytest.raises(DBAPIError, match=constraint), write(engine) as connection:
        batch_runs.keep(connection, replace(kept, **{"key": "two", **change}))


def test_of_two_processes_one_is_at_a_batch(engine, kept):
    """The other one takes it when the first has not said in time that it lives, and not before."""
    with write(engine) as connection:
        first = batch_runs.take(connection, kept, "a", NOW, SOON)
        second = batch_runs.take(connection, kept, "b", NOW, SOON)
        taken = batch_runs.run(connection, "one")
        early = batch_runs.take(connection, taken, "b", NOW, SOON)
        lives = batch_runs.say_alive(connection, "one", "a", SOON)
        late = batch_runs.take(connection, taken, "b", SOON, LATER)
        dead = batch_runs.say_alive(connection, "one", "a", LATER)

    assert (first, second, early) == (True, False, False)
    assert (lives, late, dead) == (True, True, False)
    with read(engine) as connection:
        assert batch_runs.run(connection, "one").tries == 2


def test_what_was_left_is_found_as_long_as_it_may_go_on_by_itself(engine, kept):
    """Not before its time, not long after, and not once it has ended or was begun too often."""

    def found(now, since, most):
        with read(engine) as connection:
            return batch_runs.left_behind(connection, now, since, most)

    assert kept.due_at == NOW
    assert found(SOON, "2026", 1) == [kept]
    assert found("2026", "2025", 1) == []
    assert found(LATER, SOON, 1) == []
    assert found(SOON, "2026", 0) == []
    with write(engine) as connection:
        batch_runs.end(connection, "one", ENDED, SOON)
    assert found(SOON, "2026", 1) == []


def test_with_a_batch_its_files_are_gone(engine, kept):
    """One of a batch that there is not is refused; forgotten, nothing is left of either."""
    part = PartRow(kept.key, 0, "C-1", "5ea1ed")
    with write(engine) as connection:
        batch_runs.keep_part(connection, part)
    with pytest.raises(DBAPIError, match=r"pk_batch_part|UNIQUE"), write(engine) as connection:
        batch_runs.keep_part(connection, part)
    with pytest.raises(DBAPIError, match=r"fk_batch_part_run|FOREIGN"), write(engine) as connection:
        batch_runs.keep_part(connection, replace(part, key="none"))

    with write(engine) as connection:
        assert batch_runs.part(connection, "one", 0) == part
        batch_runs.forget_every_one(connection)

    with read(engine) as connection:
        assert batch_runs.run(connection, "one") is None
        assert batch_runs.parts_of(connection, "one") == {}


def test_what_ended_is_forgotten_with_its_files(engine, kept):
    """Not before its time; what somebody goes on with by then is not forgotten."""
    part = PartRow(kept.key, 0, "C-1", "5ea1ed")
    with write(engine) as connection:
        batch_runs.keep_part(connection, part)
        early = batch_runs.forget_ended(connection, "2026-11-22T08")
        batch_runs.begin_again(connection, kept.key, "5ea1ed", LATER)
        gone_on = batch_runs.forget_ended(connection, SOON)
        is_off = batch_runs.are_off(connection, LATER, SOON)
        found = batch_runs.forget_ended(connection, LATER)

    assert (early, gone_on, is_off, found) == ([], [], False, [kept.key])
    with read(engine) as connection:
        assert batch_runs.run(connection, kept.key) is None
        assert batch_runs.parts_of(connection, kept.key) == {}


def test_what_is_gone_on_with_as_it_is_forgotten_is_kept(engine, kept):
    """Whoever goes on with it in that moment is waited for, and then it is not old any more."""
    forgotten = []

    def forget():
        with write(engine) as connection:
            forgotten.append(batch_runs.forget_ended(connection, SOON))

    with write(engine) as connection:
        batch_runs.hold(connection, kept.key)
        other = Thread(target=forget)
        other.start()
        other.join(0.3)
        waits = other.is_alive()
        batch_runs.begin_again(connection, kept.key, "5ea1ed", LATER)
    other.join()

    assert waits
    assert forgotten == [[]]
    with read(engine) as connection:
        assert batch_runs.run(connection, kept.key).due_at == LATER


def test_what_a_clock_said_that_was_set_back_is_due_now(engine, kept):
    """Until then nobody takes it; what is due as it should be stays so."""
    with write(engine) as connection:
        batch_runs.keep(connection, replace(kept, key="ahead", due_at=LATER))
        before = batch_runs.are_off(connection, SOON, "2026")
        batch_runs.set_right(connection, SOON, NOW)
        after = batch_runs.are_off(connection, SOON, "2026")
        taken = batch_runs.take(connection, replace(kept, key="ahead"), "a", NOW, SOON)

    assert (before, after, taken) == (True, False, True)
    with read(engine) as connection:
        assert batch_runs.run(connection, kept.key) == kept


def test_how_many_go_on_is_counted_by_person_and_kind(engine, kept):
    """Besides the one that is asked about, and without what has ended or was stopped."""
    with write(engine) as connection:
        for key in ("two", "three", "four"):
            batch_runs.keep(connection, replace(kept, key=key))
        batch_runs.keep(connection, replace(kept, key="five", kind="custody_records"))
        batch_runs.end(connection, "three", ENDED, NOW)
        batch_runs.stop(connection, "four", NOW)

    with read(engine) as connection:
        going = [
            batch_runs.going(connection, person, "labels", besides)
            for person, besides in ((NOBODY, "one"), (NOBODY, "-"), ("P-2", "-"))
        ]
        states = [state for _key, _at, state in batch_runs.of_person(connection, NOBODY, "labels")]
    assert going == [1, 2, 0]
    assert sorted(states) == ["ended", "going", "going", "stopped"]


def test_what_was_stopped_stays_so(engine, kept):
    """What has ended in the middle is stopped too; stopped twice, once."""
    with write(engine) as connection:
        batch_runs.end(connection, kept.key, ENDED, NOW)
        batch_runs.stop(connection, kept.key, SOON)
        batch_runs.stop(connection, kept.key, LATER)
        found = batch_runs.run(connection, kept.key)

    assert (found.state, found.claim, found.due_at) == ("stopped", "-", SOON)


def test_of_two_who_count_for_one_person_one_waits(engine, kept):
    """The second counts what the first has kept."""
    found = []

    def count():
        with write(engine) as connection:
            lock_person(connection, NOBODY)
            found.append(batch_runs.going(connection, NOBODY, "labels", "-"))

    with write(engine) as connection:
        lock_person(connection, NOBODY)
        other = Thread(target=count)
        other.start()
        other.join(0.3)
        batch_runs.keep(connection, replace(kept, key="two"))
    other.join()

    assert found == [2]
