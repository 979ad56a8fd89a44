"""A look at a therapy: what is known, what could be next, and a plain word when it is damaged."""

from contextlib import closing

import pytest
from pysqlite3 import dbapi2 as sqlite

from coi.errors import Refused, Unknown
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.decoding import RecordDamaged
from coi.services.proofs import Signer
from coi.services.therapies import list_therapies, look


def test_a_new_order_waits_for_approval(clinic, coi):
    """What could be next follows from where things stand."""
    view = look(clinic.installation, coi)

    assert [action.name for action in view.next_actions][:1] == ["approve"]
    assert view.subjects[coi].position.state == "ordered"
    assert list_therapies(clinic.installation) == [(coi, "autologous-car-t", "ordered")]


def test_the_patient_is_no_part_of_it(clinic, coi):
    """Neither name nor number of the patient stands anywhere in what is shown."""
    told = repr(look(clinic.installation, coi))

    assert all(text not in told for text in ("O'Brien", "Zoë", "00017", "1960-02-29"))


def test_a_refused_attempt_is_shown_with_its_reasons(clinic, coi):
    """Who reads the history later sees what was tried, and why it was not done."""
    wanted = TakeAction(coi, "approve", "north-ward", "once")
    with pytest.raises(Refused):
        take_action(
            clinic.installation, wanted, clinic.carla, (Signer(clinic.carla, "prescribed"),)
        )

    event = look(clinic.installation, coi).history[-1]
    assert (event.kind, event.action) == ("refused", "approve")
    assert {refusal.code for refusal in event.refusals} == {"ROLE_LACKING", "SIGNER_NOT_ENTITLED"}
    assert all(refusal.sentence and refusal.next_step for refusal in event.refusals)
    assert list(event.content["attempted_by"]) == [clinic.carla.person]


def test_an_unknown_therapy_is_unknown(clinic):
    """There is one answer for what is not here."""
    with pytest.raises(Unknown):
        look(clinic.installation, "TEST-00000000-0")


@pytest.mark.parametrize("text", ["{", "", "[]", "7", "{" * 100_000], ids=len)
def test_a_damaged_entry_is_said_to_be_damaged(clinic, coi, text):
    """No stack trace: a sentence, and whom to call."""
    file = clinic.installation.settings.database_path
    with closing(sqlite.connect(file)) as database:
        database.execute("DROP TRIGGER lock_entry_update")
        database.execute("UPDATE entry SET content = ? WHERE chain = ?", [text, coi])
        database.commit()

    with pytest.raises(RecordDamaged) as damage:
        look(clinic.installation, coi)

    assert "coi verify" in damage.value.next_step
