"""Everything that each packaged definition allows has been done, through the use cases."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

from coi.definitions import packaged, packaged_workflow
from coi.demo.chapters import Step
from coi.demo.others import TOLD
from coi.demo.performer import WORKFLOW, Performer
from coi.demo.stories import STORIES, Tale, mixed_up
from coi.demo.tours import every_spot, tour
from coi.store.tables import metadata
from coi.store.tables_registers import TRANSITION
from tests.journeys.branching import BYSTANDER, IT, ends_of, ordered
from tests.journeys.doubting import doubting, steps_of
from tests.journeys.walked import WALKED
from tests.journeys.worlds import Databases, World, copy_of, verdict_of
from tests.journeys.written import misplanned

_TALES = [story for story in STORIES.values() if isinstance(story, Tale)]
TO_TELL: Mapping[str, Mapping[str, Sequence[Sequence[Step]]]] = {
    WORKFLOW: {
        site: [tale.steps for tale in _TALES if tale.site == site]
        for site in sorted({tale.site for tale in _TALES})
    },
    **{told.workflow: {told.site: [*told.stories.values(), *told.cut_short()]} for told in TOLD},
}
"""For each definition the stories of each hospital."""


class Walked:
    """What a definition allows, and what of it has been walked in all the worlds."""

    def __init__(self, workflow: str) -> None:
        self.workflow = packaged_workflow(workflow)
        self.unwalked = every_spot(self.workflow)
        # Steps that are copied from paper, as every definition lets them be, are told of in
        # test_go_live.
        self.own = set(map(astuple, self.workflow.transitions))
        self.allowed: set[tuple[object, ...]] = set()
        self.moves: set[tuple[object, ...]] = set()
        self.refused: set[tuple[str, str]] = set()  # releases that nobody had reviewed the trail of

    def tour(self, performer: Performer, cois: Mapping[str, str]) -> bool:
        """Lead through the therapy, note what was walked; the record is whole with what is new.

        What ended one thing kept another end from it: true where a second tour would find more.
        """
        left = len(self.unwalked)
        more = tour(performer, cois[IT], cois[BYSTANDER], self.unwalked)
        self.allowed = self.allowed or self._stored(performer, "transition") & self.own
        self.moves |= self._stored(performer, "move")
        if len(self.unwalked) == left:
            return False
        assert misplanned(performer.installation) == []
        assert verdict_of(performer.installation).findings == ()
        return more

    def _stored(self, performer: Performer, table: str) -> set[tuple[object, ...]]:
        """The transitions of the definition of which the rows of a table are made."""
        of = metadata.tables[table].c
        query = select(*(of[name] for name in TRANSITION.split())).distinct()
        query = query.where(of.workflow == self.workflow.name)
        return set(map(tuple, performer.installation.read(lambda tx: tx.execute(query).all())))

    @property
    def left(self) -> set[tuple[object, ...]]:
        """What is allowed, and nobody has done."""
        return self.own - (self.allowed & self.moves)

    def told(self, engine: str) -> str:
        """One line for whoever looks at the run."""
        walked, all_ = len(self.allowed & self.moves), len(self.own)
        share = 100 * walked / all_
        return f"{walked} of {all_} ({share:.1f} %) of {self.workflow.name} on {engine}"


@pytest.mark.parametrize("workflow", TO_TELL)
def test_every_transition_is_walked(databases, empty_world, tmp_path, workflow, record_property):
    """Stories and tours take every transition, in records that are whole; stored moves prove it.

    Each release is tried before the trail was reviewed, and refused for that alone: no definition
    has another way (A11d-12.8).
    """
    walked = Walked(workflow)
    for site, stories in TO_TELL[workflow].items():
        begun = ordered(databases, empty_world, tmp_path / site, site, workflow)
        begun = replace(begun, performer=doubting(begun.performer, walked.refused))
        for end in ends_of(databases, begun, stories):
            while tour_in_a_copy(walked, databases, end):
                continue
            if databases.server and not walked.left:
                break  # every story is told in files; here as many as it takes
        databases.drop(begun.database)
    record_property(WALKED, walked.told("postgresql" if databases.server else "sqlite"))

    assert walked.left == set()
    assert walked.refused == steps_of(walked.workflow)


def tour_in_a_copy(walked: Walked, databases: Databases, end: World) -> bool:
    """Tour a copy of the world in which a story has ended; true if another would find more."""
    with TemporaryDirectory() as home, copy_of(databases, end, Path(home)) as performer:
        return walked.tour(performer, end.cois)


def test_every_packaged_definition_is_told():
    """Nothing is packaged of which no story is told, and no story is left out."""
    named = {name.rpartition(".")[0] for name in packaged()}

    assert named == TO_TELL.keys()
    assert [story for story in STORIES.values() if not isinstance(story, Tale)] == [mixed_up]
