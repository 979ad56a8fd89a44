"""Time: always aware, always UTC, always written the same way."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coi.clock import SteppedClock, SystemClock, parse_rfc3339, rfc3339

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_moment_is_written_in_utc_with_six_digits():
    """The same moment has the same text, whatever its zone and however round it is."""
    in_delhi = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert rfc3339(NOON) == "2026-11-22T12:00:00.000000Z"
    assert rfc3339(in_delhi) == "2026-11-22T12:00:00.000000Z"


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back(moment):
    """No moment changes by being written and read."""
    assert parse_rfc3339(rfc3339(moment)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T12:00:00Z",
        "2026-11-22T12:00:00.0Z",
        "2026-11-22T17:30:00+05:30",
        "2026-11-22T07:00:00.000000-05:00",
    ],
)
def test_a_moment_is_read_in_any_offset(text):
    """What other systems write is understood, and given in UTC."""
    moment = parse_rfc3339(text)

    assert moment == NOON
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-22",
        "2026-11-22T12:00:00",
        "2026-11-22 12:00:00Z",
        "20261122T120000Z",
        "2026-W47-7T12:00:00Z",
        "2026-11-22T12:00:00.0000001Z",
        "2026-11-22T24:30:00Z",
        "2026-02-30T12:00:00Z",
        "2026-11-22T12:00:00Z\n",
        "\u0662\u0660\u0662\u0666-11-22T12:00:00Z",
    ],
)
def test_what_is_no_moment_is_refused(text):
    """A time without offset, too fine to keep, or in another form is not guessed at."""
    with pytest.raises(ValueError, match=r"time|range|hour|day|minute"):
        parse_rfc3339(text)


def test_a_moment_without_a_zone_is_not_written():
    """A naive time could be any of many moments."""
    naive = NOON.replace(tzinfo=None)

    with pytest.raises(ValueError, match="does not say its time zone"):
        rfc3339(naive)


def test_the_system_clock_is_in_utc():
    """The machine's own zone never enters the record."""
    assert SystemClock().now().tzinfo is UTC


def test_a_stepped_clock_moves_when_it_is_looked_at():
    """A story that is told twice has the same times."""
    clock = SteppedClock(NOON, timedelta(minutes=1))

    looks = [clock.now(), clock.now()]
    clock.advance(timedelta(hours=1))
    looks.append(clock.now())

    assert looks == [NOON + timedelta(minutes=minutes) for minutes in (0, 1, 62)]


def test_a_stepped_clock_starts_at_a_moment():
    """A naive start is refused at once, not at the first entry."""
    with pytest.raises(ValueError, match="does not say its time zone"):
        SteppedClock(NOON.replace(tzinfo=None), timedelta(minutes=1))
