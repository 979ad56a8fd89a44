"""What happened on paper is entered afterwards on a page, with the time at which it happened."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.clock import parse_rfc3339
from coi.demo.cast import PATIENTS
from coi.demo.chapters import play, wait
from coi.demo.performer import Wish
from coi.demo.stories import LATE_FACTS, told
from coi.services.scanning import Code
from coi.services.therapies import look
from tests.coi.web.steps import filled_in, form_on, path_of, put, send
from tests.coi.web.walk import Walker
from tests.journeys.asking import until
from tests.journeys.test_versions import TRANSDUCED, moved
from tests.journeys.worlds import verdict_of
from workflows.facts import Mode

EARLIER = Wish(mode=Mode.LATE, hours_ago=0.25)


@pytest.fixture
def coi(lives):
    """A therapy with a bag that waits to be frozen in the cell laboratory of the hospital."""
    return lives.cois["a bag on hold"]


@pytest.fixture
def handing_over(performer, coi):
    """What it takes to hand its bag over, as it was done a quarter of an hour ago."""
    return performer.request(coi, "release_custody", replace(EARLIER, to="north-ward"))


def test_a_therapy_with_its_late_entries_can_be_told_at_the_pages(at_the_pages, installation):
    """Handed over and infused on paper: each form tells when, and who said who the patient is."""
    coi = told(LATE_FACTS)(at_the_pages, PATIENTS[1])

    kinds = [event.kind for event in look(installation, coi).history]
    assert kinds.count("late") == sum(step.mode is Mode.LATE for step in LATE_FACTS)
    assert verdict_of(installation).findings == ()


def test_both_times_are_kept_and_shown(someone, installation, coi, handing_over):
    """When it happened, to the minute that was typed; and when it was recorded."""
    wanted, actor, signers = handing_over
    browser = someone(actor.username)

    answer = send(browser, wanted, signers)

    newest = look(installation, coi).history[-1]
    assert answer.status_code == 303
    assert newest.kind == "late"
    assert parse_rfc3339(newest.happened_at) == wanted.happened_at
    assert parse_rfc3339(newest.recorded_at) - wanted.happened_at >= timedelta(minutes=15)
    assert "To notice: late entry." in browser.get(answer.headers["Location"]).text


@pytest.fixture
def interrupted(someone, performer, coi):
    """A hand-over of the bag that Leo began screen by screen, before the line was lost."""
    walker = Walker(someone("leo")).begin(coi, "release_custody", "north-lab")
    wait(performer, 0.2)
    return walker


def handed_over_late(someone, performer, coi):
    """It went on by paper, six minutes ago, and is told now."""
    wish = Wish(mode=Mode.LATE, hours_ago=0.1, to="north-ward")
    wanted, actor, signers = performer.request(coi, "release_custody", wish)
    return send(someone(actor.username), wanted, signers)


def test_a_step_that_was_interrupted_ends_when_it_is_told_late(
    someone, performer, coi, interrupted
):
    """It is under way no more, nobody does it twice, and what was scanned is not kept."""
    label = performer.request(coi, "release_custody", Wish(to="north-ward"))[0].codes[0].raw
    interrupted.scan(label)
    assert "Under way" in someone("leo").get("/").text

    assert handed_over_late(someone, performer, coi).status_code == 303

    leo = someone("leo")
    there = Walker(leo, interrupted.path)
    assert there.asked == "Entered late"
    assert there.scan(label).status_code == 409
    assert "Under way" not in leo.get("/").text
    assert "Under way" not in leo.get(f"/therapies/{coi}").text


@pytest.mark.usefixtures("interrupted")
def test_before_anything_was_scanned_it_is_known_by_who_took_it(someone, performer, coi):
    """Leo had begun, and Leo tells it."""
    handed_over_late(someone, performer, coi)

    assert "Under way" not in someone("leo").get("/").text


def test_what_somebody_else_began_stays_under_way(someone, performer, coi):
    """Nothing was scanned for it, and it is not Leo's: it may be another bag."""
    lena = Walker(someone("lena")).begin(coi, "release_custody", "north-lab")
    wait(performer, 0.2)

    handed_over_late(someone, performer, coi)

    assert "Entered late" not in Walker(someone("lena"), lena.path).page
    assert "Under way" in someone("lena").get("/").text


def test_what_was_begun_after_it_happened_stays_under_way(someone, performer, coi):
    """It is another one: what is told was over by then."""
    walker = Walker(someone("leo")).begin(coi, "release_custody", "north-lab")

    assert handed_over_late(someone, performer, coi).status_code == 303

    assert "Entered late" not in Walker(someone("leo"), walker.path).page


def test_the_page_of_a_therapy_leads_to_every_step_that_i_could_enter_late(someone, coi):
    """No step is guided there: what was scanned on that day is copied."""
    browser = someone("leo")
    therapy = browser.get(f"/therapies/{coi}").text

    steps = browser.get(f"/therapies/{coi}/late").text
    form = browser.get(path_of(coi, "release_custody", Mode.LATE)).text

    assert f'href="/therapies/{coi}/late"' in therapy
    assert f'href="/therapies/{coi}/late/release_custody"' in steps
    assert 'id="happened_at"' in form
    assert 'id="codes"' in form


