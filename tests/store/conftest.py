"""The world of two therapies, behind each of the doors; each test leaves it as it was."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from benchmarks.clinic import new_clinic
from coi.store.engine import open_engine, write
from tests.fixtures import DATABASES
from tests.postgres import Server
from tests.store.doors import Bare
from tests.store.doors import Engine as Product
from tests.store.world import build_unsigned_world, build_world
from tests.store.writer import Writer

DOORS = ("product", "bare", "postgres")


@pytest.fixture(scope="session")
def sqlite_world(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the world in it, as an old version of SQLite can open it."""
    file = tmp_path_factory.mktemp("world") / "coi.sqlite3"
    shutil.copy(migrated_file, file)
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    with write(engine) as connection:
        build_world(Writer(Product(connection)))
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def bare_world(sqlite_world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the world that the product never opens, in the mode that any SQLite can read."""
    file = tmp_path_factory.mktemp("bare") / "coi.sqlite3"
    shutil.copy(sqlite_world, file)
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return file


@pytest.fixture(scope="session")
def sqlite_world_engine(sqlite_world: Path) -> Iterator[Engine]:
    """The product's engine over the world in SQLite."""
    engine = open_engine(f"sqlite+pysqlite:///{sqlite_world}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_world_engine(postgres_server: Server) -> Iterator[Engine]:
    """The product's engine over the world in PostgreSQL, as the role of every day."""
    engine = open_engine(postgres_server.url(postgres_server.new_database()))
    with write(engine) as connection:
        build_world(Writer(Product(connection)))
    yield engine
    engine.dispose()


@pytest.fixture
def product(sqlite_world_engine: Engine) -> Iterator[Writer]:
    """A writer through the product's engine, on SQLite."""
    with sqlite_world_engine.connect() as connection:
        yield _through(connection)


@pytest.fixture
def postgres(postgres_world_engine: Engine) -> Iterator[Writer]:
    """A writer through the product's engine, on PostgreSQL."""
    with postgres_world_engine.connect() as connection:
        yield _through(connection)


@pytest.fixture
def bare(bare_world: Path) -> Iterator[Writer]:
    """A writer through Python's own sqlite3, where nothing was set."""
    door = Bare(bare_world)
    door.execute("BEGIN")
    yield Writer(door)
    door.close()


@pytest.fixture
def new_product(sqlite_engine: Engine) -> Iterator[Writer]:
    """A writer through the product's engine, on an empty SQLite."""
    with sqlite_engine.connect() as connection:
        yield _through(connection)


@pytest.fixture
def new_postgres(postgres_engine: Engine) -> Iterator[Writer]:
    """A writer through the product's engine, on an empty PostgreSQL."""
    with postgres_engine.connect() as connection:
        yield _through(connection)


@pytest.fixture
def new_bare(migrated_file: Path, tmp_path: Path) -> Iterator[Writer]:
    """A writer through Python's own sqlite3, in an empty file."""
    door = Bare(Path(shutil.copy(migrated_file, tmp_path / "bare.sqlite3")))
    door.execute("BEGIN")
    yield Writer(door)
    door.close()


@pytest.fixture(params=DOORS)
def beginning(request: pytest.FixtureRequest) -> Writer:
    """A writer through each door, in the world before the first checkpoint was signed."""
    chosen: Writer = request.getfixturevalue(f"new_{request.param}")
    build_unsigned_world(chosen)
    return chosen


@pytest.fixture(params=DOORS)
def writer(request: pytest.FixtureRequest) -> Writer:
    """A writer through each door, one after the other."""
    chosen: Writer = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture(scope="session")
def sqlite_clinic(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with a clinic and one bag in it; copy it, never write to it."""
    file = tmp_path_factory.mktemp("one-bag") / "coi.sqlite3"
    shutil.copy(migrated_file, file)
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    new_clinic(engine, 1)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def postgres_clinic(postgres_server: Server) -> str:
    """The same in a database of PostgreSQL."""
    name = postgres_server.new_database()
    engine = open_engine(postgres_server.url(name))
    new_clinic(engine, 1)
    engine.dispose()
    return name


@pytest.fixture
def sqlite_copy(sqlite_clinic: Path, tmp_path: Path) -> Iterator[Engine]:
    """The clinic in a file, for this test alone."""
    file = shutil.copy(sqlite_clinic, tmp_path / "coi.sqlite3")
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_copy(postgres_server: Server, postgres_clinic: str) -> Iterator[Engine]:
    """The clinic in PostgreSQL, for this test alone."""
    name = postgres_server.new_database(postgres_clinic)
    engine = open_engine(postgres_server.url(name))
    yield engine
    engine.dispose()
    postgres_server.drop(name)


@pytest.fixture(params=DATABASES)
def clinic(request: pytest.FixtureRequest) -> Engine:
    """A clinic with one bag in a database of each kind, one after the other."""
    chosen: Engine = request.getfixturevalue(f"{request.param}_copy")
    return chosen


def _through(connection: Connection) -> Writer:
    return Writer(Product(connection))
