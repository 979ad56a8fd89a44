"""What everybody must be able to read and to press: looked for on a page as it is shown.

At the width of a workstation by day and at that of a tablet by night: axe finds nothing, nothing is
cut off at the side, what is read is large enough, and so is what is pressed; keys and a screen
reader come to all of it in the order in which it stands. On a telephone too, where axe looks at the
pages that are seen most in each run, and at all of them in `make soak`.
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
    'body, p:not(.code), label, input, button, textarea, select, li, dd, dt, th, td, .tag'
  )].filter({_SHOWN}).filter(it => parseFloat(getComputedStyle(it).fontSize) < least)
  .map(it => `${{it.outerHTML.slice(0, 90)}} is ${{getComputedStyle(it).fontSize}}`)"""
# A quote that was escaped in the wrong place leaves an attribute that nobody meant.
_BROKEN = """() => [...document.querySelectorAll('*')]
  .filter(it => [...it.attributes].some(one => /["'<>&]/.test(one.name)))
  .map(it => `${it.outerHTML.slice(0, 120)} has an attribute that is none`)"""
# Whoever hears a page, or goes through it by keys, comes to all of it in the order of its text:
# down, and in one row to the right; from the end of a column to the top of the next.
_OUT_OF_ORDER = """() => {
  const found = [...document.querySelectorAll('main :is(a[href], button, input, select, textarea,'
    + ' summary, [tabindex="0"])')].filter(it => it.checkVisibility({ visibilityProperty: true }))
    .map(it => [it, it.getBoundingClientRect()]);
  const told = it => it.outerHTML.slice(0, 90);
  return found.slice(1).map((one, n) => [found[n], one]).filter(([[, a], [, b]]) => {
    const isAbove = b.bottom <= a.top + 1, isLeft = b.right <= a.left + 1;
    return isAbove ? b.left < a.right - 1 : isLeft && b.top < a.bottom - 1;
  }).map(([[a], [b]]) => `${told(b)} comes after ${told(a)}, and stands before it`);
}"""
_BADLY_BUILT = f"""() => {{
  const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter({_SHOWN})
    .filter(it => it.matches('h1') || !it.closest('[role=alert]'));  // an alert stands before all
  const levels = headings.map(it => Number(it.tagName[1])), wrong = [];
  const ones = levels.filter(level => level === 1).length;
  if (ones !== 1) wrong.push(`it has ${{ones}} headings of the first level`);
  levels.forEach((level, n) => {{
    if (level > (levels[n - 1] ?? 0) + 1)
      wrong.push(`${{headings[n].outerHTML.slice(0, 90)}} skips a level`);
  }});
  if (document.querySelectorAll('main').length !== 1) wrong.push('it has not one main part');
  if (document.querySelectorAll('body > header').length > 1) wrong.push('it has two heads');
  for (const it of document.querySelectorAll('[tabindex]'))
    if (it.tabIndex > 0) wrong.push(`${{it.outerHTML.slice(0, 90)}} comes out of its turn`);
  return wrong;
}}"""
_RUN_AXE = "axe.run({ resultTypes: ['violations'] }).then(found => found.violations)"
# What lies over the page scrolls by itself: nothing of it makes the page wider.
_CUT_OFF = """() => [...document.querySelectorAll('dialog[open]')]
  .filter(it => it.scrollWidth > it.clientWidth).map(it => [it, ...it.querySelectorAll('*')]
    .filter(one => one.getBoundingClientRect().right > it.clientWidth).pop()
    .outerHTML.slice(0, 90))"""
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_WIDEST = """() => [...document.querySelectorAll('body *')].filter(it =>
    it.getBoundingClientRect().right > document.documentElement.clientWidth)
  .map(it => it.outerHTML.slice(0, 90)).slice(-2)"""


def look_at(
    person: Person, name: str, pictures: Path | None, *, telephone: bool = False
) -> list[str]:
    """Everything that is wrong with the page that somebody sees; pictures are kept if wanted.

    With `telephone`, axe looks at it at that width too, which takes as long as all else.
    """
    page, wrong = person.page, []
    before = page.viewport_size or WIDE
    for shape, light in ((WIDE, "light"), (NARROW, "dark")):
        page.set_viewport_size(shape)
        page.emulate_media(color_scheme=light)
        wrong += [f"at {shape['width']} px: {what}" for what in _wrong_with(page)]
    wrong += page.evaluate(_BADLY_BUILT)
    page.set_viewport_size(PHONE)
    on_telephone = _wrong_with(page) if telephone else _wrong_at_sight(page)
    wrong += [f"at {PHONE['width']} px: {what}" for what in on_telephone]
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
    yield from _wrong_at_sight(page)


def _wrong_at_sight(page: Page) -> Iterator[str]:
    """What is seen without axe: what is cut off, too small, or out of its order."""
    yield from beyond(page)
    yield from page.evaluate(_BROKEN)
    yield from page.evaluate(_SMALL_TARGETS, LEAST_TARGET)
    yield from page.evaluate(_SMALL_TYPE, LEAST_TYPE)
    yield from page.evaluate(_OUT_OF_ORDER)


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
    yield from (f"{what} is cut off" for what in page.evaluate(_CUT_OFF))


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds, such as what a page keeps after it was shown."""
    end = monotonic() + _PATIENCE
    while not holds():
        assert monotonic() < end
        sleep(0.05)


def kept_by(page: Page) -> set[str]:
    """What a page left in the browser, but for the last checkpoint (TL-21) and what rang last."""
    found = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    return {*found} - {"coi-head", "coi-alarms"}
