"""An ordered therapy, for every test of a use case that asks for one."""

import pytest

from coi.services.ordering import NewOrder, order_therapies

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
