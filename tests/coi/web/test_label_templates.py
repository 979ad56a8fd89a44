"""The pages on which QA looks at label templates, tries them, and signs."""

import re
from html import unescape

import pytest

from coi.demo.cast import PASSWORD
from coi.services.print_view import queues_of
from coi.services.printers import PDF, ZPL, About
from coi.services.registering_printers import register_printer
from labels.templates import TEMPLATES
from labels.zpl_reading import read_zpl

PAGE = "/label-templates"
SMALLER = re.compile('pt <span class="quiet">of ')


@pytest.fixture
def queenie(someone):
    """The QA reviewer of the works, at the pages."""
    return someone("queenie")


@pytest.fixture
def printer(installation, performer):
    """Registers a printer where labels are fetched as files; returns its id."""

    def register(media_type=ZPL, size=(100, 100)):
        about = About("Desk", "-", media_type, 203, *size)
        by = performer.proven["queenie"]
        return register_printer(installation, by, "works-production", about, key=str(size))

    return register


def sign(browser, name="tube-label", **told):
    """Send the form of a template's page."""
    form = {"holds": "1", "sha256": TEMPLATES[name].sha256, "password": PASSWORD}
    path = f"{PAGE}/{name}"
    return browser.send(f"{path}/approval", page=path, **(form | told))


def print_(browser, printer, **told):
    """Ask for a sample at a printer."""
    path = f"{PAGE}/tube-label"
    form = {"printer": printer, "key": "sample", **told}
    return browser.send(f"{path}/sample", page=path, **form)


def standing(browser, name="tube-label"):
    """How the newest version of a template stands."""
    return re.search(r'tag big">([^<]+)', browser.get(f"{PAGE}/{name}").text)[1]


def test_every_template_is_listed_with_its_versions_and_who_approved_it(queenie):
    """One that QA has approved names who did, and each version its hash."""
    page = queenie.get(PAGE).text

    assert [name for name in TEMPLATES if f"{PAGE}/{name}" not in page] == []
    assert [one for one in TEMPLATES.values() if one.sha256[:12] not in page] == []
    assert "Approved by Queenie" in page


def test_an_approval_is_withdrawn_and_given_again(queenie):
    """Each with a signature, whole; what was signed stays on the page (11.50)."""
    before = standing(queenie)

    withdrawn = sign(queenie, holds="0")
    between = standing(queenie)
    sign(queenie)

    assert withdrawn.status_code == 303
    assert (before, between, standing(queenie)) == ("approved", "withdrawn", "approved")
    page = queenie.get(f"{PAGE}/tube-label").text
    assert "What was signed (3)" in page
    assert page.count('<ul class="signatures">') == 3
    assert page.count("Queenie Quality") >= 3


@pytest.mark.parametrize(
    ("told", "status", "says"),
    [
        ({"password": "wrong"}, 401, "WRONG_PASSWORD"),
        ({"sha256": TEMPLATES["bag-label"].sha256}, 409, "TEMPLATE_CHANGED"),
    ],
)
def test_what_was_not_looked_at_or_not_proven_is_not_signed(queenie, told, status, says):
    """The reason stands on the page, and the template is approved as before."""
    answer = sign(queenie, holds="0", **told)

    assert answer.status_code == status
    assert says in answer.text
    assert standing(queenie) == "approved"


def test_a_sample_is_shown_with_how_it_fits_and_what_is_read(queenie):
    """Longer values are set smaller, and the page says how much."""
    usual = unescape(queenie.get(f"{PAGE}/bag-label").text)
    longest = unescape(queenie.get(f"{PAGE}/bag-label?values=longest&dpi=600").text)

    assert "SAMPLE-NOT-USABLE/NOT-USABLE-CODE" in usual
    assert '<option value="longest" selected>' in longest
    assert '<option value="600" selected>' in longest
    assert len(SMALLER.findall(usual)) < len(SMALLER.findall(longest))
    assert "Nothing would be printed" not in usual + longest


def test_a_picture_has_the_dots_of_the_resolution(queenie):
    """It is as wide as the label of a printer; what is not known is drawn as usual."""
    widths = {
        dpi: int.from_bytes(queenie.get(f"{PAGE}/tube-label/sample.png?dpi={dpi}").data[16:20])
        for dpi in ("203", "300", "600", "nonsense")
    }

    assert widths == {"203": 408, "300": 612, "600": 1224, "nonsense": 612}


def test_an_old_version_is_kept_and_not_signed(queenie):
    """It is shown as it was; the form stands on the page of the newest."""
    page = queenie.get(f"{PAGE}/tube-label?version=1").text

    assert "tube-label, version 1" in page
    assert "never approved" in page
    assert "/approval" not in page


@pytest.mark.parametrize("path", ["nothing", "tube-label?version=9", "..%2Ffonts"])
def test_what_there_is_not_is_not_found(queenie, path):
    """Neither a template nor a version is made of an address."""
    assert queenie.get(f"{PAGE}/{path}").status_code == 404


@pytest.mark.parametrize("media_type", [PDF, ZPL])
def test_a_sample_is_printed_once_and_is_no_label(
    queenie, printer, installation, performer, media_type
):
    """The record says of which template it was; it waits as a document of no therapy."""
    at = printer(media_type)

    first, again = print_(queenie, at), print_(queenie, at)

    (queue,) = queues_of(installation, performer.proven["queenie"])
    assert (first.status_code, again.status_code) == (303, 303)
    assert [(job.labels, job.therapy) for job in queue.jobs] == [((), "")]


def test_the_commands_for_a_printer_hold_no_code_of_ours(queenie, printer):
    """Whoever scans what comes out of it is told that it is no code."""
    print_(queenie, printer())

    file = queenie.get("/printers").text
    job = re.search(r"/printers/([^/\"]+)", file)[1]
    queue = queenie.get(f"/printers/{job}").text
    where = re.search(r'action="(/printers/[^"]+/file)"', queue)[1]
    fetched = queenie.send(where, page=f"/printers/{job}")

    assert read_zpl(fetched.data).payloads == ("SAMPLE-NOT-USABLE/NOT-USABLE-CODE",)


def test_a_printer_with_smaller_labels_prints_none(queenie, printer):
    """It would print a part."""
    answer = print_(queenie, printer(size=(50, 25)))

    assert answer.status_code == 422
    assert "the template is larger" in answer.text


def test_a_page_to_print_is_fetched_and_says_that_it_is_no_label(queenie):
    """It comes as a file, named after the template."""
    answer = queenie.get(f"{PAGE}/tube-label/sample.pdf")

    assert answer.data.startswith(b"%PDF-")
    assert "sample-of-tube-label.pdf" in answer.headers["Content-Disposition"]
