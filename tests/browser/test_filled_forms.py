"""A form that somebody filled in is not lost with the line, nor with the session."""

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PASSWORD
from coi.services.therapies import look
from tests.browser.filling import fill_page, texts_of
from tests.browser.line import with_a_line, without_a_line
from tests.browser.walking import FORM, MAIN, path_of, scan_into

FREEZE = "freeze_material"
AN_OLDER_BROWSER = """delete AbortSignal.timeout;
setTimeout = (was => (what, pause, ...told) => was(what, pause / 10, ...told))(setTimeout)"""
NOT_SENT = f"{FORM} .not-sent"
PASSWORDS = "form[action='/account/password']"
KEPT = """async () => {
  const stores = [localStorage, sessionStorage].map((one) => JSON.stringify({...one}));
  const bases = (await indexedDB.databases()).map((one) => one.name);
  return [...stores, ...bases].join(" ");
}"""


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a browser does with a form does not depend on the database."""
    return sqlite_house


def fills_in(house, coi, person):
    """Fill in the step, and send it not; returns what was typed."""
    person.open(path_of(coi, FREEZE))
    wanted, _actor, signers = house.performer.request(coi, FREEZE)
    texts = texts_of(wanted, signers)
    fill_page(person.page, FORM, texts, ())
    scan_into(person, [code.raw for code in wanted.codes])
    return filled(person)


def filled(person):
    """What stands in each field."""
    return person.page.locator(FORM).evaluate(
        "form => [...form.elements].filter(one => one.name !== 'csrf_token').map(one => one.value)"
    )


def freezings(house, coi):
    """How often this step is on record."""
    return [event.action for event in look(house.installation, coi).history].count(FREEZE)


def test_what_is_filled_in_outlives_the_line(house, coi, at_device, glance):
    """It stays in its fields and nowhere else, is not sent, and then goes once (SEC-34)."""
    leo = at_device("leo", "north-lab")
    typed = fills_in(house, coi, leo)

    without_a_line(leo)
    leo.page.click(MAIN)

    expect(leo.page.locator(NOT_SENT)).to_contain_text("No line: nothing was sent, nothing is lost")
    assert filled(leo) == typed
    assert PASSWORD not in leo.page.evaluate(KEPT)
    with_a_line(leo)
    glance(leo, "a-form-without-a-line")
    assert freezings(house, coi) == 0
    leo.press("Freeze starting material")
    expect(leo.page.get_by_text("Done: Freeze starting material.")).to_be_visible()
    assert freezings(house, coi) == 1


def test_no_form_is_kept_for_ever_where_nobody_can_be_asked(house, someone):
    """In an older browser too; where one press was in vain, the second goes as ever."""
    leo = someone(house, "leo")
    leo.page.add_init_script(AN_OLDER_BROWSER)
    cases = {
        "too many asked": (lambda route: route.fulfill(status=429), 1),
        "it is not told": (lambda route: route.fulfill(status=500), 1),
        "not let through": (lambda route: route.abort(), 2),
        "not in time": (lambda _route: None, 2),
    }

    for answer, presses in cases.values():
        leo.open("/account/password")
        leo.page.evaluate("document.querySelector('.door').className = ''")
        leo.page.route(lambda address: "/line?" in address, answer)
        for field in leo.page.locator(f"{PASSWORDS} [type=password]").all():
            field.fill("not it")
        for _ in range(presses - 1):
            leo.page.click(f"{PASSWORDS} button")
            told = leo.page.locator(".not-sent")
            expect(told).to_contain_text("press again to try all the same")
        with leo.page.expect_navigation():
            leo.page.click(f"{PASSWORDS} button")
        expect(leo.page.get_by_role("alert")).to_contain_text("Nothing was saved")
        leo.page.unroute_all()
    leo.troubles.clear()


def test_what_is_filled_in_outlives_the_session(house, coi, someone):
    """Whoever signs in anew beside it sends it; nobody else does."""
    leo = someone(house, "leo")
    typed = fills_in(house, coi, leo)
    form = leo.page
    door = leo.context.new_page()
    leo.watch(door)

    leo.page = door
    leo.open("/")
    leo.press("Sign out")
    form.click(MAIN)
    expect(form.locator(NOT_SENT)).to_contain_text("Your session has ended: nothing was sent")
    with form.expect_popup() as opened:
        form.get_by_role("link", name="Sign in in a new tab").click()
    leo.page = opened.value
    leo.watch(leo.page)
    leo.username = "lena"
    leo.sign_in()
    form.click(MAIN)
    expect(form.locator(NOT_SENT)).to_contain_text("Somebody else is signed in here now")
    leo.username = "leo"
    leo.sign_in()
    leo.page = form
    assert filled(leo) == typed
    leo.press("Freeze starting material")

    expect(form.get_by_text("Done: Freeze starting material.")).to_be_visible()
    assert freezings(house, coi) == 1


def test_whoever_types_is_here(house, coi, someone):
    """The server is told once a minute at most, and of nothing where nobody types (A11d-11.8)."""
    leo = someone(house, "leo")
    leo.page.clock.install()
    leo.open(path_of(coi, FREEZE))
    uses = lambda: [one for one in leo.addresses if one.endswith("/line")]  # noqa: E731

    leo.page.clock.run_for("10:00")
    assert uses() == []
    with leo.page.expect_request("**/line"):
        leo.page.locator("#codes").press_sequentially("TEST")
        leo.page.clock.run_for("00:02")
    leo.page.locator("#codes").press_sequentially("TEST")
    leo.page.clock.run_for("00:30")

    assert len(uses()) == 1
    with leo.page.expect_request("**/line"):
        leo.page.clock.run_for("01:00")
