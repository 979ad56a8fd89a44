"""What rings is shown to whom it concerns, with the way to its end; who heard it is on record."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import play
from coi.demo.stories import GOES_WELL
from coi.services import bell as bell_module
from coi.services import people
from coi.services.bell import Bell, ring_all
from coi.services.hearing import Heard, hear
from coi.services.people import NewPerson
from coi.services.proofs import NotAllowed, authenticate
from coi.services.therapies import look
from coi.store.alarms import planned_rows
from coi.store.engine import write
from tests.coi.web.steps import form_on
from workflows.alarms import Key

THAWED = next(n for n, step in enumerate(GOES_WELL) if step.action == "thaw") + 1
CHECKED = next(n for n, step in enumerate(GOES_WELL) if step.action == "check_at_bedside") + 1
CHECK = "Thawed or issued, not checked at the bedside"


@pytest.fixture
def coi(performer):
    """A therapy whose bag was thawed 20 minutes ago, and rings."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, GOES_WELL[:THAWED])
    ring_all(performer.installation)
    wait(performer, 20)
    return coi


def wait(performer, minutes):
    """So much time passes, and then somebody looks at what rings."""
    performer.installation.clock.advance(timedelta(minutes=minutes))
    ring_all(performer.installation)


def lines(page, coi):
    """The lines of a list about this therapy, as text."""
    rows = re.findall(r"<tr role=\"row\".*?</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", row)) for row in rows if coi in row]


def the_check(page, coi):
    """The line of the check that is missing."""
    return [line for line in lines(page, coi) if CHECK in line]


def in_the_head(page):
    """How many alarms the head of a page tells of."""
    found = re.search(r"Alarms <strong[^>]*>(\d+)", page)
    return int(found[1]) if found else 0


def link_of(page, coi):
    """The way to saying that one heard that the check is missing."""
    row = next(row for row in page.split("<tr ") if CHECK in row and coi in row)
    return re.search(r'href="([^"]+)">I heard it', row)[1].replace("&amp;", "&")


def test_the_ward_sees_what_rings_with_its_next_step(someone, coi):
    """Since when, whose it is, what to do, and the way there."""
    page = someone("ivo").get("/alarms").text

    (line,) = the_check(page, coi)
    assert "Check bag and patient at the bedside now" in line
    assert "infusion nurse" in line.lower()
    assert f'href="/therapies/{coi}/actions/check_at_bedside"' in page


@pytest.mark.usefixtures("coi")
def test_the_head_of_every_page_counts_what_is_mine(someone):
    """The ward's is the ward's; whoever cannot end it is not rung at."""
    ward, lab = someone("ivo").get("/exceptions").text, someone("nina").get("/").text

    assert in_the_head(ward) >= 1
    assert in_the_head(lab) == 0


@pytest.mark.usefixtures("coi")
def test_a_page_asks_how_many_are_mine_and_is_told_a_number_alone(someone):
    """The same that its head showed; of nobody, and of no therapy."""
    ivo = someone("ivo")
    shown = in_the_head(ivo.get("/exceptions").text)

    told = ivo.get("/alarms/count").get_json()

    assert set(told) == {"mine", "marks"}
    assert told["mine"] == shown == len(set(told["marks"]))
    assert shown
    assert all(re.fullmatch("[0-9a-f]{8}", mark) for mark in told["marks"])
    assert f'data-marks="{" ".join(told["marks"])}"' in ivo.get("/").text


@pytest.mark.usefixtures("coi")
def test_what_rang_last_stands_first_among_the_marks(someone, performer):
    """So a page knows which are new, also where as many ended."""
    before = someone("ivo").get("/alarms/count").get_json()["marks"]
    wait(performer, 60 * 24)

    after = someone("ivo").get("/alarms/count").get_json()["marks"]

    assert after[-len(before) :] == before
    assert len(after) > len(before)


def test_asking_how_many_there_are_keeps_nobody_signed_in(someone, installation):
    """Idle is idle while a page asks every half a minute (A11d-11.8)."""
    ivo = someone("ivo")
    ivo.get("/exceptions")
    third = timedelta(minutes=installation.settings.idle_minutes / 3)

    answers = []
    for _ in range(4):
        answers.append(ivo.client.get("/alarms/count").status_code)
        installation.clock.advance(third)

    assert answers[0] == 200
    assert answers[-1] == 303


