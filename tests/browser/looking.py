"""What everybody must be able to read and to press: looked for on a page as it is shown.

At the width of a workstation by day and at that of a tablet by night: axe finds nothing, nothing is
cut off at the side, what is read is large enough, and so is what is pressed. On a telephone nothing
is cut off either.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.person import Person

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 820, "height": 1180}
PHONE = {"width": 390, "height": 844}
LEAST_TARGET, LEAST_TYPE = 48, 18
_PATIENCE = 30  # seconds

_SHOWN = "it => it.getClientRects().length && getComputedStyle(it).visibility !== 'hidden'"
# What is pressed together with its label is as large as the label; a link inside a sentence is as
# large as the sentence allows (WCAG 2.2, 2.5.8); a skip link is large enough once it is shown.
_SMALL_TARGETS = f"""least => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, label.choice'
  )].filter({_SHOWN}).filter(it => !it.closest('label.choice') || it.matches('label.choice'))
  .filter(it => !(it.matches('a') && getComputedStyle(it).display === 'inline'
    && it.closest('p, li, dd, td')))
  .filter(it => Math.min(it.offsetHeight, it.offsetWidth) < least && !it.matches('.skip'))
  .map(it => `${{it.outerHTML.slice(0, 90)}} is ${{it.offsetWidth}} x ${{it.offsetHeight}} px`)"""
_SMALL_TYPE = f"""least => [...document.querySelectorAll(
    'body, p:not(.code), label, input, button, textarea, select, li, dd, dt'
  )].filter({_SHOWN}).filter(it => parseFloat(getComputedStyle(it).fontSize) < least)
  .map(it => `${{it.outerHTML.slice(0, 90)}} is ${{getComputedStyle(it).fontSize}}`)"""
# A quote that was escaped in the wrong place leaves an attribute that nobody meant.
_BROKEN = """() => [...document.querySelectorAll('*')]
  .filter(it => [...it.attributes].some(one => /["'<>&]/.test(one.name)))
  .map(it => `${it.outerHTML.slice(0, 120)} has an attribute that is none`)"""
_RUN_AXE = "axe.run({ resultTypes: ['violations'] }).then(found => found.violations)"
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_WIDEST = """() => [...document.querySelectorAll('body *')].filter(it =>
    it.getBoundingClientRect().right > document.documentElement.clientWidth)
  .map(it => it.outerHTML.slice(0, 90)).slice(-2)"""


def look_at(person: Person, name: str, pictures: Path | None) -> list[str]:
    """Everything that is wrong with the page that somebody sees; pictures are kept if wanted."""
    page, wrong = person.page, []
    before = page.viewport_size or WIDE
    for shape, light in ((WIDE, "light"), (NARROW, "dark")):
        page.set_viewport_size(shape)
        page.emulate_media(color_scheme=light)
        wrong += [f"at {shape['width']} px: {what}" for what in _wrong_with(page)]
    page.set_viewport_size(PHONE)
    wrong += [f"at {PHONE['width']} px: {what}" for what in beyond(page)]
    if pictures is not None:
        _keep(person, name, pictures)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(before)
    return wrong


def _keep(person: Person, name: str, pictures: Path) -> None:
    """A picture at each width, by day and by night."""
    for shape in (WIDE, NARROW, PHONE):
        person.page.set_viewport_size(shape)
        for light in ("light", "dark"):
            person.page.emulate_media(color_scheme=light)
            person.picture(pictures / f"{name}-{shape['width']}-{light}.png")


def _wrong_with(page: Page) -> Iterator[str]:
    """What is wrong as it is shown now."""
    for found in _violations(page):
        yield f"axe {found['id']}: {[node['html'][:120] for node in found['nodes']]}"
    yield from beyond(page)
    yield from page.evaluate(_BROKEN)
    yield from page.evaluate(_SMALL_TARGETS, LEAST_TARGET)
    yield from page.evaluate(_SMALL_TYPE, LEAST_TYPE)


def _violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds; it is given to a page once, and what is as it should be stays there."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(_RUN_AXE)
    return found


def beyond(page: Page) -> Iterator[str]:
    """What lies beyond the edge of the page, as wide as it is shown now."""
    if (width := page.evaluate(_TOO_WIDE)) > 0:
        yield f"{width} px are beyond the edge: {page.evaluate(_WIDEST)}"


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds, such as what a page keeps after it was shown."""
    end = monotonic() + _PATIENCE
    while not holds():
        assert monotonic() < end
        sleep(0.05)


def kept_by(page: Page) -> set[str]:
    """What a page left in the browser, but for the last checkpoint of the record (TL-21)."""
    found = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    return {*found} - {"coi-head"}
