"""What is told again is as whole as what was told, and goes on where it was killed."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from benchmarks.growth.__main__ import place_of
from coi.ledger.verify import verify
from coi.store.engine import read
from coi.store.read_ledger import LedgerRows
from coi.store.tables import metadata
from tests.benchmarks.conftest import ENTRIES, SEED, grown
from workflows.loading import expand_all

ROOT = Path(__file__).parents[2]


def verdict_on(place):
    """What the verifier says of a record."""
    engine = place.engine()
    with read(engine) as connection:
        verdict = verify(LedgerRows(connection), expand_all)
    engine.dispose()
    return verdict


def dumped(file):
    """Every row of every table but those of the machinery."""
    with closing(dbapi2.connect(file)) as database:
        return {
            table: sorted(database.execute(f'SELECT * FROM "{table}"'))  # noqa: S608 - tables of ours
            for table in metadata.tables
        }


def test_what_was_told_again_is_whole(place):
    """Bytes, hashes, rows, registers, identities and texts: the verifier finds nothing."""
    verdict = verdict_on(place)

    assert verdict.findings == ()
    assert verdict.entries >= ENTRIES
    assert not any(verdict.erased.values())


def test_what_was_killed_goes_on_to_the_same_bytes(workshop, tmp_path):
    """Killed between two transactions and begun again, it ends as if nothing had happened."""
    whole = grown(place_of(tmp_path / "whole", "", SEED), workshop)
    words = ("make", str(tmp_path / "killed"), "--entries", str(ENTRIES), "--together", "2")
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.growth", *words], cwd=ROOT, stdout=subprocess.PIPE
    ) as making:
        making.stdout.readline()  # the first transaction is there
        making.kill()

    gone_on = grown(place_of(tmp_path / "killed", "", SEED), workshop)

    files = [place.settings.home / "coi.sqlite3" for place in (whole, gone_on)]
    assert dumped(files[0]) == dumped(files[1])


@pytest.mark.soak
def test_a_hundred_thousand_entries_are_whole(workshop, tmp_path):
    """So many therapies that no identifier may come twice."""
    place = grown(place_of(tmp_path, "", SEED), workshop, 100_000)

    verdict = verdict_on(place)

    assert verdict.findings == ()
    assert verdict.entries >= 100_000
