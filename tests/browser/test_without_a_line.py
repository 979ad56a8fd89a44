"""The cable is out: what a registered device shows then, and what it never shows."""

import re
from secrets import token_bytes

import pytest
from playwright.sync_api import Request, expect

from coi.services.therapies import look
from labels.identifiers import issue_serial
from tests.browser.line import (
    captured,
    captures_what_is_scanned,
    captures_without_a_line,
    with_a_line,
    without_a_line,
)
from tests.browser.looking import look_at, until

_KEPT_PAGES = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
  return found;
}"""


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a browser does without a line does not depend on the database."""
    return sqlite_house


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


# -- what is captured ------------------------------------------------------------------------------


_STORED = """() => new Promise((tell, fail) => {
  const asked = indexedDB.open("coi-queue", 1);
  asked.onerror = () => fail(asked.error);
  asked.onsuccess = async () => {
    const kept = asked.result, found = {};
    const all = kept.transaction([...kept.objectStoreNames]);
    for (const name of kept.objectStoreNames) {
      const every = all.objectStore(name).getAll();
      await new Promise(done => { every.onsuccess = done; });
      found[name] = every.result;
    }
    kept.close();
    tell(found);
  };
})"""
_LANGUAGE = "caches.match('/offline?last').then(one => one.text())"
_ID = re.compile(
    r"[0-9A-Z]{26}|[0-9a-f]{64}|(\](C0|d1|Q1))?([A-Z]-)?TEST-[0-9A-Z]{8}-[0-9A-Z](/TEST-.{10})?"
    r"|scanned|camera|typed|released|received|moved|other|20[0-9-]{8}T[0-9:.]{12}Z|[0-9]+"
)


def bag_of(house, life):
    """The code of a bag of a therapy, as a scanner reads it."""
    coi = house.cois[life]
    serial = look(house.installation, coi).labels[f"{coi}/7.1"][-1]
    return f"]d1{serial}/{coi}"


def leaves_in(told):
    """Every single text and number of what was kept."""
    if isinstance(told, dict):
        return [leaf for one in told.values() for leaf in leaves_in(one)]
    if isinstance(told, list):
        return [leaf for one in told for leaf in leaves_in(one)]
    return [str(told)]


@pytest.fixture
def leo(at_device):
    """A technologist at a registered device of the cell laboratory, without a line."""
    leo = at_device("leo", "north-lab")
    captures_without_a_line(leo)
    return leo


def test_what_is_scanned_is_kept_shown_and_handed_in(house, leo, pictures):
    """In order, with its number; once there is a line it is on record, and waits (F-12)."""
    bag = bag_of(house, "a bag on hold")
    captured(leo, "Released", house.cois["a bag on hold"], bag)
    captured(leo, "Moved", bag)
    leo.page.reload()

    expect(leo.page.locator("#number")).to_have_text("2")
    told = leo.page.locator("#waiting li").first.inner_text()
    assert re.match(r"1\. Released, 20[0-9-]{8} [0-9:]{5} [+-][0-9:]{5}: .*TEST-", told)
    assert look_at(leo, "without-a-line-captured", pictures) == []
    with_a_line(leo)
    leo.open("/")

    expect(leo.page.locator('[data-captured="in"]')).to_be_visible()
    assert leo.page.evaluate(_STORED)["captures"] == []
    leo.open("/captured")
    assert leo.page.locator("main tbody tr").count() >= 2
    assert look_at(leo, "captured-list", pictures) == []
    leo.page.locator("main tbody th a").first.click()
    expect(leo.page.locator("h1")).to_contain_text("number 1")
    assert look_at(leo, "captured-one", pictures) == []


def test_nothing_is_made_that_cannot_be_taken_and_a_refusal_is_told(house, leo):
    """A code stands once, a full handoff says so, and what is not taken stays there (F-12)."""
    coi = house.cois["a bag on hold"]
    leo.page.focus("#code")
    leo.read_code(coi)
    expect(leo.page.locator("#in-hand li")).to_have_count(1)
    leo.page.fill("#code", coi)
    leo.page.press("#code", "Enter")
    expect(leo.page.locator("[data-became=again]")).to_be_visible()
    more = [issue_serial("B", "TEST", token_bytes).text for _ in range(19)]
    leo.page.evaluate("async (all) => { for (const one of all) await Queue.hold(one); }", more)
    leo.read_code(bag_of(house, "a bag on hold"))
    expect(leo.page.locator("[data-became=full]")).to_be_visible()
    expect(leo.page.locator("#in-hand li")).to_have_count(20)
    leo.page.get_by_role("button", name="Moved", exact=True).click()
    leo.page.route("**/offline/captures", lambda route: route.fulfill(status=422, body="{}"))
    with_a_line(leo)
    leo.open("/")

    expect(leo.page.locator('[data-captured="refused"]')).to_be_visible()
    assert len(leo.page.evaluate(_STORED)["captures"]) == 1
    leo.page.unroute("**/offline/captures")
    leo.open("/")
    expect(leo.page.locator('[data-captured="in"]')).to_be_visible()
    assert leo.page.evaluate(_STORED)["captures"] == []
    leo.troubles[:] = [one for one in leo.troubles if "422" not in one]


