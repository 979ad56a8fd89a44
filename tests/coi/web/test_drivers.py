"""Who carries it and has no account gives a statement, which never looks like a signature."""

import base64
import io
import re

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import play
from coi.demo.stories import GOES_WELL
from coi.services.custody_events import event_of
from coi.services.custody_reading import read_custody
from coi.services.drivers import pictures_in
from coi.services.therapies import look
from coi.store.registers import text_of
from tests.coi.services.test_pictures import drawn
from tests.coi.web.steps import form_on

HANDED_OVER = next(n for n, step in enumerate(GOES_WELL) if step.action == "release_custody") + 1
SAID = {
    "name": "Dora Driver",
    "company": "Cold Chain Couriers",
    "time": "14:05",
    "vehicle": "KA-CC 12",
    "papers": "AWB 4711",
}


@pytest.fixture
def coi(performer):
    """A therapy whose cells were just handed over."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, GOES_WELL[:HANDED_OVER])
    return coi


@pytest.fixture
def address(performer, coi):
    """Where the statement of that handoff is taken down."""
    seq = look(performer.installation, coi).history[-1].seq
    return f"/therapies/{coi}/entries/{seq}/statement"


@pytest.fixture
def nina(someone):
    """Who handed over."""
    return someone("nina")


def take(browser, address, picture=b"", **told):
    """Fill in the form, and send it."""
    form = form_on(browser.get(address).text).to_dict() | SAID | told
    form["picture"] = (io.BytesIO(picture), "papers.png")
    return browser.client.post(address, data=form, content_type="multipart/form-data")


def test_a_statement_is_bound_to_the_handoff(nina, performer, coi, address):
    """By its number and its hash; what the driver says stands apart, behind commitments."""
    before = look(performer.installation, coi).history[-1]

    answer = take(nina, address)

    event = look(performer.installation, coi).history[-1]
    document = event.content["document"]
    assert answer.status_code == 303
    assert (document["entry"], document["hash"]) == (str(before.seq), before.hash)
    assert event.signatures == ()
    assert event.said["Name"] == "Dora Driver"
    assert "Dora" not in str(event.content)


def test_it_is_shown_as_a_statement_and_as_no_signature(nina, coi, address):
    """On the page of the therapy, with the way to the picture."""
    page = nina.get(f"/therapies/{coi}").text
    link = f'href="{address}">The driver has no account'
    take(nina, address, drawn("PNG"))
    after = nina.get(f"/therapies/{coi}").text

    assert link in page
    assert "A statement, not a signature, of" in after
    assert "Dora Driver" in after
    signed = re.findall(r'<ul class="signatures".*?</ul>', after, re.DOTALL)
    assert "Dora" not in "".join(signed)
    assert "/statement/picture" in after


def test_the_custody_record_calls_it_a_statement(nina, performer, coi, address):
    """In the document that leaves the house."""
    take(nina, address)

    told = str(custody_of(performer, coi))

    assert "A STATEMENT, NOT A SIGNATURE" in told
    assert "Dora Driver" in told


def custody_of(performer, coi):
    """The record of custody as it is drawn, before it is drawn."""

    def work(tx):
        reading = read_custody(tx, performer.installation, coi)
        return [event_of(reading, event) for event in reading.view.history]

    return performer.installation.read(work)


def test_the_picture_comes_back_as_it_was_and_runs_nothing(nina, performer, coi, address):
    """To be kept, in a box of its own."""
    picture = drawn("JPEG")
    take(nina, address, picture)
    seq = look(performer.installation, coi).history[-1].seq

    answer = nina.client.get(f"/therapies/{coi}/entries/{seq}/statement/picture")

    assert answer.get_data() == picture
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("told", "picture"),
    [({"name": ""}, b""), ({"company": " "}, b""), ({"time": "x" * 101}, b""), ({}, b"<svg/>")],
)
def test_what_is_missing_or_no_picture_is_refused(nina, performer, coi, address, told, picture):
    """Nothing is saved, and what was typed stays."""
    before = len(look(performer.installation, coi).history)

    answer = take(nina, address, picture, **told)

    assert answer.status_code == 422
    assert "AWB 4711" in answer.text
    assert len(look(performer.installation, coi).history) == before


def test_only_a_handoff_has_one_and_only_where_it_was_made(nina, someone, coi, address):
    """Another step has none; another site reads none, and a colleague elsewhere takes none."""
    order = f"/therapies/{coi}/entries/0/statement"

    assert nina.client.get(order).status_code == 404
    assert nina.client.get(f"/therapies/{coi}/entries/9999999/statement").status_code == 404
    assert someone("jan").client.get(address).status_code == 404
    assert someone("mia").client.get(address).status_code == 403


def test_the_picture_is_kept_apart_so_that_it_can_be_erased(nina, performer, coi, address):
    """The record holds its commitment alone; whoever erases the therapy's texts finds it."""
    take(nina, address, drawn("PNG"))
    content = look(performer.installation, coi).history[-1].content

    (kept,) = pictures_in(content)

    text = performer.installation.read(lambda tx: text_of(tx, kept))
    assert base64.b64decode(text) == drawn("PNG")
    assert text not in str(content)


def test_the_same_request_is_kept_once(nina, performer, coi, address):
    """Whoever presses twice takes it down once."""
    form = form_on(nina.get(address).text).to_dict() | SAID
    before = len(look(performer.installation, coi).history)
    for _ in range(2):
        nina.client.post(address, data=form)

    assert len(look(performer.installation, coi).history) == before + 1
