"""The way of a therapy from vein to vein: what is drawn is what is on record."""

from datetime import datetime, timedelta

import pytest

from coi.clock import parse_rfc3339
from coi.demo.cast import PATIENTS
from coi.demo.chapters import AT_WORKS, Step, collected, play
from coi.services.journey import Ahead, Taken, journey
from coi.services.sessions import resume
from coi.services.spans import Span
from coi.services.therapies import look
from coi.web.custody_drawing import custody_map
from coi.web.journey_drawing import drawing
from coi.web.lineage_drawing import lineage
from workflows.model import Verb

NAMES = ("a bag on hold", "mixed up", "in manufacture", "positive after infusion")


@pytest.fixture
def way(installation, someone, lives):
    """The page and the way of one of the lives, as somebody sees it."""

    def told(name, username="queenie"):
        with someone(username).client.session_transaction() as held:
            signed_in = resume(installation, held["token"])
        return journey(installation, signed_in, lives.cois[name])

    return told


@pytest.mark.parametrize("name", NAMES)
def test_each_thing_stands_somewhere_from_its_birth_on(way, name):
    """Each stay begins where the one before it ended, and the last is where the thing stands."""
    page, told = way(name)

    for lane in told.lanes:
        before = [stay.until for stay in lane.stays[:-1]]
        after = [stay.since for stay in lane.stays[1:]]
        assert before == after
        subject = page.view.subjects[lane.subject]
        assert lane.stays[-1].state == page.state(subject)
        assert lane.stays[-1].holder == page.holder(subject)
        assert (lane.stays[-1].until is not None) == page.is_over(subject)
    drawn = {lane.subject for lane in told.lanes}
    kinds = page.view.workflow.machines
    beside = {n for n, s in page.view.subjects.items() if kinds[s.machine].kind == "exception"}
    assert drawn == set(page.view.subjects) - beside


def test_the_two_spans_are_named_and_never_mixed(way):
    """Vein-to-vein is from collection to infusion, turnaround from collection to release."""
    page, told = way("positive after infusion")
    at = {event.action: parse_rfc3339(event.happened_at) for event in reversed(page.view.history)}
    verbs = {action.verb: name for name, action in page.view.workflow.actions.items()}

    spans, actions = told.spans, page.view.workflow.actions
    collected_at = at[verbs[Verb.COLLECT]]
    assert spans.vein_to_vein == Span(collected_at, at["infuse"], actions["infuse"].title)
    early = "release_lot_provisionally"
    assert spans.turnaround == Span(collected_at, at[early], actions[early].title)
    assert spans.turnaround.ended < spans.vein_to_vein.ended


def test_a_span_that_goes_on_is_told_so_far(way):
    """What was not infused yet has no end; the days are counted until now."""
    _page, told = way("in manufacture")

    assert told.spans.vein_to_vein.ended is None
    assert told.spans.vein_to_vein.days(told.now) == pytest.approx(
        (told.now - told.spans.vein_to_vein.begun) / timedelta(days=1)
    )


def test_a_step_is_late_after_its_time_and_not_before():
    """The last moment still counts."""
    due = datetime.fromisoformat("2026-11-30T10:00:00+00:00")

    assert not Taken("Freeze", due, due).is_late
    assert Taken("Freeze", due + timedelta(seconds=1), due).is_late


def test_what_is_due_is_what_the_lists_of_work_say(way):
    """The same deadlines as those by which people work; and the days that were planned."""
    page, told = way("in manufacture")
    actions = page.view.workflow.actions

    due = [one for one in told.ahead if not one.is_plan]
    plans = [one for one in told.ahead if one.is_plan]

    assert due
    assert {one.title for one in due} <= {action.title for action in actions.values() if action.due}
    assert "Collection wanted on" in {one.title for one in plans}
    assert told.ends >= max(one.at for one in told.ahead)


