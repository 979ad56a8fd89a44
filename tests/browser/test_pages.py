"""Everybody can read every page, and use it: with eyes, a screen reader, a finger or a keyboard."""

import re

import pytest
from playwright.sync_api import expect

from coi.app import create_app
from coi.demo.performer import spoilt
from coi.services.person_file import person_file
from coi.services.scanning import Code
from coi.services.therapies import look
from coi.store import sessions
from tests.browser.looking import look_at, until
from tests.browser.visits import OFTEN, VISITS, path_in
from tests.browser.walking import MAIN, fill_in, path_of

FREEZE = "freeze_material"
NO_PAGES = {
    "alarms.count",
    "static",
    "custody_records.file",
    "door.line",
    "drivers.picture",
    "files.fetch",
    "guided.now",
    "health.lives",
    "health.ready",
    "imports.text",
    "imports.workbook",
    "interface.description",
    "label_templates.page",
    "label_templates.picture",
    "metrics.show",
    "offline.permits",
    "offline.worker",
    "record.show_head",
    "sign_on.come_back",  # tests/browser/test_sign_on.py comes back there
    "stock.report",
}  # files, and what a page or a machine asks for: nobody sees them
SELDOM = [visit for visit in VISITS if visit.name not in OFTEN]
WRONG = "not the password at all"
DOOR = "/sign-in"


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a page looks like does not depend on the database."""
    return sqlite_house


@pytest.fixture
def visitor(house, people, someone):
    """Give somebody at a page: signed in, unless it is nobody."""

    def arrive(username, path="/"):
        person = someone(house, username) if username else people(house, "nobody")
        person.status = person.open(path)
        return person

    return arrive


@pytest.fixture(scope="module")
def kept():
    """What the browser of each person kept when they signed in."""
    return {}


@pytest.fixture
def reader(house, people, visitor, kept):
    """Give somebody at a page who signed in before, and signs in again where that is over."""

    def arrive(username, path):
        if username in kept:
            person = people(house, username, storage_state=kept[username])
            person.status = person.open(path)
            if DOOR not in person.page.url:
                return person
        person = visitor(username, path)
        if username:
            kept[username] = person.context.storage_state()
        return person

    return arrive


def test_every_page_is_visited(house):
    """A page that nobody looks at below is noticed here."""
    app = create_app(house.installation)
    found = app.url_map.bind("")
    looks = [r for r in app.url_map.iter_rules() if "GET" in r.methods]
    pages = {r.endpoint for r in looks if not r.rule.startswith("/api/")} - NO_PAGES

    paths = [path_in(house, v.path).partition("?")[0] for v in VISITS if v.status == 200]
    visited = {found.match(path)[0] for path in paths}

    assert visited == pages


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_a_page_can_be_read_and_used(house, reader, pictures, visit):
    """On a workstation and on a tablet; on a telephone those that are seen most."""
    person = reader(visit.username, path_in(house, visit.path))

    assert person.status == visit.status
    assert (DOOR in person.page.url) == visit.path.startswith(DOOR)
    assert look_at(person, visit.name, pictures, telephone=visit.name in OFTEN) == []


@pytest.mark.soak
@pytest.mark.parametrize("visit", SELDOM, ids=lambda visit: visit.name)
def test_every_other_page_can_be_read_and_used_on_a_telephone(house, reader, visit):
    """As the others are in each run."""
    person = reader(visit.username, path_in(house, visit.path))

    assert look_at(person, visit.name, None, telephone=True) == []


# -- on paper, and on a wall -----------------------------------------------------------------------

FAINT_ON_PAPER = """() => [...document.querySelectorAll('body *')].filter(it =>
    it.checkVisibility({ visibilityProperty: true })
    && [...it.childNodes].some(one => one.nodeType === 3 && one.data.trim()))
  .filter(it => { const [r, g, b] = getComputedStyle(it).color.match(/[0-9.]+/g).map(Number);
    return .2126 * r + .7152 * g + .0722 * b > 128; })
  .map(it => it.outerHTML.slice(0, 90))"""
"""What is printed in a light colour: a printer leaves out the ground on which it could be read."""
PRESSED = ".top, .place, button, .actions .button"


@pytest.mark.parametrize("name", ["therapy-mixed-up", "board", "wall-ward"])
def test_a_page_on_paper_is_ink_on_white_without_what_is_pressed(house, reader, name):
    """By night too: a tag keeps its words and a frame, and nothing is white on white."""
    (visit,) = (one for one in VISITS if one.name == name)
    page = reader(visit.username, path_in(house, visit.path)).page
    page.emulate_media(media="print", color_scheme="dark")

    assert page.evaluate(FAINT_ON_PAPER) == []
    seen = [one for one in page.locator(PRESSED).all() if one.is_visible()]
    assert [one.inner_text() for one in seen] == []
    assert page.locator("main").is_visible()
    for tag in page.locator("main .tag.hold").all()[:3]:
        assert tag.evaluate("it => getComputedStyle(it).borderTopWidth") == "3px"


def test_a_wall_fills_a_wall(reader):
    """It is read from across a room: the table is as wide as the screen, and so is its type."""
    page = reader("leo", "/wall/laboratory").page
    before = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.wall')).fontSize)")
    page.set_viewport_size({"width": 1920, "height": 1080})

    box = page.locator(".wall table").bounding_box()
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.wall')).fontSize)")

    assert box["width"] > 1800
    assert size > before


# -- what answers ----------------------------------------------------------------------------------


def test_a_page_that_looks_again_takes_nobody_away_from_a_button(house, visitor):
    """What has not changed stays as it is, twice over, and so does the keyboard's place."""
    person = visitor("mia", path_in(house, "/therapies/{late}/printing?watch=1"))
    anew = person.page.get_by_role("link", name="Print anew").first

    anew.focus()
    looks_again(person.page)
    looks_again(person.page)

    assert anew.evaluate("node => node === document.activeElement")


