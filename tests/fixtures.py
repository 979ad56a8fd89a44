"""Databases for every test that needs one: each test gets its own, migrated and empty."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from coi.store.engine import open_engine
from coi.store.migrate import upgrade
from tests.postgres import Server, running_server

DATABASES = ("sqlite", "postgres")
IN_SHORT = ("sqlite", pytest.param("postgres", marks=pytest.mark.soak))
"""Both, of which one is asked where there is time: others tell the same to both in every run."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One PostgreSQL for all tests of this process."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the newest schema and nothing recorded; copy it, never write to it."""
    file = tmp_path_factory.mktemp("migrated") / "coi.sqlite3"
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture
def sqlite_engine(migrated_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """A fresh SQLite file."""
    file = shutil.copy(migrated_file, tmp_path / "coi.sqlite3")
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_server: Server) -> Iterator[Engine]:
    """A fresh PostgreSQL database, reached as the role of every day, which may only append."""
    database = postgres_server.new_database()
    engine = open_engine(postgres_server.url(database))
    yield engine
    engine.dispose()
    postgres_server.drop(database)


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """A fresh database of each kind, one after the other."""
    chosen: Engine = request.getfixturevalue(f"{request.param}_engine")
    return chosen
