"""Something is wrong: told in two taps on a tablet, found in the list, and not closed too early."""

from playwright.sync_api import expect

from coi.demo.cast import PASSWORD
from coi.demo.chapters import Step, play
from tests.browser.conftest import NARROW
from tests.browser.looking import look_at
from tests.journeys.asking import ids, values


def test_a_nurse_says_in_two_taps_that_something_is_wrong(house, coi, someone, pictures):
    """One tap opens the form, and one sends it; between them two choices, and nothing is typed."""
    nina = someone(house, "nina", viewport=NARROW, has_touch=True)
    nina.open(f"/therapies/{coi}")

    nina.page.get_by_role("link", name="Something is wrong").tap()
    nina.page.get_by_label("Kind").select_option("damage")
    nina.page.get_by_label("critical").check()
    assert look_at(nina, "exception-told", pictures) == []
    nina.page.get_by_role("button", name="Open an exception").tap()

    expect(nina.page.locator("#exceptions")).to_be_visible()
    assert values(house.performer, coi, "kind") == ["damage"]
    assert look_at(nina, "exception-on-the-therapy", pictures) == []


def test_quality_assurance_finds_it_in_the_list(house, coi, someone, pictures):
    """The gravest stands first; its next step is one tap away, with the right one ticked."""
    play(house.performer, coi, [Step("open_exception", values={"class": "critical"})])
    queenie = someone(house, "queenie")
    queenie.open("/")
    queenie.page.get_by_role("link", name="Exceptions", exact=True).click()
    assert look_at(queenie, "exceptions", pictures) == []

    row = queenie.page.get_by_role("row").filter(has_text=coi)
    row.get_by_role("link", name="Take on an exception").click()

    (exception,) = ids(house.performer, coi, "exception")
    expect(queenie.page.locator(f'input[name="named"][value="{exception}"]')).to_be_checked()
    assert look_at(queenie, "exception-taken-on", pictures) == []
    queenie.open("/exceptions?class=minor&kind=mismatch")
    assert look_at(queenie, "exceptions-empty", pictures) == []


def test_it_is_not_closed_before_it_is_investigated(house, coi, someone, pictures):
    """The form says why not and what to do, and what was typed stays."""
    play(house.performer, coi, [Step("open_exception", values={"class": "major"})])
    queenie = someone(house, "queenie")
    queenie.open(f"/therapies/{coi}/actions/close_exception")

    queenie.page.get_by_label("What was found and done").fill("The box was wet")
    queenie.page.locator("input[type=password]").first.fill(PASSWORD)
    queenie.page.get_by_role("button", name="Close an exception").click()

    expect(queenie.page.locator(".refusal").first).to_contain_text("Record its investigation first")
    expect(queenie.page.get_by_label("What was found and done")).to_have_value("The box was wet")
    assert look_at(queenie, "exception-not-closed", pictures) == []
