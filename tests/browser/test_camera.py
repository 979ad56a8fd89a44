"""A tablet reads our own printed labels with its camera, where no scanner is at hand."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import expect

from coi.demo.chapters import FROZEN, play
from coi.services.therapies import look
from labels.bag_label import BAG_LABEL, bag_label
from labels.identifiers import Serial, parse_code
from labels.templates import TEMPLATES
from labels.wristband import wristband
from tests.browser.camera import UNSHARP, Lying, film_of, scene_of, standing_in
from tests.browser.conftest import CALM, NARROW, WIDE, program
from tests.browser.guided import begin
from tests.browser.looking import look_at
from tests.browser.person import Person
from tests.browser.walking import path_of
from tests.labels.builders import a_bag_label, a_wristband

VENDORED = Path(__file__).parents[2] / "static" / "vendor" / "zxing-wasm"
GIVE = "release_custody"
READ = "Read with the camera"
STATE = "#camera [data-state]:visible"
TABLET = {"viewport": NARROW, "has_touch": True}
FAKE = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What a camera reads does not depend on the database."""
    return sqlite_house


@pytest.fixture
def bag(house, coi):
    """The label of the only bag."""
    (serials,) = look(house.installation, coi).labels.values()
    return bag_label(a_bag_label(serial=serial(serials[-1]), coi=parse_code(coi)))


def serial(text):
    """A serial by what is printed."""
    found = parse_code(text)
    assert isinstance(found, Serial)
    return found


def printed(content):
    """The serial of a label as people read it."""
    return parse_code(content.payloads["serial"]).text


def another_bag(template=BAG_LABEL):
    """The label of a bag that lies beside it."""
    return bag_label(a_bag_label(), TEMPLATES[template])


@pytest.fixture
def seeing(house, someone):
    """A technologist whose tablet sees a scene."""

    def arrive(*labels, unsharp=UNSHARP):
        leo = someone(house, "leo", **TABLET)
        leo.page.add_init_script(standing_in(scene_of(labels, unsharp)))
        leo.open("/")
        leo.page.get_by_role("button", name="Camera", exact=True).click()
        return leo

    return arrive


def test_a_bag_is_read_where_a_step_asks_for_it(chromium, house, coi, bag, tmp_path):
    """By Chromium's own camera; it counts as scanned, for nobody typed it."""
    play(house.performer, coi, [FROZEN])
    film = film_of(scene_of([Lying(bag, "container")]), tmp_path / "bag.mjpeg")
    see = f"--use-file-for-fake-video-capture={film}"
    browser = chromium.browser_type.launch(executable_path=program(), args=[*CALM, *FAKE, see])
    leo = Person.at("leo", browser.new_context(base_url=house.served.url, **TABLET))
    leo.sign_in()
    leo.open(path_of(coi, GIVE))
    begin(leo.page, "north-lab")

    with leo.page.expect_navigation():
        leo.page.get_by_role("button", name=READ).click()

    expect(leo.page.locator(".read")).to_contain_text(printed(bag))
    expect(leo.page.locator(".read")).not_to_contain_text("typed")
    assert leo.troubles == []
    browser.close()


@pytest.mark.parametrize("payload", ["container", "serial"])
def test_either_symbol_of_a_bag_tells_what_it_is(seeing, coi, bag, payload):
    """Data Matrix and Code 128, askew and not sharp, from the box of every page."""
    leo = seeing(Lying(bag, payload))

    expect(leo.page.locator("main")).to_contain_text(coi)
    expect(leo.page.locator("#camera")).to_be_hidden()


def test_a_wristband_is_read(seeing):
    """By its QR code: the server knows it for a code of ours, and this one for nobody's here."""
    leo = seeing(Lying(wristband(a_wristband()), "serial"))

    expect(leo.page.locator("main")).to_contain_text("UNKNOWN_CODE")


def test_a_bag_is_read_from_aside_and_less_sharp(seeing, coi, bag):
    """From thirty degrees, as whoever leans over a shipper holds a tablet."""
    leo = seeing(Lying(bag, "container", aside=30), unsharp=1.2)

    expect(leo.page.locator("main")).to_contain_text(coi)


def test_a_wristband_is_read_around_an_arm(seeing):
    """Of a child, from aside."""
    worn = Lying(wristband(a_wristband()), "serial", lean=0, aside=20, around_mm=20)
    leo = seeing(worn, unsharp=1.2)

    expect(leo.page.locator("main")).to_contain_text("UNKNOWN_CODE")


def test_of_two_bags_the_one_under_the_cross_is_read(seeing, coi, bag):
    """The other one is in the picture, and readable; it is not taken for this one."""
    other = another_bag()
    leo = seeing(Lying(other, "container", (0, 300)), Lying(bag, "container", (0, 0)))

    expect(leo.page.locator("main")).to_contain_text(coi)
    assert printed(other) not in leo.page.locator("main").inner_text()


def test_between_two_bags_none_is_read(seeing, bag, pictures):
    """Whoever holds the cross between them is told so."""
    small = another_bag("bag-label-51x25")
    leo = seeing(Lying(small, "container", (-97, 0), 180), Lying(bag, "container", (130, 0), 0))

    expect(leo.page.locator(STATE)).to_contain_text("none is read until then")
    assert look_at(leo, "camera-several", pictures) == []
    leo.page.get_by_role("button", name="Close").click()
    expect(leo.page.locator("#camera")).to_be_hidden()


def test_what_lies_beside_the_cross_is_not_read(seeing, bag):
    """It is seen; whoever holds the tablet is told where the cross belongs."""
    leo = seeing(Lying(bag, "container", (300, 100)))

    expect(leo.page.locator(STATE)).to_contain_text("beside the cross")


def test_who_may_not_use_the_camera_is_told_what_to_do(house, someone):
    """The browser says no; a scanner and the keyboard go on as ever."""
    leo = someone(house, "leo", **TABLET)

    leo.page.get_by_role("button", name="Camera", exact=True).click()

    expect(leo.page.locator(STATE)).to_contain_text("scan or type the code")


def test_a_workstation_is_offered_no_camera(house, someone):
    """It has a scanner; nothing stands beside the box that nobody needs there."""
    leo = someone(house, "leo", viewport=WIDE)

    expect(leo.page.get_by_role("button", name="Look up")).to_be_visible()
    expect(leo.page.get_by_role("button", name="Camera", exact=True)).to_be_hidden()


def test_what_is_vendored_is_what_the_list_says():
    """Byte by byte, with its licence; it names no address of anybody."""
    listed = json.loads((VENDORED / "MANIFEST.json").read_text())["files"]

    assert {*listed} | {"MANIFEST.json"} == {file.name for file in VENDORED.iterdir()}
    for name, told in listed.items():
        kept = (VENDORED / name).read_bytes()
        assert (len(kept), sha256(kept).hexdigest()) == (told["bytes"], told["sha256"])
        assert b"://" not in kept
