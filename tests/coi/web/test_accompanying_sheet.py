"""The sheet beside a label: all that has no room on it, a name in any script, and no symbol."""

import re
from hashlib import sha256

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import ORDERED, play
from coi.services.record_beside import documents_of
from coi.services.therapies import look, view
from coi.services.verifying import verify_record
from tests.coi.web.test_paper import papers

NAME = {"family_name": "العلي", "given_name": "ليلى"}
"""A made-up name in a script that no label prints."""


@pytest.fixture
def coi(lives):
    """A therapy with labels, at the northern hospital."""
    return lives.cois["on hold"]


@pytest.fixture
def serial(installation, coi):
    """The newest label of one of its bags."""
    return next(iter(look(installation, coi).labels.values()))[-1]


def sheet(browser, coi, of, **fields):
    """The sheet as it is answered to whoever asks on its page."""
    path = f"/therapies/{coi}/{of}/sheet"
    return browser.send(path, page=path, **fields)


def test_a_sheet_says_what_its_label_leaves_off_and_no_name(someone, installation, coi, serial):
    """With the hash of what was shown, so that a paper can be compared."""
    nina = someone("nina")
    asked = nina.get(f"/therapies/{coi}/labels/{serial}/sheet").text

    answer = sheet(nina, coi, f"labels/{serial}", named="no", key="k1")

    assert "What the label leaves off" in asked
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert coi in answer.text
    assert serial in answer.text
    assert "FOR AUTOLOGOUS USE ONLY" in answer.text
    assert "Copy 1, printed" in answer.text
    assert "by Nina Needle" in answer.text
    assert "Known here by the COI alone" in answer.text
    assert not [value for value in PATIENTS[0].values() if len(value) > 1 and value in answer.text]
    document = papers(installation)[-1]
    assert document["kind"] == "accompanying_sheet"
    assert document["about"] == serial
    assert document["sha256"] == sha256(answer.data).hexdigest()
    assert verify_record(installation).holds


def test_nothing_on_a_sheet_can_be_scanned(someone, coi, serial):
    """It lies beside the bag: scanned in place of the order, three checks would be one."""
    page = sheet(someone("nina"), coi, f"labels/{serial}", named="yes").text

    assert re.findall(r"<(?:svg|img|canvas|picture|object|embed)\b", page) == []


def test_a_name_in_another_script_stands_exactly_on_the_sheet(someone, performer):
    """The wristband says that it cannot show it; nobody is without one for their letters."""
    coi = performer.order({**PATIENTS[5], **NAME})
    play(performer, coi, ORDERED)
    nina = someone("nina")

    band = nina.send(f"/therapies/{coi}/wristband", page="/")
    page = sheet(nina, coi, "wristband").text

    assert band.mimetype == "application/pdf"
    assert f"<bdi>{NAME['family_name']}</bdi>" in page
    assert f"<bdi>{NAME['given_name']}</bdi>" in page
    assert "{U+0627}{U+0644}" in page
    assert PATIENTS[5]["birth_date"] in page


def test_a_name_that_labels_can_print_is_not_told_by_number(someone, coi):
    """Where every letter has its shape there is nothing to doubt."""
    page = sheet(someone("nina"), coi, "wristband").text

    assert PATIENTS[0]["family_name"] in page
    assert "U+" not in page


def test_a_name_is_drawn_as_it_is_and_is_no_markup(someone, performer):
    """SEC-21: a name is text wherever it stands."""
    coi = performer.order({**PATIENTS[5], "family_name": "<b>O'Neil & Söhne"})

    page = sheet(someone("carla"), coi, "wristband").text

    assert "<bdi>&lt;b&gt;O&#39;Neil &amp; Söhne</bdi>" in page


@pytest.mark.parametrize("username", ["omar", "leo", "mia", "quentin"])
def test_the_name_is_for_those_who_meet_the_patient(someone, installation, coi, serial, username):
    """Neither is the choice there, nor does it help to ask without it (SEC-08)."""
    browser = someone(username)
    before = len(papers(installation))

    asked = browser.get(f"/therapies/{coi}/labels/{serial}/sheet")
    answers = [
        browser.send(f"/therapies/{coi}/{of}/sheet", page="/", named="yes")
        for of in (f"labels/{serial}", "wristband")
    ]

    assert 'name="named"' not in asked.text
    assert {answer.status_code for answer in answers} <= {403, 404}
    assert not any(PATIENTS[0]["family_name"] in answer.text for answer in answers)
    assert len(papers(installation)) == before


def test_who_saw_the_name_on_a_sheet_is_on_record(someone, installation, coi, serial):
    """Its kind tells that it bore the name."""
    sheet(someone("nina"), coi, f"labels/{serial}", named="yes")
    sheet(someone("carla"), coi, "wristband")

    kind = "accompanying_sheet_with_identity"
    assert [(one["kind"], one["about"]) for one in papers(installation)] == [
        (kind, serial),
        (kind, coi),
    ]


def test_a_page_that_is_loaded_again_prints_no_second_copy(someone, installation, coi, serial):
    """The key of the form is that of one copy."""
    nina = someone("nina")

    first, second = (sheet(nina, coi, f"labels/{serial}", key="same") for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 409)
    assert "Copy 1 was printed for this request" in second.text
    assert len(papers(installation)) == 1


def test_a_label_of_another_therapy_is_as_unknown_as_none(someone, lives, installation, coi):
    """Nobody finds out by asking for its sheet (SEC-07)."""
    theirs = next(iter(look(installation, lives.cois["dispensed"]).labels.values()))[-1]
    nina = someone("nina")

    found = [
        nina.get(f"/therapies/{coi}/labels/{serial}/sheet").status_code
        for serial in (theirs, "B-NONE")
    ]
    asked = [
        nina.send(f"/therapies/{coi}/labels/{serial}/sheet", page="/").status_code
        for serial in (theirs, "B-NONE")
    ]

    assert found == asked == [404, 404]


def test_the_whole_record_tells_of_each_sheet(someone, installation, coi, serial):
    """Of the container's and of the one with the name, each with who made it."""
    sheet(someone("nina"), coi, f"labels/{serial}")
    sheet(someone("carla"), coi, "wristband")

    found = installation.read(lambda tx: documents_of(tx, view(tx, installation, coi)))

    assert [(one.kind, one.about) for one in found] == [
        ("accompanying_sheet", serial),
        ("accompanying_sheet_with_identity", coi),
    ]
    assert len({one.actor for one in found}) == 2
