"""A therapy under way moves to a newer version of its workflow: everything, once, signed by two."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.app import create_app
from coi.definitions import packaged_workflow
from coi.demo.cast import PASSWORD, PATIENTS, STAFF
from coi.demo.chapters import (
    FILLED,
    IN_MANUFACTURE,
    MADE,
    RELEASED,
    Step,
    filled,
    on_paper,
    play,
    results,
    wait,
)
from coi.demo.performer import Wish
from coi.errors import Conflict, Unknown
from coi.services.errands import Beginning, begin
from coi.services.reporting import custody_record
from coi.services.sessions import resume, sign_in
from coi.services.therapies import look
from tests.coi.reports.pages import text_of
from tests.coi.web.browser import Browser
from tests.fixtures import DATABASES
from tests.journeys.asking import act, newest, refused, since, states, take_refused, until, values
from tests.journeys.changing import (
    CHANGES,
    UNIT,
    asked,
    changed,
    install,
    install_text,
    move,
    proposal,
)
from workflows.facts import Mode


@pytest.fixture(params=DATABASES)
def databases(request):
    """Where this journey is recorded."""
    return request.getfixturevalue(f"{request.param}_databases")


TRANSDUCED = (*IN_MANUFACTURE, *until(MADE, "expand"))
RELOCATED = Step("relocate", "material", "accepted")


@pytest.fixture
def coi(performer):
    """Give a therapy whose cells are transduced; one bag was moved to another shelf."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*TRANSDUCED, RELOCATED))
    return coi


def moved(performer, coi):
    """Install version 2, and move the therapy to it."""
    install(performer)
    return move(performer, asked(performer, coi))


def test_it_goes_on_under_the_new_rules(performer, coi):
    """A limit is tighter, a field is asked, a step is gone; and another therapy stays on 1."""
    other = performer.order(PATIENTS[1])
    moved(performer, coi)

    low = Step("expand", values={"viability_percent": "75", "shaker": "I-1"})
    take_refused(performer, coi, low, "FIELD_UNREADABLE")
    take_refused(performer, coi, Step("expand", values={"shaker": " "}), "FIELD_MISSING")
    play(performer, coi, (*since(MADE, "expand"), *filled(2), *results("viability")))

    assert values(performer, coi, "shaker") == ["Shaker (demonstration)"] * 2
    assert [
        v.within for v in look(performer.installation, coi).values if v.field == "viability"
    ] == ["no"]
    play(performer, other, (*FILLED, *results("viability")))
    seen = look(performer.installation, other)
    assert seen.therapy.version == 1
    assert [v.within for v in seen.values if v.field == "viability"] == ["yes"]


def test_everything_moves_at_once_and_nothing_else_changes(performer, coi):
    """Each thing is where it was, by the newer version; one entry says so, with both hashes."""
    before = look(performer.installation, coi)
    moved(performer, coi)
    after = look(performer.installation, coi)

    entry = newest(performer, coi)
    assert {one.position.version for one in after.subjects.values()} == {2}
    for name, subject in before.subjects.items():
        now = after.subjects[name].position
        was = subject.position
        assert (now.state, now.holder, now.stops) == (was.state, was.holder, was.stops)
    hashes = entry.content["document"]["hash"], entry.content["workflow"]["hash"]
    assert hashes == (before.workflow.hash, after.workflow.hash)
    assert [one.meaning for one in entry.signatures] == [
        "reviewed the change",
        "approved for this therapy",
    ]


def test_what_was_done_before_keeps_its_name(performer, coi):
    """The step that version 2 no longer has stands in the history as it was called."""
    moved(performer, coi)

    view = look(performer.installation, coi)
    titles = [event.title for event in view.history]
    assert "Move to another shelf" in titles
    assert view.runs_since.title == "Move to another version of the workflow"