def test_a_page_that_looks_again_goes_on_after_something_has_changed(house, visitor):
    """What is as it was no more is put right, each time, as long as something is under way."""
    person = visitor("mia", path_in(house, "/therapies/{late}/printing?watch=1"))
    told = person.page.locator("#under-way label")
    right = told.inner_text()

    for _ in range(2):
        told.evaluate("node => { node.textContent = 'as it was before' }")
        looks_again(person.page)

        assert told.inner_text() == right


def test_a_page_that_looks_again_leads_to_the_door_when_its_session_is_idle(house, visitor):
    """It says why, and shows nothing of the therapy any more (A11d-11.8)."""
    person = visitor("mia", path_in(house, "/therapies/{late}/printing?watch=1"))
    installation = house.installation
    mine = person_file(installation, "mia").sessions[-1].id
    installation.transact(lambda tx: sessions.note_seen(tx, mine, "2020-01-01T00:00:00Z"))

    person.page.wait_for_url(re.compile(r"/sign-in\?next="))

    assert "nobody used it for 15 minutes" in person.page.inner_text("main")
    assert person.page.locator("[data-live]").count() == 0


_COUNTS = """() => {
  window.renewed = 0;
  document.addEventListener("renewed", () => { window.renewed += 1; });
}"""


def looks_again(page):
    """Wait until the page has looked at itself anew, and put in what it found."""
    page.evaluate(_COUNTS)
    until(lambda: page.evaluate("renewed") > 0)


def test_the_sheet_of_a_label_can_be_read_and_printed(house, visitor, pictures):
    """On paper there is neither button nor link; on screen the button is there."""
    person = visitor("ivo", path_in(house, "/therapies/{late}/labels/{label}/sheet"))

    person.page.check("#with")
    person.press("Make the sheet")

    assert person.page.inner_text("h1") == "Accompanying sheet"
    assert person.page.is_visible("#print")
    assert look_at(person, "accompanying-sheet", pictures) == []
    person.page.emulate_media(media="print")
    assert not person.page.is_visible("#print")
    assert person.page.is_visible("h1")


def test_a_wrong_password_is_told_where_it_is_seen(visitor, pictures):
    """The answer can be read and used too."""
    person = visitor("", "/sign-in")

    person.sign_in(WRONG)

    assert "The user name or the password is wrong." in person.page.inner_text("[role=alert]")
    assert look_at(person, "wrong-password", pictures) == []


@pytest.mark.parametrize("kind", ["order", "bag", "wristband", "shipper", "unknown"])
def test_the_answer_to_a_scan_can_be_read(house, visitor, pictures, kind):
    """Each sort of code has one; a scanner's prefix and Enter are enough."""
    person = visitor("leo")

    person.read_code(code_of(house, kind))
    expect(person.page.locator("h1")).to_contain_text(re.compile("What you scanned|TEST-"))

    assert look_at(person, f"scanned-{kind}", pictures) == []


