"""An ordered therapy, and what has just begun, for every test that asks for one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import SteppedClock
from coi.definitions import packaged
from coi.services import installing
from coi.services.checkpoint_keys import create_signing_key
from coi.services.installation import open_installation
from coi.services.ordering import NewOrder, order_therapies
from coi.services.vault import create_key_file
from tests.coi.clinic import NOW, QUICK
from tests.journeys.worlds import Databases

IDENTITY = {
    "family_name": "O'Brien",
    "given_name": "Zoë",
    "birth_date": "1960-02-29",
    "sex": "F",
    "medical_record_number": "00017",
}
VALUES = {
    "treating_unit": "north-ward",
    "manufacturing_unit": "works-production",
    "prescriber": "Dr. I. Okafor",
    "weight_kg": "61.5",
    "collection_wanted_on": "2026-12-01",
}


@pytest.fixture
def coi(clinic):
    """An ordered therapy."""
    order = NewOrder(IDENTITY, "autologous-car-t", "north-ward", VALUES, key="order")
    (receipt,) = order_therapies(clinic.installation, [order], clinic.carla)
    return receipt.coi


@pytest.fixture(params=["sqlite", "postgresql"])
def begun(request, tmp_path, migrated_file):
    """An installation that has just begun, on either database."""
    server = request.getfixturevalue("postgres_server") if request.param != "sqlite" else None
    databases = Databases(migrated_file, server)
    settings = databases.settings(tmp_path, databases.copy(tmp_path))
    create_key_file(settings.vault_key_file, lambda n: b"k" * n)
    create_signing_key(settings)
    opened = open_installation(settings)
    installation = replace(opened, hasher=QUICK, clock=SteppedClock(NOW, timedelta(seconds=1)))
    installing.begin(installation, dict(packaged()), "root", "Root Example")
    yield installation
    installation.engine.dispose()
