"""Times are right for as long as a record is kept: to 2060, over each change of clocks (CL-05)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coi.clock import parse_rfc3339, rfc3339
from coi.ledger.content import Head
from coi.reports.wording import both, local, utc
from coi.services.entries import recorded_at
from coi.services.retention import kept_until
from coi.services.step_sheet import in_zone
from coi.web.words import local_minute
from tests.builders import a_bag, a_deed, a_value, codes, decided, facts, without
from tests.performer import a_request
from workflows.fields import Unreadable, read_time

ZONES = (
    *("Europe/Berlin", "Europe/London", "America/New_York", "Australia/Lord_Howe"),
    *("Asia/Kolkata", "Pacific/Apia", "America/St_Johns", "Africa/Casablanca", "UTC"),
)
FIRST, LAST = datetime(2026, 1, 1), datetime(2060, 12, 31, 23, 59, 59)  # noqa: DTZ001 - a range
EDGES = (
    datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),  # the last second of 32 bits
    datetime(2056, 11, 22, 12, tzinfo=UTC),  # thirty years from now
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # Berlin: 02:00 is 03:00
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # Berlin: 02:30, for the first time
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # Berlin: 02:30, once more
    datetime(2060, 2, 29, 12, tzinfo=UTC),
)
MOMENTS = st.sampled_from(EDGES) | st.datetimes(FIRST, LAST, timezones=st.just(UTC))
PLACES = st.sampled_from(ZONES).map(ZoneInfo)
SECOND = timedelta(seconds=1)
TWICE = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - what a clock on a wall in Berlin showed
NEVER = datetime(2026, 3, 29, 2, 30)  # noqa: DTZ001


@given(MOMENTS, PLACES)
def test_a_moment_is_the_same_wherever_it_is_told(moment, zone):
    """In the record, in what people type with its offset, and on paper in local time (SEC-47)."""
    there = moment.astimezone(zone)

    assert rfc3339(there) == rfc3339(moment)
    assert parse_rfc3339(there.isoformat()) == moment
    assert read_time(there.isoformat()) == moment
    assert parse_rfc3339(local(there).replace(" ", "T", 1).replace(" ", "")) == moment.replace(
        microsecond=0
    )
    assert utc(there).removesuffix(" UTC") in rfc3339(moment).replace("T", " ")
    assert utc(there)[11:] in both(there)


@given(MOMENTS, MOMENTS, PLACES, PLACES)
def test_the_texts_of_times_sort_as_the_times_do(one, other, here, there):
    """So databases and chains compare them, over both changes of clocks."""
    texts = rfc3339(one.astimezone(here)), rfc3339(other.astimezone(there))

    assert (texts[0] < texts[1]) is (one < other)


@given(MOMENTS, PLACES)
@settings(max_examples=40)
def test_a_product_expires_at_its_moment_and_not_at_its_hour(moment, zone):
    """In the autumn an hour comes twice: the offset tells which of the two is meant."""
    kept = a_value(a_bag(), "expires_at", moment.astimezone(zone).isoformat())
    told = facts(a_bag("accepted"), values=[kept])
    found = {
        now: "EXPIRED" in codes(decided(a_request(told, "thaw"), replace(told, now=now)))
        for now in (moment - SECOND, moment, moment + SECOND)
    }

    assert [*found.values()] == [False, True, True]


@given(MOMENTS, PLACES)
@settings(max_examples=40)
def test_a_window_lasts_as_long_in_every_night(moment, zone):
    """Sixty minutes pass, whatever the clock on the wall does meanwhile."""
    checked = facts(a_bag("checked"))
    thaw = replace(a_deed("thaw", a_bag(), minutes_ago=0), happened_at=moment)
    written = a_value(a_bag(), "thawed_at", moment.astimezone(zone).isoformat())
    history = (*without(checked, "thaw").history, thaw)
    values = (*without(checked, "thawed_at").values, written)
    told = replace(checked, history=history, values=values)
    found = [
        "THAW_WINDOW_PASSED" in codes(decided(a_request(told, "infuse"), replace(told, now=now)))
        for now in (moment + timedelta(minutes=60), moment + timedelta(minutes=60) + SECOND)
    ]

    assert found == [False, True]


@pytest.mark.parametrize(
    ("typed", "zone", "moment"),
    [
        (TWICE, "Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (TWICE - timedelta(hours=1), "Europe/Berlin", datetime(2026, 10, 24, 23, 30, tzinfo=UTC)),
        (TWICE + timedelta(hours=1), "Europe/Berlin", datetime(2026, 10, 25, 2, 30, tzinfo=UTC)),
        (NEVER - timedelta(hours=1), "Europe/Berlin", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        (NEVER + timedelta(hours=1), "Europe/Berlin", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_what_a_clock_on_the_wall_showed_is_one_moment(typed, zone, moment):
    """An hour that comes twice is the first; those around it are what they are (SEC-47)."""
    assert in_zone(typed, zone) == moment


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/Paris"])
def test_an_hour_that_a_clock_never_showed_is_refused(zone):
    """In spring, when clocks are put forward; nobody guesses which was meant (SEC-47)."""
    with pytest.raises(ValueError, match="put forward"):
        in_zone(NEVER, zone)


def test_the_two_hours_of_autumn_are_told_apart():
    """By their offset, on pages and on paper."""
    berlin = ZoneInfo("Europe/Berlin")
    first, second = EDGES[3], EDGES[4]

    assert [local(one.astimezone(berlin)) for one in (first, second)] == [
        "2026-10-25 02:30:00 +02:00",
        "2026-10-25 02:30:00 +01:00",
    ]
    assert local_minute(rfc3339(first), "Europe/Berlin") != local_minute(
        rfc3339(second), "Europe/Berlin"
    )


@pytest.mark.parametrize("text", ["2026-12-31T23:59:60Z", "2026-12-31T23:59:60.500000Z"])
def test_a_leap_second_is_typed_by_nobody(text):
    """Machines repeat or smear it; as a text it is refused with what to write."""
    with pytest.raises(ValueError, match="second"):
        parse_rfc3339(text)
    with pytest.raises(Unreadable):
        read_time(text)


def test_a_leap_second_that_a_machine_repeats_does_not_show(clinic):
    """The clock shows the last second twice; order stays, and nothing is refused."""
    end = datetime(2056, 12, 31, 23, 59, 59, 900_000, tzinfo=UTC)
    last = Head(1, "-", 1, 0, "-", rfc3339(end))

    before, after = (
        clinic.installation.read(lambda tx, now=now: recorded_at(tx, now, last))
        for now in (end - SECOND, end + SECOND)
    )

    assert (before, after) == (rfc3339(end), "2057-01-01T00:00:00.900000Z")


@given(MOMENTS.filter(lambda one: one.year < 2031))
def test_thirty_years_are_thirty_years(moment):
    """From a 29th of February too: who is to be traced is, until that day has come (DI-17)."""
    told = SimpleNamespace(history=[SimpleNamespace(recorded_at=rfc3339(moment))], values=())
    until = kept_until(told)

    assert until.year == moment.year + 30
    assert until - moment >= timedelta(days=30 * 365)
