"""What is sent twice, or on top of what has changed, has one effect and a plain answer."""

import re

import pytest
from playwright.sync_api import expect

from coi.services.therapies import look
from tests.browser.filling import fill_page, texts_of
from tests.browser.walking import FORM, MAIN, path_of

FREEZE = "freeze_material"


@pytest.fixture
def leo(house, someone, coi):
    """A technologist whose form is filled in, and not sent yet."""
    leo = someone(house, "leo")
    fill_freezing(house, coi, leo.page)
    return leo


def fill_freezing(house, coi, page):
    """Open the step on a page and fill it in."""
    page.goto(path_of(coi, FREEZE))
    wanted, _actor, signers = house.performer.request(coi, FREEZE)
    fill_page(page, FORM, texts_of(wanted, signers), ())
    codes = "\n".join(code.raw for code in wanted.codes)
    page.fill("#codes", codes)
    page.press("#codes", "Tab")
    # No scanner typed it: the field for the second entry is shown at once.
    page.fill("#again", codes)


def freezings(house, coi):
    """Everything of this step that is on record."""
    history = look(house.installation, coi).history
    return [event.kind for event in history if event.action == FREEZE]


def test_a_double_click_sends_one_step(house, coi, leo):
    """The second click finds the button asleep, and the key would find the first answer."""
    with leo.page.expect_navigation():
        leo.page.dblclick(MAIN)

    expect(leo.page.locator(".notice").first).to_have_text("Done: Freeze starting material.")
    assert freezings(house, coi) == ["act"]


def test_a_stale_page_is_told_what_has_changed(house, coi, leo):
    """Two tabs, one acts, the other sends: it is told what moved, and keeps what was typed."""
    scanned = leo.page.input_value("#codes").split()
    other = leo.context.new_page()
    leo.watch(other)
    fill_freezing(house, coi, other)
    with other.expect_navigation():
        other.click(MAIN)

    with leo.page.expect_navigation() as answer:
        leo.page.click(MAIN)

    assert answer.value.status == 409
    assert "has changed since it was shown to you" in leo.page.inner_text("#refused")
    assert leo.page.input_value("#value-cryoprotectant") != ""
    assert leo.page.input_value("#codes").split() == scanned
    assert freezings(house, coi) == ["act"]


def test_an_answer_that_is_lost_is_given_again(house, coi, leo):
    """The step was saved and nobody was told; sent again, it has one effect and its answer."""
    address = f"**{path_of(coi, FREEZE)}"

    def lose(route):
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    leo.page.route(address, lose)
    leo.page.click(MAIN)
    expect(leo.page).to_have_url(re.compile("^chrome-error:"))
    assert freezings(house, coi) == ["act"]
    leo.page.unroute(address)
    leo.troubles.clear()

    leo.page.reload()

    assert leo.page.url.endswith(f"/therapies/{coi}")
    assert freezings(house, coi) == ["act"]
