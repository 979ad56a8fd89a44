"""A signature is shown by one block on every page, as it is in the exported record (11.50(b))."""

import io
import json
import re
from html import unescape
from zipfile import ZipFile

import pytest

from coi.demo.cast import PASSWORD
from coi.services.proofs import authenticate
from coi.services.whole_record import write_whole_record
from tests.coi.services.test_whole_record import WHOLE
from tests.coi.web.test_people_pages import send
from tests.coi.web.test_versions import moved
from tests.journeys.changing import install

CRITERION = {"what": "vector_lot", "unit": "works-production", "since": "", "until": ""}


@pytest.fixture
def queenie(performer, someone):
    """Quality assurance, working where the product is made; a version 2 is there."""
    install(performer)
    browser = someone("queenie")
    browser.send("/unit", page="/", unit="works-production")
    return browser


def blocks_on(page):
    """Each signature that a page shows, as its lines on paper."""
    found = re.findall(r'<ul class="signatures">(.*?)</ul>', page, re.DOTALL)
    return [
        [unescape(re.sub("<[^>]+>", "", line)).strip() for line in re.split("<br>|; ", one)]
        for several in found
        for one in re.findall(r"<li>(.*?)</li>", several, re.DOTALL)
    ]


def exported(performer, coi, kind):
    """The signatures of the entries of a kind, as the exported record shows them."""
    by = authenticate(performer.installation, "queenie", PASSWORD)
    file = ZipFile(io.BytesIO(write_whole_record(performer.installation, by, coi)))
    entries = json.loads(file.read("record.json"))["entries"]
    return [one["shown"] for e in entries if e["kind"] == kind for one in e["signatures"]]


def test_the_page_of_versions_shows_who_signed_for_the_move(performer, queenie, lives):
    """Both signers, word for word as in the export (P11-50b)."""
    coi = lives.cois["in manufacture"]
    moved(queenie, coi, "queenie", "quentin")

    shown = blocks_on(queenie.get(f"/therapies/{coi}/version").text)

    assert len(shown) == 2
    assert shown == exported(performer, coi, "migrate")


def test_the_page_of_a_stop_ship_shows_who_stopped_it(performer, queenie, lives):
    """Beside each therapy that it holds, word for word as in the export (P11-50b)."""
    coi = lives.cois["out of specification"]
    said = "SELECT content FROM value WHERE chain = ? AND field = 'vector_lot'"
    lot = performer.installation.read(lambda tx: tx.exec_driver_sql(said, (coi,)).scalars().first())
    told = {**CRITERION, "content": lot}
    address = f"/stop-ship?{'&'.join(f'{name}={text}' for name, text in told.items())}"
    page = queenie.get(address).text
    assert blocks_on(page) == []
    form = {"shown": re.findall(r'name="shown" value="([^"]+)"', page), "key": "stop-1"}

    answer = queenie.send(
        "/stop-ship", address, **told, **form, reason="A complaint.", password=PASSWORD
    )
    shown = blocks_on(queenie.get(address).text)

    assert answer.status_code == 303
    assert shown
    held = [one for each in sorted({*form["shown"]}) for one in exported(performer, each, "hold")]
    assert [one for one in held if one in shown] == shown


def test_the_page_of_a_person_shows_who_checked_and_trained_them(administrator):
    """Meaning, names, role and time of each signature about them, whole (P11-50b)."""
    told = {"how": "passport", "signer": "queenie", "password": PASSWORD}
    before = blocks_on(administrator.get("/people/nina").text)

    send(administrator, "identity", **told)
    shown = blocks_on(administrator.get("/people/nina").text)

    assert len(shown) == len(before) + 1
    assert shown[0][0].endswith(": Queenie Quality")
    assert all(WHOLE.fullmatch("\n".join(lines)) for lines in shown)
