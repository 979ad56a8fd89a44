"""Product that travels in layers: each bag in a cassette, cassettes in a canister.

Stories as in `coi.demo.stories`. In all the others these two layers are left out.
"""

from collections.abc import Mapping, Sequence

from coi.demo.chapters import ACCEPTED, AT_SITE, FILLED, OUT, Step, on_paper, travelled
from coi.demo.departures import secured

_IN_A_CASSETTE = Step("put_into_cassette", "product", "released", first=1)
IN_LAYERS: Mapping[str, Sequence[Step]] = {
    "cassette": (*OUT, _IN_A_CASSETTE),
    "canister": (*OUT, _IN_A_CASSETTE, Step("put_into_canister", "cassette", "closed")),
}
"""One bag in a cassette; that cassette in a canister too."""


def arrived(layer: str) -> tuple[Step, ...]:
    """The shipper is opened at the hospital, the layer in it is not."""
    return (*IN_LAYERS[layer], *travelled(layer, "closed"))


def rejected_inside(layer: str) -> tuple[Step, ...]:
    """Its lot is rejected when it has arrived: what nobody has opened is to be sent back."""
    return (*arrived(layer), Step("reject_lot"))


def too_long(layer: str, state: str) -> Step:
    """Packed for a way that is too long for the shipper, as is found when it is recorded."""
    return on_paper("pack", layer, state, planned_transit_hours="240")


def carried(state: str, house: str, to: str, back: str) -> tuple[Step, ...]:
    """A bag in its cassette is moved about in this house, and lost in it at last."""
    there, here = (
        (
            Step("release_custody", "cassette", "closed", to=f"{house}{unit}"),
            Step("accept_custody", "cassette", "closed"),
        )
        for unit in (to, back)
    )
    return (
        Step("put_into_cassette", "product", state, first=1),
        Step("relocate", "cassette", "closed"),
        there[0],
        Step("take_back", "cassette", "closed"),
        *there,
        *here,
        Step("put_into_canister", "cassette", "closed"),
        Step("open_canister", "canister", "closed"),
        Step("report_lost", "cassette", "closed"),
    )


_AT_THE_WORKS = ("works-", "store", "production")
_AT_THE_HOSPITAL = ("", "ward", "lab")
_ARRIVED_BARE = (*OUT, *ACCEPTED[:-1])
CARRIED: Mapping[str, Sequence[Step]] = {
    "frozen": (*FILLED, *carried("frozen", *_AT_THE_WORKS)),
    "released": (*OUT, *carried("released", *_AT_THE_WORKS)),
    "received": (*_ARRIVED_BARE, *carried("received", *_AT_THE_HOSPITAL)),
    "accepted": (*AT_SITE, *carried("accepted", *_AT_THE_HOSPITAL)),
    "rejected": (
        *_ARRIVED_BARE,
        Step("reject_product", "product", "received", first=1),
        *carried("rejected", *_AT_THE_HOSPITAL),
    ),
}
"""Wherever a bag can be put into a cassette it goes along with it."""
OPENED_ON_HOLD = (
    *OUT,
    _IN_A_CASSETTE,
    Step("hold", "cassette", "closed"),
    Step("open_cassette", "cassette", "closed"),
    Step("lift", "exception", "open"),
)
"""A cassette that is on hold is opened, to look at what is in it."""

WAITING_IN_LAYERS: Mapping[str, Sequence[Step]] = {
    what: steps
    for layer, in_it in IN_LAYERS.items()
    for what, steps in {
        f"a shipper, in a {layer}": in_it,
        f"the courier, in a {layer}": (*in_it, *travelled(layer, "closed")[:1]),
        f"opening of a {layer}": arrived(layer),
        f"the way back, in a {layer}": (
            *rejected_inside(layer),
            *travelled(layer, "received")[:1],
        ),
    }.items()
}
"""What a therapy waits for whose product is in layers."""

EXITS_IN_LAYERS: Mapping[str, Sequence[Step]] = {
    what: steps
    for layer, in_it in IN_LAYERS.items()
    for what, steps in {
        f"taken out of the shipper, in a {layer}": (
            *in_it,
            *travelled(layer, "closed")[:1],
            Step("open_shipper", "shipment", "packed"),
        ),
        f"stopped with the courier, in a {layer}": (*in_it, *secured(layer, "closed")),
        f"sent back, in a {layer}": (
            *rejected_inside(layer),
            *travelled(layer, "received"),
        ),
        f"taken out on the way back, in a {layer}": (
            *rejected_inside(layer),
            *travelled(layer, "received")[:1],
            Step("open_shipper", "shipment", "packed"),
        ),
        f"stopped on the way back, in a {layer}": (
            *rejected_inside(layer),
            *secured(layer, "received"),
        ),
        f"packed for too long on paper, in a {layer}": (*in_it, too_long(layer, "closed")),
        f"packed for too long on the way back, in a {layer}": (
            *rejected_inside(layer),
            too_long(layer, "received"),
        ),
    }.items()
} | {
    "opened on arrival, a cassette": (
        *arrived("cassette"),
        Step("open_cassette", "cassette", "received"),
    ),
    "lost in the canister": (
        *IN_LAYERS["canister"],
        Step("report_lost", "canister", "closed"),
    ),
    "opened on hold, a cassette": OPENED_ON_HOLD,
    **{f"carried in a cassette, {state}": steps for state, steps in CARRIED.items()},
}
"""What else happens to product in layers."""