@pytest.mark.parametrize(("page", "part"), [("/alarms", "rings"), ("/", "waits")])
def test_a_list_looks_again_by_itself(someone, page, part):
    """As it is by now, while somebody looks at it."""
    shown = someone("ivo").get(page).text

    again = re.search(rf'id="{part}" data-live data-calm data-again="([^"]+)"', shown)[1]
    assert "by_itself=1" in again
    assert f'id="{part}"' in someone("ivo").get(again).text


def test_what_was_told_waits_for_the_page_and_not_for_its_list(someone, coi):
    """A list that renews itself takes nobody's words away."""
    ivo = someone("ivo")
    link = link_of(ivo.get("/alarms").text, coi)
    form = form_on(ivo.get(link).text).to_dict() | {"why": "I go to the ward"}
    ivo.client.post("/alarms/heard", data=form)

    by_itself, shown = ivo.get("/alarms?by_itself=1").text, ivo.get("/alarms").text

    told = "It is on record that you heard it"
    assert told not in by_itself
    assert told in shown


def test_it_goes_on_to_who_answers_for_the_whole(someone, performer, coi):
    """After an hour the coordinator and quality assurance are rung at too."""
    before = in_the_head(someone("queenie").get("/").text)
    wait(performer, 45)

    after = in_the_head(someone("queenie").get("/").text)

    assert after == before + 1
    assert "went on to others" in the_check(someone("queenie").get("/alarms").text, coi)[0]


def test_a_coordinator_sees_everything_and_others_their_own(someone, coi):
    """All at one's sites is one tap away."""
    assert the_check(someone("carla").get("/alarms").text, coi)
    assert not the_check(someone("nina").get("/alarms").text, coi)
    assert the_check(someone("nina").get("/alarms?which=all").text, coi)


def test_another_site_sees_nothing(someone, coi):
    """What rings in a therapy is told at the sites that take part in it."""
    jan = someone("jan")

    assert the_check(jan.get("/alarms?which=all").text, coi) == []
    assert in_the_head(jan.get("/").text) == 0


def test_who_heard_it_is_on_record_and_it_rings_on(someone, performer, coi):
    """With the reason, which stands apart; and it goes on to others all the same."""
    ivo = someone("ivo")
    link = link_of(ivo.get("/alarms").text, coi)
    form = form_on(ivo.get(link).text).to_dict() | {"why": "The nurse is on her way"}

    answer = ivo.client.post("/alarms/heard", data=form)

    assert answer.status_code == 303
    assert "heard by" in the_check(ivo.get("/alarms").text, coi)[0]
    (event,) = [
        event
        for event in look(performer.installation, coi).history
        if event.action == "acknowledge_alarm"
    ]
    assert event.actor != "-"
    assert "on her way" not in str(event.content)
    wait(performer, 45)
    actions = [event.action for event in look(performer.installation, coi).history]
    heard = actions.index("acknowledge_alarm")
    assert "escalate_alarm" in actions[heard:]


def test_the_therapy_tells_what_rang_and_that_nobody_did_it(someone, coi):
    """In words, among what happened; and what somebody does about it, once they said so."""
    ivo = someone("ivo")
    link = link_of(ivo.get("/alarms").text, coi)
    form = form_on(ivo.get(link).text).to_dict() | {"why": "The nurse is on her way"}
    ivo.client.post("/alarms/heard", data=form)

    page = ivo.get(f"/therapies/{coi}").text

    assert f"An alarm rings: {CHECK.lower()}" in page
    assert "The nurse is on her way" in page
    assert "(erased)" not in page


def test_nobody_hears_it_without_a_reason_or_twice(someone, coi):
    """What is typed stays, and nothing is saved."""
    ivo = someone("ivo")
    link = link_of(ivo.get("/alarms").text, coi)
    form = form_on(ivo.get(link).text).to_dict()

    def say(**told):
        return ivo.client.post("/alarms/heard", data=form | told)

    nothing, once = say(why=" "), say(why="I go")
    again, same = say(why="I go", key="page-another"), say(why="I go")

    assert (nothing.status_code, once.status_code) == (422, 303)
    assert (again.status_code, same.status_code) == (422, 303)


def test_whoever_looks_on_hears_nothing(someone, installation, root, coi):
    """Nobody says that they are at it who cannot do anything."""
    people.register_person(installation, root, NewPerson("aldo", "Aldo Audit", PASSWORD, "-"))
    people.grant_role(installation, root, "aldo", "auditor", "north-ward")
    aldo = authenticate(installation, "aldo", PASSWORD)
    key = Key(*link_of(someone("ivo").get("/alarms").text, coi).partition("=")[2].split("~"))

    with pytest.raises(NotAllowed):
        hear(installation, aldo, Heard(key, "I look on", "-"), key="a key")


