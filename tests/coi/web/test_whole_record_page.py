"""The page of the whole record: what is in it, the password, and whether the patient is named."""

import io
import json
from zipfile import ZipFile

import pytest

from coi.demo.cast import PASSWORD, PATIENTS
from coi.store.entries import entries_of

NAME = PATIENTS[0]["family_name"]


@pytest.fixture
def coi(lives):
    """A therapy of the northern hospital."""
    return lives.cois["on hold"]


def taken(browser, coi, **fields):
    """What is answered to whoever takes the record along."""
    where = f"/therapies/{coi}/record"
    return browser.send(where, page=where, **fields)


def on_record(installation, *actions, chain="site:north"):
    """The documents that are on record."""
    texts = installation.read(lambda tx: [text for _, text, _ in entries_of(tx, chain)])
    told = [json.loads(text) for text in texts]
    return [one["document"]["kind"] for one in told if one["action"] in actions]


def test_the_record_is_one_click_and_a_password_away(someone, installation, coi):
    """From the therapy's page to a ZIP that is named by the COI alone."""
    nina = someone("nina")

    assert f'href="/therapies/{coi}/record"' in nina.get(f"/therapies/{coi}").text
    answer = taken(nina, coi, password=PASSWORD, identity="without")

    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="record-{coi}.zip"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert ZipFile(io.BytesIO(answer.data)).testzip() is None
    assert on_record(installation, "write_document", "view_identity") == ["whole_record"]


@pytest.mark.parametrize("password", ["", "not it"])
def test_without_the_password_nothing_is_handed_out(someone, installation, coi, password):
    """A session that was left open takes nothing along (SEC-15); what was chosen stays."""
    answer = taken(someone("nina"), coi, password=password, identity="chart")

    assert answer.status_code == 401
    assert "Nothing was handed out." in answer.text
    assert 'value="chart" checked' in answer.text
    assert on_record(installation, "write_document", "view_identity") == []


def test_who_meets_the_patient_may_have_the_name_in_it(someone, installation, coi):
    """For a reason that is put on record; the page itself names nobody."""
    nina = someone("nina")

    assert NAME not in nina.get(f"/therapies/{coi}/record").text
    answer = taken(nina, coi, password=PASSWORD, identity="chart")

    assert NAME in ZipFile(io.BytesIO(answer.data)).read("identity.json").decode()
    found = on_record(installation, "write_document", "view_identity")
    assert found == ["identity", "whole_record_with_identity"]


def test_who_does_not_meet_the_patient_is_not_asked(someone, coi):
    """And is refused, should the browser send it all the same."""
    quentin = someone("quentin")

    assert 'name="identity"' not in quentin.get(f"/therapies/{coi}/record").text
    assert taken(quentin, coi, password=PASSWORD, identity="chart").status_code == 404


def test_a_reason_that_there_is_not_hands_out_nothing(someone, coi):
    """It says so above the form."""
    answer = taken(someone("nina"), coi, password=PASSWORD, identity="curiosity")

    assert answer.status_code == 422
    assert "choose why you look" in answer.text
