"""The same new patient is ordered for by several people in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from coi.demo.cast import PATIENTS
from coi.services.therapies import look

AT_ONCE = 6


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
