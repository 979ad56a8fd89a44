"""Who a patient is: seen by those who meet the patient, and each look stands on record."""

import json
import re

import pytest
from pysqlite3 import dbapi2 as sqlite

from coi.demo.cast import PASSWORD, PATIENTS
from coi.services import people
from coi.services.people import NewPerson
from coi.services.proofs import person_of
from coi.services.therapies import look
from coi.store.entries import entries_of
from tests.coi.named import text_of
from tests.coi.web.browser import without_token
from tests.coi.web.conftest import Browser
from tests.journeys.asking import labelled_anew

MARKER = PATIENTS[0]["family_name"]
MEET = ["carla", "ines", "nina", "ivo"]
OTHERS = ["omar", "mia", "max", "paula", "queenie", "quentin", "anna", "leo"]


@pytest.fixture
def coi(lives):
    """A therapy of the first patient at the northern hospital."""
    return lives.cois["positive after infusion"]


def path_of(coi):
    """The patient's page."""
    return f"/therapies/{coi}/patient"


def looks(installation):
    """The looks that are on record: who, and what the entry says of it."""
    texts = installation.read(lambda tx: [text for _, text, _ in entries_of(tx, "site:north")])
    told = [json.loads(text) for text in texts]
    return [(one["actor"], one["document"]) for one in told if one["action"] == "view_identity"]


def test_whoever_meets_the_patient_sees_who_it_is(someone, coi):
    """After saying why."""
    for username in MEET:
        browser = someone(username)
        before = browser.get(path_of(coi))
        after = browser.send(path_of(coi), page=path_of(coi), reason="treatment")

        assert MARKER not in before.text
        assert all(text in after.text for text in PATIENTS[0].values()), username
        assert after.headers["Cache-Control"] == "no-store"


def test_a_look_is_on_record_and_what_was_seen_is_not(someone, coi, installation):
    """Who, at the patient of which therapy, why (SEC-08)."""
    someone("nina").send(path_of(coi), page=path_of(coi), reason="chart")

    ((actor, document),) = looks(installation)
    assert actor == installation.read(lambda tx: person_of(tx, "nina").person.id)
    assert document == {"kind": "identity", "about": coi, "reason": "chart"}


def test_each_look_is_one(someone, coi, installation):
    """The same form sent twice shows the name twice, and both stand there."""
    nina = someone("nina")
    for _ in range(2):
        nina.send(path_of(coi), page=path_of(coi), reason="treatment")

    assert len(looks(installation)) == 2


@pytest.mark.parametrize("reason", ["", "curiosity"])
def test_nothing_is_shown_without_a_reason(someone, coi, installation, reason):
    """And nothing is recorded that did not happen."""
    answer = someone("nina").send(path_of(coi), page=path_of(coi), reason=reason)

    assert answer.status_code == 422
    assert "Choose why you look" in answer.text
    assert MARKER not in answer.text
    assert looks(installation) == []


def test_nobody_else_opens_the_page(someone, coi, installation):
    """Neither who carries, makes, tests nor releases (SEC-35)."""
    for username in OTHERS:
        browser = someone(username)
        looked = browser.get(path_of(coi))
        sent = browser.send(path_of(coi), page="/", reason="treatment")

        assert (username, looked.status_code, sent.status_code) == (username, 403, 403)
    assert looks(installation) == []


def test_another_sites_patient_is_like_an_unknown_one(someone, lives):
    """Also for those who meet patients elsewhere (SEC-07)."""
    nina = someone("nina")
    hidden, unknown = lives.cois["dispensed"], "TEST-00000000-0"

    theirs, nobodys = (nina.get(path_of(coi)) for coi in (hidden, unknown))
    sent = nina.send(path_of(hidden), page="/", reason="treatment")

    assert (theirs.status_code, nobodys.status_code, sent.status_code) == (404, 404, 404)
    shown = without_token(theirs.text), without_token(nobodys.text)
    assert shown[0].replace(hidden, "") == shown[1].replace(unknown, "")


def test_the_page_lists_the_patients_other_therapies(someone, coi, lives):
    """Those at one's own sites alone: whoever begins a step takes the right one."""
    page = someone("nina").get(path_of(coi)).text

    assert f"/therapies/{lives.cois['on hold']}" in page
    assert lives.cois["dispensed"] not in page