def code_of(house, kind):
    """Give a code of this kind, as a scanner reads it."""
    coi, performer = house.cois["mixed up"], house.performer
    view = look(house.installation, coi)
    bag = next(serials[-1] for serials in view.labels.values())
    codes = {
        "order": f"]d1{coi}",
        "bag": f"]d1{bag}/{coi}",
        "wristband": f"]Q1{performer.wristbands[view.therapy.patient]}",
        "shipper": f"]d1{performer.shipper}",
    }
    return codes.get(kind, "]d1TEST-NOTHING")


def test_a_form_that_says_no_can_be_read(coi, visitor, pictures):
    """What is to be mended stands above, is focused, and leads to its field."""
    person = visitor("leo", path_of(coi, FREEZE))

    with person.page.expect_navigation():
        person.page.click(MAIN)

    expect(person.page.locator("#errors")).to_be_focused()
    assert look_at(person, "form-errors", pictures) == []
    assert person.page.locator("[aria-invalid]").count() > 1


def test_a_refused_step_can_be_read(house, coi, visitor, pictures):
    """Every reason, with what puts it right."""
    wanted, actor, signers = house.performer.request(coi, FREEZE)
    person = visitor(actor.username, path_of(coi, FREEZE))
    house.performer.do(coi, FREEZE)

    fill_in(person, (wanted, actor, signers))

    assert look_at(person, "refused", pictures) == []
    expect(person.page.locator("#refused")).to_be_focused()


def test_a_stop_fills_the_screen(house, coi, visitor, pictures):
    """And can be read and left."""
    person = visitor("leo", path_of(coi, FREEZE))
    wanted, actor, signers = house.performer.request(coi, FREEZE)

    fill_in(person, (spoilt(wanted, codes=(Code(code_of(house, "bag")),)), actor, signers))

    assert person.page.inner_text(".huge").strip() == "STOP"
    assert look_at(person, "stop", pictures) == []
    person.page.get_by_role("link", name="I have stopped. Show the therapy").click()
    assert person.page.url.endswith(f"/therapies/{coi}")


# -- what begins to ring ---------------------------------------------------------------------------

_TELLS = """
  window.told = [];
  window.answered = 0;
  const asks = window.fetch, reads = Response.prototype.json;
  window.fetch = (...all) => asks(...all).catch((lost) => { window.answered += 1; throw lost; });
  Response.prototype.json = function () {
    return reads.call(this).finally(() => { window.answered += 1; });
  };
  HTMLMediaElement.prototype.play = function () {
    window.told.push(this.src.split("/").pop());
    if (window.mute) return Promise.reject(new DOMException("", "NotAllowedError"));
    return Promise.resolve();
  };
"""
_ONE_MINE = 'data-mine="1" data-marks="meanwhile"'
_HALF_A_MINUTE = 31_000
A_HUNDRED = [f"mark-{n}" for n in range(100)]


def at_the_page(visitor, path="/exceptions"):
    """Somebody at a page whose clock a test turns, and which keeps what it would have played."""
    person = visitor("ivo")
    person.page.add_init_script(_TELLS)
    person.page.clock.install()
    person.open(path)
    return person


def asks(page, answer):
    """Half a minute later the head asks, and is answered so."""
    page.unroute_all()
    page.route("**/alarms/count", answer)
    before = page.evaluate("answered")
    page.clock.fast_forward(_HALF_A_MINUTE)
    until(lambda: page.evaluate("answered") > before)


def test_an_alarm_that_begins_to_ring_is_seen_heard_and_read_aloud(visitor):
    """Wherever somebody is, once; and not again while nothing more rings."""
    page = at_the_page(visitor).page
    head = page.locator("[data-alarms]")
    mine, marks = int(head.get_attribute("data-mine")), head.get_attribute("data-marks").split()
    more = {"mine": mine + 2, "marks": ["new-1", "new-2", *marks]}

    asks(page, lambda route: route.fulfill(json=more))
    told, words = page.evaluate("told"), page.locator("#alarms-told").inner_text()
    asks(page, lambda route: route.fulfill(json=more))

    assert told == page.evaluate("told") == ["alarm.wav"]
    assert words == f"{mine + 2} alarms ring that are yours."
    assert head.locator("strong").inner_text().startswith(str(mine + 2))


