"""A scanner is set up at a computer: what it sends is shown, and what it adds can be taken off."""

from time import time

import pytest
from playwright.sync_api import expect

from tests.browser.person import A_KEY_TAKES

CTRL = 2
GS = {"key": "]", "code": "BracketRight", "modifiers": CTRL}
KEYS = {
    "\x1d": GS,
    "\r": {"key": "Enter", "text": "\r"},
    "\t": {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9},
}
LONGER_THAN_A_PAUSE_MS = 300
PAGE = "/devices/test"


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a scanner sends does not depend on the database."""
    return sqlite_house


def sends(person, text):
    """A scanner presses keys, one for each character."""
    keyboard, began = person.context.new_cdp_session(person.page), time()
    for n, one in enumerate(text):
        key = KEYS.get(one, {"key": one, "text": one})
        told = {"type": "keyDown", "timestamp": began + n * A_KEY_TAKES, **key}
        keyboard.send("Input.dispatchKeyEvent", told)


def code_of(person, symbol):
    """What a symbol on the page says."""
    text = person.page.locator(".test-codes li", has_text=symbol).locator("code").inner_text()
    return text.replace("<GS>", "\x1d")


def test_a_scanner_is_set_up_at_its_computer(house, someone, glance):
    """Each key is heard, a separator too; a prefix is told, taken off, and let be again."""
    leo = someone(house, "leo")
    leo.open(PAGE)
    matrix = code_of(leo, "GS1 Data Matrix")
    expect(leo.page.locator("#code")).to_be_focused()

    with leo.page.expect_navigation():
        sends(leo, f"{matrix}\r")
    expect(leo.page.locator("#right")).to_have_text("This device reads what is there")
    expect(leo.page.locator(".marks")).to_contain_text("<GS>")
    with leo.page.expect_navigation():
        sends(leo, f"#{matrix.replace(chr(29), '').replace('Z', '')}\t")
    expect(leo.page.locator(".marks .added")).to_have_text(["# too many", "<TAB> too many"])
    expect(leo.page.locator(".marks .missing")).to_have_count(2)
    glance(leo, "scanner characters")
    sends(leo, matrix)
    leo.page.wait_for_timeout(len(matrix) * A_KEY_TAKES * 1000 + LONGER_THAN_A_PAUSE_MS)
    with leo.page.expect_navigation():
        leo.page.keyboard.press("Enter")
    expect(leo.page.locator("#right")).to_have_text("This device reads what is there")
    expect(leo.page.get_by_text("No Enter came behind the code")).to_be_visible()
    with leo.page.expect_navigation():
        sends(leo, f"#{matrix}\r")
    with leo.page.expect_navigation():
        leo.page.get_by_role("button", name="Take it off at this device from now on").click()
    expect(leo.page.locator("[data-taken-off]")).to_contain_text("takes off # before")
    with leo.page.expect_navigation():
        sends(leo, f"#{matrix}\r")
    expect(leo.page.locator(".marks .left-out")).to_have_text(["# left out"])
    glance(leo, "scanner taken off")

    coi = house.cois["a bag on hold"]
    leo.open("/")
    sends(leo, f"#{coi}\r")
    expect(leo.page.locator("h1")).to_contain_text(coi)
    leo.open(f"/therapies/{coi}/actions/freeze_material")
    leo.page.focus("#codes")
    sends(leo, f"#{coi}\r")
    expect(leo.page.locator("#codes")).to_have_value(f"{coi}\n")
    leo.open(PAGE)
    with leo.page.expect_navigation():
        leo.page.get_by_role("button", name="Take nothing off any more").click()
    expect(leo.page.locator("[data-taken-off]")).to_be_hidden()
