"""What came from a scanner is told from what came from a hand, before the eyes of the server."""

import pytest
from playwright.sync_api import expect

from coi.demo.chapters import FROZEN, play
from coi.services.therapies import look
from tests.browser.filling import fill_page, texts_of
from tests.browser.guided import CODE, begin
from tests.browser.walking import FORM, MAIN, path_of

FREEZE, GIVE = "freeze_material", "release_custody"
SLOWLY = 60  # milliseconds from key to key
CANNOT_READ = ".verdict.unread .huge"


@pytest.fixture(scope="session")
def house(sqlite_house):
    """Who enters a code does it alike over either database."""
    return sqlite_house


@pytest.fixture
def bag(house, coi):
    """What a scanner reads from the only bag."""
    (serials,) = look(house.installation, coi).labels.values()
    return f"{serials[-1]}/{coi}"


@pytest.fixture
def giving(house, coi, someone):
    """A technologist who hands the bag over, and is asked for its label."""
    play(house.performer, coi, [FROZEN])
    leo = someone(house, "leo")
    leo.open(path_of(coi, GIVE))
    begin(leo.page, "north-lab")
    return leo


def paste(page, text):
    """Put a text into the field that has the focus, all at once."""
    page.keyboard.insert_text(text)


def by_hand(page, text):
    """Type like a person."""
    page.keyboard.type(text, delay=SLOWLY)


def fill(page, text):
    """Let the browser fill in a field, as it does with what it remembers."""
    page.fill(CODE, text)


def test_what_a_scanner_types_is_scanned(giving, bag):
    """With the focus in the field, and its Enter."""
    with giving.page.expect_navigation():
        giving.read_code(bag)

    expect(giving.page.locator(".read")).to_contain_text(bag.partition("/")[0])
    expect(giving.page.locator(".read")).not_to_contain_text("typed")


def test_what_a_scanner_types_beside_the_field_is_scanned_too(giving, bag):
    """Wherever the focus is."""
    giving.page.locator("#asked").click()

    with giving.page.expect_navigation():
        giving.read_code(bag)

    expect(giving.page.locator(".read")).not_to_contain_text("typed")


@pytest.mark.parametrize("enter", [paste, by_hand, fill])
def test_what_no_scanner_typed_is_not_read(giving, bag, enter):
    """Pasted, typed, or filled in: none of it shows that the bag is here (BD-05)."""
    # A paste goes where the focus is: a busy browser gives it to the field after the page is there.
    expect(giving.page.locator(CODE)).to_be_focused()
    enter(giving.page, bag)

    with giving.page.expect_navigation():
        giving.page.keyboard.press("Enter")

    assert giving.page.inner_text(CANNOT_READ).strip() == "CANNOT READ"


def test_a_scanner_is_told_from_a_hand_on_the_page_that_could_not_read(giving, bag):
    """The second try counts as the first one would have."""
    giving.press("It cannot be read")
    with giving.page.expect_navigation():
        giving.read_code(bag)

    expect(giving.page.locator(".read")).not_to_contain_text("typed")


@pytest.mark.parametrize("enter", [paste, by_hand])
def test_a_form_tells_line_by_line_what_a_scanner_typed(house, coi, bag, someone, enter):
    """The scanned line stays scanned; the other is on record as typed."""
    leo = someone(house, "leo")
    leo.open(path_of(coi, FREEZE))
    wanted, _actor, signers = house.performer.request(coi, FREEZE)
    fill_page(leo.page, FORM, texts_of(wanted, signers), ())
    leo.page.focus("#codes")
    leo.read_code(bag)
    enter(leo.page, coi)
    leo.page.keyboard.press("Tab")
    leo.page.fill("#again", coi)

    with leo.page.expect_navigation():
        leo.page.click(MAIN)

    scans = look(house.installation, coi).history[-1].content["scans"]
    ways = {(scan["means"], scan["how"]) for scan in scans}
    assert ways == {("label", "scanned"), ("order", "typed")}


def test_what_the_box_for_codes_read_begins_the_step_as_scanned(house, bag, someone):
    """Nobody scans the same bag twice."""
    leo = someone(house, "leo")
    leo.read_code(bag)
    expect(leo.page.locator("h1")).to_have_text("What you scanned")
    leo.page.get_by_role("link", name="Freeze starting material").click()

    assert leo.page.input_value("#codes") == bag
    assert leo.page.input_value("[name=scanned]") == bag
