"""A therapy is ordered for a patient who can be told from every other."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from coi.demo.cast import PATIENTS
from coi.errors import DataRefused, KeyReused, Refused
from coi.services.ordering import NewOrder, order_therapies
from coi.services.therapies import list_therapies
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


@pytest.fixture
def order():
    """An order for somebody new."""
    values = {
        "treating_unit": "north-ward",
        "manufacturing_unit": "works-production",
        "prescriber": "Dr. Ines",
        "weight_kg": "64.5",
        "collection_wanted_on": "2026-12-01",
    }
    return NewOrder(STRANGER, "autologous-car-t", "north-ward", values, "2026-11-01", key="one")


def placed(ward, *orders, by="carla"):
    """Place orders; returns their COI identifiers."""
    receipts = order_therapies(ward.installation, orders, ward.who(by))
    return [receipt.coi for receipt in receipts]


def test_the_same_order_twice_is_one_therapy(ward, order):
    """Whoever did not hear the answer asks again, and hears the same."""
    first, again = placed(ward, order), placed(ward, order)

    assert first == again
    assert len(list_therapies(ward.installation)) == 3
    assert [e.action for e in ward.look(*first).history] == ["order", "record_consent"]


@pytest.mark.parametrize(
    "change",
    [
        {"identity": {**STRANGER, "birth_date": "1990-01-01"}},
        {"values": {"weight_kg": "46.5"}},
        {"consent_signed_on": ""},
        {"unit": "south-ward"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_key_stands_for_one_order(ward, order, change):
    """Another order under the key is refused as such; nothing is saved."""
    placed(ward, order)

    with pytest.raises(KeyReused):
        placed(ward, replace(order, **change))
    assert len(list_therapies(ward.installation)) == 3


def test_a_key_of_an_order_is_no_key_of_anothers(ward, order):
    """The same words by somebody else are another request."""
    placed(ward, order)

    with pytest.raises(KeyReused):
        placed(ward, order, by="ines")


def test_one_repeated_order_among_new_ones(ward, order):
    """What is there is answered, what is new is ordered; if one is refused, nothing is saved."""
    (first,) = placed(ward, order)
    other = replace(order, key="two", values={**order.values, "collection_wanted_on": "2026-12-02"})
    bad = replace(order, key="three", values={})

    with pytest.raises(Refused):
        placed(ward, order, other, bad)
    assert len(list_therapies(ward.installation)) == 3
    assert placed(ward, order, other)[0] == first


@pytest.mark.parametrize("unit", ["", "nowhere", "works-production", "wheels-van", "x\x00"])
def test_a_patient_is_treated_in_a_hospital(ward, order, unit):
    """What is no unit of a hospital that is known here receives no cells."""
    elsewhere = replace(order, values={**order.values, "treating_unit": unit})

    with pytest.raises(Refused, match="Treating unit"):
        placed(ward, elsewhere)


@pytest.mark.parametrize("unit", ["", "nowhere", "north-ward", "wheels-van", "x\x00"])
def test_a_product_is_made_at_a_manufacturer(ward, order, unit):
    """What is no unit of a manufacturer that is known here is sent no cells."""
    elsewhere = replace(order, values={**order.values, "manufacturing_unit": unit})

    with pytest.raises(Refused, match="Manufacturing unit"):
        placed(ward, elsewhere)


@pytest.mark.parametrize("nasty", ["\x00", "\ud800", "\u202e", "x" * 1_000_000], ids=ascii)
@pytest.mark.parametrize("place", ["workflow", "unit", "given_name"])
def test_hostile_text_is_answered_in_a_sentence(order, nasty, place):
    """What no database holds, and what is beyond all measure, is not even looked up."""
    told = {"identity": {**STRANGER, place: nasty}} if place in STRANGER else {place: nasty}

    with pytest.raises(DataRefused):
        replace(order, **told)


@pytest.mark.parametrize("key", ["", "\x00", "ü", "x" * 300])
def test_an_order_has_a_key(order, key):
    """Without one, a repetition would be a second therapy."""
    with pytest.raises(DataRefused):
        replace(order, key=key)