_AT_THE_DOOR = """() => {
  if (location.pathname !== "/sign-in") return;
  indexedDB.deleteDatabase("coi-queue");
  navigator.locks.request("coi-queue", () => new Promise((go) => addEventListener("submit", go)));
}"""
"""There is something to hand in, and it can be done when somebody has just sent the form."""


def test_who_comes_in_finds_what_was_captured_handed_in_by_their_page(at_device):
    """Not by the door's: while its form is under way, nobody can say who is here."""
    leo = at_device("leo", "north-lab")
    captures_what_is_scanned(leo)
    handed_in: list[str] = []

    def note(asked: Request) -> None:
        if asked.url.endswith("/offline/captures"):
            handed_in.append(asked.headers["referer"])

    leo.page.add_init_script(f"({_AT_THE_DOOR})()")
    leo.page.on("request", note)

    leo.sign_in()

    captures_what_is_scanned(leo)
    assert [address.rpartition("/")[2] for address in handed_in] == [""]


def test_a_scan_goes_into_the_dialog_that_is_open(house, leo):
    """Also once somebody tapped on its heading: behind it there is a box that takes nothing."""
    leo.page.get_by_role("button", name="Scan order, wristband and bag").click()
    leo.page.locator("#permit-asks").click()

    leo.read_code(house.cois["a bag on hold"])

    expect(leo.page.get_by_text("2 of 3")).to_be_visible()
    expect(leo.page.locator("#in-hand li")).to_have_count(0)
    with_a_line(leo)


def test_it_is_shown_in_the_language_of_the_device(house, at_device):
    """In the one of the page that was last open there, with its times (I18N)."""
    leo = at_device("leo", "north-lab")
    captures_what_is_scanned(leo)
    kept = {"name": "coi-language", "value": "de", "url": house.served.url}
    leo.context.add_cookies([kept])
    leo.open("/")
    until(lambda: leo.page.evaluate(_LANGUAGE) == "de")
    without_a_line(leo)

    leo.page.goto("/")
    captured(leo, "Übergeben", house.cois["a bag on hold"])

    assert leo.page.locator("html").get_attribute("lang") == "de"
    told = leo.page.locator("#waiting li").first.inner_text()
    assert re.match(r"1\. Übergeben, [0-9.]{10} [0-9:]{5} [+-][0-9:]{5}: ", told)
    with_a_line(leo)


def test_only_codes_are_kept(house, leo):
    """What somebody types is no code, and is kept and shown nowhere (SEC-34)."""
    captured(leo, "Other", house.cois["a bag on hold"])
    for text in ("Anissa Wuckert", "S-TEST-00000000-0", f"{house.cois['a bag on hold']}X"):
        leo.page.fill("#code", text)
        leo.page.press("#code", "Enter")
        expect(leo.page.locator("#refused")).to_be_visible()
        assert "Wuckert" not in leo.page.content()
    leo.page.focus("#code")
    leo.read_code(house.cois["a bag on hold"])
    expect(leo.page.locator("#in-hand li")).to_have_count(1)

    leaves = leaves_in(leo.page.evaluate(_STORED))

    assert len(leaves) > 10
    assert [leaf for leaf in leaves if not _ID.fullmatch(leaf)] == []
    with_a_line(leo)


def test_a_queue_that_was_copied_to_another_device_rings(house, leo, at_device):
    """What that one hands in is kept apart, and told there and on the first page (F-13)."""
    captured(leo, "Moved", house.cois["a bag on hold"])
    stolen = leo.page.evaluate(_STORED)
    other = at_device("lena", "north-lab")
    captures_what_is_scanned(other)  # or its page hands in what is copied in now, and tells there
    other.page.evaluate(
        """async ({captures, chain}) => {
          const kept = await new Promise(tell => {
            const asked = indexedDB.open("coi-queue", 1);
            asked.onsuccess = () => tell(asked.result);
          });
          const all = kept.transaction(["captures", "chain"], "readwrite");
          for (const one of captures) all.objectStore("captures").put(one);
          all.objectStore("chain").put(chain[0], "last");
          await new Promise(tell => { all.oncomplete = tell; });
          kept.close();
        }""",
        stolen,
    )

    other.open("/")

    expect(other.page.locator('[data-captured="fork"]')).to_be_visible()
    other.open("/captured")
    assert other.page.get_by_text("does not follow").count() >= 1
    with_a_line(leo)
    leo.open("/")
    expect(leo.page.locator('[data-captured="in"]')).to_be_visible()
    expect(leo.page.locator('[data-captured="fork"]')).to_be_hidden()
