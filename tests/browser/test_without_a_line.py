"""The cable is out: what a registered device shows then, and what it never shows."""

import re

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PASSWORD
from tests.browser.looking import look_at

STANDS_BY = "() => Boolean(navigator.serviceWorker.controller)"
_KEPT_PAGES = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
  return found;
}"""
DEVICE = "Bedside tablet"


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a browser does without a line does not depend on the database."""
    return sqlite_house


@pytest.fixture
def at_device(house, people, request):
    """Give somebody at a device of their site that was registered for them."""

    def arrive(username, unit="north-ward"):
        person = people(house, "root")
        person.sign_in("the keys of the house")
        person.open("/devices")
        person.page.select_option("#unit", unit)
        person.page.fill("#name", f"{DEVICE} {request.node.name} {username}"[:90])
        person.page.fill("#password", "the keys of the house")
        person.press("Register")
        person.username = username
        person.sign_in(PASSWORD)
        person.page.wait_for_function(STANDS_BY)
        return person

    return arrive


def without_a_line(person):
    """Take the cable out; what is lost from then on is no trouble."""
    person.context.set_offline(True)


def with_a_line(person):
    """Put it back, and forget what was lost meanwhile."""
    person.context.set_offline(False)
    person.troubles[:] = [one for one in person.troubles if "INTERNET_DISCONNECTED" not in one]


def test_an_infusion_is_never_green_without_a_line(house, at_device):
    """Where a verdict would stand it says that nothing is verified (F-14)."""
    ivo = at_device("ivo")
    ivo.open(f"/therapies/{house.cois['recorded late']}/actions/infuse")

    without_a_line(ivo)
    ivo.page.reload()

    told = ivo.page.inner_text("main")
    assert "No line to the server. Nothing here is verified." in told
    assert "Cannot verify. Do not infuse by this screen" in told
    colour = ivo.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(176, 0, 32)"
    assert ivo.page.locator(".matched").count() == 0
    with_a_line(ivo)


def test_what_was_sent_as_the_line_went_is_answered_so(house, at_device):
    """A form that reaches nobody leads to the same page, and back when the line is there."""
    ivo = at_device("ivo")
    ivo.open(f"/therapies/{house.cois['recorded late']}/actions/infuse")

    without_a_line(ivo)
    with ivo.page.expect_navigation():
        ivo.page.locator("main form button").last.click()

    expect(ivo.page.locator("main")).to_contain_text("Whether your last step was recorded")
    with_a_line(ivo)
    expect(ivo.page.locator("#back")).to_be_visible()
    with ivo.page.expect_navigation():
        ivo.page.get_by_role("link", name="Try the server again").click()
    assert "My work" in ivo.page.inner_text("h1")


def test_nothing_but_the_shell_is_kept(house, at_device):
    """No page that anybody was shown, and no answer (SEC-34)."""
    ivo = at_device("ivo")
    for path in ("/", f"/therapies/{house.cois['recorded late']}", "/account"):
        ivo.open(path)

    kept = ivo.page.evaluate(_KEPT_PAGES)

    assert "/offline" in kept
    assert all(one == "/offline" or one.startswith("/static/") for one in kept)


def test_another_device_has_no_worker(house, someone):
    """Nothing stands by where no device is registered, or none any more."""
    ivo = someone(house, "ivo")

    found = ivo.page.evaluate("navigator.serviceWorker.getRegistrations().then(one => one.length)")

    assert found == 0
    assert ivo.page.locator("link[rel=manifest]").count() == 0


def test_it_can_be_installed(at_device):
    """The manifest and each icon that it names are served."""
    ivo = at_device("ivo")
    address = ivo.page.locator("link[rel=manifest]").evaluate("one => one.href")

    manifest = ivo.page.request.get(address)
    told = manifest.json()

    assert re.match("application/manifest", manifest.headers["content-type"])
    assert (told["display"], told["start_url"], told["scope"]) == ("standalone", "../", "../")
    for icon in told["icons"]:
        assert ivo.page.request.get(address.replace("manifest.webmanifest", icon["src"])).ok


def test_the_page_without_a_line_can_be_read(at_device, pictures):
    """On a workstation, a tablet and a telephone, by day and by night."""
    ivo = at_device("ivo")

    without_a_line(ivo)
    ivo.page.goto("/")

    assert look_at(ivo, "without-a-line", pictures) == []
    with_a_line(ivo)
