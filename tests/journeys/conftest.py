"""A made-up world for each journey, in SQLite and in PostgreSQL; afterwards the record is whole."""

from pathlib import Path

import pytest

from coi.demo.performer import Performer
from coi.services.installation import Installation
from tests.fixtures import DATABASES
from tests.journeys.worlds import Databases, World, build_world, copy_of, verdict_of
from tests.journeys.written import misplanned

_LONGEST = ("postgres-gene-edited-hsc]", "postgres-til]")
"""Walks of every transition that take minutes; on SQLite the same are walked in each run."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the longest walks to `make soak`."""
    for item in items:
        if "test_every_transition_is_walked" in item.name and item.name.endswith(_LONGEST):
            item.add_marker(pytest.mark.soak)


@pytest.fixture(scope="session")
def sqlite_databases(migrated_file) -> Databases:
    """Worlds in files."""
    return Databases(migrated_file)


@pytest.fixture(scope="session")
def postgres_databases(migrated_file, postgres_server) -> Databases:
    """Worlds in PostgreSQL, reached as the role of every day."""
    return Databases(migrated_file, postgres_server)


@pytest.fixture(scope="session")
def sqlite_world(sqlite_databases, tmp_path_factory) -> World:
    """Sites, units and people in SQLite, and no therapy yet."""
    return build_world(sqlite_databases, tmp_path_factory.mktemp("sqlite-world"))


@pytest.fixture(scope="session")
def postgres_world(postgres_databases, tmp_path_factory) -> World:
    """Sites, units and people in PostgreSQL, and no therapy yet."""
    return build_world(postgres_databases, tmp_path_factory.mktemp("postgres-world"))


@pytest.fixture(params=DATABASES)
def databases(request) -> Databases:
    """Where this journey is recorded."""
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def empty_world(request, databases) -> World:
    """The world in which this journey begins."""
    kind = "postgres" if databases.server else "sqlite"
    return request.getfixturevalue(f"{kind}_world")


@pytest.fixture
def performer(databases, empty_world, tmp_path: Path):
    """Everybody, able to act; when the journey is over, the verifier finds nothing.

    Neither does a second look at what is next: it was written down with each entry.
    """
    with copy_of(databases, empty_world, tmp_path) as acting:
        yield acting
        assert misplanned(acting.installation) == []
        assert verdict_of(acting.installation).findings == ()


@pytest.fixture
def installation(performer: Performer) -> Installation:
    """The installation in which the journey is recorded."""
    return performer.installation
