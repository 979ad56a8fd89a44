"""From Enter to a painted verdict, in a real browser, in a record of ten thousand therapies.

The pages are served as in a clinic, by a process of its own, and a scanner's keys are pressed in
the scan box. The time is that of the browser's clock: from Enter to the frame that shows what the
server said. What a first visit loads is weighed as it would be sent: each body compressed.
"""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from playwright.sync_api import Browser, Response, sync_playwright

from benchmarks.crowd import crowd
from benchmarks.measure import Row
from coi.services.therapies import look
from coi.store.engine import open_engine
from coi.store.migrate import upgrade
from tests.browser.conftest import CALM, program
from tests.browser.house import House, begun_long_ago, house_of
from tests.browser.person import Person
from tests.coi.lives import played
from tests.journeys.worlds import Databases

THERAPIES = 10_000
SCANS = 120
PAINTED_MS, LOAD_BYTES = 150, 120_000
"""What is promised: at the 95th percentile, and for a first visit without the camera's reader."""

_FIRST = 20  # are not counted: the first of everything is read from the disk

_PRESSED = """addEventListener('keydown', event => {
  if (event.key !== 'Enter') return;
  const pressed = performance.now(), before = document.getElementById('main');
  const look = () => requestAnimationFrame(() => {
    if (document.getElementById('main') === before) look();
    else requestAnimationFrame(now => { window.paintedAfter = now - pressed; });
  });
  look();
}, true);"""
"""The answer takes the place of the page's main part. A frame that begins after the one in which it
came finds it painted."""

_TOLD = """() => new Promise(tell => {
  const look = () => window.paintedAfter ? tell(window.paintedAfter) : setTimeout(look, 1);
  look();
})"""
_SHIFTED = """() => new Promise(tell => {
  let moved = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => { moved += one.value; }))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => tell(moved), 300);
})"""


@dataclass(frozen=True, slots=True)
class FirstLoad:
    """What a first visit to the page with the scan box took from the server."""

    compressed: int  # bytes
    requests: int
    elsewhere: tuple[str, ...]  # addresses that are not the server's own
    shifted: float  # the sum of all layout shifts, as the browser counts them


def rows(folder: Path) -> Iterator[Row]:
    """Times of a right code and of one that is unknown; and the weight of the page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=CALM)
        with a_house(folder, THERAPIES) as house:
            labels = look(house.installation, house.cois["a bag on hold"]).labels.values()
            leo = at_work(browser, house)
            for what, code in (("a bag", next(iter(labels))[-1]), ("an unknown code", "X0000001")):
                times = [painted(leo, code) for _ in range(_FIRST + SCANS)][_FIRST:]
                middle, late = quantiles(times, n=20)[9], quantiles(times, n=20)[18]
                told = f"median {middle:.0f} ms, p95 {late:.0f} ms"
                asked = f"Enter to the painted answer, {what}"
                yield Row(asked, told, f"p95 <= {PAINTED_MS} ms", late <= PAINTED_MS)
            found = first_load(at_work(browser, house))
        browser.close()
    light = found.compressed <= LOAD_BYTES
    weight = f"{found.compressed / 1000:.0f} kB in {found.requests} requests"
    yield Row(
        "first load of the scan box, compressed", weight, f"<= {LOAD_BYTES // 1000} kB", light
    )
    yield Row("... layout shift", f"{found.shifted:.3f}", "0", found.shifted == 0)
    yield Row("... from elsewhere", str(len(found.elsewhere)), "0", not found.elsewhere)


@contextmanager
def a_house(folder: Path, therapies: int) -> Iterator[House]:
    """The lives of the tests and so many therapies more, served from a file of SQLite."""
    file = folder / "migrated.sqlite3"
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    lived = played(file, folder, begun_long_ago())
    engine = open_engine(f"sqlite+pysqlite:///{lived.home / 'coi.sqlite3'}")
    crowd(engine, list(lived.cois.values()), therapies)
    engine.dispose()
    with house_of(Databases(file), lived, folder / "served") as house:
        yield house


def at_work(browser: Browser, house: House) -> Person:
    """Leo of the cell laboratory, signed in."""
    context = browser.new_context(base_url=house.served.url)
    context.add_init_script(_PRESSED)
    person = Person.at("leo", context)
    person.sign_in()
    return person


def painted(person: Person, code: str) -> float:
    """Milliseconds from Enter until the answer is painted."""
    person.open("/")
    person.read_code(code)
    return float(person.page.evaluate(_TOLD))


def first_load(person: Person) -> FirstLoad:
    """What a first visit loads, weighed: nothing is left of what signing in loaded."""
    page, answers = person.page, list[Response]()
    cleaner = person.context.new_cdp_session(page)
    cleaner.send("Network.enable")
    cleaner.send("Network.clearBrowserCache")
    # Playwright marks what it is given, and a method of a list cannot be marked.
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108
    page.goto("/", wait_until="networkidle")
    own = page.url.rstrip("/")
    return FirstLoad(
        compressed=sum(len(gzip.compress(one.body())) for one in answers),
        requests=len(answers),
        elsewhere=tuple(one.url for one in answers if not one.url.startswith(own)),
        shifted=float(page.evaluate(_SHIFTED)),
    )
