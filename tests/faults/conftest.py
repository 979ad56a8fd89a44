"""The clinic on a database of the test's own, one kind after the other."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.clinic import Bag, Clinic, new_clinic, open_clinic
from coi.store.engine import open_engine
from tests.fixtures import DATABASES
from tests.postgres import Server

THERAPIES = 4

Url = str
Bags = list[Bag]


@pytest.fixture(scope="session")
def sqlite_clinic(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory):
    """A file with the clinic in it; copy it, never write to it."""
    file = tmp_path_factory.mktemp("clinic") / "coi.sqlite3"
    shutil.copy(migrated_file, file)
    engine = open_engine(f"sqlite+pysqlite:///{file}")
    bags = new_clinic(engine, THERAPIES)
    engine.dispose()
    return file, bags


@pytest.fixture(scope="session")
def postgres_clinic(postgres_server: Server):
    """A database with the clinic in it, to be used as a template."""
    database = postgres_server.new_database()
    engine = open_engine(postgres_server.url(database))
    bags = new_clinic(engine, THERAPIES)
    engine.dispose()
    return database, bags


@pytest.fixture
def on_sqlite(sqlite_clinic: tuple[Path, Bags], tmp_path: Path) -> tuple[Url, Bags]:
    """The clinic in a file of the test's own: its address, and a bag of each therapy."""
    file, bags = sqlite_clinic
    return f"sqlite+pysqlite:///{shutil.copy(file, tmp_path / 'coi.sqlite3')}", bags


@pytest.fixture
def on_postgres(
    postgres_clinic: tuple[str, Bags], postgres_server: Server
) -> Iterator[tuple[Url, Bags]]:
    """The clinic in a PostgreSQL database of the test's own."""
    template, bags = postgres_clinic
    database = postgres_server.new_database(template)
    yield postgres_server.url(database), bags
    postgres_server.drop(database)


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest) -> tuple[Url, Bags]:
    """The clinic on each database."""
    chosen: tuple[Url, Bags] = request.getfixturevalue(f"on_{request.param}")
    return chosen


@pytest.fixture
def url(place: tuple[Url, Bags]) -> Url:
    """The address of the clinic's database."""
    return place[0]


@pytest.fixture
def bags(place: tuple[Url, Bags]) -> Bags:
    """One bag of each therapy, held by the cell laboratory."""
    return place[1]


@pytest.fixture
def opened() -> Iterator[Callable[..., Clinic]]:
    """Opens a clinic at an address, and closes its database after the test."""
    clinics: list[Clinic] = []

    def open_at(url: Url, busy_timeout_ms: int = 5000) -> Clinic:
        clinics.append(open_clinic(open_engine(url, busy_timeout_ms=busy_timeout_ms)))
        return clinics[-1]

    yield open_at
    for clinic in clinics:
        clinic.installation.engine.dispose()


@pytest.fixture
def clinic(url: Url, opened: Callable[..., Clinic]) -> Clinic:
    """The clinic, opened."""
    return opened(url)
