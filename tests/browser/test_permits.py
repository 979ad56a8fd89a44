"""A permit without a line: amber until it ends, red in every other case, and never green (F-15)."""

import re

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import AT_BEDSIDE, Step, play
from coi.services.therapies import look
from tests.browser.house import KEYS_OF_THE_HOUSE
from tests.browser.line import hurried, stands_by
from tests.browser.looking import look_at, until

AMBER, RED = "rgb(255, 193, 7)", "rgb(176, 0, 32)"
NO_CHECK = "#permit.cannot"
VERDICT = "#permit.cannot, #permit.permitted"
_HELD = """async () => {
  const kept = new Kept("coi-permits", { permits: { keyPath: "id" }, clock: {} });
  return (await kept.do(["permits"], "readonly", (permits) => permits.getAll())).length;
}"""
_LOOKS_LONG = """() => {
  const looks = Permits.of, goesOn = new Promise((now) => { window.goOn = now; });
  Permits.of = async (...asked) => {
    window.looking = 1;
    await goesOn;
    const found = await looks(...asked);
    setTimeout(window.hasLooked, 0);
    return found;
  };
  window.looked = new Promise((now) => { window.hasLooked = now; });
}"""
"""Whether there is a permit is answered as soon as the test says so."""

_COLOUR = "getComputedStyle(document.getElementById('permit')).backgroundColor"


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a browser does without a line does not depend on the database."""
    return sqlite_house


@pytest.fixture(scope="module")
def coi(house):
    """A therapy whose bags are thawed at the ward."""
    coi = house.performer.order(PATIENTS[3])
    play(house.performer, coi, AT_BEDSIDE)
    return coi


@pytest.fixture
def ivo(house, people, request, coi):
    """A nurse at a registered device of the ward that was given a permit for the first bag."""
    person = people(house, "root")
    person.sign_in(KEYS_OF_THE_HOUSE)
    person.open("/devices")
    person.page.select_option("#unit", "north-ward")
    person.page.fill("#name", request.node.name[:90])
    person.page.fill("#password", KEYS_OF_THE_HOUSE)
    person.press("Register")
    person.username = "ivo"
    person.sign_in(PASSWORD)
    stands_by(person)
    person.open(f"/therapies/{coi}/permit")
    serial = bag(house, coi).removeprefix("]d1").partition("/")[0]
    of_it = person.page.locator("section", has_text=serial)
    with person.page.expect_navigation():
        of_it.get_by_role("button", name="Give this device a permit").click()
    assert "has a permit" in person.page.inner_text("main")
    expect_held(person, 1)
    yield person
    person.troubles[:] = [one for one in person.troubles if "INTERNET_DISCONNECTED" not in one]


def expect_held(person, number):
    """Wait until the device holds so many permits."""
    until(lambda: person.page.evaluate(_HELD) == number)


def bag(house, coi, number=0):
    """A thawed bag's code."""
    view = look(house.installation, coi)
    things = [
        one.id
        for one in view.subjects.values()
        if one.machine == "product" and one.position.state in {"thawed", "checked"}
    ]
    return f"]d1{view.labels[things[number]][-1]}/{coi}"


def permitted(house, coi):
    """The three codes of the permit, in their order."""
    band = house.performer.wristbands[look(house.installation, coi).therapy.patient]
    return [coi, f"]Q1{band}", bag(house, coi)]


def without_a_line(person):
    """Take the cable out, and ask for the first page."""
    person.context.set_offline(True)
    person.page.goto("/")


def scan(person, codes):
    """Scan what the screen asks for, one after another."""
    person.page.get_by_role("button", name="Scan order, wristband and bag").click()
    for n, code in enumerate(codes, start=1):
        asks, told = person.page.get_by_text(f"{n} of 3"), person.page.locator(VERDICT)
        until(lambda asks=asks, told=told: asks.is_visible() or told.count() > 0)
        if told.count():
            break
        person.page.focus("#permit-code")
        person.read_code(code)


def test_all_three_of_it_are_amber_and_two_verify_on_paper(house, coi, ivo, pictures):
    """Until a time that stands there; and nothing of a name is kept (F-15, SEC-34)."""
    without_a_line(ivo)

    scan(ivo, permitted(house, coi))

    expect(ivo.page.locator("#permit.permitted .huge").first).to_contain_text("PERMITTED UNTIL")
    expect(ivo.page.locator("#permit-alike")).to_be_hidden()
    told = ivo.page.inner_text("#permit")
    assert re.search(r"PERMITTED UNTIL\s+[0-9:]{5} [+-][0-9:]{5}", told)
    assert "Two people verify on paper." in told
    assert ivo.page.evaluate(_COLOUR) == AMBER
    assert look_at(ivo, "permit-amber", pictures) == []


