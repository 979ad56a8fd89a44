"""Labels and documents from the pages: each print is on record, and none comes twice unnoticed."""

import json
import re
from hashlib import sha256

import pytest

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import closed, play
from coi.demo.deviations import ASKED_FOR
from coi.services import people
from coi.services.extracts import is_destroyed, is_out_of_specification
from coi.services.label_papers import PRINTED_AGAIN
from coi.services.people import NewPerson
from coi.services.sealing import seal_of
from coi.services.therapies import look
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from tests.coi.reports.pages import symbols_of, text_of
from tests.coi.web.browser import without_token
from tests.coi.web.conftest import Browser
from tests.journeys.asking import labelled_anew
from tests.labels.reading import read

SIGNED = {"seen": "1", "reason": "lost", "password": PASSWORD}
"""What is handed in with a second print."""


@pytest.fixture
def coi(lives):
    """A therapy with labels, at the northern hospital."""
    return lives.cois["on hold"]


@pytest.fixture
def serial(installation, coi, performer):
    """A label that was issued anew, and is not printed yet."""
    bag = next(iter(look(installation, coi).labels))
    return labelled_anew(performer, bag)


def asked(browser, coi, what, **fields):
    """What is answered to whoever prints."""
    return browser.send(f"/therapies/{coi}/{what}", page=f"/therapies/{coi}", **fields)


def papers(installation, chain="site:north"):
    """The documents that are on record."""
    texts = installation.read(lambda tx: [text for _, text, _ in entries_of(tx, chain)])
    told = [json.loads(text) for text in texts]
    return [one["document"] for one in told if one["action"] == "write_document"]


def words_of(pdf):
    """The words of one page."""
    return read(pdf).text


def test_the_therapy_offers_each_label_and_document(someone, installation, coi):
    """Every labelled thing with the serial of its label."""
    page = someone("nina").get(f"/therapies/{coi}").text

    for serials in look(installation, coi).labels.values():
        assert f'action="/therapies/{coi}/labels/{serials[-1]}"' in page
    for what in ("order-sheet", "wristband", "custody-record"):
        assert f'action="/therapies/{coi}/{what}"' in page


def test_a_label_is_printed_and_on_record(someone, installation, coi, serial):
    """With the hashes of its template and of what was handed out (LB-08)."""
    issued = look(installation, coi).history
    template = next(
        label["template"]
        for event in issued
        for label in event.content.get("labels", ())
        if label["serial"] == serial
    )

    answer = asked(someone("nina"), coi, f"labels/{serial}")

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="label-{serial}.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("]d1", f"{serial}/{coi}") in read(answer.data).symbols
    assert papers(installation)[-1] == {
        "kind": "bag_label",
        "about": serial,
        "sha256": sha256(answer.data).hexdigest(),
        "copy": "1",
        "template": template,
    }


def test_a_label_that_was_fetched_is_printed_in_the_record_of_its_therapy(
    someone, installation, coi, serial
):
    """By whoever has the file, where they work; the whole record still verifies (LB-03)."""
    asked(someone("nina"), coi, f"labels/{serial}")

    told = look(installation, coi).history[-1]
    assert (told.action, told.unit) == ("note_printed", "north-apheresis")
    assert [turn["after"] for turn in told.content["label_turns"]] == ["printed"]
    assert verify_record(installation).holds


def test_of_a_label_there_is_one_piece(someone, installation, coi, serial):
    """Whoever wants a second one is led to a new serial: two would carry one code (LB-05)."""
    asked(someone("nora"), coi, f"labels/{serial}")
    nina = someone("nina")

    answer = asked(nina, coi, f"labels/{serial}", **SIGNED)

    assert answer.status_code == 409
    assert "NEW_SERIAL_NEEDED" in answer.text
    assert f'href="/therapies/{coi}/labels"' in answer.text
    assert len(papers(installation)) == 1


