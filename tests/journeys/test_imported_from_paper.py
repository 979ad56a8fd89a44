"""Therapies that ran on paper come from a workbook: ordered and copied, all of them or none."""

import pytest

from coi.demo.cast import PATIENTS
from coi.errors import DataRefused
from coi.services.imports import take_in
from coi.services.proofs import Proven
from coi.services.taking_in import Asked, NotSigned
from coi.services.therapies import list_therapies, look
from tests.paper_book import CONSENT, ORDER, a_book, steps


def imported(performer, content, username="ines", **told):
    """Import it as the physician, who typed a password for it."""
    by = told.pop("by", performer.proven[username])
    return take_in(performer.installation, "therapies", Asked(by, content, **told))


def why_not(performer, content, **told):
    """Every problem, as a person reads it."""
    with pytest.raises(DataRefused) as refused:
        imported(performer, content, **told)
    return [str(one) for one in refused.value.problems]


def test_steps_are_copied_signed_and_open_until_two_have_compared_them(performer):
    """Each as if it had been copied on the page; the import ends nothing."""
    content = a_book([ORDER], steps("approve", CONSENT))

    outcome = imported(performer, content, key="monday")

    (coi,) = (row.told[-1] for row in outcome.rows if row.told[0] == "therapies")
    view = look(performer.installation, coi)
    assert [(e.kind, e.action) for e in view.history[1:]] == [
        ("transcribed", "approve"),
        ("transcribed", "record_consent"),
    ]
    assert {s.meaning for e in view.history for s in e.signatures} == {"transcribed from paper"}
    assert (view.therapy.is_copied, view.history[1].happened_at[:16]) == (True, "2026-10-01T07:15")
    assert imported(performer, content, key="monday") == outcome


def test_each_copies_their_part_of_a_therapy_by_its_coi(performer):
    """A file of steps alone goes on where another's ended: bags, wristband and labels with it."""
    first = imported(performer, a_book([ORDER], steps("approve", CONSENT)))
    coi = first.rows[0].told[-1]
    days = iter(range(3, 28))

    def goes_on(username, unit, *told):
        rows = [
            {
                **one,
                "reference": coi,
                "unit": unit,
                "paper_reference": "Folder 17",
                "happened_at": f"2026-10-{next(days):02} 09:15",
            }
            for one in told
        ]
        return imported(performer, a_book([], rows), username)

    identified = "family_name=Wuckert783; birth_date=1959-05-26"
    goes_on("paula", "works-production", {"action": "confirm_slot", "values": "slot_on=2026-10-20"})
    goes_on("nina", "north-apheresis", {"action": "admit_patient", "identifiers": identified})
    goes_on("carla", "north-ward", {"action": "plan_collection", "values": "planned_on=2026-10-05"})
    collect = {
        "action": "collect",
        "things": "collection 1",
        "born": "material: volume_ml=60; material: volume_ml=55",
        "values": "anticoagulant=ACD-A; started_at=2026-10-06T08:00; ended_at=2026-10-06T09:00",
        "identifiers": identified,
    }
    sent = {"action": "release_custody", "things": "material 1; material 2", "to_unit": "north-lab"}
    goes_on("nina", "north-apheresis", collect)
    goes_on("carla", "north-ward", {"action": "complete_collection"})
    goes_on("nina", "north-apheresis", sent)
    there = {"things": "material 1; material 2", "values": "condition=intact"}
    goes_on("leo", "north-lab", {"action": "accept_custody", **there})

    view = look(performer.installation, coi)
    bags = [one.position.holder for one in view.subjects.values() if one.machine == "material"]
    assert bags == ["north-lab", "north-lab"]
    assert {one.kind for one in view.history[1:]} == {"transcribed"}


def test_everything_that_is_wrong_is_told_and_nothing_is_saved(performer):
    """By sheet and line, each refusal with its sentence; one therapy spoils the other's import."""
    other = {**ORDER, **PATIENTS[1], "on_paper": "Folder 18"}
    rows = [
        *steps("approve", "confirm_slot", CONSENT),
        *({**one, "reference": "Folder 18"} for one in steps({"action": "approve", "unit": "x"})),
    ]

    told = why_not(performer, a_book([ORDER, other], rows))

    assert told[0].startswith("sheet steps, line 3, column action: ")
    assert told[-1] == "sheet steps, line 5, column unit: there is no unit “x”"
    assert any("line 4, column reference: Folder 17: the 1 steps from here" in one for one in told)
    assert list_therapies(performer.installation) == []
    assert why_not(performer, a_book([ORDER, other], rows), dry_run=True) == told


def test_nothing_is_copied_without_a_password(performer):
    """A session lets one look what would be done; the import itself is signed."""
    somebody = performer.proven["ines"]
    session = Proven(*somebody.account)
    content = a_book([ORDER], steps("approve"))

    tried = imported(performer, content, by=session, dry_run=True)

    assert [row.told[-1] for row in tried.rows] == ["-", "-"]
    with pytest.raises(NotSigned):
        imported(performer, content, by=session)
    assert list_therapies(performer.installation) == []


def test_what_cannot_be_read_is_told_by_its_cell(performer):
    """A value without its name, a time that is none, a reference that is nobody's."""
    rows = steps(
        {"action": "approve", "happened_at": "yesterday"},
        {"action": "approve", "values": "61.5"},
        {"action": "approve", "reference": "Folder 99"},
        {"action": "approve", "born": "two bags"},
        "",
    )

    told = why_not(performer, a_book([ORDER, ORDER | PATIENTS[1]], rows))

    assert [one.partition(":")[0] for one in told] == [
        "sheet therapies, line 3, column on_paper",
        "sheet steps, line 2, column happened_at",
        "sheet steps, line 3, column values",
        "sheet steps, line 4, column reference",
        "sheet steps, line 5, column born",
        "sheet steps, line 6, column action",
    ]


def test_a_check_of_a_patient_who_is_known_locks_nobody(performer):
    """What is only compared is read, in either database; the import itself finds the same."""
    performer.order(PATIENTS[0])
    content = a_book([ORDER], steps("approve"))

    tried = imported(performer, content, dry_run=True)

    assert [row.told[1:3] for row in tried.rows] == [
        row.told[1:3] for row in imported(performer, content).rows
    ]


def test_a_therapy_that_is_not_copied_from_paper_takes_no_step_of_a_sheet(performer):
    """It goes on as ever: what happened late is entered on its page, signed as its step asks."""
    coi = performer.order(PATIENTS[0])

    told = why_not(performer, a_book([], steps({**CONSENT, "reference": coi})))

    assert told == [
        "sheet steps, line 2, column reference: is not, or no longer, copied from paper"
    ]
    assert [event.action for event in look(performer.installation, coi).history] == ["order"]


def test_who_may_not_know_patients_learns_nothing_of_them_by_trying(performer):
    """Neither whether a number is known at a hospital, nor whether a guess fits; a check is no way.

    What is tried and refused leaves no trace here, as it would on the page of the therapy.
    """
    coi = performer.order(PATIENTS[0], on_paper="Folder 17")
    guess = {"action": "admit_patient", "reference": coi, "identifiers": "birth_date=1959-05-26"}
    content = a_book([ORDER | {"family_name": "Another"}], steps(guess))

    told = why_not(performer, content, username="leo", dry_run=True)

    not_there = "you are neither coordinator nor treating physician at North Hospital"
    assert told == [
        f"sheet therapies, line 2, column ordering_site: {not_there}",
        "sheet steps, line 2, column identifiers: is asked of those alone who may know the patient",
    ]