def test_the_custody_record_says_by_which_version_since_when(performer, coi):
    """On its first page, with the hashes of both; and in the entry why."""
    moved(performer, coi)
    view = look(performer.installation, coi)

    told = text_of(custody_record(performer.installation, coi, "queenie"))

    parts = (
        f"MOVED to version 2 in entry {view.therapy.next_seq - 1}",
        "MOVED TO ANOTHER VERSION OF THE WORKFLOW: from 1 to 2",
        "the assay was validated anew",
    )
    assert [one for one in parts if one not in told] == []
    assert packaged_workflow("autologous-car-t.1").hash in told.replace("\n", "")


def test_the_difference_is_shown_as_it_concerns_the_therapy(performer, coi):
    """What lies ahead apart from what lies behind, in plain words."""
    install(performer)

    shown = {one.about: one for one in proposal(performer, coi).ahead}

    assert shown["“Record expansion”"].lines == (
        (
            "asks “Viability in process”: now a number of the lot, from 80 up to 100 %, must be"
            " given; before a number of the lot, from 0 up to 100 %, must be given"
        ),
        "new: asks “Shaker” (a text of the lot, must be given)",
    )
    assert shown["Test “Viability”"].how == "changed"
    assert shown["“Move to another shelf”"].how == "removed"


def test_a_result_that_the_new_limits_call_outside_is_an_exception(performer):
    """It passed by version 1; by version 2 nothing is released before somebody has judged it."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*FILLED, *results("viability")))
    install(performer)
    told = [one.sentence for one in proposal(performer, coi).outside]
    move(performer, asked(performer, coi))

    assert told == ["Viability is 91.5 %; the newer version asks ≥ 92 %"]
    assert states(performer, coi, "exception") == {"open": 1}
    take_refused(performer, coi, Step("release_lot_provisionally"), "EXCEPTION_OPEN")


def test_what_is_released_for_good_stays_so_and_is_shown(performer):
    """Its lot was decided by version 1: the move opens nothing, and whoever signs it is told."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, (*FILLED, *RELEASED))
    install(performer)
    browser = Browser(create_app(performer.installation).test_client())
    browser.sign_in("queenie")
    page = browser.get(f"/therapies/{coi}/version").text
    move(performer, asked(performer, coi))

    assert "Released already, and outside by the new limits" in page
    assert "Viability is 91.5 %; the newer version asks ≥ 92 %" in page
    assert states(performer, coi, "exception") == {}


def test_a_late_fact_from_before_is_asked_what_was_asked_then(performer, coi):
    """The cells expanded under version 1, and the paper comes after the move."""
    wait(performer, 2)
    moved(performer, coi)
    late = on_paper("expand", viability_percent="75", shaker="I-1")
    take_refused(performer, coi, late, "FIELD_UNREADABLE")

    told = {"viability_percent": "75", "day_of_culture": "5", "total_cells_e6": "900"}
    wanted, actor, signers = performer.request(coi, "expand", Wish(mode=Mode.LATE, hours_ago=1))
    act(performer, (replace(wanted, values=told), actor, signers))

    assert values(performer, coi, "viability_percent")[-1] == "75"
    assert newest(performer, coi).kind == "late"
    assert values(performer, coi, "class") == ["minor"]  # for being late, and for nothing else


def test_a_late_fact_of_a_step_that_is_gone_is_told_as_an_exception(performer, coi):
    """The refusal says that it was a step of version 1, until when, and what to do."""
    wanted, actor, signers = performer.request(coi, "relocate")
    moved(performer, coi)

    happened_at = performer.installation.clock.now() - timedelta(hours=1)
    late = replace(wanted, mode=Mode.LATE, happened_at=happened_at)
    with refused(performer, coi, "ACTION_UNKNOWN") as caught:
        act(performer, (late, actor, signers))

    (refusal,) = caught.value.refusals
    assert "“Move to another shelf” was a step of version 1" in refusal.sentence
    assert "open an exception" in refusal.next_step


