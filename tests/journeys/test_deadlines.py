"""When a step counts as late, in a record: from the question, and until it was done."""

from datetime import timedelta

import pytest

from coi.clock import parse_rfc3339
from coi.demo.cast import PATIENTS
from coi.demo.chapters import ORDERED, Step, play
from coi.demo.deviations import ASKED_FOR, CLOSED, OUT_OF_SPECIFICATION
from coi.demo.stories import GOES_WELL
from coi.services.tasks import planned_alarms
from coi.store.alarms import planned_rows
from tests.fixtures import DATABASES
from tests.journeys.worlds import verdict_of
from workflows.alarms import Rings

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PLANNED = next(n for n, one in enumerate(GOES_WELL) if one.action == "plan_collection") + 1
COLLECTED = next(n for n, one in enumerate(GOES_WELL) if one.action == "collect") + 1


@pytest.fixture(params=DATABASES)
def databases(request):
    """Where this journey is recorded."""
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def coi(performer):
    """A therapy that the northern hospital has ordered."""
    return performer.order(PATIENTS[0])


def overdue_in(performer, coi):
    """Each step that will be overdue, and how long from now; the record keeps it as it is told."""
    installation = performer.installation
    told = installation.read(lambda tx: planned_alarms(tx, installation, coi))
    assert told == installation.read(lambda tx: planned_rows(tx, coi))
    now = installation.clock.now()
    waiting = [(row[3], row[8]) for row in told if row[0] == Rings.STEP]
    return {name: parse_rfc3339(at) - now for at, about in waiting for name in about.split()}


def test_the_other_hospital_is_late_a_day_after_it_was_asked(performer, coi):
    """However long the therapy has stood where it stands; once it answered, nobody waits."""
    play(performer, coi, ORDERED)
    performer.installation.clock.advance(9 * DAY)
    before = overdue_in(performer, coi)
    play(performer, coi, [Step("ask_other_hospital")])
    asked = overdue_in(performer, coi)
    play(performer, coi, [Step("take_over_treatment")])

    assert "take_over_treatment" not in before
    assert 23 * HOUR < asked["take_over_treatment"] <= DAY
    assert "take_over_treatment" not in overdue_in(performer, coi)
    assert verdict_of(performer.installation).findings == ()


def test_what_was_evaluated_is_late_no_more_and_what_is_missing_is(performer, coi):
    """The lot stands out of specification all the while."""
    play(performer, coi, (*OUT_OF_SPECIFICATION, *CLOSED))
    before = overdue_in(performer, coi)
    play(performer, coi, ASKED_FOR[:2])
    after = overdue_in(performer, coi)

    done = {one.action for one in ASKED_FOR[:2]}
    missing = {one.action for one in ASKED_FOR[2:]}
    assert done | missing <= before.keys()
    assert not done & after.keys()
    assert missing <= after.keys()
    assert verdict_of(performer.installation).findings == ()


def test_a_collection_that_lies_weeks_ahead_is_no_reason_to_call_anybody(performer, coi):
    """That all of it is collected is declared a day after the last bag, and not after the plan."""
    play(performer, coi, GOES_WELL[:PLANNED])
    planned = overdue_in(performer, coi)
    performer.installation.clock.advance(14 * DAY)
    play(performer, coi, GOES_WELL[PLANNED:COLLECTED])

    assert "complete_collection" not in planned
    assert planned["collect"] > 29 * DAY
    assert 23 * HOUR < overdue_in(performer, coi)["complete_collection"] <= DAY
