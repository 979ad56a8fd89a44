"""Where the site asks for it, the second check is made at another registered device (BD-06)."""

from dataclasses import replace

import pytest

from coi.errors import Refused
from coi.services.devices import end_device, register_device
from coi.services.other_devices import ask_for_another_device
from coi.services.permitting import issue_permit
from coi.services.verifying import verify_record
from tests.cast import WHY
from tests.coi.web.bedside import FIRST, SECOND, WARD

AGAIN = "Make the second check at another registered device"


@pytest.fixture
def devices(bedside):
    """Two devices of the ward, and the site asks for both; what the browser of each holds."""
    held = [register_device(bedside.installation, bedside.root, WARD, name) for name in "AB"]
    ask_for_another_device(bedside.installation, bedside.root, "north", why=WHY)
    return held


@pytest.fixture
def at(bedside):
    """Somebody signed in at a device."""

    def sit(username, held):
        walker = bedside.person(username)
        name = f"{bedside.app.config['SESSION_COOKIE_NAME']}-device"
        walker.browser.client.set_cookie(name, held)
        return walker

    return sit


@pytest.fixture
def first(bedside, devices, at):
    """The first has checked and signed at one device."""
    walker = at(FIRST, devices[0]).begin(bedside.coi, "check_at_bedside", WARD)
    return bedside.signs(bedside.check(walker), FIRST)


def taking_up(walker, first):
    """Begin the second check."""
    walker.path = first.path
    return walker.take_up()


def test_two_who_check_at_two_devices_are_two(bedside, devices, at, first):
    """The check is on record, with the device of each (P11-10h)."""
    second = at(SECOND, devices[1])
    taking_up(second, first)

    bedside.signs(bedside.check(second), SECOND)

    told = bedside.last()
    people = {name: bedside.performer.proven[name].person for name in (FIRST, SECOND)}
    assert (told.kind, told.action) == ("act", "check_at_bedside")
    assert told.content["document"] == {
        "kind": "checked_at",
        f"device:{people[FIRST]}": devices[0].partition(".")[0],
        f"device:{people[SECOND]}": devices[1].partition(".")[0],
    }
    assert verify_record(bedside.installation).findings == ()
    trail = bedside.person("quinn").browser.get(f"/therapies/{bedside.coi}/trail?all=1").text
    assert "checked at" in trail
    assert devices[1].partition(".")[0] in trail


def test_at_the_same_device_the_second_does_not_even_begin(devices, at, first):
    """They are told before they have scanned anything, and what to do; it waits for them."""
    second = at(SECOND, devices[0])

    answer = taking_up(second, first)

    assert answer.status_code == 409
    assert "SAME_DEVICE" in answer.text
    assert AGAIN in answer.text
    assert "takes this rule back on the page Devices, or both check on paper" in answer.text
    assert "Scan the order" not in second.page
    assert "made at another registered device than the first" in second.page
    assert "at another registered device, and scan everything again" in first.page
    elsewhere = at(SECOND, devices[1])
    assert taking_up(elsewhere, first).status_code == 303


def test_a_device_that_nobody_registered_is_no_second_one(first, bedside):
    """Nobody could tell which it is."""
    second = bedside.person(SECOND)

    assert "SAME_DEVICE" in taking_up(second, first).text


@pytest.mark.usefixtures("devices")
def test_the_first_does_not_begin_where_no_device_is_known(bedside):
    """The second could never be told apart from it."""
    walker = bedside.checking()

    assert walker.answer.status_code == 409
    assert "SAME_DEVICE" in walker.answer.text


def test_who_goes_on_at_the_firsts_device_was_at_both(devices, at, first):
    """The second part, carried back to the first one's device, is refused there."""
    second = at(SECOND, devices[1])
    taking_up(second, first)

    back = at(SECOND, devices[0])

    assert "SAME_DEVICE" in taking_up(back, first).text


def test_the_engine_says_so_whatever_the_screens_let_through(bedside, devices, at, first):
    """A device that was ended on the way is none when it is signed; the attempt is on record."""
    second = at(SECOND, devices[1])
    taking_up(second, first)
    bedside.check(second)
    second_device = devices[1].partition(".")[0]
    register_device(bedside.installation, bedside.root, WARD, "C")
    end_device(bedside.installation, bedside.root, second_device, why=WHY)

    bedside.signs(second, SECOND)

    assert "SAME_DEVICE" in second.page
    assert bedside.last().kind == "refused"


def test_until_a_site_asks_two_check_at_one_device(bedside, at):
    """They differ in person, password and session (SEC-29)."""
    held = register_device(bedside.installation, bedside.root, WARD, "A")
    first = at(FIRST, held).begin(bedside.coi, "check_at_bedside", WARD)
    bedside.signs(bedside.check(first), FIRST)
    second = at(SECOND, held)
    taking_up(second, first)

    bedside.signs(bedside.check(second), SECOND)

    assert bedside.last().kind == "act"


def test_a_permit_would_let_both_check_at_one_device(bedside, devices):
    """So none is given where a site asks for two (F-15)."""
    ivo = replace(bedside.performer.proven[FIRST], device=devices[0].partition(".")[0])
    serial = bedside.label().partition("/")[0]

    with pytest.raises(Refused) as caught:
        issue_permit(bedside.installation, ivo, bedside.coi, serial)

    assert [one.code for one in caught.value.refusals] == ["SAME_DEVICE"]
