"""The same new patient is ordered for by several people in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from coi.demo.cast import PATIENTS
from coi.errors import DataRefused
from coi.services.erasing import StillTraced, Wish, erase_patient
from coi.services.importing import import_orders
from coi.services.therapies import list_therapies, look
from coi.store.engine import write
from coi.store.registers import lock_patient

AT_ONCE = 6
A_WHILE = 1
"""So many seconds are enough for what waits for nobody."""


def test_one_patient_stays_one(performer):
    """Each order gets a COI of its own, and all of them are for one patient in the vault."""
    ready = Barrier(AT_ONCE)

    def order(_):
        ready.wait()
        return performer.order(PATIENTS[1])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        cois = list(pool.map(order, range(AT_ONCE)))

    assert len(set(cois)) == AT_ONCE
    assert len({look(performer.installation, coi).therapy.patient for coi in cois}) == 1


@pytest.mark.parametrize("databases", ["postgres"], indirect=True)
def test_whoever_erases_waits_for_whoever_orders_for_the_patient(performer):
    """Of what is ordered meanwhile it would know nothing; SQLite has one writer anyway."""
    installation, coi = performer.installation, performer.order(PATIENTS[1])
    patient = look(installation, coi).therapy.patient
    signers = (performer.proven["queenie"], performer.proven["quirin"])
    wish = Wish(coi, "asked", "A letter of the 20th.")

    with ThreadPoolExecutor(1) as pool:
        with write(installation.engine) as tx:
            lock_patient(tx, patient)
            answer = pool.submit(erase_patient, installation, wish, *signers)
            with pytest.raises(TimeoutError):
                answer.result(timeout=A_WHILE)
        with pytest.raises(StillTraced):
            answer.result()


@pytest.mark.parametrize("is_known", [False, True], ids=["new patient", "known patient"])
def test_a_file_that_is_handed_in_twice_at_once_is_ordered_once(performer, is_known):
    """One of them is imported; the others are told that it is there already."""
    if is_known:
        performer.order(PATIENTS[1])
    row = {
        **PATIENTS[1],
        "weight_kg": "70",
        "therapy": "autologous-car-t",
        "ordering_site": "north",
        "treating_site": "north",
        "manufacturing_site": "works",
        "prescriber": "Dr. Ines",
        "consent_signed_on": "2026-10-01",
        "collection_wanted_on": "2026-12-24",
    }
    file = "\n".join(",".join(line) for line in (row, row.values())).encode()
    ready, before = Barrier(AT_ONCE), len(list_therapies(performer.installation))

    def hand_in(_):
        ready.wait()
        try:
            return import_orders(performer.installation, file, performer.proven["carla"])
        except DataRefused as refused:
            return str(refused)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(hand_in, range(AT_ONCE)))

    assert len(list_therapies(performer.installation)) == before + 1
    assert sum("ordered already" in str(answer) for answer in answers) == AT_ONCE - 1
