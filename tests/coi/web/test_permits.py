"""The page on which a device is given a permit for the time without a line."""

import re

from tests.browser.house import KEYS_OF_THE_HOUSE, give_keys
from tests.coi.web.bedside import WARD
from tests.coi.web.browser import Browser


def tablet_of(bedside, username):
    """Somebody at a registered device of the ward."""
    give_keys(bedside.installation)
    browser = Browser(bedside.app.test_client())
    browser.sign_in("root", KEYS_OF_THE_HOUSE)
    told = {"unit": WARD, "name": "Tablet", "password": KEYS_OF_THE_HOUSE}
    browser.send("/devices", page="/devices", **told)
    browser.sign_in(username)
    return browser


def test_a_nurse_asks_for_it_and_the_device_is_told(bedside):
    """Bag by bag; the device hears of codes and times alone, and of its own (F-15)."""
    ivo, page = tablet_of(bedside, "ivo"), f"/therapies/{bedside.coi}/permit"
    label = bedside.label().partition("/")[0]
    assert f'href="{page}"' in ivo.get(f"/therapies/{bedside.coi}").text

    answer = ivo.send(page, page=page, label=label)

    assert answer.status_code == 303
    assert f"has a permit for {label}" in ivo.get(page).text
    (told,) = ivo.get("/offline/permits").json["permits"]
    assert told["text"].split("\n")[3:6] == [bedside.coi, bedside.band(), label]
    assert 0 < told["left"] <= 30 * 60 * 1000


def test_a_look_alike_is_said_to_be_one(bedside):
    """On the page on which it is asked for (SEC-48)."""
    ivo, page = tablet_of(bedside, "ivo"), f"/therapies/{bedside.coi}/permit"
    before = ivo.get(page).text
    identity = dict(bedside.performer.identities[bedside.coi])
    bedside.performer.order(identity | {"medical_record_number": "98765"})

    assert "looks alike" not in before
    assert "another patient here looks alike" in ivo.get(page).text


def test_what_stops_it_is_said_beside_the_bag(bedside):
    """Every reason; and nothing is given to whoever asks all the same."""
    bedside.ward.do("hold", bedside.ward.bags()[0])
    label = bedside.label().partition("/")[0]
    ivo, page = tablet_of(bedside, "ivo"), f"/therapies/{bedside.coi}/permit"

    text = ivo.get(page).text
    answer = ivo.send(page, page=page, label=label)

    assert "It has no permit" in text
    assert answer.status_code == 409
    assert re.search("hold", answer.text)
    assert ivo.get("/offline/permits").json["permits"] == []


def test_at_another_device_there_is_none(bedside):
    """The page says so, and has no button; the script is told so too."""
    give_keys(bedside.installation)
    ivo, page = Browser(bedside.app.test_client()), f"/therapies/{bedside.coi}/permit"
    ivo.sign_in("ivo")

    assert "not registered" in ivo.get(page).text
    assert page not in ivo.get(f"/therapies/{bedside.coi}").text
    assert ivo.get("/offline/permits").status_code == 403
