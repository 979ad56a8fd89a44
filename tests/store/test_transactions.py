"""One use case, one transaction: done again where others were in the way, and never without end."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from coi.errors import Busy
from coi.store.append import Overtaken
from coi.store.transactions import TRIES, transact


class FromTheServer(Exception):
    """What PostgreSQL's driver raises: a code, and the constraint that refused."""

    def __init__(self, sqlstate, constraint_name=None):
        super().__init__(sqlstate)
        self.sqlstate = sqlstate
        self.diag = self
        self.constraint_name = constraint_name


def refused(sqlstate, constraint=None):
    """An error as SQLAlchemy passes it on."""
    return DBAPIError("INSERT", None, FromTheServer(sqlstate, constraint))


@pytest.fixture
def engine():
    """A database of the test's own, empty."""
    found = create_engine("sqlite://")
    yield found
    found.dispose()


class Work:
    """A use case that meets these faults, one at each try, before it goes well."""

    def __init__(self, *faults):
        self.faults = list(faults)
        self.tries = 0

    def __call__(self, _tx):
        """Try once."""
        self.tries += 1
        if self.faults:
            raise self.faults.pop(0)
        return "done"


@pytest.mark.parametrize(
    "fault",
    [
        Overtaken("COI-A"),
        refused("40001"),
        refused("40P01"),
        refused("23505", "pk_entry"),
        refused("23505", "uq_move_turn"),
    ],
    ids=repr,
)
def test_who_was_in_the_way_of_others_does_it_again(engine, fault):
    """A position that moved on, a serialization failure, a deadlock, a number that is taken."""
    work = Work(fault)

    assert transact(engine, work) == "done"
    assert work.tries == 2


@pytest.mark.parametrize(
    "fault", [Overtaken("COI-A"), refused("40001"), refused("23505", "pk_entry")], ids=repr
)
def test_who_is_always_in_the_way_is_told_so(engine, fault):
    """After five tries the caller hears that nothing was saved, and can ask again."""
    work = Work(*[fault] * TRIES)

    with pytest.raises(Busy):
        transact(engine, work)

    assert work.tries == TRIES


def test_a_key_that_stays_taken_is_not_free(engine):
    """A user name that was given before is no collision: the constraint is told as it is."""
    work = Work(*[refused("23505", "pk_account")] * TRIES)

    with pytest.raises(DBAPIError) as told:
        transact(engine, work)

    assert told.value.orig.constraint_name == "pk_account"


@pytest.mark.parametrize("sqlstate", ["23503", "23514", "42501", None])
def test_a_refusal_is_not_tried_again(engine, sqlstate):
    """A missing row, a broken check, a right that lacks: a second try would meet the same."""
    work = Work(refused(sqlstate))

    with pytest.raises(DBAPIError):
        transact(engine, work)

    assert work.tries == 1