def test_an_erased_patient_is_nobody_any_more(someone, coi, installation):
    """The page says so, and records no look at nothing."""
    with sqlite.connect(installation.settings.database_path) as connection:
        connection.execute("DELETE FROM patient_identity")
        connection.execute("DELETE FROM patient_key")

    answer = someone("nina").send(path_of(coi), page=path_of(coi), reason="chart")

    assert (answer.status_code, "was erased" in answer.text) == (410, True)
    assert looks(installation) == []


def test_qa_sees_who_looked(someone, coi):
    """On a page of the therapy: who, why, when; and not at whom."""
    someone("nina").send(path_of(coi), page=path_of(coi), reason="appointment")
    queenie = someone("queenie")

    page = queenie.get(f"/therapies/{coi}/identity-looks").text

    assert f"/therapies/{coi}/identity-looks" in queenie.get(f"/therapies/{coi}").text
    assert "Nina Needle" in page
    assert "I arrange an appointment" in page
    assert MARKER not in page


def test_an_auditor_sees_who_looked_and_not_at_whom(app, installation, root, someone, coi):
    """At every site; the patient's own page stays closed."""
    someone("nina").send(path_of(coi), page=path_of(coi), reason="chart")
    people.register_person(installation, root, NewPerson("ada", "Ada Auditor", PASSWORD))
    people.grant_role(installation, root, "ada", "auditor", "-")
    ada = Browser(app.test_client())
    ada.sign_in("ada")

    assert "Nina Needle" in ada.get(f"/therapies/{coi}/identity-looks").text
    assert ada.get(path_of(coi)).status_code == 403


def test_nobody_has_looked_is_said_too(someone, coi):
    """An empty list could be a broken one."""
    page = someone("queenie").get(f"/therapies/{coi}/identity-looks").text

    assert "Nobody has looked" in page


@pytest.mark.parametrize("username", ["nina", "omar"])
def test_who_looked_is_for_those_who_audit(someone, coi, username):
    """Whoever looks does not look at the others."""
    assert someone(username).get(f"/therapies/{coi}/identity-looks").status_code == 403


def test_no_page_but_the_patients_shows_a_name(someone, coi):
    """The therapy, the work list, the places, the scan; their titles and addresses (SEC-33)."""
    for username in (*OTHERS, *MEET):
        browser = someone(username)
        pages = [browser.get(path) for path in ("/", f"/therapies/{coi}", "/places")]
        pages.append(browser.send("/scan", page="/", code=coi))

        assert all(MARKER not in page.text + str(page.headers) for page in pages), username


def test_no_document_but_the_wristband_carries_a_name(someone, coi):
    """Neither in its words, nor in its properties, nor as its file's name (SEC-08, SEC-33)."""
    for username in ("nina", "omar", "mia", "queenie"):  # every role: test_page_matrix.py
        browser = someone(username)
        answers = [
            browser.send(f"/therapies/{coi}/{one}", page="/")
            for one in ("order-sheet", "custody-record")
        ]

        assert [answer.status_code for answer in answers] == [200, 200], username
        assert all(MARKER not in text_of(answer.data) for answer in answers), username
        assert all(MARKER not in str(answer.headers) for answer in answers), username


def test_no_label_of_a_bag_carries_a_name(someone, lives, installation, performer):
    """It is printed once; nor does the sheet that goes along, whoever meets the patient."""
    coi = lives.cois["on hold"]  # of the same patient, with bags that are labelled anew
    serial = labelled_anew(performer, next(iter(look(installation, coi).labels)))
    nina = someone("nina")

    label, sheet = (
        nina.send(f"/therapies/{coi}/labels/{serial}{what}", page="/") for what in ("", "/sheet")
    )

    assert (label.status_code, sheet.status_code) == (200, 200)
    assert MARKER not in text_of(label.data) + str(label.headers)
    assert MARKER not in sheet.text + str(sheet.headers)


def test_a_look_stands_in_no_log(someone, coi, caplog):
    """The log names nobody."""
    with caplog.at_level("DEBUG"):
        answer = someone("nina").send(path_of(coi), page=path_of(coi), reason="chart")

    title = re.search("<title>(.*?)</title>", answer.text)[1]
    assert MARKER in answer.text
    assert MARKER not in caplog.text + title
