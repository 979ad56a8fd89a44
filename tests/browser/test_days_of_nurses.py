"""A day of Ivo, who infuses, at the tablet of the ward: what waits, a handoff, and what goes wrong.

Beside what he sees stands what is on record then.
"""

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PASSWORD
from coi.demo.performer import Wish
from tests.browser.days import (
    IN_GERMAN,
    TABLET,
    in_the_morning,
    nothing_is_recorded,
)
from tests.browser.guided import BEGIN_SECOND, CODE, FIRST_PART_IS_IN, go_through
from tests.browser.house import HELP_LINE
from tests.browser.line import captured, captures_what_is_scanned, with_a_line, without_a_line
from tests.browser.test_journey import TO_THE_BEDSIDE
from tests.browser.walking import path_of
from tests.journeys.asking import ids

ON_ITS_WAY = TO_THE_BEDSIDE[:-1]
CHECK = "check_at_bedside"
TITLE = "Check bag and patient at the bedside"
RED = "rgb(176, 0, 32)"
IVO_AND_IRMA = Wish(avoid=("ines",))
SMUDGED = "]d1TEST-SMUDGED"
FELT, HEARD = "shaken 600,200,600,200,600", "heard wrong.wav"
TELLS = """
  const keep = (what) => { (window.told ||= []).push(what); return true; };
  HTMLMediaElement.prototype.play = function () {
    keep(`heard ${this.src.split("/").pop()}`);
    return Promise.resolve();
  };
  Navigator.prototype.vibrate = (shake) => keep(`shaken ${shake}`);
"""


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a nurse sees does not depend on the database."""
    return sqlite_house


@pytest.fixture
def coming(house):
    """A therapy whose thawed bag is on its way to the ward."""
    return in_the_morning(house, ON_ITS_WAY)


@pytest.fixture
def thawed(house):
    """A therapy whose thawed bag is at the ward."""
    return in_the_morning(house, TO_THE_BEDSIDE)


@pytest.fixture
def ivo(house, someone):
    """At a tablet."""
    return someone(house, "ivo", **TABLET)


def scan(person, raw):
    """Read a code where the screen asks for one."""
    person.page.locator(CODE).focus()
    with person.page.expect_navigation():
        person.read_code(raw)


def tap(person, role, name):
    """Tap what leads to another page."""
    with person.page.expect_navigation():
        person.page.get_by_role(role, name=name, exact=True).first.tap()


def asked(person):
    """What the screen asks."""
    return person.page.inner_text("#asked")


def sign(person):
    """Read back what was answered, and sign it."""
    tap(person, "button", "It is right")
    person.page.get_by_label("Password").fill(PASSWORD)
    tap(person, "button", "Sign")


def before_the_bag(person, therapy):
    """Order and wristband are scanned; the bag is next."""
    person.open(path_of(therapy.coi, CHECK))
    with person.page.expect_navigation():
        person.page.locator("section.screen button.main").tap()
    scan(person, therapy.order)
    scan(person, therapy.wristband)


def test_what_waits_is_taken_and_gone_on_with_at_another_tablet(
    house, coming, ivo, someone, glance
):
    """Two scans lead to it; a killed browser loses what was not saved, and no more (DI-08)."""
    page, coi = ivo.page, coming.coi
    expect(page.locator("h1")).to_have_text("My work")
    expect(page.get_by_placeholder("Scan or type a code")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=coi)).to_contain_text("Accept")
    glance(ivo, "day nurse work")

    ivo.read_code(coming.wristband)
    expect(page.locator("main")).to_contain_text("Therapies of whoever wears it")
    with nothing_is_recorded(coming):
        ivo.read_code(coming.bag)
        expect(page.get_by_role("link", name="Accept", exact=True)).to_be_visible()
        glance(ivo, "day nurse scanned bag")
        tap(ivo, "link", "Accept")
        tap(ivo, "button", "Begin")
        expect(page.locator(".read")).to_contain_text(coming.serial)
        tap(ivo, "button", "That is all of them")
        assert asked(ivo) == "Condition on arrival"
        page.get_by_label("damaged").check()
        ivo.context.close()

    there = someone(house, "ivo", **TABLET)
    with there.page.expect_navigation():
        there.page.get_by_role("listitem").filter(has_text=coi).get_by_role("link").tap()
    assert asked(there) == "This step is not in hand here"
    glance(there, "day nurse another tablet")
    tap(there, "button", "Go on with it here")
    assert asked(there) == "Condition on arrival"
    assert there.page.locator("input:checked").count() == 0
    there.page.get_by_label("intact").check()
    tap(there, "button", "Go on")
    sign(there)
    assert there.page.inner_text(".huge").strip() == "RIGHT"

    (accepted,) = coming.happened("accept_custody")[-1:]
    assert [scan["how"] for scan in accepted.content["scans"]] == ["scanned"]
    assert [one.content for one in coming.view.values if one.field == "condition"][-1] == "intact"
    assert accepted.actor == house.performer.proven["ivo"].person


WORDS = {
    "en-GB": ("STOP", "I have stopped. Show the therapy", "on hold"),
    IN_GERMAN: ("STOPP", "Ich habe angehalten. Therapie zeigen", "gesperrt"),
}


@pytest.mark.parametrize("language", WORDS)
def test_a_wrong_bag_is_a_hard_stop(house, thawed, someone, glance, language):
    """Word, figure, sound and shaking; both ids are on record, and there is no way on."""
    stop, stopped, held = WORDS[language]
    therapy = in_the_morning(house, TO_THE_BEDSIDE)
    other = thawed  # that of another patient
    ivo = someone(house, "ivo", locale=language, **TABLET)
    ivo.context.add_init_script(TELLS)
    before_the_bag(ivo, therapy)

    scan(ivo, other.bag)

    page = ivo.page
    assert page.inner_text(".huge").strip() == stop
    expect(page.locator(".huge img")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == RED
    assert therapy.coi in page.inner_text("main")
    page.wait_for_function("window.told.length == 2")
    assert page.evaluate("told.sort()") == [HEARD, FELT]
    glance(ivo, f"day nurse stop {language}")
    (refused,), (told,) = therapy.happened(CHECK), other.happened("open_exception")[-1:]
    assert (refused.kind, refused.refusals[0].code) == ("refused", "WRONG_THERAPY")
    assert {one.content for one in therapy.view.values if one.field == "other_coi"} == {other.coi}
    assert told.kind == "incident"
    assert "other_coi" in str(told.content)
    bag = ids(house.performer, other.coi, "product")[0]
    assert other.view.subjects[bag].position.stops > 0

    tap(ivo, "link", stopped)
    expect(page.locator("#exceptions")).to_be_visible()
    glance(ivo, f"day nurse stopped {language}")
    ivo.open(f"/therapies/{other.coi}")
    expect(page.locator("ul.lineage .tag.hold").first).to_have_text(held)
    ivo.open(path_of(therapy.coi, CHECK))
    with page.expect_navigation() as answer:
        page.locator("section.screen button.main").tap()
    assert answer.value.status == 409
    assert "SAME_PAIR_AFTER_MISMATCH" in page.inner_text("main")
    assert page.locator(CODE).count() == 0
    assert therapy.newest.kind == "refused"


def test_what_cannot_be_read_is_typed_twice_and_two_check_blind(
    house, thawed, ivo, someone, glance
):
    """Help and a second pair of eyes after three tries; no verdict before both parts are in."""
    page = ivo.page
    wanted, _actor, signers = house.performer.request(thawed.coi, CHECK, IVO_AND_IRMA)
    before_the_bag(ivo, thawed)
    for _ in range(3):
        assert page.get_by_label("Characters under the symbol").count() == 0
        scan(ivo, SMUDGED)
        assert page.inner_text(".huge").strip() == "CANNOT READ"
    assert f"Call for help: {HELP_LINE}" in page.inner_text("main")
    glance(ivo, "day nurse help")

    read_by_two(ivo, thawed.serial, "B-TEST-00000000-0", "iris")
    assert "is not what was typed above" in page.inner_text("main")
    read_by_two(ivo, thawed.serial, thawed.serial, "ivo")
    assert "is not another person who works at this site" in page.inner_text("main")
    read_by_two(ivo, thawed.serial, thawed.serial, "iris")
    assert asked(ivo) == "What the patient says"
    go_through(ivo, wanted, signers)
    assert asked(ivo) == FIRST_PART_IS_IN
    assert ivo.page.get_by_role("button", name=BEGIN_SECOND).count() == 0
    glance(ivo, "day nurse first part")
    forged = {one: page.locator(f"[name={one}]").first.input_value() for one in FORGED}
    answer = ivo.context.request.post(f"{page.url}/take-up", form=forged)
    assert (answer.status, BEGIN_SECOND in answer.text()) == (409, False)

    irma = someone(house, "irma", **TABLET)
    irma.open(page.url)
    blind = irma.page.inner_text("main")
    assert asked(irma) == "A second check is waiting"
    assert not any(told in blind for told in ("RIGHT", thawed.serial, "typed", "Iris"))
    glance(irma, "day nurse second check")
    irma.press(BEGIN_SECOND)
    go_through(
        irma, wanted, signers[1:], lambda at: expect(at.page.locator(".matched")).to_have_count(0)
    )

    assert irma.page.inner_text(".huge").strip() == "RIGHT"
    glance(irma, "day nurse right")
    (checked,) = thawed.happened(CHECK)
    assert [one.username for one in checked.signatures] == ["ivo", "irma"]
    (typed,) = [one for one in checked.content["scans"] if one["how"] == "typed"]
    assert typed["confirmed_by"] == house.performer.proven["iris"].person


FORGED = ("csrf_token", "version")


def read_by_two(person, first, second, confirmer):
    """Type the characters under the symbol twice, and let somebody confirm them."""
    fields = person.page.locator(".escalation")
    fields.get_by_label("Characters under the symbol").fill(first)
    fields.get_by_label("The same characters once more").fill(second)
    fields.get_by_label("User name of the second person").fill(confirmer)
    fields.get_by_label("Their password").fill(PASSWORD)
    tap(person, "button", "Both of us read these characters")


def test_a_handoff_without_a_line_is_captured_and_entered_late(coming, at_device, glance):
    """NO LINE in the middle of it; a person enters what was captured, with both times."""
    ivo = at_device("ivo", **TABLET)
    captures_what_is_scanned(ivo)
    with nothing_is_recorded(coming):
        ivo.open(path_of(coming.coi, "accept_custody"))
        tap(ivo, "button", "Begin")
        scan(ivo, coming.bag)
        without_a_line(ivo)
        tap(ivo, "button", "That is all of them")
        assert ivo.page.inner_text(".huge").strip() == "NO LINE"
        captured(ivo, "Received", coming.order, coming.bag)
        expect(ivo.page.locator("#waiting li")).to_have_count(1)
        glance(ivo, "day nurse no line")
        with_a_line(ivo)
        ivo.open("/")
        told = ivo.page.locator('[data-captured="in"]')
        expect(told).to_be_visible()
        glance(ivo, "day nurse line back")

    with ivo.page.expect_navigation():
        told.get_by_role("link", name="Captured without a line").tap()
    with ivo.page.expect_navigation():
        ivo.page.get_by_role("link", name="Received, number 1").last.tap()
    tap(ivo, "link", "Accept")
    glance(ivo, "day nurse late")
    ivo.page.get_by_label("intact").check()
    ivo.page.get_by_label("Password").fill(PASSWORD)
    tap(ivo, "button", "Accept")

    assert ivo.page.get_by_role("radio", name="entered late").is_checked()
    glance(ivo, "day nurse which entry")
    tap(ivo, "button", "This entry tells it")
    expect(ivo.page.get_by_text("Settled: entered late")).to_be_visible()
    expect(ivo.page.get_by_role("heading", name="Captured without a line")).to_be_visible()
    ivo.open(f"/therapies/{coming.coi}")
    late = coming.newest
    assert (late.action, late.kind) == ("accept_custody", "late")
    assert late.happened_at < late.recorded_at
    shown = ivo.page.locator("li.late").first
    expect(shown).to_contain_text("entered late")
    moments = shown.locator("time").evaluate_all("all => all.map(one => one.dateTime)")
    assert moments[:2] == [late.happened_at, late.recorded_at]
    glance(ivo, "day nurse entered late")


def test_two_tabs_on_one_step_have_one_effect(coming, ivo, glance):
    """The tab that is behind says so, shows what is asked now, and nothing stands twice."""
    ivo.open(path_of(coming.coi, "accept_custody"))
    tap(ivo, "button", "Begin")
    first, second = ivo.page, ivo.context.new_page()
    ivo.watch(second)
    second.goto(first.url)
    scan(ivo, coming.bag)

    ivo.page = second
    with second.expect_navigation() as answer:
        second.locator(CODE).focus()
        ivo.read_code(coming.bag)

    assert answer.value.status == 409
    assert "answered already, here or on another device" in second.inner_text("main")
    glance(ivo, "day nurse second tab")
    expect(second.locator(".read li")).to_have_count(1)
    tap(ivo, "button", "That is all of them")
    ivo.page = first
    with first.expect_navigation() as answer:
        first.get_by_role("button", name="That is all of them").tap()
    assert answer.value.status == 409
    assert asked(ivo) == "Condition on arrival"
    first.get_by_label("intact").check()
    tap(ivo, "button", "Go on")
    sign(ivo)
    second.reload()
    assert second.inner_text(".huge").strip() == "RIGHT"
    (accepted,) = [one for one in coming.happened("accept_custody") if one.unit == "north-ward"]
    assert len(accepted.content["scans"]) == 1
