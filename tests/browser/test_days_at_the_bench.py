"""A day of Mia, who makes, at a workstation: a keyboard, a scanner, and no mouse.

Beside what she sees stands what is on record then.
"""

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PASSWORD
from coi.demo.chapters import MADE, MATERIAL_ACCEPTED, ORDERED, RECEIVED_FROZEN, collected, started
from tests.browser.days import WORKSTATION, in_the_morning, nothing_is_recorded
from tests.browser.walking import path_of
from tests.journeys.asking import values

IN_CULTURE = (
    *ORDERED,
    *collected(1),
    *RECEIVED_FROZEN,
    MATERIAL_ACCEPTED,
    started(),
    *MADE[:2],
)


@pytest.fixture(scope="session")
def house(sqlite_house):
    """What somebody at a bench sees does not depend on the database."""
    return sqlite_house


@pytest.fixture
def culture(house):
    """A therapy whose cells grow."""
    return in_the_morning(house, IN_CULTURE)


@pytest.fixture
def mia(house, culture, people):  # noqa: ARG001 - it waits before she comes
    """At the door of a workstation; she signs in with keys alone."""
    mia = people(house, "mia", **WORKSTATION)
    mia.open("/sign-in")
    expect(mia.page.locator("#username")).to_be_focused()
    mia.page.keyboard.type("mia")
    mia.tab_to("password")
    mia.page.keyboard.type(PASSWORD)
    mia.enter()
    expect(mia.page.locator("h1")).to_have_text("My work")
    return mia


def fill(person, **texts):
    """Lead the focus to each field in its turn, and type into it."""
    for name, text in texts.items():
        person.tab_to(name.replace("__", "-"))
        person.page.keyboard.type(text)


def test_what_is_due_first_stands_first(mia, culture, glance):
    """Each with its deadline, and the step that waits."""
    rows = mia.page.locator("main tbody tr")
    # The first time of a line is its deadline; behind it stands since when something runs.
    due = rows.evaluate_all("all => all.map(one => one.querySelector('time')?.dateTime ?? '9999')")

    assert due == sorted(due)
    expect(mia.page.get_by_role("row").filter(has_text=culture.coi)).to_contain_text(
        "Record expansion"
    )
    glance(mia, "day maker work")


def test_a_number_beyond_its_limits_is_told_as_it_is_typed_and_refused(mia, culture, glance):
    """The field says its unit and limits; what is outside is told at once, and never recorded."""
    page = mia.page
    mia.read_code(culture.order)
    expect(page.locator("h1")).to_contain_text(culture.coi)
    mia.tab_to("Record expansion")
    mia.enter()
    with nothing_is_recorded(culture):
        expect(page.locator("label[for=value-viability_percent]")).to_contain_text("0 to 100 %")
        fill(
            mia,
            value__day_of_culture="5",
            value__total_cells_e6="120.5",
            value__viability_percent="101",
        )
        fill(mia, signer__1__password=PASSWORD)
        told = page.get_by_text("Above the most possible: 100 %")
        expect(told).to_be_visible()
        glance(mia, "day maker typed")
        mia.tab_to("Record expansion")
        mia.enter()
        expect(page.locator("#errors")).to_be_focused()
        assert "101 % is above the most possible 100" in page.inner_text("#errors")
        glance(mia, "day maker beyond limits")

    mia.tab_to("value-viability_percent")
    page.keyboard.press("Control+A")
    page.keyboard.type("91")
    # The decimal key of a German keyboard's digits; the field says which sign it takes.
    key = {"type": "keyDown", "code": "NumpadDecimal", "key": ",", "text": ","}
    page.context.new_cdp_session(page).send("Input.dispatchKeyEvent", key)
    expect(page.locator("#value-viability_percent")).to_have_value("91.")
    expect(page.locator("label[for=value-viability_percent]")).to_contain_text("with a point")
    page.keyboard.press("Backspace")
    fill(mia, signer__1__password=PASSWORD)
    expect(told).to_be_hidden()
    mia.tab_to("Record expansion")
    mia.enter()

    expect(page.locator(".notice").first).to_have_text("Done: Record expansion.")
    expanded = culture.newest
    assert (expanded.action, expanded.signatures[0].username) == ("expand", "mia")
    assert values(culture.house.performer, culture.coi, "viability_percent")[-1] == "91"


def test_a_second_person_signs_at_the_same_workstation(mia, culture, glance):
    """With their own name and password, in the same form; who is signed in stays."""
    page = mia.page
    culture.house.performer.do(culture.coi, "expand")
    mia.open(path_of(culture.coi, "harvest"))
    fill(mia, value__total_cells_e6="130", signer__1__password=PASSWORD)
    fill(mia, signer__2__username="mia", signer__2__password=PASSWORD)
    mia.tab_to("Harvest")
    mia.enter()
    assert "The second signature is by the same person as the first" in page.inner_text("#refused")
    expect(page.locator("#refused")).to_be_focused()
    assert culture.newest.kind == "refused"
    glance(mia, "day maker same person")

    mia.open(path_of(culture.coi, "harvest"))
    fill(mia, value__total_cells_e6="130", signer__1__password=PASSWORD)
    fill(mia, signer__2__username="max", signer__2__password=PASSWORD)
    mia.tab_to("Harvest")
    mia.enter()

    expect(page.locator(".who")).to_contain_text("Mia Maker")
    assert [one.username for one in culture.newest.signatures] == ["mia", "max"]
    assert culture.newest.actor == culture.house.performer.proven["mia"].person


def test_labels_are_printed_and_one_is_scanned_back(house, mia, culture, glance):
    """From the page of the labels: a file each, and the scan that says where it is."""
    for step in ("expand", "harvest", "formulate", "fill"):
        house.performer.do(culture.coi, step)
    page, serial = mia.page, culture.serial
    page.locator("#work-at").select_option("works-production")
    mia.tab_to("Change")
    mia.enter()
    mia.open(f"/therapies/{culture.coi}")
    mia.tab_to("Print labels")
    mia.enter()
    glance(mia, "day maker printing")
    mia.tab_to("As files instead")
    mia.strike("Enter")
    mia.tab_to(f"As a file: {serial}")
    pdf = mia.print(page.get_by_role("button", name=f"As a file: {serial}"))
    assert pdf.startswith(b"%PDF")
    mia.open(f"/therapies/{culture.coi}/labels")
    glance(mia, "day maker labels")
    page.locator(f"[id='{serial}']").get_by_role("link", name="Scan it where it belongs").focus()
    mia.enter()
    glance(mia, "day maker scan back")
    page.locator("#codes").focus()
    mia.read_code(culture.bag)
    mia.tab_to("Scan a label where it belongs")
    mia.enter()

    expect(page.locator(".notice").first).to_have_text("Done: it is on record.")
    expect(page.locator(f"[id='{serial}']")).to_contain_text("applied")
    (scanned,) = culture.newest.content["scans"]
    assert (scanned["how"], culture.newest.actor) == (
        "scanned",
        house.performer.proven["mia"].person,
    )