def test_the_check_takes_it_from_the_page_at_once(someone, performer, coi):
    """Whoever has done it is not rung at until somebody looks again."""
    before = in_the_head(someone("ivo").get("/").text)
    play(performer, coi, GOES_WELL[THAWED:CHECKED])

    assert the_check(someone("ivo").get("/alarms").text, coi) == []
    assert in_the_head(someone("ivo").get("/").text) <= before


def test_one_kind_alone_is_shown_on_request(someone, coi):
    """By the list of kinds."""
    page = someone("carla").get("/alarms?kind=expiry").text

    assert the_check(page, coi) == []
    assert "Nothing of this kind rings" in page or "Expires soon" in page


@pytest.mark.parametrize("named", ["", "x", "~~~~", "a~b~c~d~e", "{coi}~bedside-check~x~y~z"])
def test_what_does_not_ring_is_not_heard(someone, coi, named):
    """Whatever the address says."""
    path = "/alarms/heard?alarm=" + named.format(coi=coi)

    assert someone("ivo").client.get(path).status_code == 404


def test_what_is_planned_is_nobodys_alarm_yet(performer, someone, coi):
    """What would ring next year stands in the record, and on no page."""
    planned = performer.installation.read(lambda tx: planned_rows(tx, coi))

    assert {"expiry", "bedside-check"} <= {row[0] for row in planned}
    assert "Expires soon" not in "".join(lines(someone("carla").get("/alarms").text, coi))


def test_one_therapy_that_cannot_be_written_silences_no_other(performer, caplog):
    """Whatever is wrong with it, the bag of another patient that was forgotten rings (SEC-45)."""
    broken, other = (performer.order(patient) for patient in PATIENTS[1:3])
    for coi in (broken, other):
        play(performer, coi, GOES_WELL[:THAWED])
    with write(performer.installation.engine) as connection:
        connection.execute(text(_BROKEN.format(chain=broken)))

    wait(performer, 16)

    rang = {
        coi: "raise_alarm" in [e.action for e in look(performer.installation, coi).history]
        for coi in (broken, other)
    }
    assert rang == {broken: False, other: True}
    assert f"An alarm of {broken} is not put on record" in caplog.text


def test_what_stays_in_the_way_is_warned_of_once_an_hour(performer, caplog):
    """Once for each therapy and cause; then each hour, with how often it was met."""
    installation = performer.installation
    broken = performer.order(PATIENTS[1])
    play(performer, broken, GOES_WELL[:THAWED])
    with write(installation.engine) as connection:
        connection.execute(text(_BROKEN.format(chain=broken)))
    bell = Bell(installation)

    def look(times):
        for _ in range(times):
            installation.clock.advance(timedelta(seconds=15))
            bell.look()
        warned = [one for one in caplog.messages if f"An alarm of {broken} is not" in one]
        caplog.clear()
        return warned

    installation.clock.advance(timedelta(minutes=16))
    first, then = look(1), look(100)
    installation.clock.advance(timedelta(hours=1))
    (later,), at_last = look(1), look(20)

    assert len(first) == 1
    assert "times" not in first[0]
    assert then == at_last == []
    assert (times := re.search(r"\((\d+) times in the last (\d+) minutes\)$", later))
    assert int(times[1]) > 100
    assert int(times[2]) >= 85


def test_what_keeps_all_alarms_from_the_record_is_warned_of_once_an_hour(
    performer, caplog, monkeypatch
):
    """That it worked in between makes no difference."""
    installation, bell = performer.installation, Bell(performer.installation)
    works = bell_module.ring_all

    def looked(*, fails):
        monkeypatch.setattr(bell_module, "ring_all", _fail if fails else works)
        installation.clock.advance(timedelta(minutes=10))
        bell.look()
        return [one for one in caplog.messages if "cannot be put on record" in one]

    told = [len(looked(fails=fails)) for fails in (True, True, False, True, True, True, True, True)]

    assert told == [1, 1, 1, 1, 1, 1, 2, 2]
    assert looked(fails=False)[-1].endswith("OSError (5 times in the last 60 minutes)")


def _fail(*_told):
    raise OSError("the database is away")


_BROKEN = """
CREATE TRIGGER broken BEFORE INSERT ON entry WHEN NEW.chain = '{chain}'
BEGIN SELECT RAISE(ABORT, 'broken'); END"""
