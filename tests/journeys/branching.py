"""Many stories of one therapy: what several begin with is told once, and copied where they part.

Each end is a world of its own, so that what is done in one of them tells nothing of another.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

from coi.demo.cast import PATIENTS
from coi.demo.chapters import Step, play
from coi.demo.performer import Performer
from tests.journeys.worlds import Databases, World, told_on

IT, BYSTANDER = "it", "bystander"  # the therapy of the stories, and another that is only ordered

Steps = Sequence[Step]


def ordered(databases: Databases, empty: World, home: Path, site: str, workflow: str) -> World:
    """A world in which both are ordered: where the stories begin."""

    def tell(performer: Performer) -> Mapping[str, str]:
        return {
            BYSTANDER: performer.order(PATIENTS[0], site, workflow),
            IT: performer.order(PATIENTS[1], site, workflow),
        }

    home.mkdir()
    return told_on(databases, empty, home, tell)


def ends_of(databases: Databases, begun: World, stories: Sequence[Steps]) -> Iterator[World]:
    """A world for each end that the stories come to; it is gone when the next is asked for."""
    common, left = parted(stories)

    def tell(performer: Performer) -> Mapping[str, str]:
        play(performer, begun.cois[IT], common)
        return {}

    with TemporaryDirectory() as folder:
        world = told_on(databases, begun, Path(folder), tell)
        for group in alike([story for story in left if story]):
            yield from ends_of(databases, world, group)
        # Nobody goes on from here any more: who asked for it may change it.
        if any(not story for story in left):
            yield world
        databases.drop(world.database)


def parted(stories: Sequence[Steps]) -> tuple[Steps, list[Steps]]:
    """What all of them begin with, and what is left of each."""
    side_by_side = zip(*stories, strict=False)
    same = sum(1 for _ in takewhile(lambda steps: all(s == steps[0] for s in steps), side_by_side))
    return stories[0][:same], [story[same:] for story in stories]


def alike(stories: Sequence[Steps]) -> Iterator[list[Steps]]:
    """The stories by their first step."""
    left = list(stories)
    while left:
        first = left[0][0]
        yield [story for story in left if story[0] == first]
        left = [story for story in left if story[0] != first]