def test_no_moment_is_suggested(someone, coi):
    """A step of now is filled in with this moment; of one on paper that would be wrong."""
    browser = someone("leo")

    now = form_on(browser.get(path_of(coi, "freeze_material")).text)
    late = form_on(browser.get(path_of(coi, "freeze_material", Mode.LATE)).text)

    assert now["value-frozen_at"]
    assert (late["value-frozen_at"], late["happened_at"]) == ("", "")


def test_who_looks_on_has_nothing_to_enter(someone, coi):
    """The page says who enters it."""
    assert "Whoever took the step enters it" in someone("max").get(f"/therapies/{coi}/late").text


def test_without_a_time_nothing_is_recorded(someone, installation, coi, handing_over):
    """What was typed stands in the form again; only the passwords do not."""
    wanted, actor, signers = handing_over
    browser, path = someone(actor.username), path_of(coi, wanted.action, Mode.LATE)
    before = len(look(installation, coi).history)
    typed = filled_in(browser.get(path).text, wanted, signers)
    put(typed, {"happened_at": ""})

    answer = browser.client.post(path, data=typed)

    assert answer.status_code == 422
    assert "When it happened</a>: is missing" in answer.text
    assert form_on(answer.text)["codes"] == typed["codes"]
    assert len(look(installation, coi).history) == before


def test_what_is_still_to_come_is_no_late_entry(someone, handing_over):
    """A time that lies ahead is refused by the engine, with what to do."""
    wanted, actor, signers = handing_over
    ahead = replace(wanted, happened_at=wanted.happened_at + timedelta(days=2))

    answer = send(someone(actor.username), ahead, signers)

    assert answer.status_code == 409
    assert "NOT_IN_THE_PAST" in answer.text


def test_another_bag_stops_a_late_entry_too(someone, performer, lives, handing_over):
    """Who and which bag it was is never bent: the STOP is alone on its page."""
    wanted, actor, signers = handing_over
    other = look(performer.installation, lives.cois["mixed up"])
    strange = next(serials[-1] for name, serials in other.labels.items() if "/" in name)

    answer = send(
        someone(actor.username),
        replace(wanted, codes=(Code(f"{strange}/{other.therapy.coi}"),)),
        signers,
    )

    assert "STOP" in answer.text
    assert "WRONG_THERAPY" in answer.text


def test_what_the_patient_said_otherwise_stops_a_late_entry(someone, performer):
    """Each signer tells what they heard; the birth date of another is a STOP, and nothing bends.

    How a day is written stops nobody: that is said before anything is compared.
    """
    coi = performer.order(PATIENTS[1])
    play(performer, coi, until(LATE_FACTS, "check_at_bedside"))
    wanted, actor, signers = performer.request(
        coi, "check_at_bedside", Wish(mode=Mode.LATE, hours_ago=1 / 60)
    )

    def heard(day):
        people = (
            replace(one, identifiers={**one.identifiers, "birth_date": day})
            for one in wanted.stated
        )
        return replace(wanted, stated=tuple(people))

    entries = len(look(performer.installation, coi).history)
    otherwise_written = send(someone(actor.username), heard("26.05.1959"), signers)
    assert otherwise_written.status_code == 422
    assert (
        otherwise_written.text.count("is written as 1961-04-27: the year, the month, the day") == 4
    )
    assert len(look(performer.installation, coi).history) == entries

    answer = send(someone(actor.username), heard("1901-01-01"), signers)

    assert len(wanted.stated) == 2
    assert "STOP" in answer.text
    assert look(performer.installation, coi).history[-1].kind == "refused"


def test_a_step_from_before_a_move_is_asked_what_was_asked_then(someone, performer):
    """The form of the newer version asks for a shaker, and that of the time does not."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, TRANSDUCED)
    wait(performer, 2)
    moved(performer, coi)
    told = {"viability_percent": "75", "day_of_culture": "5", "total_cells_e6": "900"}
    wanted, actor, signers = performer.request(coi, "expand", Wish(mode=Mode.LATE, hours_ago=1))
    browser, path = someone(actor.username), path_of(coi, "expand", Mode.LATE)
    page = browser.get(path).text
    typed = filled_in(page, replace(wanted, values=told | {"shaker": "I-1"}), signers)

    refused = browser.client.post(path, data=typed)
    typed = filled_in(refused.text, replace(wanted, values=told), signers)
    done = browser.client.post(path, data=typed)

    assert "This therapy moved to version 2" in page
    assert refused.status_code == 422
    assert "Below stands what version 1 of the workflow asks for" in refused.text
    assert ('id="value-shaker"' in page, 'id="value-shaker"' in refused.text) == (True, False)
    assert done.status_code == 303
