"""What a correction reaches of what lives now: things that an earlier step had in hand or made.

The step was taken then; the bag has moved on since, may be with a courier or thawed, and what was
used up lives on in what was made of it. So the thing is looked for where it stands now.
"""

from collections.abc import Callable, Iterable, Iterator

from workflows.case import Case
from workflows.correcting import Past
from workflows.facts import Subject
from workflows.model import Kind, Relation

_HELD = frozenset({Kind.CONTAINER, Kind.LOT})
"""A sample is used up by its tests, and reaches nobody; of a shipment the bags inside are held."""


def living(case: Case, past: Past, is_broken: Callable[[Case], bool]) -> list[Subject]:
    """What lives now of the things for which an earlier step would have been refused."""
    return [s for s in _descent(case, _doubted(case, past, is_broken)) if not case.is_final(s)]


def _doubted(case: Case, past: Past, is_broken: Callable[[Case], bool]) -> list[Subject]:
    """The things for each of which alone the rule is broken; all of the step, where none is.

    Where the step had recorded the value itself, those of which it had.
    """
    moved = [case.facts.subjects[name] for name in past.deed.subjects]
    things = [one for one in moved if case.kind_of(one.machine) in _HELD]
    turns = past.after.turns_of(*_HELD)
    alone = [t.subject for t in turns if is_broken(past.after.with_turns((t,)))]
    return [one for one in things if one.id in past.of] or alone or things


def _descent(case: Case, things: Iterable[Subject]) -> Iterator[Subject]:
    """Each of these, and what was made of it, each once."""
    waiting, met = list(things), set[str]()
    while waiting:
        thing = waiting.pop(0)
        if thing.id not in met:
            met.add(thing.id)
            yield thing
            made = case.children(thing.id, Relation.MADE_OF)
            waiting += [one for one in made if case.kind_of(one.machine) in _HELD]