def test_what_was_recorded_before_is_corrected_by_its_own_version(performer, coi):
    """A shelf that no step of version 2 records can be corrected all the same."""
    moved(performer, coi)
    others = tuple(s.username for s in STAFF if s.username not in {"mia", "milo"})
    told = {"of": "place", "content": "Tank 2"}

    play(performer, coi, [Step("correct_value", values=told, avoid=others)])

    assert "Tank 2" in values(performer, coi, "place")


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signers", "code"),
    [
        (("queenie", "queenie"), "SAME_PERSON"),
        (("queenie", "quirin"), "SIGNER_NOT_ENTITLED"),
        (("queenie",), "SIGNATURE_MISSING"),
        (("mia", "quentin"), "ROLE_LACKING"),
    ],
)
def test_two_different_people_sign_who_may(performer, coi, signers, code):
    """A QA reviewer, and a qualified person: nobody for both, and nobody else."""
    install(performer)

    with refused(performer, coi, code):
        move(performer, asked(performer, coi), signers)

    assert look(performer.installation, coi).therapy.version == 1


def test_a_hospital_does_not_move_what_it_does_not_make(performer):
    """West makes products of its own, and has both who sign; this one is made elsewhere."""
    coi = performer.order(PATIENTS[0], "west")
    install(performer)
    request = replace(asked(performer, coi), unit="west-cleanroom")

    with refused(performer, coi, "ROLE_LACKING"):
        move(performer, request, ("winnie", "wyatt"))

    assert look(performer.installation, coi).therapy.version == 1


def test_a_therapy_whose_state_is_gone_does_not_move(performer, coi):
    """The newer version calls it otherwise: nobody would know how to go on."""
    install_text(
        performer, changed({"version: 1\n": "version: 2\n"}).replace("transduced", "carrying")
    )

    with refused(performer, coi, "STATE_MISSING"):
        move(performer, asked(performer, coi))

    assert "no such state" in proposal(performer, coi).obstacles[0].sentence


def test_a_reason_is_given(performer, coi):
    """An empty one is none."""
    install(performer)

    with refused(performer, coi, "FIELD_MISSING"):
        move(performer, asked(performer, coi, reason=" "))


def test_it_does_not_move_while_somebody_has_a_step_in_hand(performer, coi):
    """The step was begun by version 1, and is ended by it."""
    install(performer)
    installation = performer.installation
    mia = resume(installation, sign_in(installation, "mia", PASSWORD))
    begin(installation, mia, Beginning(coi, "expand", UNIT, "key"))

    with refused(performer, coi, "STEP_UNDER_WAY"):
        move(performer, asked(performer, coi))


def test_what_was_shown_is_what_is_signed(performer, coi):
    """Something happened since the difference was looked at: it is looked at once more."""
    install(performer)
    stale = asked(performer, coi)
    play(performer, coi, [Step("record_weight")])

    with pytest.raises(Conflict):
        move(performer, stale)


def test_a_therapy_moves_to_what_is_installed_and_newer(performer, coi):
    """Neither to what nobody has installed, nor to where it is."""
    install(performer)
    request = asked(performer, coi)
    move(performer, request)

    with pytest.raises(Unknown):
        proposal(performer, coi, 3)
    with refused(performer, coi, "NO_NEWER_VERSION"):
        move(performer, asked(performer, coi, 2))


def test_the_same_request_twice_moves_once(performer, coi):
    """The second is answered with what the first has done."""
    install(performer)
    request = asked(performer, coi)

    first, second = move(performer, request), move(performer, request)

    assert (second.seq, second.repeated) == (first.seq, True)


def test_a_therapy_on_hold_stays_on_hold(performer, coi):
    """A hold forbids no move, and is not lifted by one."""
    play(performer, coi, [Step("hold_therapy")])
    moved(performer, coi)

    assert look(performer.installation, coi).therapy.stops == 1


def test_it_moves_over_several_versions(performer, coi):
    """From 1 to 2, and on to 3; or past one that it never ran on."""
    other = performer.order(PATIENTS[1])
    moved(performer, coi)
    install(performer, {**CHANGES, "version: 1\n": "version: 3\n"})

    for one in (coi, other):
        move(performer, asked(performer, one, 3))

    earlier = [one.workflow.version for one in look(performer.installation, coi).earlier]
    assert earlier == [1, 2]
    assert look(performer.installation, other).therapy.version == 3
