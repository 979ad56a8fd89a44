"""A migration that is interrupted has not begun: at each statement, on each database (F-24)."""

import subprocess
import sys

import pytest

from coi.services.installation import open_installation
from coi.settings import Settings
from coi.store.engine import open_engine
from coi.store.fence import REVISION, NotUpgraded
from tests.faults.newer import NEWER, newer_version, run_newer
from tests.faults.traces import nothing_is_wrong, trace
from tests.fixtures import DATABASES
from tests.postgres import APP, OWNER

FEW = 40  # every so many-th statement


@pytest.fixture(params=DATABASES)
def empty(request, tmp_path):
    """The address of an empty database, as its owner."""
    if request.param == "sqlite":
        yield f"sqlite+pysqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server = request.getfixturevalue("postgres_server")
    database = server.new_database("template0")
    yield server.url(database, OWNER)
    server.drop(database)


def killed_all_along(url, every):
    """What a row of killed migrations of this version left; the last one went to its end."""
    command = [sys.executable, "-m", "tests.faults.migrating", url, APP, str(every)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    return told_by(ran)


def told_by(ran):
    """Moment, revision and size of the schema, of each process."""
    assert ran.returncode == 0, ran.stderr
    return [tuple(line.split(",")) for line in ran.stdout.splitlines()]


def nothing_until_all(left, every):
    """Each killed one left nothing at all, and the last one left all."""
    *killed, done = left
    assert {one[1:] for one in killed} == {("-", "0")}
    assert len(killed) > 100 // every
    assert (done[:2], int(done[2]) > 100) == (("done", REVISION), True)


def test_a_first_migration_that_is_killed_leaves_nothing(empty):
    """Not a table; the next one begins anew."""
    nothing_until_all(killed_all_along(empty, FEW), FEW)


@pytest.mark.soak
def test_a_first_migration_that_is_killed_at_each_statement_leaves_nothing(empty):
    """Each of some hundreds."""
    nothing_until_all(killed_all_along(empty, 1), 1)


def test_a_database_that_was_never_migrated_does_not_start(tmp_path):
    """In a sentence, with what to do."""
    settings = Settings.from_environment({"COI_HOME": str(tmp_path)})

    with pytest.raises(NotUpgraded, match="not there"):
        open_installation(settings)


def test_a_killed_upgrade_leaves_the_record_as_it_was(url, bags, opened, tmp_path):
    """At each statement of the next version's migration; then it is upgraded, and whole."""
    newer = newer_version(tmp_path / "newer")
    before = trace(opened(url).installation.engine, bags[0])
    owner = str(url).replace(f"//{APP}@", f"//{OWNER}@")

    *killed, done = told_by(run_newer(newer, "tests.faults.migrating", owner, APP))

    assert {one[1] for one in killed} == {REVISION}
    assert len(killed) >= 5
    assert (done[0], done[1], done[2]) == ("done", NEWER, killed[0][2])
    engine = open_engine(url)
    assert (trace(engine, bags[0]), nothing_is_wrong(engine)) == (before, True)
    engine.dispose()
