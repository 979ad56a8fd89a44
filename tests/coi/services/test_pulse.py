"""The clock and the recording itself are watched; what was set, or missing, is on record."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from coi.errors import DataRefused
from coi.services.beats import beat_file, last_beat
from coi.services.disk import Disk
from coi.services.gaps import following_not, gaps
from coi.services.hands import Hands, follows_others, hands_of
from coi.services.installing import prepare
from coi.services.pulse import Pulse
from coi.services.served import served
from coi.services.stepped import accept_clock, clock_in_doubt, steps
from coi.services.untold import untold_file
from coi.services.verifying import verify_record
from coi.settings import Settings
from coi.store.entries import entries_of
from coi.store.facts import ORGANISATION
from tests.coi.clinic import NOW

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ROUNDS = 6


@dataclass
class Machine:
    """A machine whose clock somebody can set, and whose time passes all the same."""

    installation: object
    wall: datetime = NOW + HOUR
    ticks: float = 5_000.0
    boot: str = "first"
    follows: bool | None = True

    def now(self):
        """What the clock shows."""
        return self.wall

    def passes(self, duration):
        """Time passes."""
        self.wall += duration
        self.ticks += duration.total_seconds()

    def starts_again(self, **anew):
        """A process of the server starts, with this clock."""
        hands = Hands(
            self, lambda: self.ticks, lambda: self.follows, anew.get("boot", self.boot), "server"
        )
        self.boot = hands.boot
        installation = replace(self.installation, clock=self, **anew.get("other", {}))
        return Pulse(installation, hands)

    def read(self, look):
        """What the record says."""
        return self.installation.read(look)


@pytest.fixture
def machine(begun):
    """A server that recorded a moment ago, on either database."""
    found = Machine(begun)
    found.starts_again().look()
    return found


@pytest.fixture
def here(clinic):
    """The same on a file, where the database is not the point."""
    found = Machine(clinic.installation)
    found.starts_again().look()
    return found


def told(machine, action):
    """What the organisation's entries of this action say."""
    texts = machine.read(lambda tx: [text for _, text, _ in entries_of(tx, ORGANISATION)])
    return [one for one in map(json.loads, texts) if one["action"] == action]


def length(machine):
    """How many entries the organisation has."""
    return machine.read(lambda tx: sum(1 for _ in entries_of(tx, ORGANISATION)))


@pytest.mark.parametrize("step", [HOUR, -HOUR])
def test_a_clock_that_is_set_is_on_record_once_and_bars_what_relies_on_it(machine, step, caplog):
    """Forward as well as back, however many processes see it (CL-03, A11d-12.3, WL-01)."""
    pulses = [machine.starts_again() for _ in range(4)]
    for one in pulses:
        one.look()
    machine.passes(MINUTE)
    machine.wall += step
    for one in pulses:
        one.look()

    (entry,) = told(machine, "clock_stepped")
    assert (
        entry["document"] | {"drift_seconds": f"{step.total_seconds():+.3f}"} == entry["document"]
    )
    assert entry["document"]["wall"] != entry["document"]["expected"]
    assert machine.read(clock_in_doubt)
    assert [one.message for one in caplog.records].count("clock_stepped") == 1
    assert verify_record(machine.installation).findings == ()


def test_processes_that_see_it_at_the_same_moment_write_one_entry(machine):
    """Whoever comes second finds what the first one wrote, of a gap and of a start too."""
    for round_ in range(ROUNDS):
        other = replace(machine.installation.settings, help_line=f"Call {round_}")
        pulses = [machine.starts_again(other={"settings": other}) for _ in range(4)]
        for one in pulses:
            one.compare()
        machine.passes(5 * MINUTE)
        machine.wall += HOUR
        with ThreadPoolExecutor(4) as at_once:
            list(at_once.map(lambda one: one.look(), pulses))

    actions = ("clock_stepped", "not_recording", "serving")
    assert [len(told(machine, one)) for one in actions] == [ROUNDS, ROUNDS, 1 + ROUNDS]


