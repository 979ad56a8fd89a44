"""Ordering at a page: nothing typed is lost, and nobody is taken for somebody else unnoticed."""

import json
import re
from html import unescape

import pytest
from werkzeug.datastructures import MultiDict

from coi.demo.cast import PATIENTS
from coi.services.identity import identity_of
from coi.services.therapies import list_therapies, look
from coi.store.entries import entries_of
from coi.store.facts import therapy
from tests.coi.web.steps import form_on, put

PATH = "/orders/new"
FORM = f"{PATH}?workflow=autologous-car-t"
NEWCOMER = {
    "family_name": "O'Brien-Łukasiewicz",
    "given_name": "Zoë",
    "birth_date": "1961-04-27",
    "sex": "F",
    "medical_record_number": "00017",
}
KNOWN = dict(PATIENTS[0])
TWIN = {**KNOWN, "given_name": "Annabel", "medical_record_number": "00018"}
PAPERS = {
    "treating_unit": "north-ward",
    "manufacturing_unit": "works-production",
    "prescriber": "Dr. Ines Okafor",
    "weight_kg": "61.5",
    "collection_wanted_on": "2027-03-01",
    "on_paper": "",
}


@pytest.fixture
def carla(someone):
    """The coordinator's browser."""
    return someone("carla")


def filled_in(browser, identity, **more):
    """The form as somebody fills it in."""
    page = browser.get(FORM).text
    told = form_on(page)
    put(told, {f"patient-{name}": text for name, text in identity.items()})
    put(told, {name: PAPERS[name[6:]] for name in re.findall(r'name="(value-[^"]+)"', page)})
    put(told, {"unit": "north-ward", **more})
    return told


def typed_on(page):
    """What stands in the fields of a page, as it was typed."""
    return MultiDict((name, unescape(text)) for name, text in form_on(page).items(multi=True))


def order(browser, identity, **more):
    """What is answered to an order."""
    return browser.client.post(PATH, data=filled_in(browser, identity, **more))


def confirm(browser, answer, **more):
    """What is answered once the second look was confirmed."""
    told = typed_on(answer.text)
    told["confirmed"] = re.search(r'name="confirmed" value="([^"]+)"', answer.text)[1]
    told.poplist("redraw")
    put(told, more)
    return browser.client.post(PATH, data=told)


def coi_in(answer):
    """The therapy to which an answer leads."""
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rpartition("/")[2]


def confirmed(installation):
    """What was confirmed, as it is on record."""
    texts = installation.read(lambda tx: [text for _, text, _ in entries_of(tx, "site:north")])
    told = [json.loads(text) for text in texts]
    return [one["document"] for one in told if one["action"] == "confirm_patient"]


def test_an_order_leads_to_its_therapy(carla, installation):
    """With the COI, and what is to be printed now; the consent is an entry of its own."""
    coi = coi_in(order(carla, NEWCOMER, consent_signed_on="2026-11-01"))

    page = carla.get(f"/therapies/{coi}").text
    assert f"Ordered: {coi}." in page
    assert "Print the order sheet" in page
    assert [event.action for event in look(installation, coi).history] == [
        "order",
        "record_consent",
    ]


