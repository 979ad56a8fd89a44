"""A file of a step, held by a program, told to the step, and fetched."""

from base64 import b64encode
from hashlib import sha256

import pytest

from coi.api.schemas import files as schemas
from coi.demo import departures
from coi.demo.cast import PATIENTS
from coi.demo.chapters import play
from coi.demo.performer import Wish
from coi.services.acting import take_action
from coi.services.therapies import look
from tests.coi.services.test_pictures import drawn
from tests.journeys.asking import ids, until

PICTURE = drawn("JPEG", (64, 48))
DIGEST = sha256(PICTURE).hexdigest()


@pytest.fixture
def coi(performer):
    """A therapy whose bags are thawed."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, until(departures.DAMAGED_AT_THAW, "report_damage"))
    return coi


def hold(program, coi, content=PICTURE, key="held-1"):
    """Send a file."""
    told = {"content": b64encode(content).decode()}
    return program.send("POST", f"/therapies/{coi}/files", told, Idempotency_Key=key)


def test_a_file_is_held_told_to_its_step_and_fetched(program, performer, coi):
    """The same content, sent again, is one file."""
    leo = program("leo")

    answers = [hold(leo, coi, key=key) for key in ("one", "two")]
    told = answers[0].json
    bag = ids(performer, coi, "product", "thawed")[0]
    wish = Wish(on=(bag,), values={"damage_picture": told["reference"]})
    wanted, actor, signers = performer.request(coi, "report_damage", wish)
    seq = take_action(performer.installation, wanted, actor, signers).seq
    fetched = leo.get(f"/therapies/{coi}/entries/{seq}/files/{told['sha256']}")

    assert [one.status_code for one in answers] == [201, 201], answers[0].text
    assert answers[0].json == answers[1].json
    assert schemas.HeldFile().validate(told) == {}
    assert (told["media_type"], told["bytes"], told["sha256"]) == (
        "image/jpeg",
        len(PICTURE),
        DIGEST,
    )
    assert (fetched.status_code, fetched.get_data()) == (200, PICTURE)
    assert fetched.headers["Content-Disposition"] == "attachment"


def test_a_step_says_what_its_file_can_be(program, coi):
    """So that a program asks for the right one."""
    form = program("leo").get(f"/therapies/{coi}/actions/report_damage?unit=north-ward").json

    (blank,) = [one for one in form["values"] if one["name"] == "damage_picture"]
    assert (blank["kind"], blank["accept"], blank["required"]) == ("file", ["jpeg", "png"], False)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"content": "?"}, (422, "DATA_REFUSED")),
        ({"content": b64encode(b"GIF89a" + bytes(30)).decode()}, (422, "NO_FILE")),
        ({"content": ""}, (400, "MISREAD")),
        ({}, (400, "MISREAD")),
    ],
)
def test_what_is_no_file_is_refused(program, coi, told, expected):
    """Nothing is held of it."""
    answer = program("leo").send("POST", f"/therapies/{coi}/files", told, Idempotency_Key="no-file")

    assert (answer.status_code, answer.json["code"]) == expected


def test_a_file_as_large_as_one_may_be_is_taken(program, coi):
    """What a tablet's camera takes is larger than what any other call is sent."""
    assert hold(program("leo"), coi, b"7" * 6_000_000).status_code == 201
    assert hold(program("leo"), coi, b"7" * 6_000_001).status_code == 400


def test_another_hospital_holds_and_fetches_nothing(program, performer, coi):
    """It is answered as if there were no such therapy."""
    seq = look(performer.installation, coi).history[-1].seq

    assert hold(program("jan"), coi).status_code == 404
    for path in (f"{seq}/files/{DIGEST}", "x/files/0a", "999999/files/0a"):
        assert program("leo").get(f"/therapies/{coi}/entries/{path}").status_code == 404
