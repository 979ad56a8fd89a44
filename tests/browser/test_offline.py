"""The page that lies in an exported record, opened from a folder by a real browser."""

import pytest

from coi.reports.viewer import viewer
from tests.browser.conftest import NARROW, WIDE
from tests.coi.reports.records import a_change, a_record, a_refused_event, an_event
from tests.coi.reports.test_custody import HOSTILE, with_name


def records():
    """A short therapy; and ones in which hostile text stands wherever text can stand."""
    yield a_record(events=(an_event(0), a_refused_event(1)), changes=(a_change(),), head_entry=1)
    yield from map(with_name, HOSTILE)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_it_is_read_off_the_net_at_each_width(chromium, tmp_path, size):
    """Nothing is fetched, nothing is refused, and nothing lies beside the screen (A11d-12.9)."""
    page = chromium.new_page(viewport=size, java_script_enabled=False)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for number, record in enumerate(records()):
        file = tmp_path / f"{number}.html"
        file.write_bytes(viewer(record, "now", (), papers={}, files={}, identity=False))

        page.goto(file.as_uri())

        box = page.locator("main").bounding_box()
        widest = max(one.bounding_box()["width"] for one in page.locator("section").all())
        assert widest <= box["width"] <= size["width"]
        assert page.locator("#entry-0 h3").is_visible()
        assert page.locator("h1").evaluate("one => getComputedStyle(one).fontSize") != "32px"
    assert (len(asked), said) == (number + 1, [])
    page.close()
