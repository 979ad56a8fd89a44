"""A small clinic for each test of a use case: built once, and copied."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock
from coi.services.installation import open_installation
from coi.settings import Settings
from tests.coi.clinic import NOW, QUICK, Clinic, a_clinic


@pytest.fixture(scope="session")
def built_clinic(tmp_path_factory, migrated_file) -> Clinic:
    """The clinic that is copied; never act in it."""
    clinic = a_clinic(tmp_path_factory.mktemp("clinic") / "home", migrated_file)
    clinic.installation.engine.dispose()
    return clinic


@pytest.fixture
def clinic(built_clinic, tmp_path) -> Clinic:
    """Two hospitals and a manufacturer, an administrator, and Carla who coordinates."""
    home = shutil.copytree(built_clinic.installation.settings.home, tmp_path / "home")
    installation = replace(
        open_installation(Settings.from_environment({"COI_HOME": str(home)})),
        hasher=QUICK,
        clock=SteppedClock(NOW + timedelta(minutes=10), timedelta(seconds=1)),
    )
    yield replace(built_clinic, installation=installation)
    installation.engine.dispose()
