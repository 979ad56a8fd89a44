"""What is closed around a thing: which moves need it open, and what is in what.

A package or a shipment is born closed around what was scanned into it, and its life ends when it is
opened; closed again, it is another one. So each thing is in one closed layer at most, and that one
in the next: what a step does to a thing inside follows from its rule, and no definition writes it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum

from workflows.facts import Position, Subject
from workflows.model import Action, Custody, Kind, MoveRule, Pick, Relation, Verb

PACKAGING = frozenset({Kind.PACKAGE, Kind.SHIPMENT})
"""What is closed around other things."""
NOTHING = "-"


class Packing(StrEnum):
    """What a move asks of the layers around its subject, and does to them."""

    OUTSIDE = "outside"  # nothing is closed around it, before and after
    INSIDE = "inside"  # it goes along with what is closed around it
    EITHER = "either"  # wherever it is, it stays there: decided on paper, or lost
    GOES_IN = "goes_in"  # something is closed around it
    COMES_OUT = "comes_out"  # what was closed around it is opened


_FOLLOWS: Mapping[str, Callable[[str, str], bool]] = {
    Packing.OUTSIDE: lambda before, after: before == after == NOTHING,
    Packing.INSIDE: lambda before, after: before == after != NOTHING,
    Packing.EITHER: lambda before, after: before == after,
    Packing.GOES_IN: lambda before, after: before == NOTHING != after,
    Packing.COMES_OUT: lambda before, after: before != NOTHING == after,
}


def goes_with(packing: str, before: str, after: str) -> bool:
    """A move with this word can lead from inside the one package to inside the other."""
    return packing in _FOLLOWS and _FOLLOWS[packing](before, after)


def moves_with(packing: str, inside: str, custody: str) -> tuple[str, str] | None:
    """The package with which a move goes, and by which word of custody that moves beside it."""
    if packing == Packing.COMES_OUT:
        return inside, Custody.ENDS.value
    return (inside, custody) if packing == Packing.INSIDE else None


def packing_of(action: Action, rule: MoveRule) -> Packing:
    """What this move of this action asks of the layers around its subject."""
    # A decision on paper reaches what is packed, and what is missing from its package is lost
    # alone.
    if rule.custody in {Custody.NONE, Custody.LOSES}:
        return Packing.EITHER
    if rule.pick is Pick.CONTENTS:
        return Packing.INSIDE
    if action.verb is Verb.PACK and rule.machine in _packed_by(action):
        return Packing.GOES_IN
    opens = action.verb is Verb.UNPACK and rule.custody is Custody.KEEPS
    return Packing.COMES_OUT if opens else Packing.OUTSIDE


def reaches(action: Action, rule: MoveRule, position: Position) -> bool:
    """Nothing that is closed around it, or open, stands in the way of this move."""
    packing = packing_of(action, rule)
    if packing is Packing.EITHER:
        return True
    is_inside = position.inside != NOTHING
    return is_inside == (packing in {Packing.INSIDE, Packing.COMES_OUT})


def _packed_by(action: Action) -> set[str]:
    """The machines around which something is closed by this action."""
    closed = (rule for rule in action.moves if rule.relation is Relation.PACKED_IN)
    return {machine for rule in closed for machine in rule.parents}


def depth(subjects: Mapping[str, Subject], thing: Subject) -> int:
    """How many layers are closed around a thing."""
    return sum(1 for _ in layers(subjects, thing))


def layers(subjects: Mapping[str, Subject], thing: Subject) -> Iterator[Subject]:
    """What is closed around a thing, from the innermost layer to the outermost.

    A record that was tampered with may go round, or name what is not there: it ends there, so that
    whoever looks for the tampering can read it.
    """
    passed = {thing.id}
    while (around := thing.position.inside) in subjects and around not in passed:
        thing = subjects[around]
        passed.add(thing.id)
        yield thing


def contents(subjects: Mapping[str, Subject], package: str) -> tuple[Subject, ...]:
    """What is directly in a package, as far as the record says; what was lost in it too."""
    return tuple([one for one in subjects.values() if one.position.inside == package])


def everything_within(
    subjects: Mapping[str, Subject], packages: Iterable[str]
) -> tuple[Subject, ...]:
    """What is in these packages, and in the packages in them, at any depth."""
    within: dict[str, Subject] = {}
    opened = list(packages)
    while opened:
        for one in contents(subjects, opened.pop()):
            if one.id not in within:
                within[one.id] = one
                opened.append(one.id)
    return tuple(within.values())
