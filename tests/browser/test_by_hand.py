"""Who has no mouse takes every step, and so does whoever has no scripts."""

import pytest

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import ORDERED, collected, play
from coi.demo.performer import Wish
from coi.services.therapies import look
from tests.browser.walking import fill_in, path_of
from tests.journeys.asking import newest

MOST_TABS = 60
AT_LAB = Wish(to="north-lab")


@pytest.fixture
def coi(house):
    """A therapy whose cells are in the hands of the apheresis unit."""
    coi = house.performer.order(PATIENTS[2])
    play(house.performer, coi, (*ORDERED, *collected(1)[:3]))
    return coi


@pytest.fixture
def nina(house, people):
    """A nurse at the door, with a keyboard and a scanner and nothing else."""
    nina = people(house, "nina")
    nina.open("/sign-in")
    return nina


def tab_to(page, words):
    """Press Tab until what has these words, or this name, has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        told = page.evaluate("[document.activeElement.innerText, document.activeElement.name]")
        if words in told:
            return
    raise AssertionError(f"Tab does not lead to “{words}”")


def enter(page):
    """Press Enter, and wait for the page to which it leads."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def label_in(house, coi):
    """Give what a scanner reads from the only bag."""
    (serials,) = look(house.installation, coi).labels.values()
    return f"]d1{serials[-1]}/{coi}"


def test_a_step_is_taken_with_a_keyboard_alone(house, coi, nina):
    """Sign in, scan the order, open the step, scan the bag, choose, sign, send."""
    page, keyboard = nina.page, nina.page.keyboard
    keyboard.type("nina")
    tab_to(page, "password")
    keyboard.type(PASSWORD)
    enter(page)

    with page.expect_navigation():  # what is typed anywhere goes into the box for codes
        nina.read_code(coi)
    tab_to(page, "Hand over")
    enter(page)
    nina.read_code(label_in(house, coi))
    tab_to(page, "consignee")
    keyboard.type("North Hospital, Cell")
    tab_to(page, "signer-1-password")
    keyboard.type(PASSWORD)
    tab_to(page, "Hand over")
    enter(page)

    assert page.url.endswith(f"/therapies/{coi}")
    assert newest(house.performer, coi).action == "release_custody"


def test_a_handoff_is_walked_without_scripts(house, coi, someone):
    """The pages work without JavaScript; they are only quicker with it."""
    for action, wish in (("release_custody", AT_LAB), ("accept_custody", Wish())):
        asked = house.performer.request(coi, action, wish)
        person = someone(house, asked[1].username, java_script_enabled=False)
        person.open(path_of(coi, action))

        fill_in(person, asked)

        assert person.page.url.endswith(f"/therapies/{coi}")
        assert newest(house.performer, coi).action == action
