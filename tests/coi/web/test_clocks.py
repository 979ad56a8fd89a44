"""Time that runs is shown where people work: on the therapy, at its steps, in the list of work."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from coi.demo.cast import PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, play
from coi.services.running import Runs, in_words

HOLD = "Hold time of the starting material"


@pytest.fixture
def coi(lives):
    """A therapy whose cells are on their way to the factory."""
    return lives.cois["handed to the courier"]


def timers_on(page):
    """Each clock of a page: whether it is over, and its words."""
    found = re.findall(r'<p class="timer( over)?" data-left="(-?\d+)">(.*?)</p>', page, re.DOTALL)
    return [
        (bool(over), int(left), re.sub(r"<span [^>]*hidden>.*?</span>|<[^>]+>", "", text))
        for over, left, text in found
    ]


def test_a_therapy_shows_each_clock_that_runs_and_why(someone, coi):
    """Until when by the clock of the place, with its offset, and how much is left."""
    clocks = timers_on(someone("carla").get(f"/therapies/{coi}").text)

    (over, left, words) = next(one for one in clocks if "Shipper keeps cold" in one[2])
    assert not over
    assert in_words(left) in words
    assert "left, ends at" in words
    assert "OVER" not in words
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d", words)
    assert "since it was closed" in words


def test_what_is_over_says_so_in_words_and_with_another_sign(bedside):
    """Not by its colour alone."""
    bedside.wait(12 * 60)
    page = bedside.person("carla").browser.get(f"/therapies/{bedside.coi}").text

    thawed = [one for one in timers_on(page) if "Thaw window" in one[2]]
    assert thawed
    assert all(over and "OVER since" in words for over, _left, words in thawed)
    assert not [words for _over, _left, words in thawed if "left" in words]
    assert 'class="gone" width' in page


def test_a_form_shows_the_clocks_of_what_it_can_move(someone, lives):
    """The step that ends the wait; a step about something else shows none of it."""
    coi = lives.cois["in manufacture"]
    mia = someone("mia")

    on_therapy = timers_on(mia.get(f"/therapies/{coi}").text)
    on_step = timers_on(mia.get(f"/therapies/{coi}/actions/activate").text)

    assert any("Next step at the bench" in words for _over, _left, words in on_therapy)
    assert [words for _over, _left, words in on_step if "Next step at the bench" in words]


def test_the_list_of_work_shows_what_ends_first_at_ones_own_bench(bedside):
    """Of what is in the hands of one's unit; nobody else's."""
    own = timers_on(bedside.person("ivo").browser.get("/").text)
    others = timers_on(bedside.person("paula").browser.get("/?which=all").text)

    assert any("Thaw window" in words for _over, _left, words in own)
    assert not any("Thaw window" in words for _over, _left, words in others)


def test_a_culture_without_a_limit_shows_since_when_it_runs(someone, performer):
    """On the therapy, at the step that looks at it, and in the list of whoever has it in hand."""
    coi = performer.order(dict(PATIENTS[2]))
    play(performer, coi, (*IN_MANUFACTURE, *MADE[:2]))
    performer.installation.clock.advance(timedelta(days=3, hours=1))
    mia = someone("mia")

    shown = [
        re.findall(r'<p class="timer"><svg class="clock".*?</p>', mia.get(path).text, re.DOTALL)
        for path in (f"/therapies/{coi}", f"/therapies/{coi}/actions/expand", "/")
    ]

    words = [[re.sub("<[^>]+>", "", one) for one in page] for page in shown]
    cultures = [[one for one in page if "In culture" in one] for page in words]
    assert [len(page) for page in cultures] == [1, 1, 1]
    assert all("(3 d 1 h)" in one for (one,) in cultures)
    assert all("transduced; no end is given" in one for (one,) in cultures)
    assert re.search(r"Lot \S+ since \d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d", cultures[0][0])
    assert "OVER" not in "".join(one for (one,) in cultures)


def test_material_for_a_repetition_makes_nobody_late(someone, performer):
    """While a lot is made, a second bag of the collection is kept: its manufacture is not due."""
    coi = performer.order(dict(PATIENTS[2]))
    play(performer, coi, (*IN_MANUFACTURE, *MADE[:2]))
    performer.installation.clock.advance(timedelta(days=3))

    rows = re.findall(r"<tr.*?</tr>", someone("mia").get("/").text, re.DOTALL)
    (row,) = [re.sub(r"<[^>]+>|\s+", " ", one) for one in rows if coi in one]

    assert "Start manufacture" in row
    assert "overdue" not in row


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 min"), (86_399, "23 h 59 min"), (86_400, "1 d 0 h")]
)
def test_how_long_a_culture_has_run_is_said_in_days(seconds, said):
    """From the first whole one on."""
    now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    culture = Runs("In culture", None, seconds, since=now - timedelta(seconds=seconds))

    assert culture.ran == said
    assert not culture.is_over


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(), "0 min"),
        (timedelta(minutes=119, seconds=59), "119 min"),
        (timedelta(hours=2), "2 h 0 min"),
        (timedelta(hours=95, minutes=59), "95 h 59 min"),
        (timedelta(days=4, hours=1), "4 d 1 h"),
    ],
)
def test_how_long_is_left_is_said_in_what_people_count_in(time, said):
    """Minutes, then hours, then days."""
    assert in_words(int(time.total_seconds())) == said
