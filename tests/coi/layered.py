"""A therapy whose product has arrived in layers, and nobody has opened any of them yet."""

from collections.abc import Mapping
from pathlib import Path

from coi.demo.cast import PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, RELEASED_EARLY, Step, filled, play
from coi.demo.performer import Performer, Wish
from tests.journeys.asking import ids
from tests.journeys.worlds import Databases, World, told_on

ARRIVED = "arrived in layers"
_PACKED_IN_LAYERS = (
    *IN_MANUFACTURE,
    *MADE,
    *filled(2),
    *RELEASED_EARLY,
    Step("put_into_cassette", "product", "released", first=1),
    Step("put_into_canister", "cassette", "closed"),
)
_TO_THE_HOSPITAL = (
    Step("release_shipment", "shipment", "packed", to="wheels-van"),
    Step("accept_shipment", "shipment", "packed"),
    Step("release_shipment", "shipment", "packed", to="lab"),
    Step("accept_shipment", "shipment", "packed"),
)


def shipped_world(migrated_file: Path, lives: World, folder: Path) -> World:
    """The world of the lives, with one more."""
    return told_on(Databases(migrated_file), lives, folder, _arrived)


def _arrived(performer: Performer) -> Mapping[str, str]:
    """A canister with a bag in a cassette, and another bag bare, at the hospital in a shipper."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, _PACKED_IN_LAYERS)
    things = (*ids(performer, coi, "canister"), ids(performer, coi, "product")[1])
    performer.do(coi, "pack", Wish(on=things))
    play(performer, coi, _TO_THE_HOSPITAL)
    return {ARRIVED: coi}
