"""Commands on a clinic of their own, with quick passwords and a clock that does not run away."""

from datetime import timedelta

import pytest

from coi.clock import SteppedClock
from tests.coi.cli.desk import Desk
from tests.coi.clinic import NOW, QUICK, copied


def make_quick(monkeypatch, days=2):
    """Passwords cost nothing, and it is so many days after the clinic was set up."""
    clock = SteppedClock(NOW + timedelta(days=days), timedelta(seconds=1))
    monkeypatch.setattr("coi.services.installation.hasher", lambda: QUICK)
    monkeypatch.setattr("coi.services.installation.SystemClock", lambda: clock)


@pytest.fixture
def quick(monkeypatch):
    """Commands run without waiting."""
    make_quick(monkeypatch)


@pytest.fixture
def desk(clinic, quick):
    """A desk in a clinic where nobody was treated yet."""
    del quick  # it is in force
    return Desk(clinic)


@pytest.fixture(scope="session")
def first_collected(first_clinic, tmp_path_factory):
    """The desk of which all others with a collection are copies."""
    with pytest.MonkeyPatch.context() as patch:
        make_quick(patch, days=1)
        clinic = copied(first_clinic, tmp_path_factory.mktemp("collected") / "home")
        desk = Desk(clinic)
        desk.hire()
        desk.order()
        desk.admit()
        desk.collect()
        clinic.installation.engine.dispose()
    return desk


@pytest.fixture
def collected(first_collected, quick, tmp_path):
    """A desk with a therapy whose cells were collected into two bags."""
    del quick  # it is in force
    clinic = copied(first_collected.clinic, tmp_path / "home")
    yield Desk(clinic, first_collected.coi, first_collected.labels, first_collected.wristband)
    clinic.installation.engine.dispose()
