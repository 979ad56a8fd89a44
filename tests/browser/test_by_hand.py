"""Who has no mouse takes every step, and so does whoever has no scripts."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PASSWORD
from coi.demo.chapters import FROZEN, Step, play, wish_of
from coi.services.therapies import look
from tests.browser.filling import texts_of
from tests.browser.guided import SCREEN
from tests.browser.person import MOST_TABS, Person
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


_HERE = """() => {
  const it = document.activeElement;
  const isMain = it.matches('main button.main');
  return { name: it.name, type: it.type, value: it.value, words: it.innerText, isMain };
}"""


@dataclass(frozen=True)
class ByKeys:
    """Whoever has a keyboard alone, and knows what is asked."""

    person: Person
    texts: dict[str, str]

    def type_in(self, text):
        """Type where the cursor is."""
        self.person.page.keyboard.type(text)

    def answer(self, words=""):
        """Go through a form by Tab, answer what it asks, and press its button."""
        for _ in range(MOST_TABS):
            here = self.person.page.evaluate(_HERE)
            if here["isMain"] and words in here["words"]:
                self.person.enter()
                return
            if text := self.texts.get(here["name"]):
                self._give(here, text)
            self.person.strike("Tab")
        raise AssertionError("Tab leads to no button")

    def _give(self, here, text):
        if here["type"] in {"select-one", "radio"}:
            for _ in range(MOST_TABS):
                if self.person.page.evaluate(_HERE)["value"] == text:
                    break
                self.person.strike("ArrowDown")
            if here["type"] == "radio":
                self.person.strike("Space")
        elif here["value"] != text:
            self.type_in(text)

    def to_the_end(self):
        """Answer every screen; returns how many there were."""
        screens = 0
        while self.person.page.locator(SCREEN).count():
            assert not self.person.page.locator("main [role=alert]").count()
            self.answer()
            screens += 1
        return screens


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


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_guided_handoff_is_taken_with_a_keyboard_alone(house, coi, leo):
    """One thing on each screen: nothing is pressed but keys, and nothing is focused but by them."""
    play(house.performer, coi, [FROZEN])
    wish = wish_of(look(house.installation, coi), TO_THE_WARD)
    wanted, _actor, signers = house.performer.request(coi, TO_THE_WARD.action, wish)
    keys = ByKeys(leo, {**texts_of(wanted, signers)})
    keys.type_in("leo")
    leo.tab_to("password")
    keys.type_in(PASSWORD)
    leo.enter()
    with leo.page.expect_navigation():
        leo.read_code(coi)
    leo.tab_to("Hand over")
    leo.enter()

    keys.answer("Begin")
    with leo.page.expect_navigation():
        leo.read_code(label_in(house, coi))
    screens = keys.to_the_end()

    assert leo.page.inner_text(".huge").strip() == "RIGHT"
    assert newest(house.performer, coi).action == "release_custody"
    assert screens > 1


def test_a_handoff_is_walked_without_scripts(house, coi, someone):
    """The pages work without JavaScript; they are only quicker with it."""
    walk = in_browsers(house, lambda name: someone(house, name, java_script_enabled=False))

    play(walk, coi, [FROZEN, TO_THE_WARD, Step("take_back", "material", "frozen")])

    assert newest(house.performer, coi).action == "take_back"
    assert states(house.performer, coi, "material") == {"frozen": 1}
