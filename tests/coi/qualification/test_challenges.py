"""Each rule is challenged; and where it does not hold any more, its challenge says so."""

from contextlib import closing
from dataclasses import replace
from subprocess import CompletedProcess

import pytest
from pysqlite3 import dbapi2

from coi.errors import Refused
from coi.qualification import challenges
from coi.qualification.challenges import challenges as every
from coi.qualification.installed import installed
from coi.qualification.performance import TASKS
from coi.qualification.room import made_up
from coi.qualification.trials import outcomes
from coi.services.verifying import verify_record
from tests.whole.requirements import requirements
from workflows.refusal import Refusal

OF_STEPS = [
    "one checker",
    "no wristband",
    "trail not reviewed",
    "released by its maker",
    "an administrator",
    "one signature of two",
    "another patient's bag",
]
OF_COPIES = ["an altered value", "a missing signature"]
OUTSIDE = {"read without us": 1, "altered outside": 0}


def outcome(room, name):
    """What comes out of one challenge."""
    (made,) = outcomes([one for one in every(room) if one[0].name == name])
    return made


def test_every_rule_holds_here(tmp_path):
    """All of them, in their order: what one leaves behind spoils no other."""
    with made_up(tmp_path) as room:
        made = list(outcomes(every(room)))
        whole = verify_record(room.installation)

    assert [(one.trial.name, one.seen) for one in made if not one.passed] == []
    assert len(made) == len(challenges.CHALLENGES)
    assert whole.holds


def test_what_is_shown_is_a_requirement():
    """Each number is one of the list of requirements."""
    known = {one.number for one in requirements()}
    shown = {one for trial, _make in installed() for one in trial.shows}
    shown |= {one for trial, _make in challenges.CHALLENGES for one in trial.shows}
    shown |= {one for task in TASKS for one in task.shows}

    assert shown <= known


@pytest.mark.parametrize("name", OF_STEPS)
def test_a_rule_that_lets_pass_is_found(room, name, monkeypatch):
    """Nothing is refused any more: the challenge fails, and says that it was accepted."""
    monkeypatch.setattr(challenges, "take_action", lambda *_asked: None)

    made = outcome(room, name)

    assert (made.passed, made.seen) == (False, "It was accepted")


@pytest.mark.parametrize("name", OF_STEPS)
def test_another_reason_is_not_the_one_that_is_asked_for(room, name, monkeypatch):
    """It was refused, and not by the rule that is challenged."""

    def refuse(*_asked):
        raise Refused([Refusal("SOMETHING_ELSE", "Not now", "Later")])

    monkeypatch.setattr(challenges, "take_action", refuse)

    made = outcome(room, name)

    assert (made.passed, made.seen) == (False, "Refused for something else: SOMETHING_ELSE")


def test_a_wrong_bag_that_stops_nothing_is_found(room, monkeypatch):
    """The refusal alone is not enough: the bag stands still, and both therapies say why."""
    seen = look_unstopped(room)
    monkeypatch.setattr(challenges, "look", lambda _installation, coi: seen[coi])

    made = outcome(room, "another patient's bag")

    assert not made.passed
    assert "the bag is not stopped" in made.seen


def look_unstopped(room):
    """Both therapies as if nothing had been stopped and no exception been opened."""
    told = {}
    for coi in (room.at_bedside, room.another):
        view = challenges.look(room.installation, coi)
        subjects = {
            name: replace(one, position=replace(one.position, stops=0))
            for name, one in view.subjects.items()
            if one.machine != "exception"
        }
        told[coi] = replace(view, subjects=subjects)
    return told


def test_whoever_signs_with_a_wrong_password_is_found(room, monkeypatch):
    """A door that lets in whoever knocks."""
    monkeypatch.setattr(challenges, "authenticate", lambda *_asked: None)

    assert outcome(room, "a wrong password").seen == "It was accepted"


@pytest.mark.parametrize(
    ("name", "lock"),
    [("a changed row", "lock_entry_update"), ("a deleted row", "lock_move_delete")],
)
def test_a_lock_that_is_gone_is_found(room, name, lock):
    """Without its trigger the database accepts what it must refuse; it is undone again."""
    with closing(dbapi2.connect(room.database)) as connection:
        asked = "SELECT sql FROM sqlite_master WHERE name = ?"
        ((written,),) = connection.execute(asked, [lock]).fetchall()
        connection.execute(f"DROP TRIGGER {lock}")
        connection.commit()
        try:
            made = outcome(room, name)
        finally:
            connection.execute(written)
            connection.commit()

    assert (made.passed, made.seen) == (False, "The database accepted it")
    assert verify_record(room.installation).holds


@pytest.mark.parametrize("name", OF_COPIES)
def test_a_verifier_that_sees_nothing_is_found(room, name, monkeypatch):
    """It says that all is well, whatever was altered."""
    whole = verify_record(room.installation)
    monkeypatch.setattr(challenges, "verify_record", lambda _installation: whole)

    made = outcome(room, name)

    assert (made.passed, made.seen) == (False, "nothing of it is named")


def test_a_verifier_that_always_finds_something_is_found(room, monkeypatch):
    """An alarm that never ends is none."""
    whole = verify_record(room.installation)
    wrong = replace(whole, findings=("something",))
    monkeypatch.setattr(challenges, "verify_record", lambda _installation: wrong)

    assert not outcome(room, "a whole record").passed


def test_a_record_that_forgets_how_long_it_was_is_found(room, monkeypatch):
    """An earlier state is taken for the newest."""
    monkeypatch.setattr(challenges, "why_read_only", lambda _tx, _file: "")

    made = outcome(room, "an earlier record")

    assert (made.passed, made.seen) == (False, "nobody noticed")


@pytest.mark.parametrize(("name", "status"), OUTSIDE.items())
def test_an_export_that_is_judged_wrongly_is_found(room, name, status, monkeypatch):
    """A whole one that does not hold, and an altered one that does."""
    said = CompletedProcess([], status, stdout="said\n")
    monkeypatch.setattr(challenges, "_verifier", lambda _folder: said)

    made = outcome(room, name)

    assert (made.passed, made.seen) == (False, "said")


def test_a_step_that_can_be_taken_twice_is_found(room, monkeypatch):
    """The second time nothing is refused either."""
    monkeypatch.setattr(challenges, "take_action", lambda *_asked: None)

    assert outcome(room, "released twice").seen == "It was accepted"


def test_no_challenge_is_left_out_here():
    """For each there is a test above in which its rule does not hold."""
    apart = {*OF_STEPS, *OF_COPIES, *OUTSIDE, "a wrong password", "a changed row", "a deleted row"}
    apart |= {"a whole record", "an earlier record", "released twice"}

    assert apart == {trial.name for trial, _make in challenges.CHALLENGES}
