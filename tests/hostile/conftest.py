"""A ward for every test that asks for one: played once, copied for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.ward import Ward, a_ward, copied


@pytest.fixture(scope="session")
def first_ward(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Ward:
    """The ward of which all others are copies; never write to it."""
    ward = a_ward(tmp_path_factory.mktemp("ward") / "home", migrated_file)
    ward.performer.installation.engine.dispose()
    return ward


@pytest.fixture
def ward(first_ward: Ward, tmp_path: Path) -> Iterator[Ward]:
    """Two patients, each with thawed bags beside them."""
    found = copied(first_ward, tmp_path / "home")
    yield found
    found.performer.installation.engine.dispose()
