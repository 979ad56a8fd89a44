"""PostgreSQL restarts amidst a handoff: whoever asks again under the same key gets one (F-06)."""

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import DBAPIError

from benchmarks.clinic import Bag, Clinic, new_clinic, open_clinic
from coi.store.engine import open_engine
from tests.faults.cuts import Moment, Scissors
from tests.faults.traces import nothing_is_wrong, trace
from tests.postgres import Server, running_server

AMIDST = [(Moment.AFTER, 1), (Moment.AFTER, 6), (Moment.BEFORE, 12), (Moment.COMMIT, 1)]


@pytest.fixture(scope="module")
def restarting() -> Iterator[tuple[Server, Clinic, Bag]]:
    """A server of this module's own, which is to restart, and a bag in a laboratory."""
    with running_server(durable=True) as server:
        engine = open_engine(server.url(server.new_database()))
        (bag,) = new_clinic(engine, 1)
        yield server, open_clinic(engine), bag
        engine.dispose()


@pytest.mark.parametrize(("moment", "nth"), AMIDST)
def test_a_restart_amidst_a_handoff_leaves_nothing_and_the_same_key_one(restarting, moment, nth):
    """The first is told that it failed; the second is answered, and so is a third."""
    server, clinic, bag = restarting
    engine, key = clinic.installation.engine, f"{moment} {nth}"
    before = trace(engine, bag)

    with Scissors(engine, moment, nth, server.restart) as scissors, pytest.raises(DBAPIError):
        clinic.hand_over(bag, before.turn, key)

    assert scissors.fired
    assert trace(engine, bag) == before
    again = [clinic.hand_over(bag, before.turn, key) for _ in range(2)]
    assert [one.repeated for one in again] == [False, True]
    assert trace(engine, bag) == before.after(1)
    assert nothing_is_wrong(engine)


def test_a_restart_before_the_answer_keeps_what_was_committed(restarting):
    """What was acknowledged is there, and asked for again it is the same."""
    server, clinic, bag = restarting
    engine = clinic.installation.engine
    before = trace(engine, bag)

    with Scissors(engine, Moment.COMMITTED, 1, server.restart) as scissors:
        first = clinic.hand_over(bag, before.turn, "committed")

    again = clinic.hand_over(bag, before.turn, "committed")
    assert scissors.fired
    assert (again.hash, again.repeated) == (first.hash, True)
    assert trace(engine, bag) == before.after(1)
