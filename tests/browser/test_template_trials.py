"""A template's text is drawn as it is typed, and by the button where there is no script."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look_at

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
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


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
