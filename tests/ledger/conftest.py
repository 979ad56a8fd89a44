"""A stored history to look at, and to do things to that the product never does."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite3
from sqlalchemy import Engine

from coi.ledger.findings import Heads, Verdict
from coi.ledger.verify import verify
from coi.store.engine import open_engine, read, write
from coi.store.migrate import upgrade
from coi.store.read_ledger import LedgerRows
from tests.ledger.clinic import a_small_history, expand
from tests.ledger.sequencing import SIGNER, sequence

Attack = Callable[[str], None]


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables and locks, and nothing in it."""
    file = tmp_path_factory.mktemp("ledger") / "empty.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def history_file(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a small history of two therapies."""
    file = tmp_path_factory.mktemp("ledger") / "history.db"
    shutil.copy(empty_file, file)
    engine = open_engine(f"sqlite:///{file}")
    with write(engine) as connection:
        a_small_history(connection)
        sequence(connection)
    engine.dispose()
    return file


def _opened(file: Path, copy: Path) -> Iterator[Engine]:
    shutil.copy(file, copy)
    engine = open_engine(f"sqlite:///{copy}")
    yield engine
    engine.dispose()


@pytest.fixture
def empty(empty_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty database of the test's own."""
    yield from _opened(empty_file, tmp_path / "ledger.db")


@pytest.fixture
def history(history_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a small history of the test's own."""
    yield from _opened(history_file, tmp_path / "ledger.db")


@pytest.fixture
def attack(tmp_path: Path) -> Attack:
    """Run SQL as who owns the file: no triggers, no keys, no checks."""

    def run(sql: str) -> None:
        with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in connection.execute(triggers).fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("PRAGMA ignore_check_constraints = ON")
            assert connection.execute(sql).rowcount > 0, "the attack changed nothing"
            connection.commit()

    return run


def verdict_on(engine: Engine, since: Heads | None = None) -> Verdict:
    """What the verifier says of a stored history."""
    with read(engine) as connection:
        return verify(LedgerRows(connection), expand, since, signers=[SIGNER])


def named(verdict: Verdict) -> set[tuple[str, str]]:
    """The tables and keys that a verdict names."""
    return {(finding.table, finding.key) for finding in verdict.findings}
