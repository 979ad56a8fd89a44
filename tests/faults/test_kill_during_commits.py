"""kill -9 amidst commits: what was acknowledged is stored, and nothing is half there (F-01)."""

import os
import random
import signal
import time
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection

import pytest
from sqlalchemy import Engine

from benchmarks.clinic import Bag, open_clinic
from coi.store.engine import open_engine
from tests.faults.traces import nothing_is_wrong, stored_keys, trace

ROUNDS, SOAK_ROUNDS = 20, 1000
LONGEST = 0.08  # seconds from the first acknowledgement to the kill


def hand_over_for_ever(url: str, bag: Bag, round_: int, told: Connection) -> None:
    """Hand the bag back and forth, and tell each key once its handoff is acknowledged."""
    clinic = open_clinic(open_engine(url))
    turn = clinic.turn_of(bag)
    for number in count():
        key = f"{round_}-{number}"
        clinic.hand_over(bag, turn + number, key)
        told.send_bytes(key.encode())


def acknowledged_until_killed(url: str, bag: Bag, round_: int, delay: float) -> set[str]:
    """Kill a process amidst its commits; returns the keys that it was told are stored."""
    processes = get_context("forkserver")
    processes.set_forkserver_preload(["tests.faults.test_kill_during_commits"])
    reader, writer = processes.Pipe(duplex=False)
    process = processes.Process(target=hand_over_for_ever, args=(url, bag, round_, writer))
    process.start()
    writer.close()
    keys = {reader.recv_bytes().decode()}
    time.sleep(delay)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    try:
        while True:
            keys.add(reader.recv_bytes().decode())
    except (EOFError, OSError):
        reader.close()
    return keys


def kill_again_and_again(url: str, engine: Engine, bag: Bag, rounds: int) -> None:
    """After each kill, the acknowledged keys are stored, and at most the one in hand besides."""
    dice = random.Random(1)
    acknowledged, before = stored_keys(engine, bag), trace(engine, bag)

    for round_ in range(rounds):
        known = len(stored_keys(engine, bag))
        engine.dispose()
        newly = acknowledged_until_killed(url, bag, round_, dice.random() * LONGEST)
        acknowledged |= newly

        stored, now = stored_keys(engine, bag), trace(engine, bag)
        assert acknowledged <= stored
        assert len(stored) - known - len(newly) in {0, 1}
        assert now == before.after(now.turn - before.turn)

    assert nothing_is_wrong(engine)


def test_acknowledged_handoffs_survive_a_kill(url, clinic, bags):
    """Twenty kills: nothing acknowledged is lost, nothing is half there."""
    kill_again_and_again(url, clinic.installation.engine, bags[0], ROUNDS)


@pytest.mark.soak
def test_acknowledged_handoffs_survive_a_thousand_kills(url, clinic, bags):
    """A thousand kills."""
    kill_again_and_again(url, clinic.installation.engine, bags[0], SOAK_ROUNDS)
