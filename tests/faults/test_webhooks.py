"""Webhooks when something breaks: none is lost, each arrives once by its id (F-21, F-22)."""

import json
import os
import signal
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest
from standardwebhooks import Webhook

from benchmarks.clinic import open_clinic
from benchmarks.handoffs import statements
from coi.clock import SteppedClock
from coi.services.delivering import Pace
from coi.store.engine import open_engine
from tests.faults.cuts import Cut, Moment, Scissors, raising
from tests.faults.hooked import SOON_GIVEN_UP, Hooked
from tests.faults.traces import nothing_is_wrong
from tests.receiver import answers_never, receiving, says

KILLS, SOAK_KILLS = 10, 100


@pytest.fixture
def hooked(clinic):
    """The clinic, in which this machine may be spoken to."""
    return Hooked.of(clinic)


def send_for_ever(url: str) -> None:
    """What a sender does, in a process of its own."""
    Hooked.of(open_clinic(open_engine(url))).sender(SOON_GIVEN_UP).run(threading.Event())


class Killer:
    """Kills the sender with whose message it is spoken to: before it answers, or right after."""

    def __init__(self) -> None:
        self.process = None
        self.kills = 0
        self.lock = threading.Lock()

    def __call__(self, handler) -> None:
        """Answer, and kill."""
        with self.lock:
            victim, self.process = self.process, None
            self.kills += victim is not None
        if victim and self.kills % 2:
            os.kill(victim, signal.SIGKILL)
        says(204)(handler)
        handler.wfile.flush()
        if victim and not self.kills % 2:
            os.kill(victim, signal.SIGKILL)


def kill_again_and_again(hooked, url, bags, kills) -> None:
    """Each sender is killed at its first message, in the middle; the last one is not."""
    killer = Killer()
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["tests.faults.test_webhooks"])
    with receiving(killer) as receiver:
        secret = hooked.open(receiver)
        for number in range(kills):
            hooked.hand_over(bags[number % len(bags)])
            process = processes.Process(target=send_for_ever, args=(url,))
            with killer.lock:  # no message is answered before it is known whose it is
                process.start()
                killer.process = process.pid
            process.join(timeout=60)  # on a busy machine it is a while until it sends
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL
        time.sleep(0.4)  # until what the last one claimed is free
        hooked.sender(SOON_GIVEN_UP).run_until_empty()

        assert killer.kills == kills
        assert {got.id for got in receiver.got} == hooked.ids(secret.webhook)
        assert len(receiver.got) >= kills
        assert hooked.states() == {"delivered": kills}
        assert {Webhook(secret.text).verify(got.body, got.headers)["type"] for got in receiver.got}


def test_a_sender_that_is_killed_loses_nothing(hooked, url, bags):
    """Ten kills amidst sending: by its id each event arrives once (F-22)."""
    kill_again_and_again(hooked, url, bags, KILLS)


@pytest.mark.soak
def test_a_sender_that_is_killed_a_hundred_times_loses_nothing(hooked, url, bags):
    """A hundred kills."""
    kill_again_and_again(hooked, url, bags, SOAK_KILLS)


def test_a_receiver_that_dies_gets_each_event_once_by_its_id(clinic, bags):
    """It read the message and died, it was away, it came back: nothing is lost to it."""
    clock = SteppedClock(datetime.now(UTC), timedelta(milliseconds=1))
    hooked = Hooked.of(clinic, clock)
    seen = []
    with receiving(lambda handler: handler.connection.shutdown(2)) as receiver:
        secret = hooked.open(receiver)
        for bag in bags:
            hooked.hand_over(bag, 2)
        hooked.sender().run_until_empty()
        seen += receiver.got
        assert hooked.states() == {"waiting": 2 * len(bags)}
    clock.advance(timedelta(hours=1))
    hooked.sender().run_until_empty()  # nobody listens
    with receiving(port=receiver.port) as back:
        for _ in range(40):
            clock.advance(timedelta(hours=1))
            hooked.sender().run_until_empty()
        seen += back.got

    assert hooked.states() == {"delivered": 2 * len(bags)}
    assert {got.id for got in seen} == hooked.ids(secret.webhook)
    assert len(back.got) == 2 * len(bags)


