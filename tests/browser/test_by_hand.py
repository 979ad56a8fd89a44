"""Who has no mouse takes every step, and so does whoever has no scripts."""

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PASSWORD
from coi.demo.chapters import FROZEN, Step, play
from coi.services.therapies import look
from tests.browser.walking import in_browsers
from tests.journeys.asking import newest, states

TO_THE_WARD = Step("release_custody", "material", "frozen", to="ward")


@pytest.fixture
def leo(house, people):
    """A technologist at the door, with a keyboard and a scanner and nothing else."""
    leo = people(house, "leo")
    leo.open("/sign-in")
    expect(leo.page.locator("#username")).to_be_focused()
    return leo


def label_in(house, coi):
    """Give what a scanner reads from the only bag."""
    (serials,) = look(house.installation, coi).labels.values()
    return f"]d1{serials[-1]}/{coi}"


def test_a_step_is_taken_with_a_keyboard_alone(house, coi, leo):
    """Sign in, scan the order, open the step, scan the bag, record, sign, send."""
    page, keyboard = leo.page, leo.page.keyboard
    keyboard.type("leo")
    leo.tab_to("password")
    keyboard.type(PASSWORD)
    leo.enter()

    with page.expect_navigation():  # what is typed anywhere goes into the box for codes
        leo.read_code(coi)
    leo.tab_to("Freeze starting material")
    leo.enter()
    leo.read_code(label_in(house, coi))
    leo.tab_to("value-cryoprotectant")
    keyboard.type("DMSO")
    leo.tab_to("signer-1-password")
    keyboard.type(PASSWORD)
    leo.tab_to("Freeze starting material")
    leo.enter()

    assert page.url.endswith(f"/therapies/{coi}")
    assert newest(house.performer, coi).action == "freeze_material"


def test_a_handoff_is_walked_without_scripts(house, coi, someone):
    """The pages work without JavaScript; they are only quicker with it."""
    walk = in_browsers(house, lambda name: someone(house, name, java_script_enabled=False))

    play(walk, coi, [FROZEN, TO_THE_WARD, Step("take_back", "material", "frozen")])

    assert newest(house.performer, coi).action == "take_back"
    assert states(house.performer, coi, "material") == {"frozen": 1}
