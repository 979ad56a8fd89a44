"""A program takes a step: with whose rights, under which key, signed how, and what it is told."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from coi.api.interface import ROOT
from coi.clock import parse_rfc3339, rfc3339
from coi.services.scanning import drift_of
from coi.services.therapies import look
from tests.coi.api.taking import body_of, path_of


@pytest.fixture
def coi(lives):
    """A therapy with a bag that waits to be frozen in the cell laboratory of the hospital."""
    return lives.cois["a bag on hold"]


@pytest.fixture
def freezing(performer, coi):
    """What it takes to freeze its bag: the request, who acts, who signs."""
    return performer.request(coi, "freeze_material")


@pytest.fixture
def at_work(program, freezing):
    """The program of who acts."""
    return program(freezing[1].username)


def entries(installation, coi):
    """How many entries a therapy has."""
    return len(look(installation, coi).history)


def meanings(freezing):
    """What the signers sign, all of them the person who acts."""
    return [one.meaning for one in freezing[2]]


def test_a_signed_step_is_recorded_once_however_often_it_is_sent(
    installation, coi, freezing, at_work
):
    """The second time it is answered as the first, although its grant is used."""
    wanted, _actor, signers = freezing
    assert len(signers) == 1
    key, path, body = "freeze-1", path_of(wanted), body_of(wanted)
    before = entries(installation, coi)
    grant = at_work.grant(signers[0].meaning, "POST", path, key, body)
    told = {"Idempotency_Key": key, "Signature_Grant": grant}

    first = at_work.send("POST", path, body, **told)
    again = at_work.send("POST", path, body, **told)

    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.json == {**again.json, "repeated": False}
    assert (again.json["repeated"], entries(installation, coi)) == (True, before + 1)


def test_what_the_clock_of_a_device_shows_is_a_claim(installation, coi, freezing, at_work):
    """Three days ahead: the time of the record is the server's, and the drift is shown (CL-01)."""
    wanted, _actor, signers = freezing
    path, body = path_of(wanted), body_of(wanted)
    now = installation.clock.now()
    ahead = (now + timedelta(days=3)).astimezone(ZoneInfo("Europe/Berlin"))
    wrong = [one | {"device_time": "yesterday"} for one in body["codes"]]
    refused = at_work.send("POST", path, body | {"codes": wrong}, Idempotency_Key="w")

    body |= {"codes": [one | {"device_time": ahead.isoformat()} for one in body["codes"]]}
    grant = at_work.grant(signers[0].meaning, "POST", path, "freeze-1", body)
    sent = {"Idempotency_Key": "freeze-1", "Signature_Grant": grant}
    answer = at_work.send("POST", path, body, **sent)

    event = look(installation, coi).history[-1]
    scan = event.content["scans"][0]
    assert (refused.status_code, answer.status_code) == (422, 201), answer.text
    assert scan["device_time"] == rfc3339(ahead)
    assert timedelta() <= parse_rfc3339(event.recorded_at) - now < timedelta(hours=1)
    assert drift_of(scan, event.recorded_at).endswith("ahead")


def test_without_a_grant_nothing_is_signed(installation, coi, freezing, at_work):
    """The refusal names each signature that lacks, and stands on record."""
    wanted, _actor, _signers = freezing

    answer = at_work.send("POST", path_of(wanted), body_of(wanted), Idempotency_Key="k")

    assert answer.status_code == 409
    assert answer.mimetype == "application/problem+json"
    assert "SIGNATURES_MISSING" in {one["code"] for one in answer.json["reasons"]} or answer.json
    assert look(installation, coi).history[-1].kind == "refused"


def test_a_grant_signs_no_other_request(installation, coi, freezing, at_work):
    """What was not shown to the signer is not signed; nothing is saved."""
    wanted, _actor, signers = freezing
    body, path = body_of(wanted), path_of(wanted)
    grant = at_work.grant(signers[0].meaning, "POST", path, "k", body)
    before = entries(installation, coi)

    other = {**body, "values": {**body["values"], "more": "1"}}
    answer = at_work.send("POST", path, other, Idempotency_Key="k", Signature_Grant=grant)

    assert (answer.status_code, answer.json["code"]) == (409, "GRANT_OF_OTHER_REQUEST")
    assert entries(installation, coi) == before


