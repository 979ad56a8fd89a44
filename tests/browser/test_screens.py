"""What answers a step, a scan or a print has no address: it is looked at here, as the pages are."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PATIENTS
from coi.demo.chapters import AT_BEDSIDE, FROZEN, ORDERED, collected, play
from coi.demo.performer import Wish
from tests.browser.filling import fill_page
from tests.browser.guided import (
    APART,
    BEGIN_SECOND,
    CODE,
    DISCARD,
    FIRST_PART_IS_IN,
    begin,
    go_through,
)
from tests.browser.looking import PHONE
from tests.browser.walking import FORM, MAIN, in_browsers, order_texts, path_of
from tests.journeys.asking import ids

BEDSIDE = "check_at_bedside"
SMUDGED = "]d1TEST-SMUDGED"
TRIES = 3


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a screen looks like does not depend on the database."""
    return sqlite_house


@pytest.fixture
def thawed(house):
    """A therapy whose bags are thawed at the ward."""
    coi = house.performer.order(PATIENTS[1])
    play(house.performer, coi, AT_BEDSIDE)
    return coi


@pytest.fixture
def ward(house, someone):
    """The cast, each at a device of their own."""
    return in_browsers(house, lambda username: someone(house, username))


def begun(ward, coi):
    """Somebody at the first screen of the check at the bedside, with all they need."""
    asked = ward.request(coi, BEDSIDE)
    first = ward.person(asked[1].username)
    first.open(path_of(coi, BEDSIDE))
    begin(first.page, asked[0].unit)
    return first, asked


def read(person, raw):
    """Read a code where the screen asks for one."""
    person.page.locator(CODE).first.focus()
    with person.page.expect_navigation():
        person.read_code(raw)


def test_each_screen_of_two_people_can_be_read(ward, thawed, glance):
    """What is scanned, heard, read back and signed; who waits; and that it was right."""
    first, (wanted, _actor, signers) = begun(ward, thawed)
    second = ward.person(signers[1].username)

    def screen(person):
        part = "first" if person is first else "second"
        glance(person, f"{part} {person.page.inner_text('#asked')}")

    go_through(first, wanted, signers, screen)
    assert first.page.get_by_text(FIRST_PART_IS_IN).count()
    glance(first, "waits for the second")
    second.open(first.page.url)
    glance(second, "a second check is asked")
    second.press(BEGIN_SECOND)
    go_through(second, wanted, signers[1:], screen)
    assert second.page.inner_text(".huge").strip() == "RIGHT"
    glance(second, "right")


def test_on_a_telephone_what_is_asked_stands_in_the_first_screen(ward, thawed):
    """Its own field alone: the box for any code steps back, and comes when a key leads to it."""
    first, _asked = begun(ward, thawed)
    page = first.page
    page.set_viewport_size(PHONE)

    asked, box = page.locator(CODE).first.bounding_box(), page.locator("#scan-box")
    assert 0 < asked["y"] < asked["y"] + asked["height"] < PHONE["height"] * 3 / 4
    assert box.bounding_box()["x"] < 0
    box.focus()
    assert box.bounding_box()["x"] > 0
    assert page.get_by_role("link", name="Alarms").is_visible()


LOOKED_AT = {"Scan the shipper", "Sign"}
"""Of the screens of a bench, which all look alike, those that are looked at in each run."""


@pytest.mark.parametrize(
    "is_each", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["some", "each"]
)
def test_packing_a_shipper_screen_by_screen_can_be_read(house, ward, glance, is_each):
    """Scanned, told and read back; the second signs in a session of their own, and it is right."""
    coi = house.performer.order(PATIENTS[2])
    play(house.performer, coi, (*ORDERED, *collected(1), FROZEN))
    bags = Wish(on=ids(house.performer, coi, "material"))
    wanted, actor, signers = ward.request(coi, "pack", bags)
    first, second = ward.person(actor.username), ward.person(signers[1].username)

    def screen(person):
        asked = person.page.inner_text("#asked")
        apart = person.page.get_by_role("link", name=APART)
        if is_each or asked in LOOKED_AT:
            part = "packing" if person is first else "packing second"
            glance(person, f"{part} {asked}")
        if apart.count():
            with person.page.expect_navigation():
                apart.click()
            glance(person, "packing sign apart")

    first.open(path_of(coi, "pack"))
    first.press("Go on screen by screen")
    go_through(first, wanted, signers, screen)
    assert first.page.get_by_text(FIRST_PART_IS_IN).count()
    glance(first, "packing waits for the second signature")
    second.open(first.page.url)
    glance(second, "packing second signature")
    second.press("Read it, and sign")
    go_through(second, wanted, signers[1:], screen)

    assert second.page.inner_text(".huge").strip() == "RIGHT"
    glance(second, "packing right")


def test_a_wrong_scan_at_the_bedside_fills_the_screen(ward, thawed, house, glance):
    """And so does what cannot be read, which looks and sounds otherwise."""
    first, _asked = begun(ward, thawed)

    for number in range(1, TRIES + 1):
        read(first, SMUDGED)
        assert first.page.inner_text(".huge").strip() == "CANNOT READ"
        glance(first, f"cannot read {number}")
    read(first, house.cois["mixed up"])

    assert first.page.inner_text(".huge").strip() == "STOP"
    glance(first, "stop at the bedside")


