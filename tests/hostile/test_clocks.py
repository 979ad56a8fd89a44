"""A clock that goes back is refused; whoever administers it checks it and signs for that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock, parse_rfc3339
from coi.errors import ClockWentBack
from coi.services import people
from coi.services.clocks import check_clock
from coi.services.proofs import CannotSign, NotAllowed, authenticate
from coi.services.verifying import verify_record

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def clock(ward):
    """Set the clock so much behind the newest entry of Anissa's therapy, or ahead of it."""

    def put(behind):
        newest = parse_rfc3339(ward.look().history[-1].recorded_at)
        stopped = SteppedClock(newest - behind, timedelta())
        ward.performer.installation = replace(ward.installation, clock=stopped)

    return put


@pytest.fixture
def step(ward):
    """Check the first bag at the bedside."""
    return lambda: ward.do("check_at_bedside", ward.bags()[0])


def times(ward):
    """When the two newest entries were recorded."""
    return [event.recorded_at for event in ward.look().history[-2:]]


@pytest.mark.parametrize("behind", [0 * SECOND, SECOND, 2 * SECOND])
def test_a_small_step_back_does_not_show(ward, clock, step, behind):
    """Clocks are set all the time; an entry is never recorded before the one that it follows."""
    clock(behind)
    step()

    before, after = times(ward)
    assert before == after


@pytest.mark.parametrize("behind", [2 * SECOND + timedelta(microseconds=1), DAY])
def test_a_clock_that_went_back_is_refused(ward, clock, step, behind):
    """Nobody dates an entry back by setting the clock; nothing is saved."""
    clock(behind)
    entries = len(ward.look().history)

    with pytest.raises(ClockWentBack):
        step()
    assert len(ward.look().history) == entries


def test_sites_have_the_same_clock(ward, clock):
    """What belongs to no therapy is not dated back either."""
    clock(DAY)

    with pytest.raises(ClockWentBack):
        people.set_password(ward.installation, ward.who("ivo"), "another password altogether")


def test_a_checked_clock_goes_on(ward, clock, step):
    """It had run ahead, it was put right: with an administrator's signature the work goes on."""
    clock(DAY)
    check_clock(ward.installation, ward.root, "the clock ran ahead by a day")
    step()

    before, after = times(ward)
    assert parse_rfc3339(before) - parse_rfc3339(after) == DAY
    assert verify_record(ward.installation).findings == ()


def test_a_check_covers_no_later_jump(ward, clock, step):
    """What goes back once more is checked once more."""
    clock(DAY)
    check_clock(ward.installation, ward.root, "the clock ran ahead by a day")
    step()
    clock(-3 * DAY)
    ward.refusals("check_at_bedside", ward.bags()[0])
    clock(DAY)

    with pytest.raises(ClockWentBack):
        step()


def test_a_check_covers_nothing_before_itself(ward, clock, step):
    """Behind the moment of the check itself the clock has gone back again."""
    clock(DAY)
    check_clock(ward.installation, ward.root, "the clock ran ahead by a day")
    clock(2 * DAY)

    with pytest.raises(ClockWentBack):
        step()


def test_only_an_administrator_checks_the_clock(ward, clock):
    """Whoever acts in the record does not move its time."""
    clock(DAY)

    with pytest.raises(NotAllowed):
        check_clock(ward.installation, ward.who("queenie"), "because")


def test_a_check_is_signed(ward, clock):
    """By somebody who may sign."""
    new = people.NewPerson("rudi", "Rudi Example", "a password of some length")
    people.register_person(ward.installation, ward.root, new)
    people.grant_role(ward.installation, ward.root, "rudi", "administrator", "-")
    rudi = authenticate(ward.installation, "rudi", new.password)
    clock(DAY)

    with pytest.raises(CannotSign):
        check_clock(ward.installation, rudi, "because")
