"""The demonstration: a whole made-up world, in a folder of its own, by the real use cases."""

from dataclasses import replace

import pytest

from coi.definitions import packaged_workflow
from coi.demo import begin as demonstration
from coi.demo.population import how_many
from coi.services.installation import DEMONSTRATION, open_installation
from coi.services.therapies import list_therapies, look
from coi.services.verifying import verify_record
from coi.settings import Settings
from tests.coi.clinic import QUICK


def settings_for(home):
    """Settings for a data folder."""
    return Settings.from_environment({"COI_HOME": str(home)})


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The demonstration, played once with a quick hasher."""
    home = tmp_path_factory.mktemp("demo") / "home"
    slow = demonstration.open_installation
    demonstration.open_installation = lambda settings: replace(slow(settings), hasher=QUICK)
    try:
        demonstration.begin(settings_for(home), 0, 1, lambda _story: None)
    finally:
        demonstration.open_installation = slow
    installation = open_installation(settings_for(home))
    yield installation
    installation.engine.dispose()


def test_it_is_marked_as_not_for_clinical_use(played):
    """Whoever opens the folder sees what it is."""
    assert played.demonstration
    assert (played.settings.home / DEMONSTRATION).read_text() == "Not for clinical use.\n"


def test_something_stands_in_every_state(played):
    """Of every machine, every state of the definition is there to be looked at."""
    workflow = packaged_workflow("autologous-car-t")
    every = {(m.name, state) for m in workflow.machines.values() for state in m.states}

    therapies = list_therapies(played)
    standing = {
        (subject.machine, subject.position.state)
        for coi, *_ in therapies
        for subject in look(played, coi).subjects.values()
    }

    assert standing == every
    assert len(therapies) >= how_many(0)


def test_its_record_is_whole(played):
    """The verifier finds nothing in it."""
    assert verify_record(played).findings == ()


def test_nothing_in_it_lies_in_the_future(played):
    """The stories end before now: no entry is dated after the moment of playing."""
    now = played.clock.now().isoformat()
    therapies = [look(played, coi) for coi, *_ in list_therapies(played)]

    assert all(event.recorded_at < now for view in therapies for event in view.history)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    """Somebody's record, or anything at all, is not overwritten."""
    (tmp_path / "precious").write_text("keep")

    with pytest.raises(demonstration.NotADemonstration):
        demonstration.begin(settings_for(tmp_path), 0, 1, lambda _story: None)

    assert [path.name for path in tmp_path.iterdir()] == ["precious"]
