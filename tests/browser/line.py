"""A registered device, and its line to the server: taken away, put back, and what is captured."""

from contextlib import suppress

from playwright.sync_api import TimeoutError as Late
from playwright.sync_api import expect

from tests.browser.looking import until
from tests.browser.person import Person

_STANDS_BY = "() => Boolean(navigator.serviceWorker.controller)"
_A_MOMENT_MS = 500
_HURRY = "setInterval = (was => (what, pause) => was(what, pause / 15))(setInterval)"


def stands_by(person: Person) -> None:
    """Open pages until the worker stands before them: each page asks for it anew."""

    def does() -> bool:
        person.open("/")
        with suppress(Late):
            person.page.wait_for_function(_STANDS_BY, timeout=_A_MOMENT_MS)
            return True
        return False

    until(does)


def hurried(person: Person) -> None:
    """Open a page whose looks at the server, as many as they are, come after shorter pauses."""
    person.page.add_init_script(_HURRY)
    person.page.reload()


def captures_what_is_scanned(person: Person) -> None:
    """Wait until this device can keep what is scanned without a line."""
    until(lambda: bool(person.page.evaluate("async () => Boolean(await Queue.chain())")))


def without_a_line(person: Person) -> None:
    """Take the cable out; what is lost from then on is no trouble."""
    person.context.set_offline(True)


def captures_without_a_line(person: Person) -> None:
    """Take the cable out of a device that captures what is scanned, and see the page that does."""
    captures_what_is_scanned(person)
    without_a_line(person)
    person.page.goto("/")


def with_a_line(person: Person) -> None:
    """Put it back, and forget what was lost meanwhile."""
    person.context.set_offline(False)
    person.troubles[:] = [one for one in person.troubles if "INTERNET_DISCONNECTED" not in one]


def captured(person: Person, kind: str, *codes: str) -> None:
    """Capture one handoff on the page without a line, as soon as it can."""
    expect(person.page.locator("#capture")).to_be_visible()
    for code in codes:
        before = person.page.locator("#in-hand li").count()
        person.page.focus("#code")
        person.read_code(code)
        expect(person.page.locator("#in-hand li")).to_have_count(before + 1)
    person.page.get_by_role("button", name=kind, exact=True).click()
    expect(person.page.locator("#in-hand li")).to_have_count(0)
