"""Everything that the packaged definition allows has been done, through the use cases."""

from sqlalchemy import text

from coi.demo.cast import PATIENTS
from coi.demo.stories import STORIES
from coi.demo.tours import tour
from coi.services.therapies import list_therapies, look
from tests.journeys.walked import WALKED

_TRANSITION = (
    "workflow, from_version, version, machine, action, from_state, to_state, custody,"
    " stop_effect, while_stopped, scans, patient, signatures"
)


def test_every_transition_is_walked(performer, record_property):
    """Stories reach every state, and with the tours every transition; the stored moves prove it."""
    tell_every_story(performer)
    empty = states_without_anybody(performer)
    tour(performer)

    allowed = stored(performer, f"SELECT {_TRANSITION} FROM transition")
    walked = stored(performer, f"SELECT DISTINCT {_TRANSITION} FROM move")  # noqa: S608

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


def stored(performer, query):
    """Give the rows that the database holds."""
    return set(map(tuple, performer.installation.read(lambda tx: tx.execute(text(query)).all())))
