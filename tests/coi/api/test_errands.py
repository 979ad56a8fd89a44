"""What is done at the patient is asked of each person alone, by a program as on the pages."""

import json

import pytest

from coi.api.answering import TYPED_AGAIN
from coi.services.errand import RIGHT, STOPPED
from tests.coi.api.errands import AtErrand
from tests.coi.api.program import Program
from tests.coi.web.bedside import CHECK, FIRST, SECOND, WARD


@pytest.fixture
def checking(bedside):
    """Somebody who has just begun to check a bag at the bedside."""
    return AtErrand(Program.of(bedside.app, FIRST)).begin(bedside.coi, CHECK, WARD)


@pytest.fixture
def signed(bedside, checking):
    """The same, who has checked and signed."""
    check(bedside, checking)
    checking.sign()
    return checking


def check(bedside, errand):
    """Everything on the screens of a check, as far as the signature."""
    for code in (bedside.coi, bedside.band(), bedside.label()):
        assert errand.scan(code).status_code == 200
    heard = bedside.performer.identities[bedside.coi]
    said = {name: heard[name] for name in ("family_name", "birth_date")}
    assert errand.answer(said=said, source="patient").status_code == 200
    assert errand.answer(done=True).status_code == 200


def test_two_check_and_the_step_is_taken_once(bedside, signed):
    """Each with a session and a grant of their own; the entry has both signatures."""
    second = AtErrand(Program.of(bedside.app, SECOND), signed.id).take_up()

    check(bedside, second)
    answer = second.sign()

    assert (answer.json["standing"], answer.json["verdict"]["kind"]) == ("ended", RIGHT)
    assert bedside.last().action == CHECK
    assert len(bedside.last().signatures) == 2


def test_the_second_is_told_nothing_of_what_the_first_found(bedside, signed):
    """Neither a code nor a word nor a time of theirs, on no screen before the verdict (BD-06)."""
    second = AtErrand(Program.of(bedside.app, SECOND), signed.id)
    found = bedside.performer.identities[bedside.coi]
    secret = {bedside.band(), bedside.label(), found["family_name"], found["birth_date"]}

    waiting, begun = second.see(), second.take_up().see()
    listed = second.program.get("/errands")

    for answer in (waiting, begun, listed):
        assert not [one for one in secret if one in answer.text]
    assert waiting.json["screen"] is None
    assert begun.json["screen"]["read"] == begun.json["screen"]["read_back"] == []
    assert begun.json["screen"]["number"] == 1


def test_the_first_is_shown_no_screen_of_the_second(bedside, signed):
    """While the other checks, the first of two learns that they do, and nothing more."""
    AtErrand(Program.of(bedside.app, SECOND), signed.id).take_up().scan(bedside.coi)

    seen = signed.see().json

    assert (seen["standing"], seen["screen"], seen["reasons"]) == ("elsewhere", None, [])
    assert signed.scan(bedside.band()).json["code"] == "ELSEWHERE"


def test_the_same_person_makes_no_second_check(bedside, signed):
    """Neither here nor in another session (SEC-29)."""
    again = AtErrand(Program.of(bedside.app, FIRST), signed.id)

    answer = again.post("/take-up", None)

    assert answer.status_code == 409
    assert [one["code"] for one in answer.json["reasons"]] == ["SAME_PERSON"]


def test_a_wrong_bag_stops_at_once_and_stands_on_record(bedside, checking):
    """As at the page: another patient's bag ends the step (BD-03)."""
    checking.scan(bedside.coi)
    checking.scan(bedside.band())

    answer = checking.scan(bedside.label(coi=bedside.danae))

    assert answer.json["verdict"]["kind"] == STOPPED
    assert bedside.last().kind == "refused"


def test_an_answer_to_an_older_screen_changes_nothing(bedside, checking):
    """Its sender is told so, and looks anew; so what is sent twice has one effect."""
    checking.scan(bedside.coi)

    late = checking.post("/scans", {"raw": bedside.coi, "how": "scanned"}, seen='"1"')

    assert (late.status_code, late.json["code"]) == (412, "ANSWERED")
    assert checking.see().json["screen"]["asks"] == "wristband"