def test_a_second_print_of_a_wristband_is_asked_about_first(someone, installation, coi):
    """When it was printed, and by whom; two wristbands would carry one serial."""
    asked(someone("nora"), coi, "wristband")
    nina = someone("nina")

    answer = asked(nina, coi, "wristband")

    assert answer.status_code == 409
    assert "Copy 1: printed on" in answer.text
    assert "by Nora Nadel" in answer.text
    assert len(papers(installation)) == 1


def test_a_second_print_that_was_confirmed_is_copy_two(someone, installation, coi):
    """The confirmation says how many copies were seen."""
    nina = someone("nina")
    asked(nina, coi, "wristband")
    seen = re.search(r'name="seen" value="(.+?)"', asked(nina, coi, "wristband").text)[1]

    again = asked(nina, coi, "wristband", **SIGNED | {"seen": seen})
    stale = asked(nina, coi, "wristband", **SIGNED | {"seen": seen})

    assert (again.status_code, stale.status_code) == (200, 409)
    assert [one["copy"] for one in papers(installation)] == ["1", "2"]
    assert papers(installation)[-1]["reason"] == "lost"
    found = installation.read(lambda tx: [*entries_of(tx, "site:north")])
    assert [PRINTED_AGAIN in signed for _, text, signed in found if '"wristband"' in text] == [
        False,
        True,
    ]
    assert verify_record(installation).holds


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"password": "not it"}, 401), ({"password": ""}, 401), ({"reason": ""}, 422)],
)
def test_nothing_is_printed_again_without_password_and_reason(
    someone, installation, coi, fields, status
):
    """A session that was left open prints no second one (SEC-15); the form is there again."""
    nina = someone("nina")
    asked(nina, coi, "wristband")

    answer = asked(nina, coi, "wristband", **SIGNED | fields)

    assert answer.status_code == status
    assert 'name="seen" value="1"' in answer.text
    assert len(papers(installation)) == 1


def test_a_wrong_password_leaves_the_copies_in_sight(someone, coi):
    """Whoever types it again still sees what there is, and is told what to type."""
    nina = someone("nina")
    asked(nina, coi, "wristband")

    answer = asked(nina, coi, "wristband", **SIGNED | {"password": "not it"})

    assert answer.status_code == 401
    assert "Copy 1: printed on" in answer.text
    assert "Type your password again." in answer.text
    assert "Type both again" not in answer.text


def test_who_looks_on_prints_no_label(app, installation, root, coi, serial):
    """Neither finds the button nor gets the paper; an administrator who audits neither."""
    people.register_person(installation, root, NewPerson("ada", "Ada Auditor", PASSWORD))
    people.grant_role(installation, root, "ada", "auditor", "-")
    people.grant_role(installation, root, "ada", "administrator", "-")
    browser = Browser(app.test_client())
    browser.sign_in("ada")

    answer = browser.send(f"/therapies/{coi}/labels/{serial}", page="/")

    assert answer.status_code == 403
    assert "Print label" not in browser.get(f"/therapies/{coi}").text
    assert papers(installation) == []


@pytest.mark.parametrize("seen", ["-1", "x", "9" * 50, "1"])
def test_a_confirmation_of_nothing_prints_nothing(someone, coi, seen):
    """Only a number of copies that were there counts."""
    nina = someone("nina")
    asked(nina, coi, "wristband")
    asked(nina, coi, "wristband", **SIGNED)

    assert asked(nina, coi, "wristband", **SIGNED | {"seen": seen}).status_code == 409


def test_the_order_sheet_carries_the_coi_and_no_name(someone, coi):
    """One symbol, the order; the values of the order in words, no person."""
    answer = asked(someone("nina"), coi, "order-sheet")

    text = words_of(answer.data)
    assert read(answer.data).symbols == [("]d1", coi)]
    assert coi in text
    assert "Ward, North Hospital" in text
    assert "Body weight" in text
    assert "Copy 1, printed" in text
    assert "by Nina Needle" in text
    assert "Okafor" not in text
    assert not [value for value in PATIENTS[0].values() if len(value) > 1 and value in text]


