"""Whoever tries the demonstration gets on with what its sheet tells, and with nothing else."""

import os
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from coi.demo.cast import PASSWORD
from tests.browser.filling import fill_page
from tests.browser.guided import ASKED, BEGIN_SECOND, CODE, MOST_SCREENS, SCREEN, begin
from tests.browser.looking import look_at
from tests.browser.person import Person
from tests.serving import ROOT, Served, serving

CHECK = "Check bag and patient at the bedside"
SHEET = "Codes and accounts to try it with"


@dataclass(frozen=True)
class Demonstration:
    """Where the pages are that a visitor came to."""

    served: Served


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    """The demonstration as it is served, with one therapy and another to mistake it for."""
    folder = tmp_path_factory.mktemp("demonstration")
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "COI_HOME": str(folder / "home")}
    with serving(environ, folder / "said", "demo", "--therapies", "2") as served:
        yield Demonstration(served)


@pytest.fixture
def told(demonstration, people, pictures):
    """What the sheet tells of its first therapy, found from the door, by the words beside it."""
    visitor = people(demonstration, "nobody")
    visitor.open("/sign-in")
    with visitor.page.expect_popup() as opened:
        visitor.page.get_by_role("link", name=SHEET).click()
    visitor.page = opened.value
    assert look_at(visitor, "visitors", pictures) == []
    words = visitor.page.locator("dl.identity").first.locator("dt, dd").all_inner_texts()
    bag = visitor.page.locator("tr", has_text="thawed").first.locator("td").first
    return {**dict(zip(words[::2], words[1::2], strict=True)), "Bag": bag.inner_text()}


def test_two_visitors_check_a_bag_at_the_bedside(demonstration, someone, told):
    """The order, the wristband, the bag and what the patient says are all on the sheet.

    Each code is pasted: a visitor has no scanner.
    """
    ivo, irma = someone(demonstration, "ivo"), someone(demonstration, "irma")
    ivo.open(f"/therapies/{told['Order']}")
    with ivo.page.expect_navigation():
        ivo.page.get_by_role("link", name=CHECK, exact=True).click()
    begin(ivo.page, "north-ward")
    answer(ivo, told)
    irma.open(ivo.page.url)
    irma.press(BEGIN_SECOND)
    answer(irma, told)

    assert irma.page.inner_text(".huge").strip() == "RIGHT"


def paste(person: Person, raw: str) -> None:
    """Copy a code, paste it into the field of the screen, and press Enter."""
    person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.page.evaluate("text => navigator.clipboard.writeText(text)", raw)
    field = person.page.locator(CODE).first
    field.focus()
    person.page.keyboard.press("Control+V")
    expect(field).to_have_value(raw)
    person.page.keyboard.press("Enter")


def answer(person: Person, told: dict[str, str]) -> None:
    """Answer every screen until none asks any more."""
    said = ("family name", "birth date", "medical record number")
    texts = {f"said-{name.replace(' ', '_')}": told[f"The patient says: {name}"] for name in said}
    texts |= {"source": "patient", "signer-1-password": PASSWORD}
    for _ in range(MOST_SCREENS):
        if person.page.locator(SCREEN).count() == 0:
            return
        if person.page.locator(CODE).count():
            asked = person.page.locator(ASKED).inner_text().lower()
            thing = next(t for t in ("Order", "Wristband", "Bag") if t.lower() in asked)
            with person.page.expect_navigation():
                paste(person, told[thing])
        else:
            fill_page(person.page, SCREEN, texts, ())
            with person.page.expect_navigation():
                person.page.locator(f"{SCREEN} button.main").click()
