"""The demonstration: a whole made-up world, in a folder of its own, by the real use cases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from coi.app import create_app
from coi.cli import main
from coi.clock import parse_rfc3339
from coi.definitions import packaged_workflow
from coi.demo.cast import PASSWORD, PATIENTS, STAFF
from coi.demo.chapters import AT_SITE, CHECKED, CONDITIONED, INFUSED_WHOLE, play
from coi.demo.others import SHOWN
from coi.demo.performer import Performer, Wish
from coi.demo.population import HOUR, HOURS_AGO, LONGEST_DAYS, Resumed, lasts, thawed_just_now
from coi.demo.sheet import KEPT, sheet_of
from coi.demo.stories import BEGUN, GOES_WELL, STORIES, Tale
from coi.services.badge_door import Shown, sign_in_by_badge
from coi.services.devices import register_device
from coi.services.installation import DEMONSTRATION, open_installation
from coi.services.proofs import authenticate
from coi.services.therapies import list_therapies, look
from coi.services.verifying import verify_record
from coi.settings import Settings
from coi.store.alarms import planned_rows
from coi.store.tasks import task_rows
from coi.web.visitors import NotForWork
from tests.coi.clinic import QUICK
from tests.journeys.written import misplanned

WISH = Wish()


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


FEW, EVERY = 30, len(STORIES) + len(SHOWN) + 2
"""So many stories are played in each run, and each that there is by `make soak`: two went live."""
END = parse_rfc3339("2026-11-30T12:00:00.000000Z")


def quickly(home, therapies):
    """What is printed when the demonstration is played anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("coi.services.installation.hasher", lambda: QUICK)
        return typed(home, "--therapies", str(therapies), "--no-serve")


@pytest.fixture(scope="module")
def answer(home):
    """What is printed when a part of the demonstration is played anew."""
    return quickly(home, FEW)


@pytest.fixture(scope="module")
def played(home, answer):
    """The installation in which it was played."""
    assert answer.exit_code == 0, answer.output
    installation = open_installation(settings_for(home))
    yield installation
    installation.engine.dispose()


def test_the_badges_of_the_sheet_open_a_registered_device(played):
    """Two of the cast change by badge and PIN, once somebody has registered the device (DI-02)."""
    queenie = authenticate(played, "queenie", PASSWORD)
    held = register_device(played, queenie, "works-production", "Tablet of a visitor")

    badges = sheet_of(played).badges

    assert [one.username for one in badges] == ["mia", "max"]
    assert all(sign_in_by_badge(played, Shown(one.serial, one.pin, held)) for one in badges)


def test_it_is_marked_as_not_for_clinical_use(played):
    """Whoever opens the folder sees what it is."""
    assert played.demonstration
    assert (played.settings.home / DEMONSTRATION).read_text() == "Not for clinical use.\n"


@pytest.mark.soak
def test_something_stands_in_every_state(tmp_path):
    """Of every machine, every state of the definition is there to be looked at."""
    workflow = packaged_workflow("autologous-car-t")
    every = {(m.name, state) for m in workflow.machines.values() for state in m.states}
    assert quickly(tmp_path / "home", EVERY).exit_code == 0

    played = open_installation(settings_for(tmp_path / "home"))
    therapies = list_therapies(played)
    standing = {
        (subject.machine, subject.position.state)
        for coi, name, _state in therapies
        if name == workflow.name
        for subject in look(played, coi).subjects.values()
    }

    assert standing == every
    assert min(thaws_that_end(played)) > played.clock.now()
    assert len(therapies) == EVERY + 1  # in one story a therapy is mixed up with another
    assert verify_record(played).holds
    played.engine.dispose()


def test_what_was_left_over_is_gone(home, played):
    """A demonstration that broke off is not played on, it is begun anew."""
    assert played.demonstration
    assert not (home / "left over").exists()


def test_everybody_is_named_with_the_password(answer):
    """Whoever plays knows who can act, in which role, and what to type next."""
    assert f"Everybody's password: {PASSWORD}\n" in answer.stdout
    assert all(staff.printed_name in answer.stdout for staff in STAFF)
    assert "ines     Dr. Ines Okafor     treating physician (North Hospital)" in answer.stdout


def test_the_codes_to_begin_with_are_printed(played, answer):
    """The order, the wristband that counts, the bags at the bedside, and what the patient says."""
    first = sheet_of(played).cases[0]
    at_bedside = [thing.code for thing in first.things if thing.state == "thawed"]

    assert len(at_bedside) == 2
    assert all(f"bag        {code}" in answer.stdout for code in at_bedside)
    assert f"order      {first.coi}\n  wristband  {first.wristband}\n" in answer.stdout
    assert f"{first.says['family name']}, {first.says['birth date']}" in answer.stdout


def test_it_is_not_played_a_second_time_unasked(home, played):
    """What somebody tried out in it stays, until --fresh is said."""
    before = list_therapies(played)

    again = typed(home, "--no-serve")

    assert f"The demonstration is in {home}; --fresh begins it anew." in again.stdout
    assert list_therapies(played) == before


def test_it_is_begun_anew_when_that_is_said(tmp_path):
    """What somebody tried out in it goes away with it."""
    for name in (DEMONSTRATION, KEPT, "tried out"):
        (tmp_path / name).touch()

    typed(tmp_path, "--therapies", "1", "--fresh", "--no-serve")

    assert not (tmp_path / "tried out").exists()
    assert (tmp_path / KEPT).read_text()


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


