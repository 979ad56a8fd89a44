"""What a driver states at a handoff, taken down by a program of who hands over or takes in."""

from base64 import b64encode

import pytest
from sqlalchemy import delete

from coi.api.schemas import drivers as schemas
from coi.demo.cast import PATIENTS
from coi.demo.chapters import play
from coi.demo.stories import GOES_WELL
from coi.services.therapies import look
from coi.store import tables as t
from coi.store.engine import write
from tests.coi.api.program import Program
from tests.coi.services.test_pictures import drawn

HANDED_OVER = next(n for n, step in enumerate(GOES_WELL) if step.action == "release_custody") + 1
SAID = schemas.STATING


@pytest.fixture
def coi(performer):
    """A therapy whose cells were just handed over."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, GOES_WELL[:HANDED_OVER])
    return coi


@pytest.fixture
def handoff(performer, coi):
    """The entry of that handoff."""
    return look(performer.installation, coi).history[-1]


def take(program: Program, coi: str, entry: int, key="stated-1", **told):
    """Take down what the driver says."""
    path = f"/therapies/{coi}/entries/{entry}/statement"
    return program.send("POST", path, SAID | told, Idempotency_Key=key)


def test_a_statement_is_bound_to_its_handoff_and_kept_once(program, performer, coi, handoff):
    """Twice the same request is one entry; it is told as it is listed."""
    nina = program("nina")

    answers = [take(nina, coi, handoff.seq) for _ in range(2)]
    listed = nina.get(f"/therapies/{coi}/statements").json

    newest = look(performer.installation, coi).history[-1]
    assert [one.status_code for one in answers] == [201, 201], answers[0].text
    assert listed == {"items": [answers[0].json]} == {"items": [answers[1].json]}
    assert schemas.Statements().validate(listed) == {}
    told = answers[0].json
    assert (told["entry"], told["hash"]) == (newest.seq, newest.hash)
    assert (told["of_entry"], told["of_hash"]) == (handoff.seq, handoff.hash)
    assert told["said"] == SAID
    assert (told["picture"], told["media_type"]) == ("", "")
    assert newest.signatures == ()


def test_the_picture_of_the_papers_comes_back_as_it_was(program, coi, handoff):
    """For who acts where it was taken down, and for nobody else."""
    nina, picture = program("nina"), drawn("JPEG")

    told = take(nina, coi, handoff.seq, picture=b64encode(picture).decode()).json
    path = f"/therapies/{coi}/entries/{told['entry']}/statement/picture"
    answer, elsewhere = nina.get(path), program("mia").get(path)

    assert (answer.status_code, answer.get_data()) == (200, picture)
    assert answer.mimetype == "application/octet-stream"
    assert (told["media_type"], len(told["picture"])) == ("image/jpeg", 64)
    assert elsewhere.status_code in {403, 404, 422}
    assert picture not in elsewhere.get_data()


def test_a_picture_as_large_as_one_may_be_is_taken(program, coi, handoff):
    """A photograph is larger than what any other call is sent."""
    picture = drawn("PNG")
    large = picture[:-12] + b"\x00\x0f\x42\x40tEXt" + b"k" * 1_000_000 + b"\0" * 4 + picture[-12:]

    answer = take(program("nina"), coi, handoff.seq, picture=b64encode(large).decode())

    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("told", "refused"),
    [
        ({"name": ""}, (422, "DATA_REFUSED")),
        ({"time": "   "}, (422, "DATA_REFUSED")),
        ({"papers": "two\nlines"}, (422, "DATA_REFUSED")),
        ({"picture": "no base64"}, (422, "DATA_REFUSED")),
        ({"picture": "aGVsbG8="}, (422, "NO_PICTURE")),
        ({"picture": "é"}, (422, "DATA_REFUSED")),
        ({"seal": "broken"}, (400, "MISREAD")),
    ],
)
def test_what_is_missing_or_no_picture_is_refused(program, performer, coi, handoff, told, refused):
    """In words, and nothing is kept."""
    answer = take(program("nina"), coi, handoff.seq, **told)

    assert (answer.status_code, answer.json["code"]) == refused
    assert look(performer.installation, coi).history[-1].seq == handoff.seq


def test_only_a_handoff_has_one_and_only_where_it_was_made(program, coi, handoff):
    """An order is no handoff; who acts elsewhere takes nothing down, nor learns of anything."""
    nina = program("nina")

    assert take(nina, coi, 0).status_code == 404
    assert take(nina, coi, handoff.seq + 7, key="stated-2").status_code == 404
    assert take(program("walter"), coi, handoff.seq).status_code == 404
    assert program("walter").get(f"/therapies/{coi}/statements").status_code == 404
    assert nina.get(f"/therapies/{coi}/statements").json == {"items": []}


def test_what_was_erased_is_left_out(program, performer, coi, handoff):
    """That there was a statement stays, with its commitment."""
    nina = program("nina")
    told = take(nina, coi, handoff.seq, picture=b64encode(drawn("PNG")).decode()).json
    newest = look(performer.installation, coi).history[-1]
    kept = [*newest.content["notes"].values(), told["picture"]]
    with write(performer.installation.engine) as connection:
        connection.execute(delete(t.erasable).where(t.erasable.c.commitment.in_(kept)))

    (left,) = nina.get(f"/therapies/{coi}/statements").json["items"]
    picture = nina.get(f"/therapies/{coi}/entries/{left['entry']}/statement/picture")

    assert left["said"] == {}
    assert left["picture"] == told["picture"]
    assert picture.status_code == 404
