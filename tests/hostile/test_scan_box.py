"""A symbol can hold anything: the scan box reads an allow-list, and nothing else does anything."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from coi.app import create_app
from coi.demo.cast import PASSWORD
from labels.identifiers import issue_serial

HOSTILE = {
    "control keys": "\x0f\x10",
    "escape": "\x1b[2J",
    "a configuration code": "\x02FNC3\x03",
    "a separator within": "B-TEST\x1d-7KQ2M9XA-P",
    "a code and a command": "B-TEST-7KQ2M9XA-P\x0f",
    "five thousand characters": "A" * 5000,
    "homoglyphs": "\u0412-TEST-7KQ2M9XA-\u0420",
    "full-width letters": "\uff22-TEST-7KQ2M9XA-P",
    "an address": "https://evil.example/",
    "a script address": "javascript:alert(1)",
    "markup": "<script>alert(1)</script>",
    "an attribute": '" autofocus onfocus="alert(1)',
    "a template": "{{ 7*7 }}",
    "SQL": "' OR 1=1 --",
    "a mirror": "\u202eP-AX9M2QK7",
    "a format": "%s%n%00",
    "a path": "../../etc/passwd",
    "half a character": "\ufffd",
    "a hospital's own wristband": "Wuckert783^Anissa357",
}
TOLD = {"an address": "This is no code of this system"}


@pytest.fixture
def client(ward) -> FlaskClient:
    """A browser in which Ivo is signed in."""
    client = create_app(ward.installation).test_client()
    token = token_on(client, "/sign-in")
    client.post("/sign-in", data={"csrf_token": token, "username": "ivo", "password": PASSWORD})
    return client


def token_on(client, page):
    """The token of a page's forms."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found[1]


def scan(client, code, how="scanned"):
    """What the box answers."""
    token = token_on(client, "/benches")
    return client.post("/scan", data={"csrf_token": token, "code": code, "how": how})


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("how", ["scanned", "typed"])
def test_what_is_no_code_leads_nowhere_and_is_told(client, name, how):
    """It is answered in a sentence, without a word of what it held (SEC-26)."""
    answer = scan(client, HOSTILE[name], how)

    assert answer.status_code == 200
    assert TOLD.get(name, "This code cannot be read") in answer.text
    assert "Location" not in answer.headers
    assert HOSTILE[name] not in answer.text
    assert "/actions/" not in answer.text


def test_what_is_no_code_leaves_a_trace_without_what_it_held(client, caplog):
    """It may be anybody's name (SEC-08, SEC-26)."""
    scan(client, HOSTILE["a hospital's own wristband"])
    scan(client, HOSTILE["control keys"])

    assert "unreadable code, BAD_CHARACTER: 20 characters" in caplog.text
    assert "unreadable code, CONTROL_CHARACTERS: 2 characters" in caplog.text
    assert "Wuckert" not in caplog.text


@pytest.mark.parametrize("how", ["<b>", "scanned\r\n", "SCANNED", "\x00", "x" * 5000])
def test_a_claim_that_is_none_is_not_believed(client, ward, how):
    """It was typed."""
    code = ward.label(ward.bags()[0]).raw

    assert '<span class="quiet">typed</span>' in scan(client, code, how).text


def test_a_hostile_code_beside_a_good_one_spoils_only_itself(client, ward):
    """The good one is answered as ever."""
    code = ward.label(ward.bags()[0]).raw

    page = scan(client, f"{code}\r\n{HOSTILE['escape']}\r\n").text

    assert "Product" in page
    assert "This code cannot be read" in page


def test_the_box_is_no_way_to_a_step(client, ward):
    """Whatever is scanned there, nothing is done before somebody presses a button."""
    before = [ward.look(coi).head_hash for coi in (ward.anissa, ward.danae)]

    scan(client, f"{ward.label(ward.bags()[0]).raw}\n{ward.label(ward.bags(ward.danae)[0]).raw}")

    assert [ward.look(coi).head_hash for coi in (ward.anissa, ward.danae)] == before


def test_an_unknown_code_costs_as_many_questions_as_another_sites(ward):
    """Nobody tells them apart by the clock (SEC-27)."""
    client = create_app(ward.installation).test_client()
    token = token_on(client, "/sign-in")
    client.post("/sign-in", data={"csrf_token": token, "username": "noel", "password": PASSWORD})
    asked: list[str] = []
    event.listen(
        ward.installation.engine, "before_cursor_execute", lambda *told: asked.append(told[2])
    )

    counts = []
    for code in (ward.label(ward.bags()[0]).raw, issue_serial("B", "TEST", bytes).text):
        token = token_on(client, "/benches")
        asked.clear()
        answer = client.post("/scan", data={"csrf_token": token, "code": code, "how": "scanned"})
        assert "not known here" in answer.text
        counts.append(len(asked))

    assert counts[0] == counts[1]
