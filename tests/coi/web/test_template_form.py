"""The form of a label template: each press keeps what was typed, and the text is what it writes."""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from labels.template_form import MOST, form_of
from labels.template_reader import read_template
from labels.templates import TEMPLATES, template_text
from tests.coi.own_templates import own_text

PAGE = "/label-templates/form"
TUBE = template_text("tube-label", TEMPLATES["tube-label"].version)
HOSTILE = "</pre><script>alert(1)</script>"


class _Fields(HTMLParser):
    """The fields of the form that is drawn anew, as a browser would send them."""

    def __init__(self):
        super().__init__()
        self.told, self._inside, self._select, self._area = {}, False, "", ""

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self._inside = said.get("class") == "live"
        if not self._inside:
            return
        if tag == "input":
            self.told[said["name"]] = said.get("value", "")
        elif tag == "select":
            self._select = said["name"]
            self.told.setdefault(self._select, "")
        elif tag == "option" and self._select and "selected" in said:
            self.told[self._select] = said["value"]
        elif tag == "textarea":
            self._area, self.told[said["name"]] = said["name"], ""

    def handle_endtag(self, tag):
        if tag in {"form", "select", "textarea"}:
            self._inside = self._inside and tag != "form"
            self._select = self._area = ""

    def handle_data(self, data):
        if self._area:
            self.told[self._area] += data.removeprefix("\n")


@pytest.fixture
def queenie(someone):
    """The QA reviewer of the works, at the pages."""
    return someone("queenie")


def fields(page):
    """What a browser would send of the form."""
    found = _Fields()
    found.feed(page.text)
    del found.told["csrf_token"]
    return found.told


def written(page):
    """The text beside the form."""
    return unescape(re.search(r"<pre[^>]*><code>(.*?)</code></pre>", page.text, re.DOTALL)[1])


def begun(browser, text=TUBE):
    """The form of a text."""
    return browser.send(PAGE, page="/label-templates/try", text=text)


def press(browser, told, button=""):
    """Press a button of the form."""
    return browser.send(PAGE, page="/label-templates/try", **told, do=button)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_shown_and_written_back(queenie, name):
    """A browser that changes nothing sends the same template, under its own name; it is drawn."""
    page = queenie.get(f"{PAGE}?template={name}")

    again = press(queenie, fields(page))

    begun_as = replace(TEMPLATES[name], name=f"own-{name}", version=1)
    assert read_template(written(again)) == begun_as
    assert "data:image/png;base64,iVBOR" in again.text


def test_each_press_keeps_what_was_typed(queenie):
    """Right or wrong, and wherever the row goes."""
    told = fields(begun(queenie)) | {"slots-0-x_mm": "1,5", "about-title": "two\"words' & <b>"}
    last = len(form_of(TUBE).rows["slots"]) - 1

    moved = press(queenie, told, "down slots 0")
    added = press(queenie, fields(moved), "add slots 0")
    dropped = press(queenie, fields(added), f"drop slots {last}")

    assert fields(moved)["slots-1-x_mm"] == "1,5"
    assert fields(moved)["slots-0-x_mm"] == told["slots-1-x_mm"]
    assert fields(added)["slots-count"] == str(last + 2)
    assert fields(dropped)["slots-count"] == str(last + 1)
    assert fields(dropped)["about-title"] == "two\"words' & <b>"
    assert "<b>" not in dropped.text


def test_what_is_wrong_is_told_in_words_and_leads_to_its_row(queenie):
    """The row stands open."""
    page = press(queenie, fields(begun(queenie)) | {"slots-2-size_pt": "ten"})

    assert '<a href="#slots-2">text 3, size_pt: Not a valid number.</a>' in page.text
    assert re.search(r'<details class="row" id="slots-2" open>', page.text)
    assert not re.search(r'<details class="row" id="slots-1" open>', page.text)


def test_a_row_that_was_added_stands_open(queenie):
    """So that it can be filled in."""
    page = press(queenie, fields(begun(queenie)), "add rules 0")

    assert re.search(r'<details class="row" id="rules-0" open>', page.text)


@pytest.mark.parametrize(
    "button", ["", "up slots 0", "down symbols 0", "drop slots 999", "fly slots 1", "add", "up x 1"]
)
def test_a_button_that_means_nothing_changes_nothing(queenie, button):
    """The form is drawn as it was sent."""
    told = fields(begun(queenie))

    assert fields(press(queenie, told, button)) == told


def test_the_form_becomes_the_text_and_the_text_the_form(queenie):
    """What was typed goes along, both ways."""
    told = fields(begun(queenie)) | {"about-title": "mine"}

    page = queenie.send("/label-templates/try", page=PAGE, **told)

    text = unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)[1])
    assert "title: mine\n" in text
    assert fields(begun(queenie, text)) == told


def test_a_form_is_looked_at_and_kept(queenie):
    """The page shows what the form writes."""
    told = fields(begun(queenie, own_text()))

    page = queenie.send("/label-templates/keep", page=PAGE, **told)

    assert read_template(own_text()).sha256 in page.text
    assert "Keep it as version 1" in page.text


def test_what_stands_against_keeping_is_told_while_it_is_written(queenie):
    """Below the sample, with its place."""
    page = begun(queenie)

    assert "Before it can be kept" in page.text
    assert "begins with “own-”" in page.text
    assert "Before it can be kept" not in begun(queenie, own_text()).text


@pytest.mark.parametrize("text", ["- a", "&a [*a]", "", "name: own-x\ncolour: red", "x" * 70_000])
def test_a_text_that_no_form_shows_stays_a_text(queenie, text):
    """It is told why, and nothing is lost."""
    page = begun(queenie, text)

    assert page.status_code == 200
    assert "The form cannot show this text" in page.text
    inside = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)[1]
    assert unescape(inside) == text


def test_html_in_a_field_is_text(queenie):
    """In each kind of field, in what is told of it, and in the text beside it."""
    told = {name: HOSTILE for name in fields(begun(queenie)) if not name.endswith("count")}
    counts = {"symbols-count": "1", "slots-count": "2", "rules-count": "0"}

    page = press(queenie, told | counts)

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert fields(page)["slots-1-say"] == HOSTILE
    assert fields(page)["symbols-0-kind"] == HOSTILE


def test_no_more_rows_are_shown_than_a_form_has(queenie):
    """A count that somebody made up takes no server with it."""
    page = press(queenie, {"slots-count": "9999", "symbols-count": "-1", "rules-count": "x"})

    assert fields(page)["slots-count"] == str(MOST["slots"])
    assert fields(page)["symbols-count"] == fields(page)["rules-count"] == "0"


def test_the_largest_form_is_taken(queenie):
    """Every row that there can be, in one request."""
    told = {"about-name": "own-x", "slots-count": "120", "symbols-count": "20", "rules-count": "40"}

    page = press(queenie, fields(press(queenie, told)))

    assert page.status_code == 200
    assert fields(page)["slots-count"] == "120"
