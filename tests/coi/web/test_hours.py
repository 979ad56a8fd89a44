"""When nobody is at a dock the page of each handoff says what to do; it bars nothing."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import play
from coi.demo.stories import GOES_WELL
from coi.services.hours import Hours, hours_of
from tests.coi.web.steps import form_on, path_of

BEFORE_HANDOVER = next(n for n, s in enumerate(GOES_WELL) if s.action == "release_custody")
UNIT, PAGE = "north-lab", "/sites/units/north-lab"
CALL = "Ring the bell at gate 2, and call extension 4711"
WORKDAYS = Hours("12345", "07:00", "18:00", CALL)
BERLIN = ZoneInfo("Europe/Berlin")


def record(administrator, **told):
    """Fill in the form of the unit, and send it."""
    form = {"day": [], "opens": "", "closes": "", "otherwise": CALL, "why": "new dock", "key": "k"}
    token = form_on(administrator.get(PAGE).text)["csrf_token"]
    return administrator.client.post(f"{PAGE}/hours", data={"csrf_token": token, **form, **told})


@pytest.fixture
def coi(performer):
    """A therapy whose cells are about to go to the cell laboratory."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, GOES_WELL[:BEFORE_HANDOVER])
    return coi


@pytest.mark.parametrize(
    ("at", "attended"),
    [
        (datetime(2026, 11, 30, 6, 59, tzinfo=BERLIN), False),
        (datetime(2026, 11, 30, 7, 0, tzinfo=BERLIN), True),
        (datetime(2026, 11, 30, 17, 59, tzinfo=BERLIN), True),
        (datetime(2026, 11, 30, 18, 0, tzinfo=BERLIN), False),
        (datetime(2026, 11, 29, 12, 0, tzinfo=BERLIN), False),
    ],
)
def test_somebody_is_there_on_these_days_from_then_until_then(at, attended):
    """By the site's own clock."""
    assert WORKDAYS.is_attended(at) is attended


def test_a_dock_without_days_is_never_attended():
    """The page always says what to do there."""
    assert not Hours("", "-", "-", CALL).is_attended(datetime(2026, 11, 30, 12, tzinfo=BERLIN))


def test_hours_are_recorded_and_shown(administrator, installation):
    """With the reason, by an administrator."""
    answer = record(administrator, day=["1", "2"], opens="07:00", closes="18:00")

    assert answer.status_code == 303
    assert hours_of(installation, UNIT) == Hours("12", "07:00", "18:00", CALL)
    assert "Attended Monday, Tuesday from 07:00 to 18:00" in administrator.get(PAGE).text
    administrator.client.set_cookie("coi-language", "de")
    assert "Besetzt Montag, Dienstag von 07:00 bis 18:00" in administrator.get(PAGE).text


@pytest.mark.parametrize(
    "told",
    [
        {"why": " "},
        {"otherwise": ""},
        {"otherwise": "x" * 301},
        {"day": ["8"], "opens": "07:00", "closes": "18:00"},
        {"day": ["1"], "opens": "7", "closes": "18:00"},
        {"day": ["1"], "opens": "18:00", "closes": "07:00"},
        {"key": ""},
    ],
)
def test_what_cannot_be_is_refused(administrator, installation, told):
    """Nothing is saved."""
    assert record(administrator, **told).status_code == 422
    assert hours_of(installation, UNIT) is None


def test_a_handoff_to_where_nobody_is_says_what_to_do(administrator, someone, coi):
    """Beside the choice to whom it goes; where somebody is, it says nothing."""
    path = path_of(coi, "release_custody")
    before = someone("nina").get(path).text
    record(administrator)
    after = someone("nina").get(path).text

    assert CALL not in before
    assert "Nobody is at" in after
    assert CALL in after


def test_it_bars_nothing(administrator, performer, coi):
    """A shipper that stands before a closed door is taken in by whoever opens it."""
    record(administrator)

    play(performer, coi, GOES_WELL[BEFORE_HANDOVER : BEFORE_HANDOVER + 2])


def test_it_is_said_by_the_clock_of_the_site(administrator, someone, coi, performer):
    """At noon somebody is there; after hours nobody is."""
    clock = performer.installation.clock
    here = clock.now().astimezone(BERLIN)
    noon = here.replace(hour=12, minute=0) + timedelta(days=1)
    days = ["1", "2", "3", "4", "5", "6", "7"]
    record(administrator, day=days, opens="07:00", closes="18:00")
    clock.advance(noon - here)
    at_noon = someone("nina").get(path_of(coi, "release_custody")).text
    clock.advance(timedelta(hours=8))
    at_eight = someone("nina").get(path_of(coi, "release_custody")).text

    assert CALL not in at_noon
    assert CALL in at_eight
