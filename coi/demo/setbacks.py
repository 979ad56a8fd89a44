"""What goes against the rules or comes to grief on the way, and what then stands still.

Stories as in `coi.demo.stories`: each breaks something, and each thing comes to its end.
"""

from coi.demo.chapters import (
    ACCEPTED,
    AT_LAB,
    AT_SITE,
    CONDITIONED,
    FILLED,
    FROZEN,
    IN_MANUFACTURE,
    LIFTED,
    LOOKED_INTO,
    MADE,
    ORDERED,
    OUT,
    RECEIVED_FROZEN,
    RELEASED,
    Step,
    closed,
    collected,
    filled_on_paper,
    on_paper,
    packed_on_paper,
    results,
    started,
    travelled,
)

BAG_LOST = (
    *AT_LAB,
    *RECEIVED_FROZEN[:4],
    Step("report_lost", "material", "frozen", first=1),
    *RECEIVED_FROZEN[4:],
)
SHIPMENT_LOST = (*OUT, *ACCEPTED[:3], Step("report_shipment_lost"))
DESTROYED_ON_HOLD = (
    *AT_LAB,
    Step("hold", "material", "collected", first=1),
    Step("destroy", "material", "collected", first=1),
    Step("lift", "exception", "open"),
)
CANCELLED_WHEN_RELEASED = (
    *OUT,
    Step("hold", "lot", "provisionally_released"),
    LIFTED,
    Step("hold", "lot", "provisionally_released"),
    Step("cancel", values={"material_disposition": "research with consent"}),
    Step("discontinue_lot"),
    LIFTED,
)
CANCELLED_IN_LYMPHODEPLETION = (*AT_SITE, CONDITIONED, Step("cancel"))
CANCELLED_IN_MANUFACTURE = tuple(
    (
        *IN_MANUFACTURE,
        *MADE[:steps],
        Step("cancel", values={"material_disposition": "destroy"}),
        Step("discontinue_lot"),
    )
    for steps in (0, 1, 2, 4, 5, 6)
)
"""Cancelled with a lot in each of its stages."""

MADE_AGAIN = (
    *AT_SITE,
    CONDITIONED,
    *results(sterility="growth"),
    Step("reject_lot", values={"cause": "growth in the sterility test"}),
    *closed(0),
    started(1),
    *MADE[:1],
)
"""Rejected while the patient is being prepared: another lot is made of what was retained."""


AGAINST_THE_RULES = (
    *ORDERED,
    *collected(2),
    *packed_on_paper("material", "collected", 2),
    FROZEN,
    *packed_on_paper("material", "frozen", 2),
    *travelled("material", "frozen"),
    on_paper("accept_material", "material", "received", container_intact="no"),
    *LOOKED_INTO * 2,
    started(),
    *MADE,
    *filled_on_paper(RELEASED, CONDITIONED),
    Step("complete_infusion"),
)
"""On paper, and against the rules: whatever still lives is stopped each time, and looked at."""

DAMAGED = (
    *AT_LAB[:-1],
    Step("accept_custody", "material", "collected", values={"condition": "damaged"}),
    *LOOKED_INTO * 3,
    *RECEIVED_FROZEN[:2],
    Step("release_shipment", "shipment", "packed", to="wheels-van"),
    Step("accept_shipment", "shipment", "packed", values={"seal_intact": "no"}),
    *LOOKED_INTO,
    *RECEIVED_FROZEN[4:],
)
"""Bags that leak and a broken seal: what is found on arrival stops, until it has been looked at."""

REJECTED_ON_ITS_WAY = (
    *IN_MANUFACTURE,
    *MADE,
    Step("fill", born=2),
    Step("freeze_product", "product", "filled", first=1),
    Step("release_custody", "product", "", to="works-store"),
    Step("reject_lot"),
    Step("accept_custody", "product", ""),
    Step("destroy", "product", ""),
    *LOOKED_INTO * 2,
)
REJECTED_AT_THE_WARD = (
    *OUT,
    *ACCEPTED[:-1],
    Step("reject_product", "product", "received", first=1),
    Step("release_custody", "product", "received", first=1, to="ward"),
    Step("reject_lot"),
    Step("accept_custody", "product", "received"),
    *LOOKED_INTO,
    Step("release_custody", "product", "received", to="lab"),
    Step("accept_custody", "product", "received"),
    Step("reject_product", "product", "received"),
    Step("destroy", "product", "rejected"),
)
"""A lot is rejected while bags of it are on their way: those are held, and wait for their end."""

_ALL_RELEASED = (*FILLED, *RELEASED)
LOST_AND_MADE_AGAIN = (
    *_ALL_RELEASED,
    *ACCEPTED[:3],
    Step("report_shipment_lost"),
    Step("make_again"),
    started(1),
)
_BROKEN_AT_SITE = (Step("reject_product", "product", "accepted"), Step("make_again"), started(1))
BROKEN_AND_MADE_AGAIN = (*_ALL_RELEASED, *ACCEPTED, *_BROKEN_AT_SITE)
BROKEN_LATE_AND_MADE_AGAIN = (*_ALL_RELEASED, *ACCEPTED, CONDITIONED, *_BROKEN_AT_SITE)
"""No bag is left of a released lot; the cells that were retained are made into another."""
