"""A template's text is drawn as it is typed, and by the button where there is no script."""

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PASSWORD
from tests.browser.looking import kept_by, look_at

PAGE = "/label-templates/try?template=tube-label"
DRAWN, TEXT = "#drawn", "#text"


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What is drawn does not depend on the database."""
    return sqlite_house


def test_what_is_typed_is_drawn_and_the_cursor_stays(house, someone, pictures):
    """First it is no template, then one again; nothing is kept in the browser (SEC-34)."""
    queenie = someone(house, "queenie")
    page = queenie.page
    page.goto(PAGE)
    expect(page.locator(f"{DRAWN} img")).to_be_visible()

    page.focus(TEXT)
    page.keyboard.press("Control+Home")
    page.keyboard.type("x")
    expect(page.locator(DRAWN)).to_contain_text("This is no template yet")
    assert look_at(queenie, "label-template-refused", pictures) == []
    page.keyboard.press("Backspace")

    expect(page.locator(f"{DRAWN} img")).to_be_visible()
    expect(page.locator("#live-status")).to_have_text("Drawn.")
    expect(page.locator(TEXT)).to_be_focused()
    assert page.eval_on_selector(TEXT, "it => it.selectionStart") == 0
    assert kept_by(page) == set()


def test_another_resolution_is_drawn_by_keyboard(house, someone):
    """A choice counts as something typed."""
    page = someone(house, "queenie").page
    page.goto(PAGE)

    page.focus("#dpi")
    page.keyboard.press("ArrowDown")

    expect(page.locator(f"{DRAWN} img")).to_have_attribute(
        "alt", "A sample of this text, at 600 dpi"
    )


def test_without_a_script_the_button_draws_and_a_reload_keeps_what_was_typed(house, someone):
    """Tab leads from the text over both choices to the button."""
    page = someone(house, "queenie", java_script_enabled=False).page
    page.goto(PAGE)

    page.fill(TEXT, "name: mine")
    page.focus(TEXT)
    for _ in range(3):
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.reload()

    expect(page.locator(DRAWN)).to_contain_text("This is no template yet")
    expect(page.locator(TEXT)).to_have_value("name: mine")


FORM = "/label-templates/form?template=tube-label"


def test_what_is_typed_into_the_form_is_drawn_and_written(house, someone, pictures):
    """The sample and the text beside the form are new, and the cursor stays in its field."""
    queenie = someone(house, "queenie")
    page = queenie.page
    page.goto(FORM)
    page.locator("#slots-1 > summary").click()

    page.fill("#slots-1-x_mm", "ten")
    expect(page.locator(DRAWN)).to_contain_text("text 2, x_mm: Not a valid number.")
    expect(page.locator("#slots-1-x_mm")).to_be_focused()
    assert look_at(queenie, "label-template-form-refused", pictures) == []
    page.fill("#slots-1-x_mm", "45")

    expect(page.locator(f"{DRAWN} img")).to_be_visible()
    expect(page.locator(f"{DRAWN} pre")).to_contain_text("x_mm: 45")
    assert kept_by(page) == set()


def test_rows_are_added_by_keyboard_without_a_script_and_a_reload_keeps_them(house, someone):
    """Each press is a page of its own; Enter in a field draws, and removes nothing."""
    page = someone(house, "queenie", java_script_enabled=False).page
    page.goto(FORM)
    before = page.locator("details.row").count()

    page.focus("button[value='add rules 0']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#rules-0 > summary")).to_be_focused()
    page.fill("#rules-0-width_mm", "33")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.reload()

    expect(page.locator("details.row")).to_have_count(before + 1)
    expect(page.locator("#rules-0-width_mm")).to_have_value("33")


def test_a_text_of_ones_own_is_looked_at_and_kept(house, someone, pictures):
    """From the form to the page of the template, which another is asked to approve."""
    queenie = someone(house, "queenie")
    page = queenie.page
    page.goto(FORM)
    page.fill("#about-name", "own-tube-of-the-browser")

    with page.expect_navigation():
        page.get_by_role("button", name="Look and keep").click()
    assert look_at(queenie, "label-template-keep", pictures) == []
    page.fill("#reason", "Tubes of the new supplier")
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Keep it as version 1").click()

    expect(page.locator("h1")).to_have_text("own-tube-of-the-browser, version 1")
    expect(page.locator("main")).to_contain_text("You kept this version")
    assert look_at(queenie, "label-template-kept", pictures) == []
