"""A step that is asked one thing on each screen: whoever takes it answers screen by screen."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from playwright.sync_api import Page

from coi.services.attempt import TakeAction
from coi.services.proofs import Signer
from tests.browser.filling import fill_page, texts_of
from tests.browser.person import Person

SCREEN = "form.step"
ASKED = "#asked"
CODE = f"{SCREEN} input[name=code]"
APART = "The second signs in a session of their own"
AGAIN = f"{SCREEN} input[name=again]:visible"
FIRST_PART_IS_IN = "Your part is in"
BEGIN_SECOND = "Begin the second check"
DISCARD = "Discard: nothing has happened"
ALL_OF_THEM = "main button[name=done]"
MOST_SCREENS = 60


def begin(page: Page, unit: str) -> None:
    """Begin with a step, at a unit."""
    choice = page.locator(f"input[type=radio][name=unit][value='{unit}']")
    if choice.count():
        choice.check()
    with page.expect_navigation():
        page.get_by_role("button", name="Begin", exact=True).click()


def no_glance(_person: Person) -> None:
    """Whoever is in a hurry looks at no screen twice."""


def go_through(
    person: Person,
    wanted: TakeAction,
    signers: Sequence[Signer],
    glance: Callable[[Person], None] = no_glance,
) -> None:
    """Answer every screen, until none asks any more, or one says why not; glance at each before."""
    page = person.page
    texts = {**texts_of(wanted, signers), **_counts(wanted)}
    for _ in range(MOST_SCREENS):
        if page.locator(SCREEN).count() == 0 or page.locator("main [role=alert]").count():
            return
        glance(person)
        if page.locator(CODE).count():
            _scan(person, [*_codes_for(page.locator(ASKED).inner_text(), wanted)])
        else:
            fill_page(page, SCREEN, texts, wanted.named)
            with page.expect_navigation():
                page.locator(f"{SCREEN} button.main").click()
    raise AssertionError(f"{wanted.action} has no end")


def _scan(person: Person, codes: Sequence[str]) -> None:
    """Read what the screen asks for; the scanner's Enter answers it."""
    for raw in codes:
        if person.page.locator(CODE).count():
            person.page.locator(CODE).focus()
            if person.page.locator(AGAIN).count():
                person.read_code(raw)  # without scripts: Enter leads to the field that is empty yet
            with person.page.expect_navigation():
                person.read_code(raw)
    done = person.page.locator(ALL_OF_THEM)
    if done.count():
        with person.page.expect_navigation():
            done.click()


def _codes_for(heading: str, wanted: TakeAction) -> Iterator[str]:
    """What is at hand of what a screen asks for: the order, the wristband, or the labels."""
    for code in wanted.codes:
        is_order, is_band = code.raw == wanted.coi, code.raw.startswith("W-")
        if "order" in heading:
            fits = is_order
        elif "wristband" in heading:
            fits = is_band
        else:
            fits = not (is_order or is_band)
        if fits:
            yield code.raw


def _counts(wanted: TakeAction) -> dict[str, str]:
    """How many of each sort come into being."""
    born = Counter(new.machine for new in wanted.births)
    return {f"count-{machine}": str(number) for machine, number in born.items()}
