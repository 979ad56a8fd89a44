"""Patients who look alike are told of each other, where both are treated, until one is over."""

from dataclasses import replace

import pytest

from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.daily_kits import kits_to_keep
from coi.services.downtime_kits import LOOK_ALIKE, write_downtime_kit
from coi.services.identity import IDENTIFIERS, patient_of
from coi.services.installation import open_installation
from coi.services.likeness import asked_besides, look_alikes, looks_like_others
from coi.services.ordering import NewOrder, order_therapies
from coi.services.proofs import Signer
from coi.services.vault import Vault, VaultClosed
from coi.store.erasing import destroy_identity
from tests.coi.reports.pages import text_of
from tests.coi.services.conftest import IDENTITY, VALUES

WHY = {"cancelled_because": "patient withdrew", "material_disposition": "none exists"}


def order(clinic, ward="north-ward", **identity):
    """A therapy that is ordered for somebody like Zoë, at a hospital."""
    values = VALUES | {"treating_unit": ward}
    key = f"{ward} {sorted(identity.items())}"
    new = NewOrder(IDENTITY | identity, "autologous-car-t", ward, values, key=key)
    (receipt,) = order_therapies(clinic.installation, [new], clinic.carla)
    return receipt.coi


def alike(clinic, coi, *sites):
    """Somebody at one of these sites looks like the patient of this therapy."""
    return looks_like_others(clinic.installation, coi, sites)


@pytest.fixture
def twin(clinic, coi):
    """A therapy of another patient of the same name and birth date, at the same hospital."""
    assert coi
    return order(clinic, medical_record_number="4712")


def test_each_is_told_of_the_other_at_the_sites_where_both_are(clinic, coi, twin):
    """At the hospital and at the maker of both; at another hospital nobody is (SEC-48)."""
    for one in (coi, twin):
        assert [alike(clinic, one, site) for site in ("north", "works", "south")] == [
            True,
            True,
            False,
        ]
        assert alike(clinic, one, "south", "north")
        assert not alike(clinic, one)


def test_only_those_who_look_alike_are(clinic, coi):
    """Neither whoever is called otherwise, nor a second therapy of one patient."""
    order(clinic, family_name="Schulz", given_name="Berta", medical_record_number="9")
    order(clinic, "north-apheresis")

    assert not alike(clinic, coi, "north")


def test_another_hospital_is_not_told_of_whom_it_does_not_treat(clinic, coi):
    """Whoever looks alike is at the other hospital and at the maker, and not here."""
    order(clinic, "south-ward", medical_record_number="4712")

    told = [alike(clinic, coi, site) for site in ("north", "south", "works")]

    assert told == [False, True, True]


def test_a_kit_that_may_be_used_anywhere_compares_wherever_the_therapy_goes(clinic):
    """Also where another hospital treats than the one that ordered (BD-20); it tells nobody."""
    values = VALUES | {"treating_unit": "south-ward"}
    new = NewOrder(IDENTITY, "autologous-car-t", "north-ward", values, key="elsewhere")
    (receipt,) = order_therapies(clinic.installation, [new], clinic.carla)

    def texts():
        kept = kits_to_keep(clinic.installation, clinic.carla)
        here = kits_to_keep(clinic.installation, clinic.carla, "north")
        for each in (kept, here):
            unit = each.units[receipt.coi]
            kit = write_downtime_kit(
                clinic.installation, clinic.carla, receipt.coi, unit, is_anywhere=each.is_anywhere
            )
            yield text_of(kit)

    before = [LOOK_ALIKE in text for text in texts()]
    twin = order(clinic, "south-ward", given_name="Anissa", medical_record_number="98765")
    after = [*texts()]

    assert before == [False, False]
    assert [LOOK_ALIKE in text for text in after] == [True, False]
    assert not [told for told in (twin, "98765", "Anissa") if told in after[0]]


def test_who_is_no_patient_any_more_is_not_told(clinic, coi, twin):
    """Whose therapy is over; and once the identity is erased nobody can be told by it."""
    ines = clinic.hire("ines", ("treating_physician", "north-ward"))
    cancel = TakeAction(twin, "cancel", "north-ward", "once", values=WHY)
    take_action(clinic.installation, cancel, ines, (Signer(ines, "decided"),))
    assert not alike(clinic, coi, "north")

    other = order(clinic, medical_record_number="4713")
    assert alike(clinic, coi, "north")
    patient = clinic.installation.read(lambda tx: patient_of(tx, other))
    clinic.installation.transact(lambda tx: destroy_identity(tx, patient))

    assert not alike(clinic, coi, "north")


def test_a_therapy_that_is_over_hides_no_other_of_the_same_patient(clinic, coi, twin):
    """As long as one of them goes on there, the patient can be taken for another."""
    order(clinic, "south-ward", medical_record_number="4712")
    ines = clinic.hire("ines", ("treating_physician", "north-ward"))
    again = order(clinic, "north-apheresis", medical_record_number="4712")
    patient, other = clinic.installation.read(
        lambda tx: (patient_of(tx, twin), patient_of(tx, again))
    )
    cancel = TakeAction(twin, "cancel", "north-ward", "once", values=WHY)
    take_action(clinic.installation, cancel, ines, (Signer(ines, "decided"),))

    def found(tx):
        return look_alikes(tx, clinic.installation, patient_of(tx, coi), "north")

    assert patient == other
    assert clinic.installation.read(found) == (patient,)


def test_a_server_that_has_just_started_finds_them_too(clinic, coi, twin):
    """It has read no workflow yet, by which it knows what is over."""
    assert twin
    started = open_installation(clinic.installation.settings)

    assert looks_like_others(started, coi, ["north"])

    started.engine.dispose()


def test_where_nobody_looks_alike_no_identity_is_opened(clinic, coi, twin):
    """With another vault key nothing can be: only where somebody does is it asked for."""
    assert twin
    closed = replace(clinic.installation, vault=Vault(b"w" * 32, lambda n: b"n" * n))

    assert asked_besides(closed, coi, "south") == ()
    with pytest.raises(VaultClosed):
        asked_besides(closed, coi, "north")


def test_one_of_what_tells_them_apart_is_asked_of_each(clinic, coi):
    """Of each who looks alike, by what they differ; the same is asked once."""
    assert asked_besides(clinic.installation, coi, "north") == ()

    for number in ("4712", "4713"):
        order(clinic, medical_record_number=number)
    order(clinic, birth_date="1961-03-01", medical_record_number="71000")

    asked = asked_besides(clinic.installation, coi, "north")
    assert {*asked} == {
        frozenset({"medical_record_number"}),
        frozenset({"birth_date", "medical_record_number"}),
    }
    assert len(asked) == 2
    assert asked_besides(clinic.installation, coi, "south") == ()


def test_who_is_the_same_in_all_that_is_asked_is_left_out(clinic, coi, twin, monkeypatch):
    """The wristband tells them apart; no question could."""
    assert twin
    without = {name: text for name, text in IDENTIFIERS.items() if name != "medical_record_number"}
    monkeypatch.setattr("coi.services.likeness.IDENTIFIERS", without)

    assert asked_besides(clinic.installation, coi, "north") == ()