@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.AFTER, Moment.COMMIT])
def test_what_is_not_recorded_is_not_told(hooked, bags, moment):
    """A handoff that is cut short anywhere puts nothing out; the whole one puts out one."""
    engine, bag = hooked.clinic.installation.engine, bags[0]
    turn = hooked.clinic.turn_of(bag)
    with receiving() as receiver:
        hooked.open(receiver)

        for nth in range(8, 100, 3):  # from where it writes
            with Scissors(engine, moment, nth, raising) as scissors, suppress(Cut):
                hooked.clinic.hand_over(bag, turn, "cut")
            if not scissors.fired or moment is Moment.COMMIT:
                break
            assert hooked.states() == {}

    assert hooked.states() == ({} if moment is Moment.COMMIT else {"waiting": 1})


def test_to_be_told_costs_one_statement(hooked, bags):
    """Where there is a webhook; without one it costs none, which is counted elsewhere."""
    hooked.hand_over(bags[0], 8)
    before = statements(hooked.clinic, bags[0])
    hooked.hand_over(bags[0], 3)
    with receiving() as receiver:
        hooked.open(receiver)

    assert statements(hooked.clinic, bags[0]) == before + 1


def test_two_senders_send_nothing_twice(hooked, bags):
    """However they meet: what one has in hand the other passes by."""
    for_a_moment = says(204)

    def slow(handler):
        time.sleep(0.02)
        for_a_moment(handler)

    with receiving(slow) as receiver:
        secret = hooked.open(receiver)
        for bag in bags:
            hooked.hand_over(bag, 4)
        pace = Pace(look=0.01)
        senders = [threading.Thread(target=hooked.sender(pace).run_until_empty) for _ in "ab"]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        hooked.sender(pace).run_until_empty()

    ids = [got.id for got in receiver.got]
    assert len(ids) == len(set(ids)) == 4 * len(bags)
    assert set(ids) == hooked.ids(secret.webhook)


def test_each_therapy_is_told_in_its_order(hooked, bags):
    """The next event of a therapy waits for the one before; other therapies do not wait."""
    refused = {"left": 3}

    def stubborn(handler):
        refused["left"] -= 1
        says(422 if refused["left"] == 2 else 204)(handler)

    with receiving(stubborn) as receiver:
        hooked.open(receiver)
        hooked.hand_over(bags[0], 2)
        hooked.hand_over(bags[1], 2)
        hooked.sender().run_until_empty()

    told = [(got["coi"], got["seq"]) for got in map(_data, receiver.got)]
    assert hooked.states() == {"delivered": 2, "waiting": 2}
    assert [coi for coi, _ in told].count(told[0][0]) == 1
    assert [seq for coi, seq in told if coi != told[0][0]] == sorted(
        seq for coi, seq in told if coi != told[0][0]
    )


def _data(got):
    return json.loads(got.body)["data"]


def test_a_receiver_that_hangs_holds_up_nobody(hooked, bags):
    """Others are told, and bags go from hand to hand; of its messages few are in memory (F-21)."""
    with receiving(answers_never) as hangs, receiving() as receiver:
        hooked.open(hangs)
        hooked.open(receiver)
        for bag in bags:
            hooked.hand_over(bag, 2)
        pace = Pace(lease=timedelta(hours=1), look=0.01)
        sender, stop = hooked.sender(pace, seconds=600), threading.Event()
        thread = threading.Thread(target=sender.run, args=(stop,))
        thread.start()
        hangs.wait_for(2)

        for bag in bags:
            hooked.hand_over(bag)
        receiver.wait_for(3 * len(bags))
        # All that was done while the same two messages hung, which are given up in ten minutes.
        asked, hanging = len(hangs.got), hangs.at_once
        stop.set()
        hangs.over.set()
        thread.join()

    assert (asked, hanging, hangs.most_at_once) == (2, 2, 2)
    assert len({got.id for got in receiver.got}) == 3 * len(bags)
    assert nothing_is_wrong(hooked.clinic.installation.engine)
