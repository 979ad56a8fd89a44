"""Two benches that scan each other's bags: nobody waits for ever, and both bags are held."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from benchmarks.clinic import Bag, Clinic
from coi.errors import Refused
from coi.services.attempt import TakeAction
from coi.services.scanning import Code
from coi.services.therapies import look
from coi.store import transactions
from tests.faults.traces import nothing_is_wrong

CROSSINGS = 200
BENCHES = 4


def label_of(bag: Bag) -> str:
    """What the scanner reads from a bag."""
    return f"{bag.serial}/{bag.coi}"


def order_of(bag: Bag) -> str:
    """What it reads from the order of its therapy."""
    return bag.coi


def scan_wrongly(clinic: Clinic, at_hand: Bag, code: str, key: str) -> set[str]:
    """Hand over a bag, with a code of another therapy scanned; why that is refused."""
    wanted = TakeAction(
        coi=at_hand.coi,
        action="release_custody",
        unit="north-lab",
        key=key,
        codes=(Code(code),),
        consignee="north-apheresis",
    )
    with pytest.raises(Refused) as caught:
        clinic.take(wanted, "leo")
    return {reason.code for reason in caught.value.refusals}


@pytest.mark.parametrize(
    ("code_of", "reason", "held"),
    [(label_of, "WRONG_THERAPY", CROSSINGS // 2), (order_of, "WRONG_ORDER", 0)],
    ids=["bags", "orders"],
)
def test_crossed_scans_never_wait_for_each_other(
    on_postgres, opened, monkeypatch, code_of, reason, held
):
    """Two hundred at four benches: no deadlock, nothing tried again, nobody told to wait."""
    url, (first, second, *_) = on_postgres
    clinic = opened(url)
    monkeypatch.setattr(transactions, "TRIES", 1)
    numbers = count()

    def bench(which: int) -> list[set[str]]:
        at_hand, strange = (first, second) if which % 2 else (second, first)
        keys = (f"crossing {next(numbers)}" for _ in range(CROSSINGS // BENCHES))
        return [scan_wrongly(clinic, at_hand, code_of(strange), key) for key in keys]

    with ThreadPoolExecutor(BENCHES) as pool:
        told = [codes for bench_told in pool.map(bench, range(BENCHES)) for codes in bench_told]

    assert len(told) == CROSSINGS
    assert all(reason in codes for codes in told)
    for bag in (first, second):
        view = look(clinic.installation, bag.coi)
        assert sum(one.kind == "incident" for one in view.history) == CROSSINGS // 2
        assert view.subjects[bag.subject].position.stops == held
    assert nothing_is_wrong(clinic.installation.engine)
