"""The pages in another language: nothing lies beyond the edge, and nothing English is left over.

German words are long: each page is looked at as a tablet and as a telephone show it.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import NARROW, PHONE, beyond
from tests.browser.visits import OFTEN, VISITS, path_in

COOKIE = "coi-language"
EVERY = [
    visit if visit.name in OFTEN else pytest.param(visit, marks=pytest.mark.soak)
    for visit in VISITS
]


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a page looks like does not depend on the database."""
    return sqlite_house


@pytest.fixture
def german(house, people, someone):
    """Give somebody at a page whose browser keeps German."""

    def arrive(username, path):
        person = someone(house, username) if username else people(house, "nobody")
        kept = {"name": COOKIE, "value": "de", "url": house.served.url}
        person.context.add_cookies([kept])
        person.status = person.open(path)
        return person

    return arrive


@pytest.mark.parametrize("visit", EVERY, ids=lambda visit: visit.name)
def test_long_words_fit(house, german, pictures, visit):
    """On a tablet by night and on a telephone."""
    person = german(visit.username, path_in(house, visit.path))

    assert person.status == visit.status
    assert person.page.locator("html").get_attribute("lang") == "de"
    for shape in (NARROW, PHONE):
        person.page.set_viewport_size(shape)
        if pictures is not None:
            person.picture(pictures / f"{visit.name}-de-{shape['width']}.png")
        assert [*beyond(person.page)] == []


_WIDER_THAN_ITS_PLACE = """() => [...document.querySelectorAll('main table')].filter(table =>
    table.getBoundingClientRect().width > document.querySelector('main').clientWidth
      - parseFloat(getComputedStyle(document.querySelector('main')).paddingLeft)
      - parseFloat(getComputedStyle(document.querySelector('main')).paddingRight) + 1)
  .map(table => table.getBoundingClientRect().width)"""


@pytest.mark.parametrize("path", ["/alarms?which=all", "/exceptions", "/?which=all"])
def test_the_widest_tables_fit_from_a_workstation_down_to_a_tablet(german, path):
    """No table is wider than where it stands, with the longest words at any width."""
    page = german("queenie", path).page

    found = {}
    for width in (1280, 1200, 1153, 1152, 1024, 900, 820):
        page.set_viewport_size({"width": width, "height": 900})
        if wide := [*page.evaluate(_WIDER_THAN_ITS_PLACE), *beyond(page)]:
            found[width] = wide

    assert page.locator("main table").count() == 1
    assert found == {}


def test_the_language_is_chosen_at_the_door_and_stays(house, people):
    """Whoever cannot read the door presses the name that their language gives itself."""
    person = people(house, "nina")
    person.open("/sign-in")

    person.page.get_by_role("button", name="Deutsch").click()

    expect(person.page.locator("h1")).to_have_text("Anmelden")
    assert person.page.locator("html").get_attribute("lang") == "de"
    person.page.get_by_role("button", name="English").click()
    expect(person.page.locator("h1")).to_have_text("Sign in")


def test_a_browser_that_asks_for_german_is_answered_in_german(house, people):
    """Nobody has chosen anything yet."""
    person = people(house, "nina", locale="de-AT")

    person.open("/sign-in")

    expect(person.page.locator("h1")).to_have_text("Anmelden")


def test_what_is_looked_at_often_is_there():
    """A page that was named otherwise since is not forgotten in each run."""
    assert {visit.name for visit in VISITS} >= OFTEN


_ROWS = """
  ['.top', '.place'].map(bar => {
    const boxes = [...document.querySelectorAll(`${bar} :is(a, button, select, input)`)]
      .filter(one => one.offsetParent && one.type !== 'hidden')
      .map(one => one.getBoundingClientRect()).sort((a, b) => a.top - b.top);
    // What overlaps in height stands in one row.
    let rows = 0, end = -1;
    for (const box of boxes) { if (box.top >= end) rows += 1; end = Math.max(end, box.bottom); }
    return [rows, Math.min(...boxes.map(box => box.height))];
  })
"""
"""How many rows the upper and the lower part of the head take, and the lowest thing to press."""


@pytest.mark.parametrize("username", ["queenie", "quentin"])
def test_the_german_head_takes_two_rows_on_a_tablet(sqlite_house, someone, username):
    """Who is here stands beside the name; a dozen ways on, in longer words, wrap once."""
    person = someone(sqlite_house, username, locale="de-DE", viewport=NARROW)
    person.open("/board")

    (top, of_top), (ways, of_ways) = person.page.evaluate(_ROWS)

    assert max(top, ways) <= 2
    assert min(of_top, of_ways) >= 48