# -- the visitors' sheet ---------------------------------------------------------------------------


class Newcomer(Performer):
    """Acts for the whole cast, and notes what they scan that does not stand on the sheet then."""

    def do(self, coi, name, wish=WISH, view=None):
        """Look for every code on the sheet before the step is taken."""
        wanted, _actor, _signers = self.request(coi, name, wish, view)
        sheet = sheet_of(self.installation)
        case = next(case for case in sheet.ordered if case.coi == coi)
        known = {case.coi, case.wristband, sheet.shipper, *(thing.code for thing in case.things)}
        self.missing += [(name, code.raw) for code in wanted.codes if code.raw not in known]
        return super().do(coi, name, wish, view)


@pytest.fixture
def newcomer(played):
    """Somebody who acts as everybody, in what was played."""
    proven = {staff.username: authenticate(played, staff.username, PASSWORD) for staff in STAFF}
    acting = Newcomer(played, proven, sheet_of(played).shipper)
    acting.missing = []
    return acting


def test_whoever_takes_a_therapy_from_order_to_infusion_finds_each_code(newcomer):
    """Every order, wristband, label and shipper stands on the sheet when it is to be scanned."""
    coi = newcomer.order(PATIENTS[3])

    play(newcomer, coi, (*AT_SITE, CONDITIONED, *INFUSED_WHOLE))

    assert newcomer.missing == []


def test_only_patients_of_the_cast_are_told(newcomer):
    """What somebody typed into an order of their own is not shown to whoever comes by."""
    coi = newcomer.order({**PATIENTS[0], "family_name": "Somebody", "medical_record_number": "x1"})

    case = next(case for case in sheet_of(newcomer.installation).ordered if case.coi == coi)

    assert case.says == {}


def test_the_sheet_stands_on_the_pages_of_the_demonstration(played):
    """Whoever has not signed in yet finds it."""
    visitor = create_app(played, for_visitors=sheet_of).test_client()

    answer = visitor.get("/visitors")

    assert 'href="/visitors"' in visitor.get("/sign-in").text
    assert sheet_of(played).cases[0].wristband in answer.text
    assert all(one.serial in answer.text for one in sheet_of(played).badges)


def test_no_application_has_the_sheet_by_itself(played):
    """Not even of a demonstration: it is `coi demo` that adds it."""
    visitor = create_app(played).test_client()

    assert visitor.get("/visitors").status_code == 404
    assert "/visitors" not in visitor.get("/sign-in").text


def test_an_installation_that_is_at_work_never_gets_the_sheet(played):
    """It refuses to begin with it, whoever asks."""
    with pytest.raises(NotForWork):
        create_app(replace(played, demonstration=False), for_visitors=sheet_of)


def test_a_visitor_meets_a_usual_day(played):
    """Nothing of the first therapy is late; of all others few are, and none since long ago."""
    (first, *_others) = sheet_of(played).cases
    now, every = played.clock.now(), [coi for coi, *_ in list_therapies(played)]

    rows = {coi: played.read(lambda tx, coi=coi: task_rows(tx, coi)) for coi in every}

    due = {coi: min(parse_rfc3339(row[2]) for row in found) for coi, found in rows.items()}
    assert due[first.coi] > now
    assert sum(at < now for at in due.values()) <= len(every) / 5
    assert min(due.values()) > now - timedelta(days=7)


def thaws_that_end(installation):
    """When the time of each bag that is thawed and not yet infused is over."""
    every = [coi for coi, *_ in list_therapies(installation)]
    planned = [installation.read(lambda tx, coi=coi: planned_rows(tx, coi)) for coi in every]
    return [parse_rfc3339(row[3]) for rows in planned for row in rows if row[0] == "thaw-window"]


def test_what_a_visitor_finds_thawed_may_still_be_infused(played):
    """On no ward lies a bag whose time was over hours ago; `make soak` asks it of every story."""
    ends = thaws_that_end(played)

    assert len(ends) >= 2
    assert min(ends) > played.clock.now()


@pytest.mark.parametrize("steps", [BEGUN, GOES_WELL[: GOES_WELL.index(CHECKED) + 1]])
def test_a_story_that_ends_beside_a_thawed_bag_thaws_it_just_now(steps):
    """An hour is what the bag has; what came before keeps its pace."""
    story = thawed_just_now(Tale(steps), END)

    assert isinstance(story, Resumed)
    assert story.told.today[0].action == "thaw"
    assert (*story.told.before, *story.told.today) == steps
    assert story.told.ago < HOUR


@pytest.mark.parametrize("steps", [GOES_WELL, AT_SITE])
def test_a_story_that_ends_elsewhere_is_told_as_it_is(steps):
    """Nothing is thawed when it ends."""
    assert thawed_just_now(Tale(steps), END) == Tale(steps)


@pytest.mark.parametrize("story", [*STORIES.values(), *SHOWN.values()])
def test_no_story_takes_longer_than_the_people_are_there(story):
    """Everybody was hired before its first step."""
    assert lasts(story) + max(HOURS_AGO) * HOUR < timedelta(days=LONGEST_DAYS)
