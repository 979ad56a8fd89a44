"""Each request has a number, and a line in the log that names nobody."""

import json
import logging
from dataclasses import replace

import pytest

from coi.app import create_app
from coi.logs import AsJson
from coi.services.identity import identity_of
from coi.store.registers import any_sealed_patient
from tests.coi.web.steps import filled_in, path_of

GIVEN = "7f3c0a9b5d2e4816a1b2c3d4e5f60718"


def lines(caplog) -> list[dict]:
    """What was logged, as it is written."""
    return [json.loads(AsJson().format(record)) for record in caplog.records]


def numbered(installation, trusted=(), **headers) -> str:
    """The number of a request with these headers."""
    told = replace(installation, settings=replace(installation.settings, trusted_proxies=trusted))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return create_app(told).test_client().get("/healthz", headers=named).headers["X-Request-ID"]


def test_each_request_has_a_number_of_its_own(app):
    """On its answer, whatever it is; it can be told to support."""
    asked = app.test_client()
    found = [asked.get(path).headers["X-Request-ID"] for path in ("/", "/nowhere", "/healthz")]

    assert len(set(found)) == 3
    assert {len(one) for one in found} == {26}


@pytest.mark.parametrize(
    ("trusted", "given", "is_taken"),
    [
        ((), GIVEN, False),
        (("10.0.0.1",), GIVEN, False),
        (("127.0.0.1",), GIVEN, True),
        (("127.0.0.1",), "short", False),
        (("127.0.0.1",), "x" * 65, False),
        (("127.0.0.1",), "Ada Lovelace, 1815-12-10", False),
    ],
)
def test_a_number_is_taken_from_a_trusted_proxy_when_it_is_well_formed(
    clinic, trusted, given, is_taken
):
    """Nobody else writes into the log by it."""
    found = numbered(clinic.installation, trusted, X_Request_ID=given)

    assert (found == given) is is_taken


def test_a_request_is_told_by_the_page_and_who_asked_without_a_meaning(someone, lives, caplog):
    """The person's identifier, the unit, and no address: that would name a therapy."""
    nina, coi = someone("nina"), lives.cois["mixed up"]
    caplog.set_level(logging.INFO, "coi")
    caplog.clear()

    answer = nina.get(f"/therapies/{coi}")

    # On a busy machine another line says that it was slow.
    every = lines(caplog)
    (told,) = [one for one in every if one["event"] != "slow"]
    assert told["request" if "request" in told else "event"] in (
        answer.headers["X-Request-ID"],
        "request_answered",
    )
    assert (told["endpoint"], told["method"], told["status"]) == ("therapies.show", "GET", 200)
    assert (len(told["person"]), told["unit"]) == (26, "north-apheresis")
    assert coi not in json.dumps(every)


def test_a_journey_leaves_nobodys_name_in_the_log(installation, someone, performer, lives, caplog):
    """Looking, signing, refused and unforeseen: no name, number or COI in any line (SEC-33)."""
    caplog.set_level(logging.DEBUG)
    coi = lives.cois["a bag on hold"]
    wanted, actor, signers = performer.request(coi, "freeze_material")
    ines, acting = someone("ines"), someone(actor.username)
    for path in ("", "/patient", "/values", "/nothing"):
        ines.get(f"/therapies/{coi}{path}")
    ines.send(f"/therapies/{coi}/patient", f"/therapies/{coi}/patient", why="Ada Lovelace")
    typed = filled_in(acting.get(path_of(coi, "freeze_material")).text, wanted, signers)
    acting.client.post(path_of(coi, "freeze_material"), data=typed | {"codes": "Ada Lovelace"})
    patient = installation.read(any_sealed_patient)
    markers = installation.read(lambda tx: identity_of(tx, installation, patient))

    text = "\n".join(map(json.dumps, lines(caplog)))

    names = [one for one in markers.values() if len(one) > 3]
    assert "request_answered" in text
    assert not [one for one in (*names, "Lovelace", "ines", "nina") if f'"{one}"' in text]
    assert not [one for one in (*names, coi, "Lovelace") if one in text]
