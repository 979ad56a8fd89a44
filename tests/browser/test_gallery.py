"""The gallery shows pages that there are, and the page that is written names each picture."""

from PIL import Image

from tests.browser.gallery import PARTS, PICTURES, SHOWN_IN, page
from tests.browser.visits import VISITS

BEYOND_VISITS = {"scanned-bag", "stop", "refused", "door-of-a-device", "day-qp-refused"}
"""Pages that are reached by doing something: tests of their own keep these pictures."""


def test_each_picture_is_of_a_page_that_is_looked_at():
    """Nothing is shown that no test opens."""
    names = {name for part in PARTS.values() for name in part}

    assert names - {visit.name for visit in VISITS} == BEYOND_VISITS


def test_the_gallery_is_as_it_would_be_written():
    """Its page is current, each picture is there, and there is none besides."""
    names = {name for part in PARTS.values() for name in part}

    assert SHOWN_IN.read_text(encoding="utf-8") == page(), "run: make gallery"
    assert {file.stem for file in PICTURES.iterdir()} == names


def test_each_picture_shows_something():
    """A picture of one colour alone would be of a page that did not come."""
    for file in PICTURES.iterdir():
        with Image.open(file) as picture:
            assert picture.width > picture.height
            assert len(picture.convert("RGB").getcolors(1 << 24)) > 50
