"""A leaking bag is photographed at the bedside, and a logger's record is handed in at the bench."""

import pytest
from playwright.sync_api import Page, expect

from coi.demo import departures
from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import AT_LAB, RECEIVED_FROZEN, play
from coi.demo.performer import Wish
from coi.services.therapies import look
from tests.browser.filling import fill_page, texts_of
from tests.browser.guided import begin, go_through
from tests.browser.house import House
from tests.browser.looking import NARROW, look_at
from tests.browser.person import Person
from tests.browser.walking import FORM, MAIN, path_of, scan_into
from tests.coi.services.test_pictures import drawn
from tests.journeys.asking import ids, until

LOGGER = b"Date;Time;C\r\n2026-11-30;08:15;-151.2\r\n"


@pytest.fixture
def house(sqlite_house) -> House:
    """One house: the journeys without a browser tell the same in a database of each kind."""
    return sqlite_house


@pytest.fixture
def thawed(house) -> str:
    """A therapy whose bags are thawed."""
    coi = house.performer.order(PATIENTS[0])
    play(house.performer, coi, until(departures.DAMAGED_AT_THAW, "report_damage"))
    return coi


def chosen(page: Page, name: str, content: bytes, field: str) -> None:
    """Choose a file, as a camera or a stick offers it."""
    kind = "image/jpeg" if name.endswith("jpg") else "text/csv"
    page.locator(f"#{field}-chosen").set_input_files(
        {"name": name, "mimeType": kind, "buffer": content}
    )


def test_a_picture_outlives_a_refused_form(house, someone, thawed, pictures):
    """It is chosen once; a password is mistyped, and the bag is reported with the picture."""
    bag = ids(house.performer, thawed, "product", "thawed")[0]
    asked = house.performer.request(thawed, "report_damage", Wish(on=(bag,)))
    person = someone(house, asked[1].username)
    page = person.page
    person.open(path_of(thawed, "report_damage"))
    wanted, _actor, signers = asked
    fill_page(page, FORM, texts_of(wanted, signers), wanted.named)
    scan_into(person, [code.raw for code in wanted.codes])
    chosen(page, "bag.jpg", drawn("JPEG", (640, 480)), "value-damage_picture")
    wrong = look_at(person, "step-picture", pictures)
    page.fill("[name=signer-1-password]", "mistyped")
    page.locator(MAIN).click()

    expect(page.get_by_text("Held:")).to_be_visible()
    wrong += look_at(person, "step-picture-held", pictures)
    page.fill("[name=signer-1-password]", PASSWORD)
    page.fill("[name=signer-2-password]", PASSWORD)
    page.locator(MAIN).click()
    expect(page.get_by_text("Done: Report a bag as damaged.")).to_be_visible()
    person.open(f"/therapies/{thawed}/values")
    wrong += look_at(person, "step-picture-kept", pictures)
    saved = person.print(page.get_by_role("link", name="image/jpeg"))

    assert wrong == []
    assert saved == drawn("JPEG", (640, 480))


def test_a_loggers_record_is_a_screen_of_its_own(house, someone, pictures):
    """On a tablet: it is chosen, read back, signed for, and stands among the values."""
    performer = house.performer
    coi = performer.order(PATIENTS[0])
    play(performer, coi, until((*AT_LAB, *RECEIVED_FROZEN), "unpack"))
    shipment = ids(performer, coi, "shipment")[-1]
    wanted, actor, signers = performer.request(coi, "unpack", Wish(on=(shipment,)))
    person, wrong = someone(house, actor.username, viewport=NARROW), []

    def glance(person: Person) -> None:
        asked = person.page.locator("#asked").inner_text()
        if asked == "Record of the temperature logger":
            chosen(person.page, "logger.csv", LOGGER, "value-logger_record")
            wrong.extend(look_at(person, "step-logger", pictures))
        if asked == "Read it back":
            wrong.extend(look_at(person, "step-logger-read-back", pictures))

    person.open(path_of(coi, "unpack"))
    begin(person.page, wanted.unit)
    go_through(person, wanted, signers, glance)

    event = look(performer.installation, coi).history[-1]
    assert event.action == "unpack", person.page.inner_text("main")
    person.open(f"/therapies/{coi}/values")
    expect(person.page.get_by_role("link", name=f"text/plain, {len(LOGGER)} bytes")).to_be_visible()
    assert wrong == []
