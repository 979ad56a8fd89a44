"""Who a patient is goes only as it may: asked for, by who sees all of it, after its time."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock
from coi.errors import DataRefused, Unknown
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.erasing import (
    ERASED,
    LONGEST_REASON,
    StillTraced,
    Wish,
    erase_patient,
)
from coi.services.looks import IdentityErased
from coi.services.proofs import CannotSign, NotAllowed, Signer
from coi.services.therapies import look
from coi.store import facts
from coi.store import tables as t
from coi.store.entries import entries_of
from coi.store.registers import sealed_identity, text_of
from tests.coi.clinic import NOW

WHY = "A letter of the 20th."
QUALITY = ("qa_reviewer", "north-ward")


@pytest.fixture
def quality(clinic):
    """Quality assurance of the northern hospital, twice."""
    return [clinic.hire(one, QUALITY) for one in ("quentin", "quirin")]


@pytest.fixture
def over(clinic, coi):
    """A therapy that ended before anything was collected."""
    cancel(clinic, coi, clinic.hire("ines", ("treating_physician", "north-ward")), "north-ward")
    return coi


def cancel(clinic, coi, by, unit):
    """The therapy ends."""
    values = {"cancelled_because": "clinic", "material_disposition": "none exists"}
    wanted = TakeAction(coi, "cancel", unit, f"cancel {coi}", values=values)
    take_action(clinic.installation, wanted, by, (Signer(by, "decided"),))


def erase(clinic, coi, signers, **changes):
    """What comes of it where these two sign."""
    return erase_patient(clinic.installation, replace(Wish(coi, "asked", WHY), **changes), *signers)


def at(clinic, moment):
    """The same clinic at this moment, which lasts."""
    clock = SteppedClock(moment, timedelta(0))
    return replace(clinic, installation=replace(clinic.installation, clock=clock))


def is_known(clinic, coi):
    """Who the patient is can be read."""
    patient = look(clinic.installation, coi).therapy.patient
    return clinic.installation.read(lambda tx: sealed_identity(tx, patient)) is not None


def last_entry(clinic):
    """What the last entry of the house says, and its signatures."""
    entries = clinic.installation.read(lambda tx: [*entries_of(tx, facts.ORGANISATION)])
    _hash, content, signed = entries[-1]
    return json.loads(content), json.loads(signed)


def test_the_entry_says_what_was_asked_for_and_who_signed_it(clinic, over, quality):
    """By one moment; why stands apart, where it can be erased too."""
    found = erase(clinic, over, quality, why=f"  {WHY} ")

    entry, signatures = last_entry(clinic)
    by, second = quality
    rows = {name: len(rows) for name, rows in entry["registers"].items()}
    assert (found.therapies, found.fields) == ((over,), rows["erased_identities"])
    assert found.texts == rows["erased_texts"]
    assert entry["document"] == {"kind": "erasure", "about": over, "reason": "asked"}
    assert (entry["actor"], entry["unit"]) == (by.person, "-")
    said = [(one["person"], one["role"], one["meaning"]) for one in signatures]
    assert said == [(one.person, "qa_reviewer", ERASED) for one in (by, second)]
    assert {one["signed_at"] for one in signatures} == {entry["recorded_at"]}
    note = entry["notes"]["reason"]
    assert clinic.installation.read(lambda tx: text_of(tx, note)) == WHY


@pytest.mark.parametrize("role", ["administrator", "qualified_person"])
def test_an_administrator_or_a_qualified_person_may_sign_second(clinic, over, quality, role):
    """Beside one of quality assurance, whom they do not replace."""
    second = clinic.hire("zoe", (role, "north-ward" if role != "administrator" else "-"))

    with pytest.raises(NotAllowed):
        erase(clinic, over, (second, quality[0]))
    assert is_known(clinic, over)

    erase(clinic, over, (quality[0], second))
    assert not is_known(clinic, over)
    assert [one["role"] for one in last_entry(clinic)[1]] == ["qa_reviewer", role]


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({"reason": "whim"}, ["reason"]),
        ({"reason": ""}, ["reason"]),
        ({"why": ""}, ["why"]),
        ({"why": "  "}, ["why"]),
        ({"why": "x" * (LONGEST_REASON + 1)}, ["why"]),
        ({"reason": "whim", "why": " "}, ["reason", "why"]),
    ],
)
def test_without_a_reason_nothing_is_erased(clinic, over, quality, changes, columns):
    """One of those that are written down, and something in somebody's own words."""
    with pytest.raises(DataRefused) as refused:
        erase(clinic, over, quality, **changes)

    assert [one.column for one in refused.value.problems] == columns
    assert all(one.reason for one in refused.value.problems)
    assert is_known(clinic, over)


