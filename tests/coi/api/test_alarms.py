"""What rings, told to programs; and that a person has heard it, by their program."""

from datetime import timedelta

import pytest

from coi.api.schemas import alarms as schemas
from coi.demo.cast import PATIENTS
from coi.demo.chapters import play
from coi.demo.stories import GOES_WELL
from coi.services import alarm_list
from coi.services.bell import ring_all
from coi.services.therapies import look
from coi.store import alarm_list as store
from tests.coi.api.program import Program

THAWED = next(n for n, step in enumerate(GOES_WELL) if step.action == "thaw") + 1
CHECK = "bedside-check"


@pytest.fixture
def coi(performer):
    """A therapy whose bag was thawed 20 minutes ago, and rings."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, GOES_WELL[:THAWED])
    ring_all(performer.installation)
    performer.installation.clock.advance(timedelta(minutes=20))
    ring_all(performer.installation)
    return coi


def the_check(program: Program, coi: str, which: str = "all"):
    """The alarm about the check that is missing."""
    answer = program.get(f"/alarms?which={which}&kind={CHECK}")
    assert answer.status_code == 200, answer.text
    assert schemas.Alarms().validate(answer.json) == {}
    (found,) = [one for one in answer.json["items"] if one["coi"] == coi]
    return found


def hear(program: Program, alarm: str, why="I go there", key="heard-1"):
    """Say that one heard it."""
    return program.send("POST", "/alarms/heard", {"alarm": alarm, "why": why}, Idempotency_Key=key)


def test_what_rings_is_told_with_its_owners_and_its_end(program, coi):
    """As at the page: since when, whose it is, what ends it."""
    told = the_check(program("ivo"), coi)

    assert (told["level"], told["kind"]) == ("alarm", CHECK)
    assert "infusion_nurse" in told["owners"]
    assert told["is_mine"]
    assert [one["action"] for one in told["steps"]] == ["check_at_bedside"]
    assert told["is_recorded"]
    assert (told["heard_by"], told["heard_at"], told["went_on_at"]) == ("", None, None)


def test_another_site_is_told_of_nothing(program, coi):
    """Nor can anybody there hear it (SEC-07)."""
    told = the_check(program("ivo"), coi)
    walter = program("walter")

    assert coi not in walter.get("/alarms?which=all").text
    assert hear(walter, told["id"]).status_code == 404


def test_who_heard_it_is_on_record_once_and_it_rings_on(program, performer, coi):
    """The same request twice is one entry; nothing is ended by it."""
    ivo = program("ivo")
    before = len(look(performer.installation, coi).history)

    answers = [hear(ivo, the_check(ivo, coi)["id"]) for _ in range(2)]

    history = look(performer.installation, coi).history
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json["heard_by"]
    assert answers[0].json == answers[1].json == the_check(ivo, coi)
    assert [one.action for one in history[before:]] == ["acknowledge_alarm"]
    assert history[-1].said == {"What they do about it": "I go there"}


@pytest.mark.parametrize("why", ["", " "])
def test_nobody_hears_it_without_a_reason(program, coi, why):
    """What they do about it is all that hearing says."""
    ivo = program("ivo")

    answer = hear(ivo, the_check(ivo, coi)["id"], why)

    assert (answer.status_code, answer.json["code"]) == (422, "REASON_MISSING")
    assert the_check(ivo, coi)["heard_at"] is None


@pytest.mark.parametrize("alarm", ["none", "a~b~c~d~e", "~~~~", "'~'~'~'~'"])
def test_what_does_not_ring_is_not_heard(program, coi, alarm):
    """Whatever names it: it is answered as what does not exist."""
    assert hear(program("ivo"), alarm).status_code == 404
    assert the_check(program("ivo"), coi)["heard_at"] is None


def test_it_is_heard_under_one_key_once(program, coi):
    """Another alarm, or another reason, under a key that was used is refused."""
    ivo = program("ivo")
    told = the_check(ivo, coi)
    hear(ivo, told["id"])

    answer = hear(ivo, told["id"], "Something else")

    assert (answer.status_code, answer.json["code"]) == (422, "KEY_REUSED")


def two_at_once(monkeypatch):
    """A page holds two alarms from now on."""
    every = store.listed
    monkeypatch.setattr(store, "listed", lambda *told, **more: every(*told, **more)[:3])
    monkeypatch.setattr(alarm_list, "PAGE", 2)
    monkeypatch.setattr(alarm_list, "ONE_MORE", 3)


def test_a_list_of_alarms_goes_on_behind_its_cursor(program, coi, monkeypatch):
    """Each alarm once, from page to page; a cursor of another list is refused."""
    carla = program("carla")
    whole = carla.get("/alarms?which=all").json["items"]
    two_at_once(monkeypatch)
    seen, cursor = [], ""

    while cursor is not None:
        page = carla.get(f"/alarms?which=all&cursor={cursor}").json
        assert page["next"] != cursor
        seen, cursor = [*seen, *page["items"]], page["next"]
    other = carla.get("/therapies?limit=1").json["next"]

    assert coi in {one["coi"] for one in whole}
    assert [one["id"] for one in seen] == [one["id"] for one in whole]
    assert carla.get(f"/alarms?cursor={other}").json["problems"][0]["where"] == "cursor"
