"""A program orders a therapy: for whom is confirmed as on the page, and nothing is found out."""

import pytest

from coi.demo.cast import PATIENTS
from coi.services import people, programs
from coi.services.programs import NewProgram
from coi.services.therapies import list_therapies, look
from coi.services.tokens import NewToken, Scope, make_token
from tests.coi.api.program import Program
from tests.coi.web.test_orders import KNOWN, NEWCOMER, PAPERS, TWIN


@pytest.fixture
def carla(program):
    """The coordinator's program."""
    return program("carla")


def order(program, patient, key="order-1", **more):
    """What is answered to an order."""
    told = {
        "workflow": "autologous-car-t",
        "unit": "north-ward",
        "patient": patient,
        "values": {name: text for name, text in PAPERS.items() if text},
        **more,
    }
    return program.send("POST", "/orders", told, Idempotency_Key=key)


def test_what_can_be_ordered_says_what_its_order_records_and_where(carla):
    """Whoever writes a program for it needs no page."""
    told = {one["name"]: one for one in carla.get("/workflows").json["items"]}

    assert "north-ward" in told["autologous-car-t"]["units"]
    names = {one["name"] for one in told["autologous-car-t"]["values"]}
    assert {"weight_kg", "treating_unit", "prescriber"} <= names


def test_an_order_begins_a_therapy_once(carla, installation):
    """Sent twice, it is one therapy, and one answer; the consent is an entry of its own."""
    first = order(carla, NEWCOMER, consent_signed_on="2026-11-01")
    again = order(carla, NEWCOMER, consent_signed_on="2026-11-01")

    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert again.json == {**first.json, "repeated": True}
    actions = [one.action for one in look(installation, first.json["coi"]).history]
    assert actions == ["order", "record_consent"]


@pytest.mark.parametrize(("patient", "kind"), [(KNOWN, "same_patient"), (TWIN, "other_patient")])
def test_a_patient_who_is_known_or_looks_alike_is_confirmed_first(
    carla, installation, patient, kind
):
    """Nothing is saved before somebody has looked at what was found (SEC-48)."""
    before = len(list_therapies(installation))

    asked = order(carla, patient)
    unsaved = len(list_therapies(installation))
    found = asked.json["found"]
    confirmed = order(carla, patient, confirmed=found["token"])

    assert (asked.status_code, asked.json["code"]) == (409, "CONFIRM_PATIENT")
    assert (found["kind"], bool(found["therapies"])) == (kind, True)
    assert (unsaved, confirmed.status_code) == (before, 201)


def test_nobody_finds_out_about_a_patient_by_trying(carla):
    """Whichever text differs from the record behind a number, the answer is the same."""
    number = {"medical_record_number": PATIENTS[0]["medical_record_number"]}
    name = order(carla, {**KNOWN, **number, "family_name": "Different"})
    day = order(carla, {**KNOWN, **number, "birth_date": "1950-01-01"})

    assert (name.status_code, name.json["code"]) == (422, "ANOTHER_PATIENT")
    assert name.json == day.json
    assert [one["where"] for one in name.json["problems"]] == ["medical_record_number"]


def test_every_mistake_is_said_by_its_name(carla):
    """As the page says it beside the field; an unknown field is one too."""
    mistaken = order(carla, {**NEWCOMER, "birth_date": "yesterday", "sex": "W"})
    unknown = order(carla, NEWCOMER, values={**PAPERS, "colour": "red"})

    assert mistaken.status_code == unknown.status_code == 422
    assert {one["where"] for one in mistaken.json["problems"]} == {"birth_date", "sex"}
    assert [one["where"] for one in unknown.json["problems"]] == ["colour"]


@pytest.fixture
def gateway(app, installation, root):
    """A program by itself, that orders at the northern hospital."""
    programs.open_program(installation, root, NewProgram("gateway", "Gateway", "north-ward"))
    people.grant_role(installation, root, "gateway", "coordinator", "north-ward")
    new = NewToken("gateway", "Orders", [Scope.ORDERS_WRITE], ["north"])
    return Program(app, make_token(installation, root, new))


def test_a_program_by_itself_orders_for_whom_nobody_knows_and_looks_at_nobody(gateway):
    """A patient who is known is a person's to confirm; a program is not told what was found."""
    new = order(gateway, NEWCOMER)
    known = order(gateway, TWIN, key="order-2")
    elsewhere = gateway.get("/exceptions")

    assert new.status_code == 201, new.text
    assert (known.status_code, known.json["code"]) == (409, "CONFIRM_PATIENT")
    assert "found" not in known.json
    assert elsewhere.status_code == 403
