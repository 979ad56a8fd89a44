"""A hospital begins to use the system: a therapy runs on paper already, and is copied from it.

What the page shows, and who may end it, is asked in `tests.coi.web.test_transcription`.
"""

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from pysqlite3 import dbapi2 as sqlite3

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import (
    ACCEPTED,
    FILLED,
    ORDERED,
    RELEASED,
    Step,
    collected,
    investigated,
    on_paper,
    play,
    take,
)
from coi.demo.departures import MOVED
from coi.demo.going_live import copied, end, ending, label_everything
from coi.demo.performer import Wish
from coi.errors import Refused
from coi.services.concerned import Criterion
from coi.services.errands import Beginning, begin
from coi.services.sessions import resume, sign_in
from coi.services.stop_ship import StopShip, stop_ship
from coi.services.therapies import look
from coi.services.transcribed import transcription_of
from coi.services.verifying import verify_record
from coi.store.engine import open_engine
from tests.journeys.asking import act, newest, refused, states, take_refused, values
from tests.journeys.changing import asked, install, move
from tests.journeys.worlds import verdict_of
from workflows.facts import Mode

LIFTED = Step("lift_quality_stop", "exception", "open", values={"closed_investigation": ""})
STEPS = (*ORDERED, *collected(2))
REFERENCE = "Folder 17"


@pytest.fixture
def coi(performer):
    """Give a therapy that runs on paper already, ordered by Carla; nothing is copied yet."""
    return performer.order(PATIENTS[0], on_paper=REFERENCE)


def test_it_is_copied_labelled_compared_and_goes_on_as_ever(performer, coi):
    """Each step has both times, one signature and its own kind; then the therapy simply goes on."""
    copied(performer, coi, STEPS)
    steps = look(performer.installation, coi).history[1:]
    label_everything(performer, coi)
    end(performer, coi)
    play(performer, coi, [Step("freeze_material", "material", "collected")])

    assert {event.kind for event in steps} == {"transcribed"}
    assert [event.happened_at for event in steps] == sorted(event.happened_at for event in steps)
    assert steps[-1].happened_at < look(performer.installation, coi).history[0].recorded_at
    meanings = {one.meaning for event in steps for one in event.signatures}
    assert meanings == {"transcribed from paper"}
    assert states(performer, coi, "exception") == {}
    assert states(performer, coi, "material") == {"frozen": 2}
    assert verify_record(performer.installation).findings == ()


def test_the_paper_is_told_of_each_step_and_who_signed_there_is_a_text(performer, coi):
    """Where it stands, and by whom it was signed: both confidential, and no signature of ours."""
    copied(performer, coi, [Step("approve", values={"signed_on_paper_by": "Dr. A. Old"})])

    told = look(performer.installation, coi)
    texts = {v.field: told.texts[v.content] for v in told.values if v.content in told.texts}
    assert texts["signed_on_paper_by"] == "Dr. A. Old"
    assert texts["paper_reference"]
    assert values(performer, coi, "on_paper") == [REFERENCE]


def test_a_step_lies_neither_before_the_last_one_nor_ahead(performer, coi):
    """Times go forward, and what is to come is no past."""
    copied(performer, coi, [Step("approve")], hours_ago=10)

    before = Step("record_consent", mode=Mode.LATE, hours_ago=11)
    take_refused(performer, coi, before, "BEFORE_THE_LAST_STEP")
    wanted, actor, signers = performer.request(coi, "confirm_slot")
    ahead = performer.installation.clock.now() + timedelta(hours=1)
    with refused(performer, coi, "NOT_IN_THE_PAST"):
        act(performer, (replace(wanted, mode=Mode.LATE, happened_at=ahead), actor, signers))


def test_nothing_else_goes_on_before_it_has_ended(performer, coi):
    """Neither a step of now nor a move to another version; a stop, a correction, the end do."""
    copied(performer, coi, STEPS)

    take_refused(performer, coi, Step("plan_collection"), "TRANSCRIPTION_OPEN")
    take_refused(performer, coi, Step("hold_therapy", mode=Mode.LATE, hours_ago=1), "NOT_COPIED")
    play(performer, coi, [Step("correct_value"), Step("hold_therapy"), Step("lift_therapy")])
    copied(performer, coi, [Step("freeze_material", "material", "collected")], hours_ago=1)
    assert newest(performer, coi).kind == "transcribed"
    play(performer, coi, [Step("cancel")])
    assert look(performer.installation, coi).therapy.transcription == "open"


