"""A power cut at any write of a handoff loses nothing acknowledged and leaves nothing half (F-02).

The real program hands a bag over while every write and sync is recorded. From that record follows
what the disk may hold after a cut at any moment; each of these disks is opened by the real program.
"""

import shutil
import sqlite3
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from sqlalchemy.exc import DatabaseError

from benchmarks.clinic import Bag
from coi.store import engine as own
from coi.store.engine import open_engine
from tests.faults.disks import Disk, Fate
from tests.faults.recorded import Asked, Call, recorded
from tests.faults.traces import nothing_is_wrong, stored_keys, trace

HANDOFFS = 60  # so many that the write-ahead log is carried into the file on the way
CUTS, SOAK_CUTS = 24, 1000
LIBRARIES = {"write-ahead log": own._sqlite, "rollback journal": sqlite3}  # noqa: SLF001


@pytest.fixture(scope="module", params=LIBRARIES)
def library(request):
    """Our own SQLite, and one that may not use a write-ahead log."""
    if request.param == "rollback journal" and sqlite3.sqlite_version_info >= (3, 44):
        pytest.skip("the standard library's SQLite may use a write-ahead log too")
    return LIBRARIES[request.param]


@pytest.fixture(scope="module")
def handed_over(sqlite_clinic, library, tmp_path_factory) -> tuple[Path, Bag, list[Asked]]:
    """A folder with the clinic's file as it was, and what handing a bag over asked of the disk."""
    file, (bag, *_) = sqlite_clinic
    place = tmp_path_factory.mktemp("cuts")
    before, during = place / "before", place / "during"
    for folder in (before, during):
        folder.mkdir()
        shutil.copy(file, folder / file.name)
    told = (f"sqlite+pysqlite:///{during / file.name}", bag.subject, bag.serial, bag.coi)
    other = [] if library is LIBRARIES["write-ahead log"] else ["sqlite3"]
    asked = recorded(during, "tests.faults.handing_over", *told, str(HANDOFFS), *other)
    # As if it had happened in the folder that is still as it was.
    return before, bag, [_moved(one, during, before) for one in asked]


def _moved(asked: Asked, here: Path, there: Path) -> Asked:
    path = asked.path.replace(str(here.resolve()), str(there.resolve()))
    return Asked(asked.call, path, asked.at, asked.content)


def cut_and_look(handed_over, library, folder: Path, cuts: int) -> Counter:
    """Cut so many times, all along; returns how many of the disks held an unacknowledged handoff.

    After each cut what was acknowledged is stored, and at most the one in hand besides, whole.
    """
    before, bag, calls = handed_over
    dice, disk, done, found = Random(2), Disk(before), 0, Counter()
    first = _look(before, library, bag)
    for number in range(cuts):
        moment = (number * len(calls) + dice.randrange(len(calls))) // cuts
        for asked in calls[done:moment]:
            disk.do(asked)
        done, fate = moment, [*Fate][number % len(Fate)]
        left = folder / f"cut-{number}"
        left.mkdir()
        disk.cut(left, fate, dice)

        keys, turn = _look(left, library, bag)
        acknowledged = {said.decode().strip() for said in disk.said}
        assert acknowledged <= keys, f"lost after call {moment}, kept {fate}"
        assert len(keys - first[0]) - len(acknowledged) in {0, 1}
        assert turn - first[1] == len(keys - first[0])
        found[len(keys - first[0]) - len(acknowledged)] += 1
        shutil.rmtree(left)
    return found


def _look(folder: Path, library, bag: Bag) -> tuple[set[str], int]:
    """Open what is left as the program does: it is whole; returns the keys, and the bag's turn."""
    engine = open_engine(f"sqlite+pysqlite:///{folder / 'coi.sqlite3'}", sqlite=library)
    try:
        assert nothing_is_wrong(engine)
        return stored_keys(engine, bag), trace(engine, bag).turn
    finally:
        engine.dispose()


def test_the_record_of_calls_is_true(handed_over):
    """Done to the end, the recorded calls make the file that the program left."""
    before, _bag, calls = handed_over
    disk = Disk(before)
    for asked in calls:
        disk.do(asked)
    disk.files[str((before / "coi.sqlite3").resolve())].sync()

    (content,) = [bytes(file.durable) for file in disk.files.values()]
    assert content == (before.parent / "during" / "coi.sqlite3").read_bytes()
    assert len(disk.said) == HANDOFFS


def test_each_handoff_is_synced_before_it_is_acknowledged(handed_over):
    """Nothing is said of which a write is still under way."""
    before, _bag, calls = handed_over
    disk = Disk(before)
    for asked in calls:
        if asked.call is Call.SAID:
            waiting = [path for path, file in disk.files.items() if file.pending]
            assert waiting == []
            assert disk.removed == {}
        disk.do(asked)


def test_a_power_cut_leaves_whole_handoffs(handed_over, library, tmp_path):
    """Two dozen cuts, all along a row of handoffs."""
    found = cut_and_look(handed_over, library, tmp_path, CUTS)

    assert found.total() == CUTS


def test_what_is_not_synced_is_found_lost(handed_over, library, tmp_path):
    """That the test above can see a loss, or a broken file: where nothing is synced it does."""
    before, bag, calls = handed_over
    never = [one for one in calls if one.call is not Call.SYNC]

    with pytest.raises((AssertionError, DatabaseError), match=r"lost after call|malformed"):
        cut_and_look((before, bag, never), library, tmp_path, CUTS)


@pytest.mark.soak
def test_a_thousand_power_cuts_leave_whole_handoffs(handed_over, library, tmp_path):
    """A thousand cuts; some come between the commit and its acknowledgement."""
    found = cut_and_look(handed_over, library, tmp_path, SOAK_CUTS)

    assert found.total() == SOAK_CUTS
    assert found[1]
