"""Everything that each packaged definition allows has been done, through the use cases."""

import pytest
from sqlalchemy import select

from coi.definitions import packaged
from coi.demo.cast import PATIENTS
from coi.demo.others import TOLD
from coi.demo.performer import WORKFLOW
from coi.demo.stories import STORIES
from coi.demo.tours import tour
from coi.services.therapies import list_therapies, look
from coi.store.tables import metadata
from coi.store.tables_registers import TRANSITION
from tests.journeys.walked import WALKED


def test_every_transition_is_walked(performer, record_property):
    """Stories reach every state, and with the tours every transition; the stored moves prove it."""
    tell_every_story(performer)
    empty = states_without_anybody(performer, WORKFLOW)
    tour(performer)

    left = left_unwalked(performer, WORKFLOW, record_property)

    assert empty == {}
    assert left == set()


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.workflow)
def test_every_transition_of_the_others_is_walked(performer, told, record_property):
    """Of every other packaged definition too: its stories, its good one ended anywhere, tours."""
    tell_the_stories(performer, told)
    tour(performer, told.site, told.workflow)

    left = left_unwalked(performer, told.workflow, record_property)

    assert left == set()


def test_every_packaged_definition_is_told():
    """Nothing is packaged of which no story is told."""
    named = {name.rpartition(".")[0] for name in packaged()}

    assert named == {WORKFLOW, *(told.workflow for told in TOLD)}


def tell_the_stories(performer, told):
    """Tell them all, and the good one cut short wherever something has come to a new state."""
    for n, steps in enumerate([*told.stories.values(), *told.cut_short()]):
        told.tell(performer, PATIENTS[n % len(PATIENTS)], steps)


def left_unwalked(performer, workflow, record_property):
    """Give the transitions of a definition that nobody has taken, and print how many are."""
    allowed = stored_transitions(performer, "transition", workflow)
    walked = stored_transitions(performer, "move", workflow)
    share = 100 * len(allowed & walked) / len(allowed)
    engine = performer.installation.engine.dialect.name
    told = f"{len(allowed & walked)} of {len(allowed)} ({share:.1f} %) of {workflow} on {engine}"
    record_property(WALKED, told)
    return allowed - walked


def tell_every_story(performer):
    """Tell them all, to one patient after the other."""
    for n, story in enumerate(STORIES.values()):
        story(performer, PATIENTS[n % len(PATIENTS)])


def states_without_anybody(performer, workflow):
    """Give the states of each machine in which nothing stands, where there are any."""
    listed = list_therapies(performer.installation)
    views = [look(performer.installation, coi) for coi, name, _ in listed if name == workflow]
    taken = {(s.machine, s.position.state) for view in views for s in view.subjects.values()}
    return {
        machine.name: missing
        for machine in views[0].workflow.machines.values()
        if (missing := {state for state in machine.states if (machine.name, state) not in taken})
    }


def stored_transitions(performer, table, workflow):
    """Give the transitions of a definition of which the rows of a table are made."""
    of = metadata.tables[table].c
    query = select(*(of[name] for name in TRANSITION.split())).distinct()
    query = query.where(of.workflow == workflow)
    return set(map(tuple, performer.installation.read(lambda tx: tx.execute(query).all())))