def test_it_is_stopped_with_all_others_while_it_is_copied(performer, coi):
    """A stop-ship knows no paper: what is in doubt stands still, and is copied on afterwards."""
    copied(performer, coi, STEPS)
    criterion = Criterion("manufacturing_unit", "works-production")
    stop = StopShip(criterion, "Virus in the vector", "works-production", "stop", (coi,))

    stop_ship(performer.installation, stop, performer.proven["queenie"])

    assert look(performer.installation, coi).therapy.stops > 0
    with pytest.raises(Refused):
        copied(performer, coi, [Step("freeze_material", "material", "collected")], hours_ago=1)
    play(performer, coi, [*investigated(), LIFTED])
    copied(performer, coi, [Step("freeze_material", "material", "collected")], hours_ago=1)
    assert newest(performer, coi).kind == "transcribed"


def test_when_it_has_ended_it_moves_to_a_newer_version_and_to_another_hospital(performer, coi):
    """As every other therapy does; that it was copied is told as before."""
    copied(performer, coi, STEPS)
    label_everything(performer, coi)
    end(performer, coi)

    install(performer)
    move(performer, asked(performer, coi))
    play(performer, coi, MOVED)

    told = transcription_of(look(performer.installation, coi))
    assert (told.reference, told.is_open, bool(told.verified_by)) == (REFERENCE, False, True)
    assert verify_record(performer.installation).findings == ()


def test_no_step_is_taken_in_hand_at_a_screen(performer, coi):
    """A guided step is refused before anybody scans anything."""
    copied(performer, coi, STEPS)
    installation = performer.installation
    leo = resume(installation, sign_in(installation, "leo", PASSWORD))

    with pytest.raises(Refused) as caught:
        begin(installation, leo, Beginning(coi, "release_custody", "north-lab", "key"))

    assert "TRANSCRIPTION_OPEN" in [one.code for one in caught.value.refusals]


def test_what_is_done_at_the_bed_is_never_copied(performer, coi):
    """Not the bag that is thawed for it either: the bags that are accepted are the end of it."""
    for name in ("thaw", "check_at_bedside", "infuse"):
        wanted, actor, signers = performer.request(
            coi, "approve", Wish(mode=Mode.LATE, hours_ago=2)
        )
        with refused(performer, coi, "NEVER_COPIED"):
            act(performer, (replace(wanted, action=name), actor, signers))


def test_two_end_it_and_one_of_them_has_copied_nothing(performer, coi):
    """Who copied signs first; not alone, not with another who copied or ordered, not by others."""
    copied(performer, coi, STEPS)
    label_everything(performer, coi)

    for pair, code in (
        (("nina", "nina"), "SAME_PERSON"),
        (("nina", "ines"), "TOOK_PART"),
        (("nina", "carla"), "TOOK_PART"),
        (("ivo", "iris"), "COPIED_NOTHING"),
    ):
        with refused(performer, coi, code):
            end(performer, coi, *pair)
    wanted, actor, signers = ending(performer, coi, "nina", "ivo")
    before = replace(wanted, values={"compared_until": "3"})
    with refused(performer, coi, "COMPARED_BEFORE"):
        act(performer, (before, actor, signers))
    end(performer, coi, "nina", "ivo")
    assert [one.meaning for one in newest(performer, coi).signatures] == [
        "transcribed from paper",
        "verified against the paper",
    ]


def test_who_corrected_what_was_copied_does_not_verify_it(performer, coi):
    """A value that somebody wrote is compared with the paper by somebody else."""
    copied(performer, coi, STEPS)
    label_everything(performer, coi)
    names = {one.person: name for name, one in performer.proven.items()}
    took_part = [names[event.actor] for event in look(performer.installation, coi).history]
    play(performer, coi, [Step("correct_value", avoid=took_part)])

    with refused(performer, coi, "TOOK_PART"):
        end(performer, coi, "nina", names[newest(performer, coi).actor])