@pytest.mark.parametrize(
    ("drift", "number", "is_in_doubt"),
    [(2.0, 0, False), (2.1, 1, False), (-2.1, 1, False), (300.0, 1, False), (-300.1, 1, True)],
)
def test_by_how_much_it_was_set_decides(here, drift, number, is_in_doubt):
    """More than two seconds is an entry, more than five minutes a doubt (CL-03)."""
    pulse = here.starts_again()
    pulse.look()

    here.wall += timedelta(seconds=drift)
    pulse.look()

    assert len(here.read(steps)) == number
    assert bool(here.read(clock_in_doubt)) is is_in_doubt


@pytest.mark.parametrize("each", [1.5, 200.0])
def test_many_small_steps_are_a_large_one(here, each):
    """Whoever moves it by a little each time comes no further."""
    pulse = here.starts_again()

    for _ in range(int(302 // each) + 1):
        pulse.look()
        here.wall += timedelta(seconds=each)
    pulse.look()

    assert sum((one.drift for one in here.read(steps)), timedelta()) > timedelta(minutes=5)
    assert here.read(clock_in_doubt)


def test_time_that_passes_is_no_step(here):
    """However long a machine sleeps: its second hand sleeps with nobody."""
    pulse = here.starts_again()
    pulse.look()
    here.passes(timedelta(days=400))
    pulse.look()

    assert here.read(steps) == []


def test_a_clock_that_is_set_while_no_server_runs_is_seen_at_the_start(here):
    """By its second hand; over a new start of the machine, only that it went back."""
    here.passes(MINUTE)
    here.wall += HOUR
    here.starts_again().look()
    here.starts_again(boot="second").look()
    known = len(here.read(steps))
    here.wall -= 2 * HOUR
    here.ticks = 10.0
    here.starts_again(boot="third").look()

    assert (known, [one.drift for one in here.read(steps)]) == (1, [-2 * HOUR, HOUR])


def test_quality_assurance_alone_signs_that_work_goes_on(clinic, here):
    """With a reason, and only where something is to be signed; a later step is a new doubt."""
    queenie = clinic.hire("queenie", ("qa_reviewer", "works-production"))
    pulse = here.starts_again()
    pulse.look()
    at_work = replace(clinic.installation, clock=here)
    with pytest.raises(DataRefused, match="not in doubt"):
        accept_clock(at_work, queenie, "To be sure.")
    here.wall += HOUR
    pulse.look()
    for by, why in ((queenie, " "), (clinic.root, "It is urgent.")):
        with pytest.raises(DataRefused):
            accept_clock(at_work, by, why)
    still = here.read(clock_in_doubt)

    number = accept_clock(at_work, queenie, "It was set by hand.")
    goes_on = here.read(clock_in_doubt)
    here.wall += HOUR
    pulse.look()

    assert (bool(still), number, goes_on) == (True, 1, "")
    assert here.read(clock_in_doubt)


@pytest.mark.parametrize(("minutes", "number"), [(2, 0), (3, 1)])
def test_where_nothing_was_recorded_the_record_says_from_when_to_when(machine, minutes, number):
    """Once, whichever process of the server comes first; shorter pauses are none (WL-02)."""
    since = machine.wall
    machine.passes(minutes * MINUTE)
    for pulse in [machine.starts_again() for _ in range(4)]:
        pulse.look()

    assert [one.since[:19] for one in machine.read(gaps)] == [f"{since:%Y-%m-%dT%H:%M:%S}"] * number
    assert verify_record(machine.installation).findings == ()


def test_a_server_at_work_beats_and_adds_nothing_to_the_record(here):
    """Its cost on the ledger is bounded: hours of beats are no entry."""
    pulse = here.starts_again()
    before = length(here)
    for _ in range(240):
        here.passes(timedelta(seconds=30))
        pulse.look()

    assert length(here) == before
    assert last_beat(here.installation.settings).hands.at == here.wall
    assert last_beat(here.installation.settings).server == "server"


def test_what_cannot_be_written_is_a_gap_once_it_can(here, caplog):
    """A disk that failed is a server that does not record; it is told once in the log."""
    disk = Disk(here.installation.settings.home)
    disk.fail()
    failing, since = here.starts_again(other={"disk": disk}), here.wall
    for _ in range(600):
        here.passes(timedelta(seconds=1))
        failing.look()

    here.starts_again().look()

    (gap,) = here.read(gaps)
    assert (gap.since[:19], gap.until[:19]) == (
        f"{since:%Y-%m-%dT%H:%M:%S}",
        f"{here.wall:%Y-%m-%dT%H:%M:%S}",
    )
    assert caplog.text.count("cannot be put on record") == 1


@pytest.mark.parametrize("said", [None, "", "{}", '{"at": 1}'])
def test_whoever_removes_what_remembers_the_beats_hides_no_gap(here, said):
    """The newest entry is then the last that is known to have been recorded."""
    file = beat_file(here.installation.settings)
    file.unlink()
    if said is not None:
        file.write_text(said)
    here.passes(5 * MINUTE)

    here.starts_again().look()

    assert len(here.read(gaps)) == 1


def test_another_record_in_the_same_folder_begins_anew(tmp_path):
    """What was remembered of the one before is none of it."""
    settings = Settings.from_environment({"COI_HOME": str(tmp_path)})
    files = (beat_file(settings), untold_file(settings))
    for file in files:
        file.write_text("{}")

    prepare(settings)

    assert [file.exists() for file in files] == [False, False]


def test_a_clock_that_follows_no_other_for_a_day_is_on_record_until_it_does(here, caplog):
    """Where nobody can tell, it counts as not following (CL-04)."""
    pulse = here.starts_again()
    here.follows = None
    found = []
    for hours in (1, 23, 1):
        here.passes(hours * HOUR)
        pulse.look()
        found.append(here.read(following_not))
    here.follows = True
    here.passes(MINUTE)
    pulse.look()

    assert [len(one) for one in found] == [0, 0, 1]
    assert here.read(following_not) == {}
    assert caplog.text.count("clock_not_followed") == 1
    assert [len(told(here, f"clock_{one}")) for one in ("not_followed", "followed")] == [1, 1]


def test_the_hands_of_this_machine_can_be_read(clinic):
    """The second one goes on, whatever the kernel tells of its clock."""
    hands = hands_of(clinic.installation.clock)

    assert hands.ticks() <= hands.ticks()
    assert hands.boot
    assert hands_of(clinic.installation.clock, "its first name").server == "its first name"
    assert follows_others() in {True, False, None}


def test_a_version_or_a_setting_that_is_new_is_on_record_with_what_it_was(machine, tmp_path):
    """Once for each change, whichever process comes first; of a secret only that it changed."""
    settings = replace(
        machine.installation.settings,
        help_line="Ask Otto: 112",
        metrics_token="x" * 32,
        webhook_ca=tmp_path,
    )
    for _ in range(2):
        machine.passes(MINUTE)
        machine.starts_again().look()
        machine.starts_again(other={"settings": settings}).look()

    found = machine.read(served)
    now, before, first = found[0], found[1], found[-1]
    changed = {one.name: (one.before, one.after) for one in now.changes}
    assert [one.until for one in found][1:] == [one.since for one in found][:-1]
    assert (now.until, first.changes, len(found)) == ("", (), 4)
    assert changed == {
        "COI_HELP_LINE": ("", "Ask Otto: 112"),
        "COI_METRICS_TOKEN": ("", ""),
        "COI_WEBHOOK_CA": ("", str(tmp_path)),
    }
    assert {one.name for one in before.changes} == set(changed)
    texts = machine.read(lambda tx: str([text for _, text, _ in entries_of(tx, ORGANISATION)]))
    assert ("Otto" in texts, "x" * 32 in texts) == (False, False)


def test_a_start_without_anything_new_writes_nothing(machine):
    """Nor do four processes of one server write four entries."""
    for pulse in [machine.starts_again() for _ in range(4)]:
        pulse.look()

    assert len(machine.read(served)) == 1
