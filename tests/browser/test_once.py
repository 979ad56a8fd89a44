"""What is sent twice, or on top of what has changed, has one effect and a plain answer."""

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PATIENTS
from coi.demo.chapters import ORDERED, collected, play
from coi.demo.performer import Wish
from coi.services.therapies import look
from tests.browser.filling import fill_page, texts_of
from tests.browser.walking import FORM, MAIN, path_of

AT_VAN = Wish(to="wheels-van")


@pytest.fixture
def coi(house):
    """A therapy whose cells are in the hands of the apheresis unit."""
    coi = house.performer.order(PATIENTS[2])
    play(house.performer, coi, (*ORDERED, *collected(1)[:3]))
    return coi


@pytest.fixture
def nina(house, someone, coi):
    """A nurse whose form is filled in, and not sent yet."""
    nina = someone(house, "nina")
    fill_handoff(house, coi, nina.page)
    return nina


def fill_handoff(house, coi, page):
    """Open the handoff on a page and fill it in."""
    page.goto(path_of(coi, "release_custody"))
    wanted, _actor, signers = house.performer.request(coi, "release_custody", AT_VAN)
    fill_page(page, FORM, texts_of(wanted, signers), ())
    page.fill("#codes", "\n".join(code.raw for code in wanted.codes))


def handoffs(house, coi):
    """Count the handoffs on record."""
    history = look(house.installation, coi).history
    return [event.kind for event in history if event.action == "release_custody"]


def test_a_double_click_sends_one_step(house, coi, nina):
    """The second click finds the button asleep, and the key would find the first answer."""
    with nina.page.expect_navigation():
        nina.page.dblclick(MAIN)

    expect(nina.page.locator(".notice").first).to_have_text("Done: Hand over.")
    assert handoffs(house, coi) == ["act"]


def test_a_stale_page_is_told_what_has_changed(house, coi, nina):
    """Two tabs, one acts, the other sends: it is told what moved, and keeps what was typed."""
    other = nina.context.new_page()
    nina.watch(other)
    fill_handoff(house, coi, other)
    with other.expect_navigation():
        other.click(MAIN)

    with nina.page.expect_navigation() as answer:
        nina.page.click(MAIN)

    assert answer.value.status == 409
    assert "has changed since it was shown to you" in nina.page.inner_text("#refused")
    assert nina.page.input_value("#codes").strip() != ""
    assert handoffs(house, coi) == ["act"]


def test_an_answer_that_is_lost_is_given_again(house, coi, nina):
    """The step was saved and nobody was told; sent again, it has one effect and its answer."""
    address = f"**{path_of(coi, 'release_custody')}"

    def lose(route):
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    nina.page.route(address, lose)
    nina.page.click(MAIN)
    nina.page.wait_for_function("location.href.startsWith('chrome-error')")
    assert handoffs(house, coi) == ["act"]
    nina.page.unroute(address)
    nina.troubles.clear()

    nina.page.reload()

    assert nina.page.url.endswith(f"/therapies/{coi}")
    assert handoffs(house, coi) == ["act"]
