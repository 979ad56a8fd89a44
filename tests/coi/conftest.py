"""A clinic for every test that asks for one, copied for each; and lives, to be looked at only."""

import pytest

from tests.coi.clinic import a_clinic, copied
from tests.coi.lives import played
from tests.coi.staffed import staffed_world


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