def test_a_grant_signs_the_step_as_it_was_read_back(bedside, checking):
    """Given for one version, it does not sign what was changed afterwards."""
    check(bedside, checking)
    version = checking.see().json["version"]
    path, body = f"/errands/{checking.id}/signatures", {"version": version}
    grant = checking.program.grant(checking.meaning, "POST", path, "k", body)
    checking.post("/back", None)
    checking.answer(done=True)

    told = {"Idempotency_Key": "k", "Signature_Grant": grant}
    as_given = checking.program.send("POST", path, body, **told)
    changed = checking.program.send("POST", path, {"version": version + 2}, **told)

    assert as_given.json["code"] == "ANSWERED"
    assert changed.json["code"] == "GRANT_OF_OTHER_REQUEST"


def test_typed_characters_are_confirmed_by_somebody_else(bedside, checking):
    """After the third try, with the grant of another person who works there (BD-05)."""
    checking.scan(bedside.coi)
    body = {"raw": bedside.band()}
    path = f"/errands/{checking.id}/typed"
    for _ in range(3):
        checking.post("/unread", None)

    own = checking.program.grant(TYPED_AGAIN, "POST", path, "own", body, checking.tag)
    alone = checking.post("/typed", body, key="own", grants=own)
    nina = Program.of(bedside.app, "nina")
    other = nina.grant(TYPED_AGAIN, "POST", path, "other", body, checking.tag)
    two = checking.post("/typed", body, key="other", grants=other)

    assert alone.status_code == 422
    assert two.json["screen"]["asks"] == "things", two.text


def test_a_grant_confirms_typed_characters_once(bedside, checking):
    """Not again at another screen, nor after it ended: whoever confirms reads the thing (BD-05)."""
    checking.scan(bedside.coi)
    body, path = {"raw": bedside.band()}, f"/errands/{checking.id}/typed"
    for _ in range(3):
        checking.post("/unread", None)
    nina, seen = Program.of(bedside.app, "nina"), checking.tag
    grant = nina.grant(TYPED_AGAIN, "POST", path, "other", body, seen)
    checking.post("/typed", body, key="other", grants=grant)

    checking.post("/back", None)
    for _ in range(3):
        checking.post("/unread", None)
    elsewhere = checking.post("/typed", body, key="other", grants=grant)
    again = checking.post("/typed", body, seen, key="other", grants=grant)

    assert (elsewhere.status_code, elsewhere.json["code"]) == (409, "GRANT_OF_OTHER_REQUEST")
    assert again.json["code"] in {"ANSWERED", "GRANT_USED"}, again.text


def test_a_grant_that_ended_confirms_no_typed_characters(bedside, checking):
    """Two minutes after it was given, nobody is at the patient who has read them."""
    checking.scan(bedside.coi)
    body, path = {"raw": bedside.band()}, f"/errands/{checking.id}/typed"
    for _ in range(3):
        checking.post("/unread", None)
    nina = Program.of(bedside.app, "nina")
    grant = nina.grant(TYPED_AGAIN, "POST", path, "other", body, checking.tag)

    bedside.wait(3)
    late = checking.post("/typed", body, key="other", grants=grant)

    assert (late.status_code, late.json["code"]) == (409, "GRANT_EXPIRED"), late.text


def test_a_program_by_itself_takes_no_step_at_the_patient(served_scopes):
    """Nothing of it names a scope: a token opens none of it."""
    assert not [one for one in served_scopes if one.startswith("api_errands")]


@pytest.fixture
def served_scopes(bedside):
    """The calls that are for programs' tokens."""
    functions = bedside.app.view_functions
    return [name for name, view in functions.items() if getattr(view, "__scope__", None)]


def test_what_is_asked_never_holds_a_password(checking):
    """What is answered is plain, and says which meaning is signed by which roles."""
    assert "password" not in json.dumps(checking.see().json)


def test_what_is_discarded_ends_and_leaves_nothing(bedside, checking):
    """Nothing has happened, and nothing is on record."""
    before = bedside.last()
    checking.scan(bedside.coi)

    answer = checking.post("/discard", None)

    assert answer.json["verdict"]["kind"] == "discarded"
    assert bedside.last() == before