def test_the_two_who_end_it_may_sign_in_either_order(performer, coi):
    """Each signs under their own meaning, and the record is sound afterwards."""
    copied(performer, coi, STEPS)
    label_everything(performer, coi)
    wanted, actor, signers = ending(performer, coi)
    act(performer, (wanted, actor, signers[::-1]))

    assert verify_record(performer.installation).findings == ()


def test_each_living_bag_carries_our_label_before_it_ends(performer, coi):
    """What two have not seen our label on, nobody could scan afterwards."""
    copied(performer, coi, STEPS)
    take(performer, coi, Step("apply_label", "material", "collected", first=1))

    with refused(performer, coi, "LABEL_NOT_APPLIED"):
        end(performer, coi)


def test_it_ends_once_and_for_ever(performer, coi):
    """Afterwards a late fact is one as ever, and nothing is copied or ended again."""
    copied(performer, coi, STEPS)
    label_everything(performer, coi)
    again = ending(performer, coi)
    end(performer, coi)
    with refused(performer, coi, "ACTION_UNKNOWN"):
        act(performer, (replace(again[0], key="again"), *again[1:]))
    play(performer, coi, [on_paper("record_weight")])

    assert newest(performer, coi).kind == "late"
    assert look(performer.installation, coi).therapy.transcription == "ended"


def test_a_therapy_that_was_never_on_paper_is_not_copied(performer):
    """A late fact of such a therapy asks for the signatures of the step."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, [on_paper("approve")])

    assert newest(performer, coi).kind == "late"
    assert [one.meaning for one in newest(performer, coi).signatures] == ["prescribed"]


def test_all_of_it_up_to_the_accepted_product_can_be_copied(performer, coi):
    """Made, released, delivered, accepted on paper; no rule was broken, and the record verifies."""
    copied(performer, coi, (*FILLED, *RELEASED, *ACCEPTED))
    label_everything(performer, coi)
    end(performer, coi)

    assert states(performer, coi, "product") == {"accepted": 4}
    assert states(performer, coi, "exception") == {}
    assert verify_record(performer.installation).findings == ()


DAMAGE = {
    "a copy seems taken here": "UPDATE entry SET kind = 'act' WHERE kind = 'transcribed'",
    "a copy is hidden": "UPDATE entry SET transcription = 'open' WHERE transcription = 'step'",
    "it happened later": "UPDATE entry SET happened_at = recorded_at WHERE kind = 'transcribed'",
    "it never ran on paper": "UPDATE entry SET transcription = '-', prev_transcription = '-'",
    "the reference is gone": "DELETE FROM value WHERE field = 'on_paper'",
    "the copier signs the step": "UPDATE signature SET meaning = 'collected'"
    " WHERE meaning = 'transcribed from paper'",
    "nobody compared it": "DELETE FROM signature WHERE meaning = 'verified against the paper'",
    "it moved by itself": "UPDATE move SET on_paper = 1 WHERE transcription = 'step'",
}
"""What somebody who owns the file does to a therapy that was copied."""


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_copied_therapy_that_was_damaged_is_named(performer, coi, tmp_path):
    """Past every trigger and check of a real database, the verifier names the therapy."""
    copied(performer, coi, STEPS)
    label_everything(performer, coi)
    end(performer, coi)

    file, world = tmp_path / "damaged.db", performer.installation
    named = {what: _named_after(world, sql, file) for what, sql in DAMAGE.items()}

    assert [what for what, keys in named.items() if not any(coi in key for key in keys)] == []


def _named_after(installation, sql, file):
    """The keys of the rows that the verifier names in a copy that was damaged."""
    whole = installation.engine.url.database
    with closing(sqlite3.connect(whole)) as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy)
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in copy.execute(triggers).fetchall():
            copy.execute(f"DROP TRIGGER {name}")
        copy.execute("PRAGMA ignore_check_constraints = ON")
        assert copy.execute(sql).rowcount > 0, "the attack changed nothing"
        copy.commit()
    engine = open_engine(f"sqlite:///{file}")
    findings = verdict_of(replace(installation, engine=engine)).findings
    engine.dispose()
    return {one.key for one in findings}
