"""A clinic for every test that asks for one, copied for each; and lives, to be looked at only."""

import pytest

from tests.coi import leaving
from tests.coi.clinic import a_clinic, copied
from tests.coi.layered import shipped_world
from tests.coi.line import a_line, line_in
from tests.coi.lives import played
from tests.coi.staffed import staffed_world
from tests.journeys.worlds import Databases, copy_of


@pytest.fixture(autouse=True)
def every_deed_leaves_an_entry():
    """What was taken stands in the record, or has its reason in `tests/coi/leaving.py`."""
    with leaving.looked_at():
        yield
    found, leaving.missed[:] = [*leaving.missed], []
    assert found == []


@pytest.fixture(scope="session")
def first_clinic(tmp_path_factory, migrated_file):
    """The clinic of which all others are copies; never write to it."""
    clinic = a_clinic(tmp_path_factory.mktemp("clinic") / "home", migrated_file)
    clinic.installation.engine.dispose()
    return clinic


@pytest.fixture
def clinic(first_clinic, tmp_path):
    """An installation whose coordinator may order at both hospitals."""
    found = copied(first_clinic, tmp_path / "home")
    yield found
    found.installation.engine.dispose()


@pytest.fixture(scope="session")
def lives(tmp_path_factory, migrated_file):
    """A world of therapies that went through a good deal; never write to it."""
    world = played(migrated_file, tmp_path_factory.mktemp("lives"))
    yield world
    world.performer.installation.engine.dispose()


@pytest.fixture(scope="session")
def staffed(lives, tmp_path_factory, migrated_file):
    """The same world with somebody for each role; never write to it."""
    return staffed_world(migrated_file, lives, tmp_path_factory.mktemp("staffed"))


@pytest.fixture(scope="session")
def shipped(lives, tmp_path_factory, migrated_file):
    """The same world with product that has arrived in layers; never write to it."""
    return shipped_world(migrated_file, lives, tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="session")
def line_world(tmp_path_factory, migrated_file, lives):
    """The world of which all others with benches are copies; never write to it."""
    world = a_line(migrated_file, lives, tmp_path_factory.mktemp("line"))
    world.performer.installation.engine.dispose()
    return world


@pytest.fixture
def line(line_world, migrated_file, tmp_path):
    """Two lots and two benches, for this test alone."""
    with copy_of(Databases(migrated_file), line_world, tmp_path) as performer:
        yield line_in(performer, line_world)
