"""PINs that come at once: five are looked at, and one that is right behind them opens nothing."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from coi.demo.cast import PASSWORD
from coi.errors import CoiError
from coi.services import people, pins
from coi.services.badge_door import Shown, sign_in_by_badge
from coi.services.badges import issue_badge
from coi.services.decoding import content_of_text
from coi.services.devices import register_device
from coi.services.person_file import person_file
from coi.services.proofs import Proven, authenticate, person_of
from coi.services.tries import TRIES
from coi.store.entries import entries_of
from tests.faults.test_parallel_tries import AT_ONCE, SECONDS, meeting

__all__ = ["meeting"]

PIN, WRONG = "730946", "730947"
MAKER = ("manufacturing_technician", "works-production")


@pytest.fixture
def scan(meeting):
    """Scan Mia's badge at a registered device and type a PIN; returns what it is answered."""
    first = meeting.read(lambda tx: person_of(tx, "root"))
    by = Proven("root", first.person.id, first.credential)
    root = people.set_password(meeting, by, "the keys of the house")
    badge = issue_badge(meeting, root, "mia", MAKER, key="badge")
    pins.set_pin(meeting, authenticate(meeting, "mia", PASSWORD), PASSWORD, PIN)
    queenie = authenticate(meeting, "queenie", PASSWORD)
    held = register_device(meeting, queenie, "works-production", "Tablet")

    def answered(pin):
        try:
            return bool(sign_in_by_badge(meeting, Shown(badge, pin, held)))
        except CoiError as error:
            return error.code

    return answered


def told(installation):
    """How often each action stands in the chain of Mia's site."""
    found = installation.read(lambda tx: list(entries_of(tx, "site:works")))
    return Counter(content_of_text(text)["action"] for _hash, text, _signed in found)


def test_however_many_wrong_pins_come_at_once_the_pin_is_ended_once(meeting, scan):
    """All were let past the first look; each is on record, and the fifth ends it (SEC-44)."""
    all_are_here = Barrier(AT_ONCE)
    meeting.hasher.meet = lambda _pin: all_are_here.wait(SECONDS)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        answers = Counter(crowd.map(scan, [WRONG] * AT_ONCE))

    assert answers == {"WRONG_PIN": AT_ONCE}
    assert (told(meeting)["refuse_pin"], told(meeting)["lock_pin"]) == (AT_ONCE, 1)
    assert not person_file(meeting, "mia").has_pin


def test_the_right_pin_among_wrong_ones_tells_nobody_that_it_is_right(meeting, scan):
    """It was looked at before the fifth wrong one, and is answered after it."""
    begun, ended = Event(), Event()

    def wait_for_the_end(pin):
        if pin == PIN.encode():
            begun.set()
            ended.wait(SECONDS)

    meeting.hasher.meet = wait_for_the_end
    with ThreadPoolExecutor(1) as other:
        right = other.submit(scan, PIN)
        begun.wait(SECONDS)
        wrong = [scan(WRONG) for _ in range(TRIES)]
        ended.set()

    assert wrong == ["WRONG_PIN"] * TRIES
    assert right.result() == "WRONG_PIN"
    assert person_file(meeting, "mia").sessions == ()