def test_a_grant_signs_what_was_seen_too(installation, coi, freezing, at_work):
    """Whoever leaves out on what the signer looked sends another request."""
    wanted, _actor, signers = freezing
    body, path = body_of(wanted), path_of(wanted)
    seen = at_work.get(path).headers["ETag"]
    grant = at_work.grant(signers[0].meaning, "POST", path, "k", body, seen)
    before = entries(installation, coi)

    answer = at_work.send("POST", path, body, Idempotency_Key="k", Signature_Grant=grant)

    assert (answer.status_code, answer.json["code"]) == (409, "GRANT_OF_OTHER_REQUEST")
    assert entries(installation, coi) == before


def test_an_address_that_is_no_text_is_no_fault_of_ours(freezing, at_work):
    """A grant of another request is told as such, whatever bytes stand in the address."""
    wanted, _actor, signers = freezing
    body, path = body_of(wanted), path_of(wanted)
    grant = at_work.grant(signers[0].meaning, "POST", path, "k", body)

    answer = at_work.app.test_client().open(
        ROOT + path,
        method="POST",
        json=body,
        environ_overrides={"QUERY_STRING": "x=\xff"},
        headers={
            "Authorization": f"Bearer {at_work.token}",
            "Idempotency-Key": "k",
            "Signature-Grant": grant,
        },
    )

    assert (answer.status_code, answer.json["code"]) == (409, "GRANT_OF_OTHER_REQUEST")


def test_a_step_that_rests_on_an_older_look_is_not_taken(installation, coi, freezing, at_work):
    """`If-Match` says what was seen; what is there is another thing, so nothing is saved."""
    wanted, _actor, signers = freezing
    seen = at_work.get(path_of(wanted)).headers["ETag"]
    subject, _, turn = seen.strip('"').split(";")[0].rpartition("=")
    stale = f'"{subject}={int(turn) - 1}"'
    before = entries(installation, coi)

    late = at_work.signed(path_of(wanted), body_of(wanted), signers[0].meaning, If_Match=stale)
    now = at_work.signed(path_of(wanted), body_of(wanted), signers[0].meaning, If_Match=seen)

    assert (late.status_code, late.json["code"]) == (412, "STALE")
    assert now.status_code == 201, now.text
    assert entries(installation, coi) == before + 1


def test_a_key_is_asked_of_everything_that_writes(freezing, at_work):
    """Without one a repetition could have two effects; so nothing is done."""
    wanted, _actor, _signers = freezing

    answer = at_work.send("POST", path_of(wanted), body_of(wanted))

    assert answer.status_code == 400
    assert [one["where"] for one in answer.json["problems"]] == ["headers.Idempotency-Key"]


def test_another_hospitals_therapy_is_as_unknown_as_none(program, freezing):
    """Nobody learns from an answer what there is elsewhere (SEC-07)."""
    wanted, _actor, _signers = freezing
    vera = program("luc")
    path = path_of(wanted)

    there = vera.send("POST", path, body_of(wanted), Idempotency_Key="k")
    none = vera.send(
        "POST", path.replace(wanted.coi, "COI-NONE"), body_of(wanted), Idempotency_Key="k"
    )

    assert (there.status_code, none.status_code) == (404, 404)
    assert json.loads(there.text.replace(wanted.coi, "X")) == json.loads(
        none.text.replace("COI-NONE", "X")
    )


def test_what_is_done_at_the_patient_is_not_taken_by_one_request(program, lives):
    """Each of two is asked alone, one thing at a time: that is an errand (BD-06)."""
    coi = lives.cois["handed to the courier"]
    at_work = program("nina")
    path = f"/therapies/{coi}/actions/collect"

    answer = at_work.send("POST", path, {"unit": "north-apheresis"}, Idempotency_Key="k")

    assert (answer.status_code, answer.json["code"]) == (409, "TAKEN_ELSEWHERE")