def test_as_much_as_fits_may_be_said_of_why(clinic, over, quality):
    """To the last character."""
    erase(clinic, over, quality, why="x" * LONGEST_REASON)

    assert not is_known(clinic, over)


def test_two_people_sign_and_not_one_twice(clinic, over, quality):
    """Whatever else they hold."""
    with pytest.raises(DataRefused, match="quentin cannot sign as both"):
        erase(clinic, over, (quality[0], quality[0]))

    assert is_known(clinic, over)


def test_a_therapy_that_goes_on_keeps_its_patient(clinic, coi, quality):
    """Though nothing was collected yet: that it was asked for is on record."""
    with pytest.raises(StillTraced, match=f"{coi} has not ended") as kept:
        erase(clinic, coi, quality)
    assert kept.value.next_step

    entry, signatures = last_entry(clinic)
    assert (entry["action"], entry["document"]["about"]) == ("refuse_erasure", coi)
    assert signatures == []
    assert is_known(clinic, coi)


def test_who_does_not_see_the_therapy_erases_nobody(clinic, over):
    """It answers as one that there is not; there nothing is to be erased either."""
    strangers = [clinic.hire(one, ("qa_reviewer", "south-ward")) for one in ("sam", "sue")]

    for coi in (over, "TEST-00000000-0"):
        with pytest.raises(Unknown):
            erase(clinic, coi, strangers)
    assert is_known(clinic, over)


def test_of_a_therapy_that_there_is_not_nobody_is_erased(clinic, over, quality):
    """Not by one who looks at each site either, and would see it if there were one."""
    everywhere = clinic.hire("quinn", QUALITY, ("auditor", "-"))

    with pytest.raises(Unknown, match="therapy TEST-00000000-0"):
        erase(clinic, "TEST-00000000-0", (everywhere, quality[0]))
    assert is_known(clinic, over)


def test_both_signers_can_sign(clinic, over, quality):
    """On the day after their training ended, nothing is erased."""
    late = at(clinic, NOW + timedelta(days=1000))

    with pytest.raises(CannotSign):
        erase(late, over, quality)
    assert is_known(clinic, over)


def test_nobody_is_erased_twice(clinic, over, quality):
    """The record says once that it was done."""
    erase(clinic, over, quality)
    once = last_entry(clinic)

    with pytest.raises(IdentityErased):
        erase(clinic, over, quality)
    assert last_entry(clinic) == once


@pytest.mark.parametrize(
    ("table", "said"), [(t.patient_key, "erased_keys"), (t.patient_identity, "erased_identities")]
)
def test_what_is_left_of_a_patient_goes_too(clinic, over, quality, table, said):
    """Where somebody took the key or the fields away behind our back, the rest is erased."""
    clinic.installation.transact(lambda tx: tx.execute(table.delete()))

    found = erase(clinic, over, quality)

    registers = last_entry(clinic)[0]["registers"]
    kept = {"erased_keys", "erased_identities"} - {said}
    assert registers.keys() & {"erased_keys", "erased_identities"} == kept
    assert found.fields == len(registers.get("erased_identities", ()))
