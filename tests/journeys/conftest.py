"""A made-up world for each journey, in SQLite and in PostgreSQL; afterwards the record is whole."""

from pathlib import Path

import pytest

from coi.demo.performer import Performer
from coi.services.installation import Installation
from tests.fixtures import DATABASES
from tests.journeys.worlds import Databases, World, build_world, whole_copy_of

_IN_FILES = {
    "alarm_budget",
    "departures",
    "exits",
    "exits_of_others",
    "former_hospital",
    "go_live",
    "hostile_requests",
    "label_ledger",
    "layers",
    "out_of_specification",
    "over_labels",
    "printed_labels",
    "setbacks",
    "spans",
    "versions",
}
"""Long journeys that are told to SQLite in each run, and to PostgreSQL too by `make soak`.

The rules that they try are asked before anything is stored; what PostgreSQL itself refuses is asked
of it by `tests/store`. Every transition is stored in it by `make soak`.
"""

_WALKED_IN_THE_SOAK = {
    test.format(workflow)
    for test in (
        "test_every_transition_is_walked[sqlite-{}]",
        "test_whatever_is_another_patients_is_refused_at_each_scan[{}]",
    )
    for workflow in ("gene-edited-hsc", "til")
}
"""Their stories are told in each run; every transition of two definitions is walked in each run."""

_ON_BOTH = {
    "test_it_is_supplied_at_the_physician_s_request[postgres-til]",
    "test_it_is_copied_labelled_compared_and_goes_on_as_ever[postgres]",
    "test_each_layer_is_opened_and_compared_until_the_bag_is_at_hand[postgres]",
    "test_a_broken_seal_stops_what_is_in_the_shipper_even_when_it_is_unpacked[postgres]",
}
"""Of the longest, those that PostgreSQL is told in each run nevertheless."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the longest journeys to `make soak`, most of them on PostgreSQL alone."""
    for item in items:
        is_long = "[postgres" in item.name and item.name not in _ON_BOTH and _is_long(item)
        if is_long or item.name in _WALKED_IN_THE_SOAK:
            item.add_marker(pytest.mark.soak)


def _is_long(item: pytest.Item) -> bool:
    name = item.path.stem.removeprefix("test_")
    of_journeys = item.path.parent == Path(__file__).parent
    return of_journeys and (name in _IN_FILES or "every_transition_is_walked" in item.name)


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
    """Everybody, able to act; when the journey is over, the record is whole."""
    with whole_copy_of(databases, empty_world, tmp_path) as acting:
        yield acting


@pytest.fixture
def installation(performer: Performer) -> Installation:
    """The installation in which the journey is recorded."""
    return performer.installation