def test_a_scanned_order_sheet_opens_the_therapy(someone, coi):
    """What its symbol says is the way in."""
    nina = someone("nina")
    ((symbol,),) = symbols_of(asked(nina, coi, "order-sheet").data)

    answer = nina.send("/scan", page="/", code=symbol)

    assert answer.headers["Location"] == f"/therapies/{coi}"


@pytest.mark.parametrize("what", ["order-sheet", "custody-record", "label-reconciliation"])
def test_each_copy_of_a_document_says_which_it_is(someone, installation, coi, what):
    """Who printed it, when, and its number (LB-13)."""
    nina = someone("nina")
    asked(nina, coi, what)

    second = asked(nina, coi, what)

    words = text_of(second.data)
    assert re.search("[Cc]opy 2", words)
    assert "Nina Needle" in words
    assert [one["copy"] for one in papers(installation)] == ["1", "2"]


@pytest.mark.parametrize("username", ["carla", "ines", "nina", "ivo"])
def test_the_wristband_is_for_those_who_meet_the_patient(someone, coi, username):
    """With the name: it is what is compared at the bedside."""
    answer = asked(someone(username), coi, "wristband")

    assert PATIENTS[0]["family_name"] in words_of(answer.data)
    assert PATIENTS[0]["family_name"] not in str(answer.headers)


def test_nobody_else_prints_a_wristband(someone, installation, coi):
    """Neither finds the button nor gets the paper (SEC-08)."""
    for username in ("omar", "leo", "paula", "mia", "queenie", "quentin", "anna"):
        browser = someone(username)
        answer = browser.send(f"/therapies/{coi}/wristband", page="/")

        assert (username, answer.status_code) == (username, 403)
        assert "/wristband" not in browser.get(f"/therapies/{coi}").text
    assert papers(installation) == []


def test_what_cannot_be_printed_says_why(someone, performer):
    """Before the admission there is no wristband; the way back is there."""
    coi = performer.order(dict(PATIENTS[5]))

    answer = asked(someone("carla"), coi, "wristband")

    assert answer.status_code == 409
    assert "No wristband was issued" in answer.text
    assert f'href="/therapies/{coi}"' in answer.text


@pytest.mark.parametrize(
    "what",
    [
        *("order-sheet", "wristband", "custody-record", "labels/{}"),
        *("destroyed/{}", "out-of-specification/{}", "label-reconciliation"),
    ],
)
def test_another_sites_paper_is_like_that_of_an_unknown_therapy(someone, installation, lives, what):
    """Nobody finds out by printing (SEC-07)."""
    nina = someone("nina")
    hidden, unknown = lives.cois["dispensed"], "TEST-00000000-0"
    bag = next(iter(look(installation, hidden).labels.values()))[-1]
    before = len(papers(installation))

    theirs, nobodys = (
        nina.send(f"/therapies/{coi}/{what.format(bag)}", page="/") for coi in (hidden, unknown)
    )

    assert theirs.status_code == nobodys.status_code == 404
    shown = without_token(theirs.text), without_token(nobodys.text)
    assert shown[0].replace(hidden, "") == shown[1].replace(unknown, "")
    assert len(papers(installation)) == before


def test_a_label_is_asked_for_at_its_own_therapy(someone, lives, coi, installation):
    """A serial of another therapy is none of this one."""
    other = next(iter(look(installation, lives.cois["in manufacture"]).labels.values()))[-1]

    assert asked(someone("nina"), coi, f"labels/{other}").status_code == 404


@pytest.mark.parametrize(
    "what",
    [
        *("order-sheet", "wristband", "custody-record", "labels/B-X"),
        *("destroyed/9.1", "out-of-specification/9.1", "label-reconciliation"),
    ],
)
def test_opening_an_address_prints_nothing(someone, installation, coi, what):
    """A print is asked for with a form (SEC-16)."""
    answer = someone("nina").get(f"/therapies/{coi}/{what}")

    assert answer.status_code == 404
    assert papers(installation) == []