def test_the_patient_is_in_the_vault_as_typed(carla, installation):
    """Every letter, as the chart has it."""
    coi = coi_in(order(carla, NEWCOMER))

    found = installation.read(lambda tx: identity_of(tx, installation, therapy(tx, coi)[0].patient))
    assert found == NEWCOMER


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("patient-family_name", "", "is missing"),
        ("patient-given_name", "=cmd", "no name has"),
        ("patient-given_name", "x" * 201, "is longer than 200"),
        ("patient-birth_date", "2961-04-27", "lies in the future"),
        ("patient-birth_date", "1861-04-27", "years ago"),
        ("patient-birth_date", "yesterday", "is not a day"),
        ("patient-sex", "W", "is none of F, M, X, U"),
        ("patient-medical_record_number", "1E+05", "shortened by a spreadsheet"),
        ("value-weight_kg", "900", "above the most possible"),
        ("value-collection_wanted_on", "", "is missing"),
        ("value-collection_wanted_on", "2020-01-01", "lies in the past"),
        ("consent_signed_on", "2999-01-01", "lies in the future"),
        ("unit", "south-nowhere", "is none of yours"),
        ("unit", "", "is missing"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_is_lost(carla, name, text, reason):
    """Whatever else was typed stands there still."""
    told = filled_in(carla, NEWCOMER, **{name: text})

    answer = carla.client.post(PATH, data=told)

    kept = typed_on(answer.text)
    assert answer.status_code == 422
    assert reason in re.search(f'<p class="wrong" id="{name}-wrong">(.*?)</p>', answer.text)[1]
    assert all(kept.get(n, "") in {t, ""} for n, t in told.items() if n != "csrf_token")
    assert kept["value-prescriber"] == PAPERS["prescriber"]


def test_nothing_is_ordered_by_a_mistake(carla, installation):
    """Neither a therapy nor a patient."""
    before = list_therapies(installation)

    order(carla, {**NEWCOMER, "birth_date": ""})

    assert list_therapies(installation) == before


def test_the_same_form_sent_twice_orders_once(carla):
    """A double click is one therapy (SEC-04)."""
    told = filled_in(carla, NEWCOMER)

    first, second = (carla.client.post(PATH, data=told) for _ in range(2))

    assert coi_in(first) == coi_in(second)


def test_a_known_patient_is_said_to_be_known(carla, lives, installation):
    """With the other therapies; nothing is ordered before it was confirmed."""
    before = list_therapies(installation)

    answer = order(carla, KNOWN)

    assert answer.status_code == 409
    assert "This patient is known here" in answer.text
    assert f"/therapies/{lives.cois['on hold']}" in answer.text
    assert list_therapies(installation) == before


def test_a_confirmed_second_therapy_is_the_same_patients(carla, lives, installation):
    """And it is on record that somebody looked."""
    coi = coi_in(confirm(carla, order(carla, KNOWN)))

    patients = [
        installation.read(lambda tx, one=one: therapy(tx, one)[0].patient)
        for one in (coi, lives.cois["on hold"])
    ]
    assert patients[0] == patients[1]
    assert confirmed(installation) == [{"kind": "same_patient", "about": coi}]


def test_a_look_alike_is_said_to_be_one(carla, installation):
    """Same family name, same birth date, another record number (SEC-48)."""
    answer = order(carla, TWIN)

    assert answer.status_code == 409
    assert "Another patient looks like this one" in answer.text
    assert KNOWN["given_name"] not in answer.text
    assert KNOWN["medical_record_number"] not in answer.text

    coi = coi_in(confirm(carla, answer))
    assert confirmed(installation) == [{"kind": "other_patient", "about": coi}]


def test_a_confirmation_is_for_what_was_shown(carla):
    """Another name typed after it is looked at once more."""
    answer = confirm(carla, order(carla, TWIN), **{"patient-given_name": "Bella"})

    assert answer.status_code == 409
    assert "Another patient looks like this one" in answer.text


def test_a_look_alike_at_another_hospital_is_not_told(carla):
    """Its patients are none of this one's business; the same name here is a newcomer's."""
    elsewhere = {**PATIENTS[1], "medical_record_number": "00019"}

    assert order(carla, elsewhere, unit="south-ward").status_code == 303


def test_the_second_look_leads_back_to_the_form_as_it_was(carla):
    """Whoever sees the mistake corrects it there."""
    told = typed_on(order(carla, TWIN).text)
    told["redraw"] = "1"

    back = typed_on(carla.client.post(PATH, data=told).text)

    assert back["patient-given_name"] == TWIN["given_name"]
    assert back["value-weight_kg"] == PAPERS["weight_kg"]


def test_a_record_number_of_another_person_is_refused_without_telling_whose(carla):
    """Neither the name nor which of the texts differ."""
    answer = order(carla, {**NEWCOMER, "medical_record_number": KNOWN["medical_record_number"]})

    assert answer.status_code == 422
    assert "belongs to another patient here" in answer.text
    assert KNOWN["family_name"] not in answer.text
    assert len(re.findall('class="wrong" id=', answer.text)) == 1


def test_a_refusal_is_told_above_the_form(carla):
    """What the engine refuses is no fault of a field, and the form is another request then."""
    told = filled_in(carla, NEWCOMER)
    carla.client.post(PATH, data=told)
    put(told, {"patient-given_name": "Somebody", "patient-medical_record_number": "00020"})
    put(told, {"patient-family_name": "Else"})

    answer = carla.client.post(PATH, data=told)

    assert "KEY_REUSED" in answer.text
    assert typed_on(answer.text)["key"] != told["key"]


def test_only_those_who_order_find_the_form(someone):
    """Neither to look at nor to send (P11-10g)."""
    for username in ("nina", "omar", "mia", "queenie", "anna"):
        browser = someone(username)
        looked, sent = browser.get(PATH), browser.send(PATH, page="/", workflow="autologous-car-t")

        assert (username, looked.status_code, sent.status_code) == (username, 403, 403)
        assert "Order a therapy" not in browser.get("/").text


def test_an_unknown_therapy_cannot_be_ordered(carla):
    """Its form is not there."""
    assert carla.get(f"{PATH}?workflow=potions").status_code == 404


def test_no_name_stands_outside_the_page(carla, caplog):
    """Neither in its address nor in its title, nor in a log (SEC-33)."""
    with caplog.at_level("DEBUG"):
        answer = order(carla, {**NEWCOMER, "birth_date": "nonsense"})

    title = re.search("<title>(.*?)</title>", answer.text)[1]
    assert "Łukasiewicz" not in title + answer.request.path + caplog.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_order_of_what_runs_on_paper_takes_no_consent_with_it(carla):
    """The consent is copied from the paper as a step of its own; the refusal says so."""
    paper = {"value-on_paper": "Folder 17", "consent_signed_on": "2026-01-02"}
    answer = carla.client.post(PATH, data=filled_in(carla, KNOWN, **paper))

    assert answer.status_code == 422
    assert "copied from the paper afterwards" in answer.text
