"""A disk that does not confirm a write: nothing more is written until it was verified (F-09).

The calls by which the real program asks for a confirmation are made to fail from one on, by strace.
"""

import os
import subprocess
import sys

import pytest

from coi.errors import DiskFailed
from coi.services.alarms import trust_disk
from coi.services.installation import open_installation
from coi.services.seen import begin_seen, seen_file
from coi.services.verifying import verify_record
from tests.faults.instances import Places
from tests.faults.traces import nothing_is_wrong, stored_keys

HANDOFFS = 8
VERIFIED = "The disk had failed. What it holds is whole: it is written again."
FROM = 5  # the confirmation from which on none comes any more
FAILING = ("-e", "trace=fsync,fdatasync", "-e", f"inject=fsync,fdatasync:error=EIO:when={FROM}+")


@pytest.fixture
def bag(on_sqlite):
    """A bag of the clinic."""
    return on_sqlite[1][0]


@pytest.fixture
def instance(on_sqlite, opened, tmp_path):
    """The settings of an instance with the clinic in it."""
    url, _bags = on_sqlite
    places = Places(tmp_path / "places", None)
    with places.fresh("clinic"):
        settings = places.settings("clinic", url)
    clinic = opened(url)
    clinic.installation.read(lambda tx: begin_seen(tx, seen_file(settings)))
    clinic.installation.engine.dispose()
    return settings


@pytest.fixture
def run(instance):
    """Run a module of Python's in the instance; returns what it said."""
    environ = {**os.environ, "COI_HOME": str(instance.home)}
    environ["COI_DATABASE_URL"] = instance.database_url

    def start(*arguments, through=()):
        command = [*through, sys.executable, "-m", *arguments]
        ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        return ran.stdout.split("\n")[:-1] if ran.returncode == 0 else [ran.stderr]

    return start


@pytest.fixture
def said(run, instance, bag, tmp_path):
    """What a process said that handed over while its disk failed."""
    strace = ("strace", "-f", "--seccomp-bpf", "-o", str(tmp_path / "strace.txt"), *FAILING)
    told = (instance.database_url, bag.subject, bag.serial, bag.coi, str(HANDOFFS))
    return run("tests.faults.handing_over", *told, through=strace)


def test_nothing_more_is_written_until_it_was_verified(said, run, instance, bag, opened, tmp_path):
    """From the first failure on every step is refused, also after a new start.

    Of what was acknowledged nothing is lost; what was not is there once at most, also when it is
    sent again.
    """
    done = said.index("DISK_FAILED")
    keys = [f"key-{number}" for number in range(done)]
    assert said == keys + ["DISK_FAILED"] * (HANDOFFS - done)
    # No step asks again; closing does, for what was confirmed before.
    assert (tmp_path / "strace.txt").read_text().count("EIO") in {1, 2}

    installation = open_installation(instance)
    assert "its disk failed" in installation.why_read_only()
    assert VERIFIED in run("coi.cli", "verify")
    assert installation.why_read_only() == ""
    installation.engine.dispose()

    clinic = opened(instance.database_url)
    engine = clinic.installation.engine
    stored, unknown = stored_keys(engine, bag), f"key-{done}"
    if unknown not in stored:
        clinic.hand_over(bag, clinic.turn_of(bag), unknown)
    assert {*keys} <= stored <= {*keys, unknown} | stored_before(stored)
    assert nothing_is_wrong(engine)


def stored_before(stored):
    """The keys of what was done before: to build the clinic."""
    return {one for one in stored if not one.startswith("key-")}


def test_whoever_saw_it_fail_writes_nothing_before_a_new_start(instance):
    """Not even who signs in; another process may have verified it meanwhile."""
    installation = open_installation(instance)
    installation.disk.fail()
    other = open_installation(instance)
    trusted = trust_disk(other, verify_record(other))

    with pytest.raises(DiskFailed):
        installation.transact_always(lambda _tx: None)
    assert (trusted, other.why_read_only()) == (True, "")
    for one in (installation, other):
        one.engine.dispose()


def test_a_process_that_was_there_before_it_failed_starts_anew(instance):
    """It saw that another one found the disk failing, and trusts its own memory no more."""
    installation, other = open_installation(instance), open_installation(instance)
    other.disk.fail()
    seen = installation.why_read_only()
    installation.disk.mark.unlink()

    assert "its disk failed" in seen
    assert installation.why_read_only() == seen
    for one in (installation, other):
        one.engine.dispose()
