"""Steps under way in the tables: kept, changed once for each version, found, and forgotten."""

import re
from dataclasses import replace

import pytest
from sqlalchemy.event import listen

from coi.store import errands
from coi.store import tables as t
from coi.store.engine import read, write
from coi.store.errands import ErrandRow
from tests.plans import plan_of

BEGAN = "2026-11-22T09:00:00.000000Z"
BEFORE = "2026-11-22T08:00:00.000000Z"
AFTER = "2026-11-22T10:00:00.000000Z"


@pytest.fixture
def engine(clinic):
    """A clinic with one therapy in it."""
    return clinic


@pytest.fixture
def errand(engine):
    """A step under way in a therapy, in one session."""
    with read(engine) as connection:
        coi = connection.execute(t.therapy.select()).one().coi
    row = ErrandRow("one", coi, "a", "u", "-", "here", "sealed", BEGAN, BEGAN, "-", 1)
    with write(engine) as connection:
        errands.keep(connection, row)
    return row


def test_what_is_kept_is_found(engine, errand):
    """By its id, its therapy, its session, and among all."""
    with read(engine) as connection:
        found = [
            [errands.errand(connection, "one")],
            errands.of_therapy(connection, errand.chain, BEFORE),
            errands.in_session(connection, "here", BEFORE),
            errands.under_way(connection, BEFORE),
        ]

    assert found == [[errand]] * 4


def test_what_is_held_is_the_newest_version(engine, errand):
    """As somebody else has left it."""
    with write(engine) as connection:
        errands.change(connection, replace(errand, sealed="other"))
    with write(engine) as connection:
        found = errands.hold(connection, "one"), errands.hold(connection, "another")

    assert found == (replace(errand, sealed="other", version=2), None)


@pytest.mark.parametrize("ended_at", ["-", AFTER])
def test_what_was_begun_too_long_ago_or_has_ended_is_not_under_way(engine, errand, ended_at):
    """It stands there only until it is forgotten."""
    with write(engine) as connection:
        errands.change(connection, replace(errand, ended_at=ended_at))
    with read(engine) as connection:
        found = errands.under_way(connection, BEGAN if ended_at == "-" else BEFORE)

    assert found == []


def test_a_version_is_changed_once(engine, errand):
    """The second is told that somebody was faster."""
    changed = replace(errand, session="there", sealed="other", changed_at=AFTER)
    with write(engine) as connection:
        outcomes = [errands.change(connection, changed) for _ in range(2)]
        found = errands.errand(connection, "one")

    assert outcomes == [True, False]
    assert found == replace(changed, version=2)


def test_what_is_old_is_forgotten(engine, errand):
    """And what is not, stays."""
    with write(engine) as connection:
        errands.forget(connection, BEFORE)
        stays = errands.errand(connection, "one")
        errands.forget(connection, BEGAN)
        gone = errands.errand(connection, "one")

    assert (stays, gone) == (errand, None)


def test_no_list_reads_what_has_ended(engine, errand):
    """Of the steps of years those that are under way are found without a look at the others."""
    asked = []
    listen(engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    with read(engine) as connection:
        errands.of_therapy(connection, errand.chain, BEFORE)
        errands.in_session(connection, "here", BEFORE)
        errands.under_way(connection, BEFORE)
    queries = [one for one in asked if "FROM errand" in one[0].replace("\n", " ")]

    with engine.connect() as connection:
        plans = [plan_of(connection, *query) for query in queries]

    assert len(plans) == 3
    assert not [plan for plan in plans if re.search(r"SCAN errand|Seq Scan", plan)]


def test_what_is_old_and_has_ended_is_forgotten(engine, errand):
    """However it ended; what ended a short while ago can still be looked at."""
    with write(engine) as connection:
        errands.change(connection, replace(errand, ended_at=BEGAN))
        errands.forget(connection, BEFORE)
        stays = errands.errand(connection, "one")
        errands.forget(connection, AFTER)
        gone = errands.errand(connection, "one")

    assert (stays is None, gone) == (False, None)


def test_nothing_else_reads_every_step_that_is_kept(engine, errand):
    """To look one up, to change it, or to forget the old ones."""
    asked = []
    with write(engine) as connection:
        listen(engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        errands.errand(connection, "one")
        errands.hold(connection, "one")
        errands.change(connection, errand)
        errands.forget(connection, BEFORE)
        plans = [plan_of(connection, *query) for query in asked[:4]]

    assert not [plan for plan in plans if re.search(r"SCAN errand|Seq Scan", plan)]
