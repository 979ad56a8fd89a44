"""Where the record says that a thing of a unit stands, and by which names it says so."""

from collections.abc import Iterable
from dataclasses import replace

from coi.services.places import place_named
from coi.store import stock
from coi.store.stock import HeldRow
from coi.store.transactions import Transaction

NOWHERE = "-"


def place_of(held: HeldRow) -> str:
    """Where it was put since the unit has it; what another unit wrote down is over."""
    is_now = held.placed_in is not None and held.placed_in >= held.came_in
    return held.place if is_now and held.place else NOWHERE


def names_of(tx: Transaction, place: str) -> tuple[str, ...]:
    """By what the record names a place: people scan its label, or write its name."""
    known = place_named(tx, place)
    return (place, known.name) if known else (place,)


def held_by(tx: Transaction, unit: str) -> list[HeldRow]:
    """What a unit has in hand and has labelled, neither sent nor packed, each thing once."""
    within = _by_package(stock.packed(tx, unit))
    return [_placed(one, within) for one in stock.held(tx, unit)]


def standing(tx: Transaction, coi: str, subject: str, unit: str) -> HeldRow | None:
    """The same of one thing, packed or not; None where the unit does not have it."""
    found = stock.standing(tx, coi, subject, unit)
    if found is None or place_of(found) != NOWHERE:
        return found
    return _placed(found, _by_package(stock.packed_of(tx, coi, unit)))


def _by_package(packed: Iterable[HeldRow]) -> dict[str, list[HeldRow]]:
    within: dict[str, list[HeldRow]] = {}
    for one in packed:
        within.setdefault(one.inside, []).append(one)
    return within


def _placed(held: HeldRow, within: dict[str, list[HeldRow]]) -> HeldRow:
    """A package that was put nowhere itself stands where all that is in it was put last."""
    if place_of(held) != NOWHERE:
        return held
    # Taken out, so that a record which was made to go round ends here.
    inside = [_placed(one, within) for one in within.pop(held.subject, ())]
    places = {place_of(one) for one in inside}
    if len(places) != 1 or NOWHERE in places:
        return held
    return replace(held, place=places.pop(), placed_in=held.came_in)
