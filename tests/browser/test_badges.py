"""People change at a registered device, by a scanner that types and a hand: how long that takes."""

from os import getloadavg, sched_getaffinity
from time import perf_counter

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PASSWORD
from coi.services.badges import issue_badge
from tests.browser.conftest import NARROW
from tests.browser.looking import look_at

PIN = "730946"
AT_MOST = 3.0
"""Seconds, from the scan to the page of whoever came, on a machine of its own (DI-02)."""

TRIED = 3


@pytest.fixture
def badge(sqlite_house, someone):
    """The badge of Mia, who sets her PIN at the pages: it is hashed as at work."""
    administrator = sqlite_house.administrator
    role = ("manufacturing_technician", "works-production")
    badge = issue_badge(sqlite_house.installation, administrator, "mia", role, key="at the bench")
    mia = someone(sqlite_house, "mia")
    mia.open("/account/badge")
    for name, text in (("#pin", PIN), ("#again", PIN), ("#password", PASSWORD)):
        mia.page.fill(name, text)
    mia.press("Set it")
    expect(mia.page.get_by_text("Your PIN is set.")).to_be_visible()
    return badge


@pytest.fixture
def tablet(sqlite_house, someone):
    """A tablet that Queenie has registered, and at which she is signed in."""
    queenie = someone(sqlite_house, "queenie", viewport=NARROW)
    queenie.open("/devices")
    queenie.page.select_option("#unit", "works-production")
    queenie.page.fill("#name", "Tablet of the clean room")
    queenie.page.fill("form.action input[type=password]", PASSWORD)
    queenie.press("Register")
    queenie.open("/")
    return queenie


def test_scan_and_pin_change_people_in_a_moment(tablet, badge, pictures):
    """Nothing but the badge is read and the PIN typed; the scanner's Enter leads to the PIN."""
    tablet.open("/sign-in")
    expect(tablet.page.locator("#badge")).to_be_focused()
    assert look_at(tablet, "door-of-a-device", pictures) == []

    # Once is enough: a machine that is busy with other tests makes nothing slow that is quick.
    assert any(change(tablet, badge) < AT_MOST * at_once() for _ in range(TRIED))

    assert "Queenie" not in tablet.page.content()


def at_once():
    """How many share a core just now: whatever is done takes as many times as long."""
    return max(1.0, getloadavg()[0] / len(sched_getaffinity(0)))


def change(tablet, badge):
    """Mia takes over; returns the seconds from the scan to her page."""
    page = tablet.page
    with page.expect_navigation():
        page.get_by_role("link", name="Switch user").click()
    began = perf_counter()
    tablet.read_code(badge)
    expect(page.locator("#pin")).to_be_focused()
    page.keyboard.type(PIN)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator(".who")).to_contain_text("Mia Maker")

    return perf_counter() - began
