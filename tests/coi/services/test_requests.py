"""What a request must be before anything is looked up, and what it is answered when it is stale."""

from datetime import datetime

import pytest

from coi.errors import Conflict, DataRefused, Refused, Unknown
from coi.services.acting import take_action
from coi.services.attempt import MOST_PARTS, TakeAction
from coi.services.scanning import Code
from coi.services.therapies import look
from coi.store.engine import write


def a_wish(coi="TEST-00000000-0", **changes):
    """A request to record the consent, with changes."""
    said = {"action": "record_consent", "unit": "north-ward", "key": "once"}
    said |= {"values": {"consent_signed_on": "2026-11-20"}} | changes
    return TakeAction(coi, **said)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"key": ""}, "key"),
        ({"key": "k" * 201}, "key"),
        ({"key": "k\n"}, "key"),
        ({"key": "clé"}, "key"),
        ({"coi": "TEST\x00"}, "coi"),
        ({"unit": "north\u202eward"}, "unit"),
        ({"consignee": "\ud800"}, "consignee"),
        ({"happened_at": datetime(2026, 11, 22, 9)}, "happened_at"),  # noqa: DTZ001 - no zone
        ({"codes": (Code("x"),) * (MOST_PARTS + 1)}, "codes"),
        ({"named": ("x",) * (MOST_PARTS + 1)}, "named"),
        ({"seen": dict.fromkeys(map(str, range(MOST_PARTS + 1)), 1)}, "seen"),
    ],
    ids=str,
)
def test_what_cannot_be_kept_or_looked_up_is_refused_by_its_place(changes, column):
    """Nothing of it reaches the database, and the caller learns which part was wrong."""
    with pytest.raises(DataRefused) as refusal:
        a_wish(**changes)

    assert [problem.column for problem in refusal.value.problems] == [column]


def test_every_problem_is_told_at_once():
    """Whoever mends one does not meet the next one afterwards."""
    with pytest.raises(DataRefused) as refusal:
        a_wish(key="", unit="\x07", values={"note": "x" * 10_001})

    assert len(refusal.value.problems) == 3


def test_the_most_that_is_possible_is_possible():
    """The limit itself is inside."""
    named = tuple(map(str, range(MOST_PARTS)))

    assert a_wish(named=named, key="k" * 200).named == named


def test_a_therapy_that_is_not_here_is_unknown(clinic):
    """A code that leads nowhere is answered in one way, and puts nothing on record."""
    with pytest.raises(Unknown) as fault:
        take_action(clinic.installation, a_wish(), clinic.carla)

    assert fault.value.args[0].count("TEST-00000000-0") == 1


def test_a_unit_that_is_not_here_is_unknown(clinic, coi):
    """Nobody acts at a place that was never registered."""
    with pytest.raises(Unknown):
        take_action(clinic.installation, a_wish(coi, unit="west-ward"), clinic.carla)

    assert len(look(clinic.installation, coi).history) == 1


def test_a_screen_that_is_stale_changes_nothing(clinic, coi):
    """The caller is told what was shown and what is there now; no entry is written."""
    with pytest.raises(Conflict) as conflict:
        take_action(clinic.installation, a_wish(coi, seen={coi: 7}), clinic.carla)

    assert (conflict.value.shown_turn, conflict.value.current_turn) == (7, 1)
    assert len(look(clinic.installation, coi).history) == 1


def test_a_thing_that_is_not_there_stands_at_no_turn(clinic, coi):
    """A caller who saw something that this therapy never had is stale too."""
    with pytest.raises(Conflict) as conflict:
        take_action(clinic.installation, a_wish(coi, seen={f"{coi}/9.1": 1}), clinic.carla)

    assert conflict.value.current_turn == 0


def test_a_screen_that_is_fresh_is_no_hindrance(clinic, coi):
    """What was seen is what is there."""
    receipt = take_action(clinic.installation, a_wish(coi, seen={coi: 1}), clinic.carla)

    assert receipt.seq == 1


def test_a_repeated_refusal_is_told_again_without_its_erased_words(clinic, coi):
    """The codes stay in the record; sentences may quote a person, and can be erased."""
    wish = a_wish(coi, action="approve", values={})
    with pytest.raises(Refused) as first:
        take_action(clinic.installation, wish, clinic.carla)
    with write(clinic.installation.engine) as connection:
        connection.exec_driver_sql("DELETE FROM erasable")

    with pytest.raises(Refused) as second:
        take_action(clinic.installation, wish, clinic.carla)

    codes = [[refusal.code for refusal in told.value.refusals] for told in (first, second)]
    assert codes[0] == codes[1]
    assert {refusal.sentence for refusal in second.value.refusals} == {"(erased)"}
