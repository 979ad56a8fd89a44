"""A clinic for every test that asks for one: built once, copied for each."""

import pytest

from tests.coi.clinic import a_clinic, copied


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