def test_what_ends_is_no_news_and_a_browser_that_keeps_silent_is_none_either(visitor):
    """The number goes down without a sound; where nothing may be played, nothing breaks."""
    page = at_the_page(visitor).page
    page.evaluate("window.mute = true")

    asks(page, lambda route: route.fulfill(json={"mine": 100, "marks": A_HUNDRED}))
    many = page.locator("[data-alarms] strong").inner_text()
    asks(page, lambda route: route.fulfill(json={"mine": 100, "marks": A_HUNDRED}))
    asks(page, lambda route: route.fulfill(json={"mine": 0, "marks": []}))

    assert many.startswith("99+")
    assert page.locator("[data-alarms] strong").count() == 0
    assert page.locator("#alarms-told").inner_text() == ""
    assert page.evaluate("told") == ["alarm.wav"]


def test_what_began_between_two_pages_or_while_another_ended_rings_too(visitor):
    """By what was seen last in this tab; a hundred and more of them are no hiding place."""
    page = at_the_page(visitor).page
    news = []

    def look(marks):
        asks(page, lambda route: route.fulfill(json={"mine": len(marks), "marks": marks}))
        news.append(len(page.evaluate("told")))

    look(["b", "a"])
    look(["c", "b"])
    look(A_HUNDRED)
    look([*A_HUNDRED[1:], "moved up"])
    look(["one more", *A_HUNDRED[1:]])
    page.route("**/exceptions", one_rings)
    page.reload()

    assert news == [1, 2, 3, 3, 4]
    assert page.evaluate("told") == ["alarm.wav"]
    assert page.locator("#alarms-told").inner_text() == "One alarm rings that is yours."


def one_rings(route):
    """Answer with the page as it is, but that an alarm has begun meanwhile."""
    answer = route.fetch()
    head = re.sub('data-mine="[^"]*" data-marks="[^"]*"', _ONE_MINE, answer.text())
    route.fulfill(response=answer, body=head)


def test_a_server_that_is_away_is_asked_less_and_less_often(visitor):
    """After half a minute, one, two; until it answers again."""
    person = at_the_page(visitor)
    page, asked = person.page, []
    page.on("request", lambda one: asked.append(one.url) if "/alarms/count" in one.url else None)

    asks(page, lambda route: route.abort())
    page.clock.fast_forward(_HALF_A_MINUTE)
    page.wait_for_timeout(100)
    once = len(asked)
    asks(page, lambda route: route.fulfill(json={"mine": 0, "marks": []}))

    assert (once, len(asked)) == (1, 2)
    assert {one.partition(" (")[0].partition(":")[0] for one in person.troubles} <= {"lost"}
    person.troubles.clear()


def test_a_wall_is_heard_when_a_line_becomes_an_alarm(visitor):
    """Once for what was not there before; and it says so where the browser keeps it silent."""
    page = at_the_page(visitor, "/wall/ward").page
    page.evaluate("window.mute = true")
    silent = page.locator("[data-silent]")
    before = silent.is_visible()

    page.evaluate("""() => {
      const line = document.createElement("p");
      line.dataset.rings = "TEST-1 Bag /1 Check at the bedside";
      document.querySelector(".wall").append(line);
      for (const _ of [1, 2]) document.dispatchEvent(new Event("renewed"));
    }""")
    page.wait_for_timeout(100)

    assert page.evaluate("told") == ["alarm.wav"]
    assert (before, silent.is_visible()) == (False, True)


def test_a_list_waits_while_somebody_has_something_open(visitor):
    """And is renewed as soon as it is closed; whoever is at a link of it stays there."""
    page = at_the_page(visitor, "/alarms?which=all").page
    page.evaluate("""() => {
      const list = document.getElementById("rings");
      list.insertAdjacentHTML("beforeend", "<details open id='held'></details>");
    }""")
    link = page.locator("#rings a").first
    link.focus()

    for is_there in (1, 0):
        with page.expect_response("**/alarms?**by_itself=1**") as answer:
            page.clock.fast_forward(_HALF_A_MINUTE)
        answer.value.finished()
        page.wait_for_timeout(200)
        expect(page.locator("#held")).to_have_count(is_there)
        page.evaluate("document.getElementById('held')?.removeAttribute('open')")

    assert link.evaluate("node => node === document.activeElement")
