"""Records that were told again, of a thousand entries."""

import pytest

from benchmarks.growth.__main__ import place_of
from benchmarks.growth.making import begin, grow, stretches
from benchmarks.growth.places import opened
from benchmarks.growth.workshop import open_workshop
from tests.fixtures import DATABASES
from tests.postgres import OWNER

SEED = 1
ENTRIES = 1_000


@pytest.fixture(scope="session")
def workshop(tmp_path_factory):
    """The therapies that are told again."""
    return open_workshop(SEED, tmp_path_factory.mktemp("workshop"))


def grown(place, workshop, entries=ENTRIES):
    """Make a record of so many entries there."""
    begin(place)
    grow(place, workshop, stretches(workshop.numbers_for(entries)))
    return place


@pytest.fixture(scope="session", params=DATABASES)
def place(request, workshop, tmp_path_factory):
    """A record of a thousand entries in a database of each kind; others may add to it."""
    folder = tmp_path_factory.mktemp("grown")
    if request.param == "sqlite":
        yield grown(place_of(folder, "", SEED), workshop)
        return
    server = request.getfixturevalue("postgres_server")
    database = server.new_database()
    yield grown(place_of(folder, server.url(database, OWNER), SEED), workshop)
    server.drop(database)


@pytest.fixture(scope="session")
def at_work(place):
    """A grown record in which people work on two therapies."""
    at_work = opened(place, therapies=2, crowd=0)
    yield at_work
    at_work.clinic.installation.engine.dispose()