@pytest.mark.parametrize("wrong", ["order", "wristband", "bag", "typed", "name"])
def test_anything_else_is_red(house, coi, ivo, pictures, wrong):
    """Another order, another wristband, another bag, what was typed, what is no code (F-14)."""
    codes = permitted(house, coi)
    stranger = house.cois["recorded late"]
    codes = {
        "order": [stranger, *codes[1:]],
        "wristband": [codes[0], codes[2], codes[2]],
        "bag": [*codes[:2], bag(house, coi, 1)],
        "name": ["ANISSA WUCKERT"],
        "typed": codes,
    }[wrong]
    without_a_line(ivo)

    if wrong == "typed":
        ivo.page.get_by_role("button", name="Scan order, wristband and bag").click()
        ivo.page.fill("#permit-code", codes[0])
        ivo.page.press("#permit-code", "Enter")
    else:
        scan(ivo, codes)

    expect(ivo.page.locator(NO_CHECK)).to_be_visible()
    assert "Do not infuse by this screen." in ivo.page.inner_text("#permit")
    assert ivo.page.evaluate(_COLOUR) == RED
    assert "ANISSA" not in ivo.page.content()
    if wrong == "bag":
        assert look_at(ivo, "permit-red", pictures) == []


@pytest.mark.parametrize(
    "changed",
    [
        "Date.now = (was => () => was() + 31 * 60000)(Date.now)",
        "Date.now = (was => () => was() - 10 * 60000)(Date.now)",
        "performance.now = (was => () => was.call(performance) + 31 * 60000)(performance.now)",
    ],
    ids=["later", "set back", "later by what passed alone"],
)
def test_it_ends_with_its_time_and_with_a_clock_that_was_set_back(house, coi, ivo, changed):
    """While it is looked at, too: amber turns to red (F-15)."""
    without_a_line(ivo)
    scan(ivo, permitted(house, coi))
    expect(ivo.page.locator("#permit.permitted")).to_be_visible()

    ivo.page.evaluate(changed)

    expect(ivo.page.locator(NO_CHECK)).to_be_visible()
    ivo.page.locator("[data-view=cannot] [data-close]").click()
    scan(ivo, permitted(house, coi))
    expect(ivo.page.locator(NO_CHECK)).to_be_visible()


def test_what_was_left_says_nothing_of_what_was_begun_anew(house, coi, ivo):
    """However long the device looks: amber stands for the three that were scanned last (F-15)."""
    without_a_line(ivo)
    ivo.page.evaluate(_LOOKS_LONG)
    scan(ivo, permitted(house, coi))
    until(lambda: ivo.page.evaluate("window.looking === 1"))
    ivo.page.locator("[data-view=asks] [data-close]").click()
    ivo.page.get_by_role("button", name="Scan order, wristband and bag").click()

    ivo.page.evaluate("async () => { window.goOn(); await window.looked; }")

    expect(ivo.page.get_by_text("1 of 3")).to_be_visible()
    expect(ivo.page.locator(VERDICT)).to_have_count(0)


def test_a_permit_that_was_changed_is_none(house, coi, ivo):
    """Another bag, or a later end, written into what the browser keeps."""
    without_a_line(ivo)
    ivo.page.evaluate(
        """async (label) => {
          const kept = new Kept("coi-permits", { permits: { keyPath: "id" }, clock: {} });
          const all = await kept.do(["permits"], "readonly", (permits) => permits.getAll());
          const lines = all[0].text.split("\\n");
          lines[5] = label;
          const one = { ...all[0], text: lines.join("\\n") };
          await kept.do(["permits"], "readwrite", (permits) => permits.put(one));
        }""",
        bag(house, coi, 1).removeprefix("]d1").partition("/")[0],
    )

    scan(ivo, [*permitted(house, coi)[:2], bag(house, coi, 1)])

    expect(ivo.page.locator(NO_CHECK)).to_be_visible()


def test_amber_ends_when_the_server_answers_again(house, coi, ivo):
    """With a line it is the server that is asked."""
    without_a_line(ivo)
    scan(ivo, permitted(house, coi))
    expect(ivo.page.locator("#permit.permitted")).to_be_visible()

    ivo.context.set_offline(False)

    expect(ivo.page.locator(NO_CHECK)).to_be_visible()


def test_a_look_alike_is_told_in_amber(house, coi, ivo, pictures):
    """Where two people compare by eye, by a permit that is signed so (SEC-48)."""
    identity = dict(house.performer.identities[coi])
    house.performer.order(identity | {"medical_record_number": "98765"})
    ivo.open(f"/therapies/{coi}/permit")
    serial = bag(house, coi).removeprefix("]d1").partition("/")[0]
    of_it = ivo.page.locator("section", has_text=serial)
    with ivo.page.expect_navigation():
        of_it.get_by_role("button", name="Give this device a permit").click()
    expect_held(ivo, 1)
    without_a_line(ivo)

    scan(ivo, permitted(house, coi))

    expect(ivo.page.locator("#permit-alike")).to_contain_text("letter by letter")
    assert look_at(ivo, "permit-alike", pictures) == []


def test_a_hold_is_told_at_once_and_the_permit_forgotten(house, coi, ivo):
    """Whoever is at the device need not ask (F-15)."""
    hurried(ivo)
    play(house.performer, coi, [Step("hold", "product", "thawed", first=1)])

    expect(ivo.page.locator('[data-captured="ended"]')).to_be_visible()

    expect_held(ivo, 0)
    without_a_line(ivo)
    view = look(house.installation, coi)
    assert view.history[-1].action == "hold"
    scan(ivo, permitted(house, coi))
    expect(ivo.page.locator(NO_CHECK)).to_be_visible()
