"""The demonstration: a whole made-up world, in a folder of its own, by the real use cases."""

import pytest
from click.testing import CliRunner

from coi.cli import main
from coi.definitions import packaged_workflow
from coi.demo.cast import PASSWORD, STAFF
from coi.demo.stories import STORIES
from coi.services.installation import DEMONSTRATION, open_installation
from coi.services.therapies import list_therapies, look
from coi.services.verifying import verify_record
from coi.settings import Settings
from tests.coi.clinic import QUICK
from tests.journeys.written import misplanned


def settings_for(home):
    """Settings for a data folder."""
    return Settings.from_environment({"COI_HOME": str(home)})


def typed(home, *words):
    """Type `coi demo`, for a data folder."""
    return CliRunner().invoke(main, ["demo", *words], env={"COI_HOME": str(home)})


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A data folder with what is left of a demonstration that did not come to its end."""
    folder = tmp_path_factory.mktemp("demo") / "home"
    folder.mkdir()
    (folder / DEMONSTRATION).touch()
    (folder / "left over").touch()
    return folder


@pytest.fixture(scope="module")
def answer(home):
    """What is printed when the demonstration is played anew, with two stories more than it has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coi.services.installation.hasher", lambda: QUICK)
        return typed(home, "--therapies", str(len(STORIES) + 2), "--fresh", "--no-serve")


@pytest.fixture(scope="module")
def played(home, answer):
    """The installation in which it was played."""
    assert answer.exit_code == 0, answer.output
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
    assert len(therapies) >= len(STORIES) + 2


def test_what_was_left_over_is_gone(home, played):
    """A demonstration that broke off is not played on, it is begun anew."""
    assert played.demonstration
    assert not (home / "left over").exists()


def test_everybody_is_named_with_the_password(answer):
    """Whoever plays knows who can act, in which role, and what to type next."""
    assert f"Everybody's password: {PASSWORD}\n" in answer.stdout
    assert all(staff.printed_name in answer.stdout for staff in STAFF)
    assert "ines     Dr. Ines Okafor     treating physician (north)" in answer.stdout


def test_it_is_not_played_a_second_time_unasked(home, played):
    """What somebody tried out in it stays, until --fresh is said."""
    before = list_therapies(played)

    again = typed(home, "--no-serve")

    assert f"The demonstration is in {home}; --fresh begins it anew." in again.stdout
    assert list_therapies(played) == before


def test_its_record_is_whole(played):
    """The verifier finds nothing in it."""
    assert verify_record(played).findings == ()


def test_what_is_next_in_it_is_what_its_positions_say(played):
    """The lists from which people work are right from the beginning."""
    assert misplanned(played) == []


def test_nothing_in_it_lies_in_the_future(played):
    """The stories end before now: no entry is dated after the moment of playing."""
    now = played.clock.now().isoformat()
    therapies = [look(played, coi) for coi, *_ in list_therapies(played)]

    assert all(event.recorded_at < now for view in therapies for event in view.history)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    """Somebody's record, or anything at all, is not overwritten."""
    (tmp_path / "precious").write_text("keep")

    refused = typed(tmp_path, "--fresh", "--no-serve")

    assert (refused.exit_code, "[NOT_A_DEMONSTRATION]" in refused.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]
