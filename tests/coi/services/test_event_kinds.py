"""What kind of event the closing and opening of a layer is."""

from types import SimpleNamespace

import pytest

from coi.services.event_kinds import EVERY, kinds_of
from tests.builders import a_workflow


@pytest.mark.parametrize(
    ("action", "machine", "kind"),
    [
        ("pack", "shipment", "shipment.packed"),
        ("unpack", "shipment", "shipment.unpacked"),
        ("pack", "product", "package.closed"),
        ("unpack", "product", "package.opened"),
    ],
)
def test_a_layer_within_a_shipper_is_no_shipment(action, machine, kind):
    """Whoever waits for a shipment is not told of a cassette."""
    moved = (SimpleNamespace(machine=machine),)
    entry = SimpleNamespace(kind="act", action=action, moves=moved, births=())

    assert kinds_of(a_workflow(), entry) == (kind,)
    assert kind in EVERY