def test_another_thing_of_the_therapy_stops_the_hand(ward, thawed, glance):
    """It is told as loudly, and the screen is asked again."""
    first, (wanted, *_rest) = begun(ward, thawed)

    read(first, wanted.codes[1].raw)

    assert "NOT_WHAT_IS_ASKED" in first.page.inner_text("main")
    glance(first, "another thing")


def test_each_screen_of_an_opening_can_be_read(house, ward, glance):
    """The label of the shipper, what is still expected, and that all of it was scanned."""
    coi = house.cois["packed"]
    shipper = ids(house.performer, coi, "shipment")[0]
    wanted, actor, _signers = ward.request(coi, "open_shipper", Wish(on=(shipper,)))
    person = ward.person(actor.username)
    person.open(path_of(coi, "open_shipper"))
    begin(person.page, wanted.unit)
    glance(person, "opening: the label of the shipper")
    layer, *inside = (code.raw for code in wanted.codes)

    read(person, layer)
    assert person.page.locator(".expected li").count() == len(inside)
    glance(person, "opening: what is in it")
    for raw in inside:
        read(person, raw)
    assert not person.page.locator(".expected").count()
    glance(person, "opening: all is scanned")
    person.press(DISCARD)


def test_two_therapies_in_one_burst_are_told(house, someone, coi, glance):
    """Two orders that come together are never taken for one."""
    leo = someone(house, "leo")
    leo.page.clock.install()
    leo.open("/")
    leo.page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))

    # On a busy machine the second would come after the pause that ends a burst: it is as long here.
    for order in (coi, house.cois["mixed up"]):
        leo.read_code(f"]d1{order}")
    leo.page.clock.run_for("00:01")
    leo.page.clock.resume()
    expect(leo.page.locator("h1")).to_have_text("2 codes")

    assert "STOP" in leo.page.inner_text("main")
    glance(leo, "two therapies")


def test_the_second_look_before_an_order_can_be_read(house, someone, glance):
    """A patient who is known already is compared with the chart first."""
    house.performer.order(PATIENTS[0])
    carla = someone(house, "carla")
    carla.open("/orders/new?workflow=autologous-car-t")
    fill_page(carla.page, FORM, order_texts(PATIENTS[0], "north"), ())

    with carla.page.expect_navigation():
        carla.page.locator(MAIN).click()

    assert carla.page.locator("#confirmed").count() == 1
    glance(carla, "second look at an order")


def test_a_secret_is_shown_once_and_leads_to_a_password(house, someone, people, glance):
    """To the administrator; whoever comes with it is asked for a password of their own."""
    root = someone(house, "root")
    root.open("/people/new")
    texts = {"username": "newcomer", "printed_name": "Nell O'Newcomer", "unit": "north-ward"}
    fill_page(root.page, FORM, texts, ())
    with root.page.expect_navigation():
        root.page.locator(MAIN).click()

    glance(root, "secret")
    nell = people(house, "newcomer")
    nell.sign_in(root.page.inner_text(".huge-code").strip())

    assert nell.page.get_by_label("New password once more").count() == 1
    glance(nell, "password after a secret")


def test_who_the_patient_is_can_be_read(house, someone, glance):
    """By whom it concerns, for a reason that they give."""
    ivo = someone(house, "ivo")
    ivo.open(f"/therapies/{house.cois['recorded late']}/patient")

    ivo.page.get_by_label("The patient is in front of me").check()
    ivo.press("Show who the patient is")

    assert PATIENTS[0]["family_name"] in ivo.page.inner_text("main")
    glance(ivo, "patient shown")


def test_a_second_print_is_asked_for(house, someone, coi, glance):
    """A wristband that was printed before is on paper somewhere."""
    nina = someone(house, "nina")
    nina.open(f"/therapies/{coi}")
    wristband = nina.page.get_by_role("button", name="Wristband", exact=True)

    nina.print(wristband)
    nina.open(f"/therapies/{coi}")
    with nina.page.expect_navigation():
        wristband.click()

    assert "Nothing was printed yet" in nina.page.inner_text("h1")
    glance(nina, "printed before")


def test_a_bench_that_another_therapy_is_on_can_be_read(house, someone, glance):
    """What is on it, and how it is cleared, before the next patient's cells come near it."""
    bench = house.things["bench"]
    luc = someone(house, "luc")
    luc.open(f"/benches/{bench}")
    luc.press("Work at Cabinet 1")
    other = house.performer.order(PATIENTS[3], site="south")
    play(house.performer, other, (*ORDERED, *collected(1)))
    walk = in_browsers(
        house, lambda username: luc if username == "luc" else someone(house, username)
    )
    play(walk, other, [FROZEN])

    luc.open(f"/benches/{bench}")

    assert other in luc.page.inner_text("main")
    glance(luc, "bench in use")


def test_a_clock_runs_on_on_an_open_page_until_it_says_that_it_is_over(ward, thawed):
    """Nobody loads the page again; by then words and another sign say so."""
    person = ward.person("ivo")
    person.page.clock.install()
    person.open(f"/therapies/{thawed}")
    timer = person.page.locator(".timer", has_text="Thaw window").first
    expect(timer).to_contain_text(re.compile(r"\d+ min left, ends at"))
    expect(timer.locator("span.gone")).to_be_hidden()

    person.page.clock.fast_forward("01:01:00")

    expect(timer.locator("span.gone")).to_be_visible()
    expect(timer.locator("svg.gone")).to_be_visible()
    expect(timer.locator("span.left")).to_be_hidden()
