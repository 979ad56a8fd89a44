"""What hangs on the wall of a ward and of a laboratory: as of now, without names, for nobody."""

import re
from datetime import timedelta

import pytest

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import play
from coi.demo.stories import GOES_WELL
from coi.services import walls
from tests.coi.web.browser import Browser

THAWED = next(n for n, step in enumerate(GOES_WELL) if step.action == "thaw") + 1
WARD, LABORATORY = "/wall/ward", "/wall/laboratory"


@pytest.fixture
def coi(performer):
    """A therapy whose bag was thawed a moment ago."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, GOES_WELL[:THAWED])
    return coi


def lines(page, coi):
    """What a wall says of a therapy, line by line."""
    rows = re.findall(r"<tr role=\"row\".*?</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", row)).strip() for row in rows if coi in row]


def test_the_ward_sees_the_bag_and_how_much_time_is_left(someone, coi):
    """Wherever at the site it is, from its thaw on; the soonest first."""
    check, window, *_more = lines(someone("ivo").get(WARD).text, coi)

    assert "Check at the bedside" in check
    assert "in 14 min" in check
    assert "The thaw window ends" in window
    assert "thawed" in window


def test_what_is_over_says_so(someone, performer, coi):
    """In words, and not by a colour alone."""
    performer.installation.clock.advance(timedelta(minutes=20))

    check = lines(someone("ivo").get(WARD).text, coi)[0]

    assert "overdue" in check


def test_what_may_come_to_harm_stands_above_what_has_waited_longer(someone, performer, coi):
    """An alarm of a minute ago, before steps that are overdue for weeks."""
    performer.installation.clock.advance(timedelta(hours=80))
    page = someone("leo").get(LABORATORY).text
    rows = re.findall(r'<tr role="row" class="(over|late)"', page)

    assert lines(page, coi)
    assert {"over", "late"} == set(rows)
    assert rows == sorted(rows, reverse=True)


@pytest.mark.usefixtures("coi")
def test_what_has_no_room_on_the_wall_is_counted(someone, monkeypatch):
    """Whoever reads it knows that it is not all."""
    whole = someone("ivo").get(WARD).text
    monkeypatch.setattr(walls, "ON_A_WALL", 1)

    cut = someone("ivo").get(WARD).text

    left = whole.count('<th scope="row"') - 1
    assert left > 0
    assert "no room here" not in whole
    assert f"And {left} more, for which there is no room here." in cut
    assert cut.count('<th scope="row"') == 1


def test_a_line_that_has_become_an_alarm_is_told_apart_so_that_it_is_heard(someone, performer, coi):
    """The wall looks again by itself, and plays a tone for each that was not there before."""
    before = someone("ivo").get(WARD).text
    performer.installation.clock.advance(timedelta(minutes=20))
    after = someone("ivo").get(WARD).text

    rings = f'data-rings="{coi} '
    assert after.count(rings) > before.count(rings)
    assert 'data-tone="/static/alarm.wav"' in after


def test_no_wall_names_anybody(someone, coi):
    """Neither the patient nor who is there."""
    page = someone("ivo").get(WARD).text.partition("<main")[2]

    identity = PATIENTS[0]
    assert coi in page
    for name in (identity["family_name"], identity["given_name"], "Ivo Infusion"):
        assert name not in page


def test_another_hospital_sees_nothing_of_it(someone, coi):
    """A wall is of one unit."""
    assert lines(someone("jan").get(WARD).text, coi) == []


def test_whoever_is_nobody_at_a_strange_device_is_led_to_the_door(app):
    """A wall is shown at a registered device, or to somebody."""
    answer = Browser(app.test_client()).client.get(WARD)

    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]


def test_at_a_registered_device_nobody_need_be_signed_in(someone):
    """It shows its own unit; when the device is ended, it shows nothing any more."""
    queenie = someone("queenie")
    told = {"unit": "works-production", "name": "Wall", "password": PASSWORD}
    queenie.send("/devices", page="/devices", **told)
    queenie.send("/sign-out", page="/devices")

    page = queenie.client.get(LABORATORY)

    assert page.status_code == 200
    assert "Production, Riverside Cell Works" in page.text
    assert "Sign out" not in page.text
    queenie.client.delete_cookie("coi-device")
    assert queenie.client.get(LABORATORY).status_code == 303


def test_it_looks_again_by_itself_and_keeps_nobody_signed_in(someone):
    """What a page asks on its own is no use of a session (A11d-11.8)."""
    page = someone("ivo").get(WARD).text

    assert re.search(r'data-again="/wall/ward\?by_itself=1" data-every="20"', page)
    assert "data-lost" in page


def test_who_sees_no_therapies_sees_no_wall(administrator):
    """The page says where a wall is shown."""
    page = administrator.get(WARD).text

    assert "A wall shows what waits at one unit" in page
    assert "<table" not in page
