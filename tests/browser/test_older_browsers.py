"""In a browser that knows no limit of time by itself, all is sent as ever, and once."""

import pytest
from playwright.sync_api import expect

from coi.services.stock_takes import WHOLE_UNIT, begin_stock_take
from coi.services.therapies import look
from tests.browser.line import hurried

OLDER = """delete AbortSignal.timeout;
setTimeout = (was => (what, pause, ...told) => was(what, pause / 10, ...told))(setTimeout)"""
"""Without that limit; and whoever is patient is so for a tenth of the time."""

HERE = "window.isTheSamePage = true"
IS_HERE = "window.isTheSamePage === true"


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a browser can do does not depend on the database."""
    return sqlite_house


@pytest.fixture
def leo(house, someone):
    """A technologist at such a browser."""
    person = someone(house, "leo")
    person.page.add_init_script(OLDER)
    return person


def opened(person, path):
    """Open a page, and mark it: another one has no mark."""
    person.open(path)
    person.page.evaluate(HERE)
    return person.page


def bag_of(house, coi):
    """The label of the first bag of a therapy."""
    return look(house.installation, coi).labels[f"{coi}/7.1"][-1]


def hangs(route):
    """Nothing ever answers a script; what the browser itself sends is answered."""
    if route.request.resource_type != "fetch":
        route.continue_()


def test_a_scan_is_answered_on_the_page_on_which_it_was_made(house, leo):
    """The page stays, so that the next scan is heard meanwhile."""
    page, coi = opened(leo, "/"), house.cois["mixed up"]

    leo.read_code(f"]d1{bag_of(house, coi)}/{coi}")

    expect(page.locator("h1")).to_contain_text("What you scanned")
    assert page.evaluate(IS_HERE)


def test_a_scan_that_nothing_answers_is_sent_by_the_browser_itself(house, leo):
    """After its time, once."""
    page, coi = opened(leo, "/"), house.cois["mixed up"]
    page.route("**/scan", hangs)

    leo.read_code(f"]d1{coi}")

    expect(page.locator("h1")).to_contain_text(coi)
    assert not page.evaluate(IS_HERE)


def test_a_freezer_is_counted_on_one_page(house, leo):
    """Between two pages a browser may drop keys."""
    proven, coi = house.performer.proven["leo"], house.cois["mixed up"]
    take = begin_stock_take(house.installation, proven, "north-lab", WHOLE_UNIT, key="older")
    page = opened(leo, f"/stock-takes/{take}")

    leo.read_code(f"{bag_of(house, coi)}/{coi}")

    expect(page.locator("#so-far")).to_have_text("1 scanned so far")
    assert page.evaluate(IS_HERE)


def test_a_wall_whose_server_hangs_says_that_it_is_not_of_now(leo):
    """Until it answers again: a look that nothing answers is not the last one."""
    leo.page.route("**/wall/**", hangs)
    leo.open("/wall/laboratory")
    lost = leo.page.locator("[data-lost]")
    expect(lost).to_be_hidden()
    hurried(leo)

    expect(lost).to_be_visible()
    leo.page.unroute_all()
    expect(lost).to_be_hidden()


def test_without_a_line_it_is_seen_when_the_line_is_back(house, people):
    """A server that never answers is gone; one that does is back."""
    nobody = people(house, "nobody")
    nobody.page.add_init_script(OLDER)
    nobody.page.route("**/healthz", hangs)

    nobody.open("/offline")
    nobody.page.wait_for_timeout(1_500)
    expect(nobody.page.locator("#gone")).to_be_visible()
    nobody.page.unroute_all()

    expect(nobody.page.locator("#back")).to_be_visible()
