"""The same handoff, many times at once: it happens once (SEC-03, SEC-04, F-10, F-11)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from benchmarks.clinic import Bag, Clinic
from coi.errors import Conflict, KeyReused
from coi.services.receipts import Receipt
from tests.faults.traces import nothing_is_wrong, trace

AT_ONCE = 64
ROUNDS = 500


def at_once(work: Callable[[int], Receipt]) -> list[Receipt | Exception]:
    """Do the work 64 times, all started at the same moment; errors are answers too."""
    ready = Barrier(AT_ONCE)

    def one(number: int) -> Receipt | Exception:
        ready.wait()
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - whatever a caller would get is looked at
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def ask_under_64_keys(clinic: Clinic, bag: Bag) -> None:
    """Ask for the same handoff under 64 keys; one succeeds, and each other caller is told why."""
    before = trace(clinic.installation.engine, bag)

    answers = at_once(lambda n: clinic.hand_over(bag, before.turn, f"{bag.coi} {before.turn} {n}"))

    assert Counter(map(type, answers)) == {Receipt: 1, Conflict: AT_ONCE - 1}
    assert trace(clinic.installation.engine, bag) == before.after(1)


def test_of_64_handoffs_under_64_keys_one_succeeds(clinic, bags):
    """All saw the same turn: one moves the bag on, the 63 others are told that it moved."""
    ask_under_64_keys(clinic, bags[0])

    assert nothing_is_wrong(clinic.installation.engine)


def test_64_handoffs_under_one_key_get_the_same_receipt(clinic, bags):
    """A double click, or a proxy that tries again, is answered with what was done once."""
    before = trace(clinic.installation.engine, bags[0])

    answers = at_once(lambda _: clinic.hand_over(bags[0], before.turn, "the key"))

    assert Counter(map(type, answers)) == {Receipt: AT_ONCE}
    assert len({(a.seq, a.hash) for a in answers}) == 1
    assert sum(not a.repeated for a in answers) == 1
    assert trace(clinic.installation.engine, bags[0]) == before.after(1)


def test_a_lost_answer_is_given_again(clinic, bags):
    """Whoever asks again under the same key, up to ten times, gets the first result."""
    first = clinic.hand_over(bags[0], 3, "the key")
    before = trace(clinic.installation.engine, bags[0])

    again = [clinic.hand_over(bags[0], 3, "the key") for _ in range(10)]

    assert {answer.hash for answer in again} == {first.hash}
    assert trace(clinic.installation.engine, bags[0]) == before


def test_a_key_does_not_stand_for_two_requests(clinic, bags):
    """The key of one bag's handoff, sent with another bag's, is refused and moves nothing."""
    clinic.hand_over(bags[0], 3, "the key")
    before = trace(clinic.installation.engine, bags[1])

    with pytest.raises(KeyReused):
        clinic.hand_over(bags[1], 3, "the key")

    assert trace(clinic.installation.engine, bags[1]) == before


@pytest.mark.soak
def test_of_64_handoffs_one_succeeds_500_times(clinic, bags):
    """The same, for 500 turns of the four bags."""
    for number in range(ROUNDS):
        ask_under_64_keys(clinic, bags[number % len(bags)])

    assert nothing_is_wrong(clinic.installation.engine)
