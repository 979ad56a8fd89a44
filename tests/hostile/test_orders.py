"""A therapy is ordered for a patient who can be told from every other."""

import pytest
from sqlalchemy import text

from coi.demo.cast import PATIENTS
from coi.errors import DataRefused
from coi.services.verifying import verify_record

STRANGER = PATIENTS[3]


@pytest.mark.parametrize("name", STRANGER)
@pytest.mark.parametrize("blank", ["", " \u00a0", None])
def test_an_order_tells_the_whole_identity(ward, name, blank):
    """What is blank in the vault would be matched by a blank answer at the bedside."""
    told = {**STRANGER, name: blank}
    if blank is None:
        del told[name]

    with pytest.raises(DataRefused):
        ward.performer.order(told)


def test_an_order_tells_nothing_else(ward):
    """What the vault has no place for does not get lost in it."""
    with pytest.raises(DataRefused):
        ward.performer.order({**STRANGER, "religion": "none of ours"})


def test_nobody_inherits_an_erased_identity(ward):
    """A record number whose patient was erased takes no order: under it, any name would do."""
    installation = ward.performer.installation
    patient = ward.look().therapy.patient
    installation.transact(
        lambda tx: tx.execute(
            text("DELETE FROM patient_key WHERE patient_id = :id"), {"id": patient}
        )
    )

    with pytest.raises(DataRefused):
        ward.performer.order({**PATIENTS[0], "family_name": "Somebody Else"})


def test_a_patients_key_cannot_be_exchanged(ward):
    """The owner of the file puts another wrapped key there; the verifier names it."""
    installation = ward.performer.installation
    patient = ward.look().therapy.patient
    installation.transact(
        lambda tx: tx.execute(
            text("UPDATE patient_key SET wrapped = '00' || wrapped WHERE patient_id = :id"),
            {"id": patient},
        )
    )

    assert [(f.table, f.key) for f in verify_record(installation).findings] == [
        ("patient_key", patient)
    ]
