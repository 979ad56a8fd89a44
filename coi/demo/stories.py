"""Whole therapies, told as lists of steps: the one that goes well, those that wait, every exit.

A story is played through the use cases by a `Performer`. Played together they leave something in
every state of the packaged definition; with the tours (`coi.demo.tours`) they take every step that
it allows. The tests count both.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

from coi.demo.cast import PATIENTS
from coi.demo.chapters import (
    ACCEPTED,
    AT_BEDSIDE,
    AT_LAB,
    AT_SITE,
    AT_WORKS,
    CHECKED,
    CONDITIONED,
    FILLED,
    FROZEN,
    IN_MANUFACTURE,
    INFUSED,
    LOOKED_INTO,
    MADE,
    MATERIAL_ACCEPTED,
    ORDERED,
    OUT,
    RECEIVED_FRESH,
    RECEIVED_FROZEN,
    RELEASED_EARLY,
    SEEN_AND_CLOSED,
    Step,
    chosen,
    closed,
    collected,
    filled,
    play,
    results,
    started,
    take,
    travelled,
)
from coi.demo.departures import (
    CONSENT_WITHDRAWN,
    CRACKED_ON_ITS_WAY,
    DAMAGED_AND_REJECTED,
    DAMAGED_AND_SALVAGED,
    DAMAGED_AT_THAW,
    DAMAGED_ON_ITS_WAY,
    DAMAGED_WHILE_FROZEN,
    EXTENDED,
    EXTENDED_ON_PAPER,
    GROWTH_AFTER_RELEASE,
    INFUSED_ALL_THE_SAME,
    MOVED_ON_THE_WAY,
    POSTPONED,
    SALVAGED_ON_ITS_WAY,
    STOPPED_WITH_THE_COURIER,
)
from coi.demo.deviations import (
    FOUND_WITHIN,
    FOUND_WITHIN_LATE,
    IN_DOUBT,
    NOT_SUPPLIED,
    NOT_SUPPLIED_IN_DOUBT,
    OUT_OF_SPECIFICATION,
    SUPPLIED,
    SUPPLIED_BETWEEN_TWO_BAGS,
    SUPPLIED_FROM_THE_SHELF,
    SUPPLIED_IN_DOUBT,
    SUPPLIED_IN_LYMPHODEPLETION,
)
from coi.demo.exits import (
    CANCELLED_IN_TESTING,
    COLLECTED_AGAIN,
    DISPENSATION_WITHDRAWN,
    DISPENSED,
    FRESH,
    LATE_FACTS,
    LOT_REJECTED,
    MANUFACTURE_FAILED,
    ON_HOLD,
    POSITIVE_AFTER_INFUSION,
    REJECTED_AT_RECEIPT,
    SENT_BACK,
    TAKEN_BACK,
    WITHDREW,
)
from coi.demo.layers import EXITS_IN_LAYERS, WAITING_IN_LAYERS
from coi.demo.performer import Performer, Wish, spoilt
from coi.demo.setbacks import (
    AGAINST_THE_RULES,
    BAG_LOST,
    BROKEN_AND_MADE_AGAIN,
    BROKEN_LATE_AND_MADE_AGAIN,
    CANCELLED_IN_LYMPHODEPLETION,
    CANCELLED_IN_MANUFACTURE,
    CANCELLED_WHEN_RELEASED,
    DAMAGED,
    DESTROYED_ON_HOLD,
    LOST_AND_MADE_AGAIN,
    MADE_AGAIN,
    REJECTED_AT_THE_WARD,
    REJECTED_ON_ITS_WAY,
    SHIPMENT_LOST,
)
from coi.errors import Refused
from coi.services.acting import take_action
from coi.services.scanning import Code
from coi.services.therapies import look

__all__ = ["GOES_WELL", "STORIES", "Step", "Story", "chosen", "play", "stops_of_the_story", "take"]

Story = Callable[[Performer, Mapping[str, str]], str]
"""Tells what happens to a patient; returns the COI identifier of the therapy that it is about."""

# -- the whole way ---------------------------------------------------------------------------------

GOES_WELL = (
    *ORDERED,
    *collected(),
    *RECEIVED_FROZEN,
    MATERIAL_ACCEPTED,
    started(),
    *MADE,
    *filled(),
    *RELEASED_EARLY,
    *ACCEPTED,
    CONDITIONED,
    *results("sterility"),
    Step("confirm_release"),
    *INFUSED,
    Step("close"),
)
"""From the order to the hand-over to follow-up, released with sterility outstanding."""


def stops_of_the_story(steps: Sequence[Step] = GOES_WELL) -> Iterator[tuple[Step, ...]]:
    """The same story, ended after each step in turn: therapies in every state on its way."""
    for end in range(1, len(steps) + 1):
        yield tuple(steps[:end])


def first_times(steps: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    """The same story, ended after each step that is not like an earlier one."""
    seen = set()
    for told in stops_of_the_story(steps):
        what = (told[-1].action, told[-1].machine, told[-1].state)
        if what not in seen:
            seen.add(what)
            yield told


# -- those that wait -------------------------------------------------------------------------------

BEGUN = (
    *AT_BEDSIDE,
    CHECKED,
    Step("check_at_bedside", "product", "checked"),
    Step("infuse_part", "product", "checked"),
)
"""A part of the first bag is in; the others wait until its rest is."""

WAITING: Mapping[str, Sequence[Step]] = {
    "approval": (),
    "a slot": ORDERED[:2],
    "a collection to be planned": ORDERED,
    "the patient": (*ORDERED, Step("plan_collection")),
    "the cell laboratory": AT_LAB[:-3],
    "freezing": AT_LAB,
    "a shipper": (*AT_LAB, FROZEN),
    "the courier": (*AT_LAB, *RECEIVED_FROZEN[:2]),
    "the courier, unfrozen": (*AT_LAB, RECEIVED_FRESH[0]),
    "inspection of the cells": AT_WORKS,
    "manufacture": (*AT_WORKS, MATERIAL_ACCEPTED),
    "activation": IN_MANUFACTURE,
    "transduction": (*IN_MANUFACTURE, *MADE[:1]),
    "expansion": (*IN_MANUFACTURE, *MADE[:2]),
    "harvest": (*IN_MANUFACTURE, *MADE[:4]),
    "formulation": (*IN_MANUFACTURE, *MADE[:5]),
    "filling": (*IN_MANUFACTURE, *MADE),
    "freezing of the product": (*IN_MANUFACTURE, *MADE, *filled(4)[:1]),
    "quality control": FILLED[:-2],
    "a decision on a lot out of specification": OUT_OF_SPECIFICATION,
    "a decision on a lot in doubt": (*OUT, *IN_DOUBT),
    "the way to the hospital": OUT,
    "the courier to the hospital": (*OUT, *ACCEPTED[:1]),
    "inspection of the product": (*OUT, *ACCEPTED[:-1]),
    "the way back": (
        *OUT,
        *ACCEPTED[:-1],
        Step("reject_product", "product", "received", first=2),
        *travelled("product", "rejected")[:1],
    ),
    "lymphodepletion": AT_SITE,
    "the bedside": AT_BEDSIDE,
    "the physician, with a damaged bag": DAMAGED_AT_THAW,
    "infusion": (*AT_BEDSIDE, CHECKED, CHECKED, CHECKED),
    "the rest of the bag": BEGUN,
    "hand-over to follow-up": (*AT_SITE, CONDITIONED, *INFUSED),
    **WAITING_IN_LAYERS,
}
"""What a therapy waits for, and how it came there."""

# -- exits ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tale:
    """What happens to one therapy that is ordered at this hospital."""

    steps: Sequence[Step]
    site: str = "north"

    def __call__(self, performer: Performer, patient: Mapping[str, str]) -> str:
        """Order it and take the steps; returns the COI identifier."""
        coi = performer.order(patient, self.site)
        play(performer, coi, self.steps)
        return coi


def told(steps: Sequence[Step], site: str = "north") -> Tale:
    """The story of one therapy at this hospital."""
    return Tale(steps, site)


def mixed_up(performer: Performer, patient: Mapping[str, str]) -> str:
    """In the cell laboratory somebody takes the bag of another patient for this one's."""
    stranger = next(other for other in PATIENTS if other != patient)
    first = told(AT_LAB)(performer, patient)
    second = told(AT_LAB)(performer, stranger)
    scan_instead(performer, first, second)
    play(performer, second, LOOKED_INTO)
    play(performer, first, [*closed(), FROZEN])
    return first