@pytest.mark.parametrize("name", NAMES)
def test_each_handoff_is_an_arrow_between_two_parties(way, name):
    """From the one who held it to the one who holds it then; in the order in which it happened."""
    page, told = way(name)
    held = {move["to"]["holder"] for e in page.view.history for move in e.content.get("moves", ())}

    drawn = custody_map(told.hands)

    names = {one.words for one in drawn.parties}
    assert names <= {page.party(unit) for unit in held if unit in page.units}
    assert [arrow.handed for arrow in drawn.arrows] == sorted(told.hands, key=lambda one: one.at)
    lines = {one.words: one.x for one in drawn.parties}
    for arrow in drawn.arrows:
        assert (arrow.x, arrow.to) == (lines[arrow.handed.giver], lines[arrow.handed.taker])
        assert arrow.x != arrow.to


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_drawn_beyond_the_picture(way, name):
    """Each bar and each mark lies within the width, also what took a moment at the very end."""
    _page, told = way(name)

    drawn = drawing(told, "Europe/Berlin")

    for bar in (bar for row in drawn.rows for bar in row.bars):
        assert bar.x >= 0
        assert bar.width > 0
        assert bar.x + bar.width <= 100.01
    assert all(0 <= one.x <= 100 for one in (*drawn.lines, *drawn.marks))


def test_a_child_stands_to_the_right_of_its_parents(way):
    """The lines of the lineage go one way, from what was collected to what was infused."""
    page, _told = way("positive after infusion")

    drawn = lineage(page)

    links = {(one.parent, one.child) for one in page.view.links}
    assert {(line.parent.subject.id, line.child.subject.id) for line in drawn.lines} == links
    assert all(line.parent.x < line.child.x for line in drawn.lines)
    places = [(box.x, box.y) for box in drawn.boxes]
    assert len(set(places)) == len(places)


def test_the_page_names_nobody_and_says_all_in_words_too(someone, installation, lives):
    """Whoever sees no picture is told the same; who did it stands in the trail, and not here."""
    coi = lives.cois["positive after infusion"]
    page = someone("queenie").get(f"/therapies/{coi}/journey").text

    others = {*look(installation, coi).names.values()} - {"Queenie Quality"}
    assert others
    assert not [name for name in others if name in page]
    assert "from 2026-" in page
    assert "on the way" in page


def test_a_later_collection_from_which_the_clock_counts_is_told(someone, performer):
    """Both times stand on the page, each by its name, with both moments."""
    coi = performer.order(PATIENTS[2])
    rejected = Step("reject_material", "material", "received")
    play(performer, coi, (*AT_WORKS, rejected, Step("destroy", "material", "rejected")))
    before = someone("queenie").get(f"/therapies/{coi}/journey").text
    play(performer, coi, collected(1))

    page = someone("queenie").get(f"/therapies/{coi}/journey").text

    assert "Cells were collected more than once." in page
    assert "Since the first collection" in page
    assert "Since the first collection" not in before


def test_a_therapy_that_ended_without_an_infusion_counts_no_days(someone, performer):
    """Nothing is "so far" that will never come."""
    coi = performer.order(PATIENTS[2])
    cancelled = (Step("cancel", values={"material_disposition": "destroy"}),)
    play(performer, coi, (*AT_WORKS, *cancelled, Step("destroy", "material", "received")))

    page = someone("queenie").get(f"/therapies/{coi}/journey").text

    assert page.count("the therapy ended without it") == 2
    assert "so far" not in page


def test_who_sees_nothing_of_the_therapy_is_told_there_is_none(someone, lives):
    """As for the therapy itself (SEC-07)."""
    answer = someone("walter").get(f"/therapies/{lives.cois['in manufacture']}/journey")

    assert answer.status_code == 404


def test_a_therapy_of_which_nothing_was_collected_says_so(someone, performer):
    """The empty page teaches what will stand there."""
    coi = performer.order(PATIENTS[2])

    page = someone("carla").get(f"/therapies/{coi}/journey").text

    assert page.count("othing was collected yet") == 3
    assert "Nothing was handed over yet." in page


def test_what_lies_ahead_comes_in_its_order(way):
    """The next first."""
    _page, told = way("in manufacture")

    times = [one.at for one in told.ahead]

    assert times == sorted(times)
    assert all(isinstance(one, Ahead) for one in told.ahead)
