"""The page on which QA tries a template's text."""

import re
from contextlib import ExitStack
from html import unescape

import pytest

from coi.services.seen import begin_seen, keep_asking, seen_file
from coi.services.template_trials import AT_ONCE, one_turn
from labels.templates import TEMPLATES, template_text

PAGE = "/label-templates/try"
NO_TEMPLATE = "This is no template yet"
TUBE = template_text("tube-label", TEMPLATES["tube-label"].version)
HOSTILE = "</textarea><script>alert(1)</script>"


@pytest.fixture
def queenie(someone):
    """The QA reviewer of the works, at the pages."""
    return someone("queenie")


def draw(browser, text, **told):
    """Send what was typed."""
    return browser.send(PAGE, page=PAGE, text=text, **told)


def typed(page):
    """What stands in the field, as a browser reads it: without the first end of a line."""
    inside = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)
    return unescape(inside[1])


def test_each_template_leads_to_its_text(queenie):
    """The version that is looked at is the one to start from, as the first of one's own."""
    shown = unescape(queenie.get("/label-templates/tube-label?version=1").text)
    link = re.search(r'href="([^"]+)">Write your own from this one', shown)[1]

    own = template_text("tube-label", 1).replace("name: tube-label", "name: own-tube-label")
    assert typed(queenie.get(link)) == own


def test_a_text_is_drawn_with_how_it_fits_and_what_is_read(queenie):
    """At the resolution and with the values that were chosen."""
    text = TUBE.replace("version: 2", "version: 3")

    page = draw(queenie, text.replace("\n", "\r\n"), values="longest", dpi="203")

    assert page.status_code == 200
    assert "A sample of tube-label, version 3" in page.text
    assert "data:image/png;base64,iVBOR" in page.text
    assert "SAMPLE-NOT-USABLE/NOT-USABLE-CODE" in page.text
    assert '<option value="203" selected>' in page.text
    assert '<option value="longest" selected>' in page.text
    assert typed(page) == text


def test_every_problem_is_told_with_its_place_and_what_was_typed_stays(queenie):
    """Places as people count them."""
    text = TUBE.replace("width_mm: 51", "width_mm: 20", 1)

    page = draw(queenie, text)

    assert NO_TEMPLATE in page.text
    assert re.search(r"<li>text \d+ \([a-z_]+\): is not on the label", page.text)
    assert "data:image/png" not in page.text
    assert typed(page) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "&a [*a]",
        "!!python/object:os.system x",
        "[" * 60_000,
        "x" * 70_000,
        "slots:\n" + "- {x_mm: 1}\n" * 5000,
    ],
    ids=["empty", "alias", "tag", "deep", "long", "many"],
)
def test_a_hostile_text_is_refused_on_the_page(queenie, text):
    """It takes no server with it, and no page is endless."""
    page = draw(queenie, text)

    assert page.status_code == 200
    assert NO_TEMPLATE in page.text
    assert page.text.count("<li>") < 100


@pytest.mark.parametrize("key", ["title", "name", "nobody_knows"])
def test_html_in_a_text_is_text(queenie, key):
    """In the field, in what is told of it, and in the words that a label would say."""
    page = draw(queenie, f"{key}: '{HOSTILE}'\n'{HOSTILE}': 1")

    assert HOSTILE not in page.text
    assert HOSTILE in typed(page)


def test_words_of_a_template_are_text(queenie):
    """A sound template whose words look like a tag is drawn, and the page shows them."""
    text = TUBE.replace("say: DEMO", "say: <b>x", 1)
    assert "<b>x" in text

    page = draw(queenie, text)

    assert "data:image/png" in page.text
    assert "<b>x" not in page.text
    assert "&lt;b&gt;x" in page.text


def test_while_others_are_drawn_it_is_told_and_what_was_typed_stays(queenie):
    """Nothing waits in a line that nobody sees."""
    with ExitStack() as others:
        for _ in range(AT_ONCE):
            others.enter_context(one_turn())
        page = draw(queenie, "name: mine")

    assert page.status_code == 503
    assert "TRIES_UNDER_WAY" in page.text
    assert typed(page) == "name: mine"


def test_a_text_is_tried_while_the_record_is_only_read(queenie, installation):
    """Nothing is saved of it."""
    file = seen_file(installation.settings)
    installation.read(lambda tx: begin_seen(tx, file))
    keep_asking(file, "it has 3 entries, and 4 were seen before")
    installation.look_at_length()

    assert NO_TEMPLATE in draw(queenie, "name: mine").text


def test_what_there_is_not_is_not_started_from(queenie):
    """Neither a template nor a version is made of an address."""
    paths = ("template=nothing", "template=tube-label&version=9", "template=../x")

    assert {queenie.get(f"{PAGE}?{one}").status_code for one in paths} == {404}


def test_the_page_says_that_nothing_is_saved(queenie):
    """And how a text becomes a template."""
    page = queenie.get(PAGE).text

    assert "Nothing is saved before you keep it" in page
    assert "another person approves it" in page