def scan_instead(performer: Performer, coi: str, other: str) -> None:
    """Try to freeze the cells of one therapy, with a bag of the other in hand: it is refused."""
    view = look(performer.installation, other)
    (bag, *_) = chosen(view, Step("", "material", "collected"))
    wanted, actor, signers = performer.request(coi, "freeze_material", Wish())
    strange = spoilt(wanted, codes=(Code(f"{view.labels[bag][-1]}/{other}"),))
    with suppress(Refused):
        take_action(performer.installation, strange, actor, signers)


EXITS: Mapping[str, Story] = {
    "goes well": told(GOES_WELL),
    "fresh cells, all results before release": told(FRESH, "south"),
    "collected again": told(COLLECTED_AGAIN),
    "cells rejected at receipt": told(REJECTED_AT_RECEIPT, "south"),
    "manufacture failed twice": told(MANUFACTURE_FAILED),
    "lot rejected, made again": told(LOT_REJECTED),
    "product rejected and sent back": told(SENT_BACK, "south"),
    "patient withdrew": told(WITHDREW),
    "cancelled in testing, all destroyed": told(CANCELLED_IN_TESTING),
    "cancelled when released": told(CANCELLED_WHEN_RELEASED),
    "cancelled in lymphodepletion": told(CANCELLED_IN_LYMPHODEPLETION),
    "rejected in lymphodepletion, made again": told(MADE_AGAIN),
    "lost on its way, made again": told(LOST_AND_MADE_AGAIN),
    "broken at the hospital, made again": told(BROKEN_AND_MADE_AGAIN, "south"),
    "broken in lymphodepletion, made again": told(BROKEN_LATE_AND_MADE_AGAIN),
    **{
        f"cancelled in manufacture, stage {n}": told(steps)
        for n, steps in enumerate(CANCELLED_IN_MANUFACTURE, 1)
    },
    "bag lost on its way": told(BAG_LOST),
    "shipment lost": told(SHIPMENT_LOST, "south"),
    "destroyed while on hold": told(DESTROYED_ON_HOLD),
    "whole therapy on hold": told(ON_HOLD),
    "positive result after infusion": told(POSITIVE_AFTER_INFUSION),
    "late cells, expired product": told(DISPENSED),
    "damaged, infused all the same": told(INFUSED_ALL_THE_SAME),
    "damaged, and the lot rejected": told(DAMAGED_AND_REJECTED),
    "damaged, and the lot rejected on its way": told(DAMAGED_ON_ITS_WAY),
    "damaged, to be moved into another bag": told(DAMAGED_AND_SALVAGED),
    "damaged while frozen": told(DAMAGED_WHILE_FROZEN),
    "damaged, on its way to another bag": told(SALVAGED_ON_ITS_WAY),
    "damaged while frozen, on its way": told(CRACKED_ON_ITS_WAY),
    **{
        f"stopped with the courier, {what}": told(steps)
        for what, steps in STOPPED_WITH_THE_COURIER.items()
    },
    "expiry extended on paper": told(EXTENDED_ON_PAPER),
    "postponed": told(POSTPONED, "south"),
    "expiry extended": told(EXTENDED),
    "growth in a retained sample": told(GROWTH_AFTER_RELEASE, "south"),
    "consent withdrawn": told(CONSENT_WITHDRAWN),
    "moved while the product was on its way": told(MOVED_ON_THE_WAY),
    "supplied out of specification": told(SUPPLIED),
    "supplied out of specification, known late": told(SUPPLIED_IN_DOUBT, "south"),
    "supplied from the shelf of the hospital": told(SUPPLIED_FROM_THE_SHELF),
    "supplied in lymphodepletion": told(SUPPLIED_IN_LYMPHODEPLETION),
    "supplied between two bags": told(SUPPLIED_BETWEEN_TWO_BAGS),
    "out of specification, cancelled": told(NOT_SUPPLIED),
    "out of specification late, cancelled": told(NOT_SUPPLIED_IN_DOUBT),
    "within specification after all": told(FOUND_WITHIN),
    "within specification, found late": told(FOUND_WITHIN_LATE, "south"),
    "dispensation withdrawn": told(DISPENSATION_WITHDRAWN, "south"),
    "recorded late": told(LATE_FACTS),
    "taken back": told(TAKEN_BACK),
    "on paper, against the rules": told(AGAINST_THE_RULES),
    "damaged on its way": told(DAMAGED),
    "rejected on its way to the store": told(REJECTED_ON_ITS_WAY),
    "rejected on its way to the ward": told(REJECTED_AT_THE_WARD, "south"),
    "begun, and the rest destroyed": told((*BEGUN, Step("destroy", "product", "infusing"))),
    "begun, and the lot rejected": told((*BEGUN, Step("reject_lot"))),
    "mixed up in the cell laboratory": mixed_up,
    "something was seen": told(SEEN_AND_CLOSED),
    **{what: told(steps) for what, steps in EXITS_IN_LAYERS.items()},
}

STORIES: Mapping[str, Story] = MappingProxyType(
    {**EXITS, **{f"waits for {what}": told(steps) for what, steps in WAITING.items()}}
)