@pytest.fixture
def destroyed(installation, lives):
    """A therapy with a destroyed bag, and what that is called in it."""
    coi = lives.cois["positive after infusion"]
    thing = next(one for one in look(installation, coi).subjects.values() if is_destroyed(one))
    return coi, thing.id.removeprefix(f"{coi}/")


@pytest.fixture
def supplied(performer, lives):
    """A therapy whose lot was released out of specification, and what that is called in it."""
    coi = lives.cois["out of specification"]
    play(performer, coi, [*closed(1), *ASKED_FOR[2:]])
    found = look(performer.installation, coi).subjects.values()
    lot = next(one for one in found if is_out_of_specification(one))
    return coi, lot.id.removeprefix(f"{coi}/")


def test_a_document_without_its_seal_is_not_handed_out(someone, installation, destroyed):
    """The page says why, and what to do; no copy is counted."""
    (coi, _thing), nina = destroyed, someone("nina")
    before = papers(installation)
    installation.settings.seal_file.write_text("no seal", encoding="ascii")

    answer = asked(nina, coi, "custody-record")

    assert answer.status_code == 503
    assert "The seal of the house" in answer.text
    assert "Put its file back" in answer.text
    assert papers(installation) == before


def test_the_therapy_offers_a_certificate_for_what_is_destroyed(someone, installation, destroyed):
    """For nothing else; printed, it is on record like the custody record."""
    (coi, thing), nina = destroyed, someone("nina")
    gone = [one for one in look(installation, coi).subjects.values() if is_destroyed(one)]

    answer = asked(nina, coi, f"destroyed/{thing}")

    assert nina.get(f"/therapies/{coi}").text.count(f'action="/therapies/{coi}/destroyed/') == len(
        gone
    )
    assert answer.mimetype == "application/pdf"
    assert "Certificate of destruction" in text_of(answer.data)
    assert papers(installation)[-1] == {
        "kind": "destruction_certificate",
        "about": f"{coi}/{thing}",
        "sha256": sha256(answer.data).hexdigest(),
        "copy": "1",
        "seal": seal_of(installation, installation.settings.seal_file).fingerprint,
    }


def test_the_therapy_offers_the_letter_once_the_lot_is_released(someone, installation, supplied):
    """Its second copy says that it is the second."""
    (coi, lot), ines = supplied, someone("ines")
    asked(ines, coi, f"out-of-specification/{lot}")

    answer = asked(ines, coi, f"out-of-specification/{lot}")

    assert (
        f'action="/therapies/{coi}/out-of-specification/{lot}"'
        in ines.get(f"/therapies/{coi}").text
    )
    assert re.search("[Cc]opy 2", text_of(answer.data))
    assert [one["kind"] for one in papers(installation)] == ["deviation_letter"] * 2


def test_nothing_is_offered_of_a_therapy_where_nothing_was_destroyed(someone, coi):
    """And no lot was supplied out of specification."""
    page = someone("nina").get(f"/therapies/{coi}").text

    assert "Certificates of destruction" not in page
    assert "out-of-specification" not in page


@pytest.mark.parametrize("what", ["destroyed", "out-of-specification"])
def test_of_a_thing_that_was_not_there_is_no_paper(someone, installation, destroyed, what):
    """It answers as a therapy that there is not."""
    coi, _thing = destroyed

    assert asked(someone("nina"), coi, f"{what}/0.99").status_code == 404
    assert papers(installation) == []


def test_a_printed_file_names_the_therapy_and_nobody(someone, destroyed):
    """As the custody record does."""
    coi, thing = destroyed

    answer = asked(someone("ivo"), coi, f"destroyed/{thing}")

    number = thing.replace(".", "-")
    assert f'filename="destruction-{coi}-{number}.pdf"' in answer.headers["Content-Disposition"]
