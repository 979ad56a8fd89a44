"""Everything that the packaged definition allows has been done, through the use cases."""

from sqlalchemy import select

from coi.demo.cast import PATIENTS
from coi.demo.stories import STORIES
from coi.demo.tours import tour
from coi.services.therapies import list_therapies, look
from coi.store.tables import metadata
from coi.store.tables_registers import TRANSITION
from tests.journeys.walked import WALKED


def test_every_transition_is_walked(performer, record_property):
    """Stories reach every state, and with the tours every transition; the stored moves prove it."""
    tell_every_story(performer)
    empty = states_without_anybody(performer)
    tour(performer)

    allowed = stored_transitions(performer, "transition")
    walked = stored_transitions(performer, "move")

    share = 100 * len(allowed & walked) / len(allowed)
    engine = performer.installation.engine.dialect.name
    told = f"{len(allowed & walked)} of {len(allowed)} ({share:.1f} %) on {engine}"
    record_property(WALKED, told)
    assert empty == {}
    assert allowed - walked == set()


def tell_every_story(performer):
    """Tell them all, to one patient after the other."""
    for n, story in enumerate(STORIES.values()):
        story(performer, PATIENTS[n % len(PATIENTS)])


def states_without_anybody(performer):
    """Give the states of each machine in which nothing stands, where there are any."""
    views = [
        look(performer.installation, coi) for coi, _, _ in list_therapies(performer.installation)
    ]
    taken = {(s.machine, s.position.state) for view in views for s in view.subjects.values()}
    return {
        machine.name: missing
        for machine in views[0].workflow.machines.values()
        if (missing := {state for state in machine.states if (machine.name, state) not in taken})
    }


def stored_transitions(performer, table):
    """Give the transitions of which the rows of a table are made."""
    of = metadata.tables[table].c
    query = select(*(of[name] for name in TRANSITION.split())).distinct()
    return set(map(tuple, performer.installation.read(lambda tx: tx.execute(query).all())))
