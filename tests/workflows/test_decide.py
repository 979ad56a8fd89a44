"""One decision: every reason at once, late facts, dispensations, wrong scans."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import cast
from tests.builders import (
    PASSING,
    a_bag,
    a_label,
    a_lot,
    a_scan,
    a_therapy,
    a_workflow,
    codes,
    decided,
    facts,
    passing_results,
    stopped_by,
    without,
)
from tests.performer import a_request
from workflows.decide import needs
from workflows.draft import Decision, Mismatch, Strange
from workflows.facts import Mode, Order, Wristband
from workflows.guards import ALWAYS, GUARDS
from workflows.mix_ups import contained, incident, refused_with_mismatch, suspected
from workflows.refusal import Refusal

LATE = {"mode": Mode.LATE, "happened_at": cast.NOW}
CHECKED = facts(a_bag("checked"))
LATER = replace(CHECKED, now=cast.NOW + timedelta(days=400))
ACCEPTED = facts(a_bag("accepted"))
LOT = a_lot("filled")


def expired(*bags):
    """Tell of these bags, all of them out of date."""
    return replace(facts(*bags), now=cast.NOW + timedelta(days=400))


# -- ask -------------------------------------------------------------------------------------------


def test_every_reason_is_told_at_once():
    """Whoever does everything wrong hears of everything, each under the name of its guard."""
    request = replace(
        a_request(CHECKED, "infuse"),
        actor=replace(cast.VERA, active=False),
        scans=(a_scan(None),),
        signings=(),
        values={"surprise": "1"},
    )

    decision = decided(request, LATER)

    assert decision.draft is None
    assert codes(decision) == [
        "NOT_SCANNED",
        *("FIELD_MISSING", "FIELD_MISSING", "FIELD_MISSING", "FIELD_UNKNOWN"),
        *("ROLE_LACKING", "ACCOUNT_INACTIVE", "UNKNOWN_CODE", "WRISTBAND_NOT_SCANNED"),
        "SIGNATURE_MISSING",
    ]


def test_a_refused_action_drafts_nothing_and_an_allowed_one_has_no_refusals():
    """Never both."""
    allowed = decided(a_request(CHECKED, "infuse"), CHECKED)
    refused = decided(a_request(CHECKED, "infuse"), LATER)

    assert (allowed.allowed, allowed.refusals) == (True, ())
    assert (refused.allowed, refused.draft) == (False, None)
    assert refused.refusals


def test_an_unknown_action_is_refused():
    """A name that the definition does not know is a refusal, not an error."""
    request = replace(a_request(CHECKED, "infuse"), action="teleport")

    (refusal,) = decided(request, CHECKED).refusals
    assert refusal.code == "ACTION_UNKNOWN"
    assert "teleport" in refusal.sentence
    assert refusal.next_step


@pytest.mark.parametrize("action", a_workflow().actions)
def test_what_an_action_needs_includes_what_every_action_needs(action):
    """The guards that are always asked can always be answered."""
    always = {need for guard in ALWAYS.values() for need in guard.needs}

    assert (
        always
        <= needs(a_workflow().actions[action])
        <= {*("sites", "treatment", "links", "values", "history", "templates", "benches"), "labels"}
        | {"label_lives", "over_labels", "donations", "equipment", "files"}
    )


@pytest.mark.parametrize("action", ["record_result", "record_late_result"])
def test_a_result_is_judged_by_what_is_on_record(action):
    """Limits and earlier results are values, though no guard of the action asks for them."""
    assert "values" in needs(a_workflow().actions[action])


def test_an_action_that_reads_no_values_is_given_none():
    """What nobody asks for is not read."""
    assert "values" not in needs(a_workflow().actions["plan_collection"])


def test_a_typed_code_is_noticed():
    """Typing instead of scanning stops nothing, and stays on the record."""
    request = a_request(CHECKED, "infuse")
    request = replace(request, scans=tuple(replace(s, how="typed") for s in request.scans))

    decision = decided(request, CHECKED)

    assert [notice.code for notice in decision.draft.notices] == ["TYPED"]


@pytest.mark.parametrize(
    ("action", "kind"),
    [("infuse", "act"), ("hold_therapy", "hold"), ("open_exception", "act")],
)
def test_the_kind_of_entry_tells_stops_of_the_therapy_from_acts(action, kind):
    """A stop of the whole therapy is an entry of its own kind."""
    assert decided(a_request(CHECKED, action), CHECKED).draft.kind == kind


def test_a_lift_of_the_therapy_is_an_entry_of_its_own_kind():
    """What takes a stop away can be told from what adds one."""
    told = stopped_by("hold_therapy")

    assert decided(a_request(told, "lift_therapy"), told).draft.kind == "lift"


# -- late facts ------------------------------------------------------------------------------------


def test_a_late_fact_that_keeps_every_rule_is_looked_at_all_the_same():
    """It is marked late, and a minor exception waits for somebody else."""
    decision = decided(a_request(CHECKED, "infuse", **LATE), CHECKED)

    told = {value.field: value.content for value in decision.draft.values}
    assert decision.draft.kind == "late"
    assert [birth.machine for birth in decision.draft.births] == ["exception"]
    assert (told["class"], told["seen"].partition(":")[0]) == ("minor", "Entered late")
    assert [notice.code for notice in decision.draft.notices] == ["LATE_ENTRY"]


def test_a_late_fact_is_recorded_with_an_exception_for_each_rule_that_it_broke():
    """What has happened cannot be refused: an old check and a passed expiry are deviations."""
    happened = {**LATE, "happened_at": LATER.now - timedelta(hours=1)}
    decision = decided(a_request(CHECKED, "infuse", **happened), LATER)

    draft = decision.draft
    seen = [value.content for value in draft.values if value.field == "seen"]
    assert [birth.machine for birth in draft.births] == ["exception"] * 3
    assert [text.partition(":")[0] for text in seen] == [
        *("CHECK_TOO_OLD", "EXPIRED", "THAW_WINDOW_PASSED")
    ]
    assert [notice.code for notice in draft.notices] == ["LATE_ENTRY", "RULES_BROKEN"]


def test_a_late_fact_is_judged_by_the_time_at_which_it_happened():
    """What was in time stays in time, however late it is entered."""
    decision = decided(a_request(CHECKED, "infuse", **LATE), LATER)

    told = {value.field: value.content for value in decision.draft.values}
    assert decision.draft.kind == "late"
    assert told["seen"].partition(":")[0] == "Entered late"
    assert [notice.code for notice in decision.draft.notices] == ["LATE_ENTRY"]


@pytest.mark.parametrize(
    ("happened_at", "refused"),
    [
        (None, ["NOT_IN_THE_PAST"]),
        (cast.NOW + timedelta(seconds=1), ["NOT_IN_THE_PAST"]),
        (cast.NOW, []),
    ],
)
def test_a_late_fact_lies_in_the_past(happened_at, refused):
    """It tells when it happened, at the latest now."""
    decision = decided(
        a_request(CHECKED, "infuse", **{**LATE, "happened_at": happened_at}), CHECKED
    )

    assert codes(decision) == refused
    assert all(refusal.next_step for refusal in decision.refusals)


def test_only_a_late_fact_has_a_time_of_its_own():
    """What is done now is recorded as of now."""
    request = a_request(CHECKED, "infuse", happened_at=cast.NOW)

    (refusal,) = decided(request, CHECKED).refusals
    assert refusal.code == "NOT_LATE"
    assert refusal.next_step


@pytest.mark.parametrize("name", [name for name, guard in GUARDS.items() if guard.bends_to_facts])
def test_a_rule_that_bends_is_none_of_identity_custody_or_signatures(name):
    """Only rules of practice may have been broken by what has happened."""
    assert name in {
        *("people_are_trained", "bench_is_clear", "label_template_is_approved"),
        *("equipment_is_fit",),
        *("bedside_check_is_fresh", "who_infuses_has_checked", "the_bag_before_is_in"),
        *("shipper_holds_long_enough", "container_is_intact", "disposition_is_on_the_label"),
        *("thaw_window_is_open", "no_more_is_infused_than_was_filled"),
        *("product_is_in_date", "material_is_fresh", "expiry_is_within_the_shelf_life"),
        *("consent_is_given", "date_is_plausible", "material_disposition_is_stated"),
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scans": (a_scan(a_label("COI-B/30.1", cast.COI_B)),)}, "WRONG_THERAPY"),
        ({"scans": (a_scan(a_label("COI-A/30.1")),)}, "WRISTBAND_NOT_SCANNED"),
        ({"signings": ()}, "SIGNATURE_MISSING"),
        ({"unit": cast.CELL_LAB}, "NOT_THE_HOLDER"),
        ({"actor": cast.VERA}, "ROLE_LACKING"),
        ({"values": {}}, "FIELD_MISSING"),
    ],
)
def test_identity_custody_and_signatures_never_bend(changes, code):
    """What broke them is an incident, and not a late fact."""
    decision = decided(a_request(CHECKED, "infuse", **LATE, **changes), CHECKED)

    assert not decision.allowed
    assert code in codes(decision)


def test_a_lot_that_is_not_released_cannot_have_been_infused_late():
    """The release is a lock: an infusion without it is an incident."""
    told = facts(a_bag("checked"), a_lot("filled"))

    assert codes(decided(a_request(told, "infuse", **LATE), told)) == ["NOT_RELEASED"]


# -- wrong scans -----------------------------------------------------------------------------------


def test_a_wrong_scan_names_the_strange_bag():
    """The decision says which bag of which therapy was in this one's place."""
    request = a_request(CHECKED, "infuse", scans=(a_scan(a_label("COI-B/30.1", cast.COI_B)),))

    decision = decided(request, CHECKED)

    assert [(m.coi, m.subject, m.serial) for m in decision.mismatches] == [
        ("COI-B", "COI-B/30.1", "B:COI-B/30.1")
    ]


def test_a_refusal_without_a_strange_bag_names_no_mismatch():
    """A missing signature is no mix-up."""
    assert decided(a_request(CHECKED, "infuse", signings=()), CHECKED).mismatches == ()


@pytest.mark.parametrize(
    ("scan", "told"),
    [
        (Order("COI-B"), [("COI-B", Strange.ORDER)]),
        (
            Wristband("W-B", "patient-b", current=True, cois=("COI-B", "COI-C")),
            [("COI-B", Strange.BAND), ("COI-C", Strange.BAND)],
        ),
        (Wristband("W-A", cast.PATIENT_A, current=False, cois=("COI-A",)), []),
        (Order("COI-A"), []),
    ],
    ids=["another order", "another patient's band", "an old band", "the own order"],
)
def test_what_belongs_elsewhere_is_told_there(scan, told):
    """An order in its therapy, a stranger's wristband in each of that patient's."""
    request = a_request(CHECKED, "infuse", scans=(a_scan(scan),))

    decision = decided(request, CHECKED)

    assert [(one.coi, one.what) for one in decision.mismatches] == told


def test_a_therapy_whose_bag_was_there_is_told_of_the_bag():
    """With its order and its patient's wristband beside it, that is one mix-up, and the worst."""
    strange = a_label("COI-B/30.1", cast.COI_B)
    band = Wristband("W-B", strange.patient, current=True, cois=(strange.coi,))
    scans = tuple(map(a_scan, (Order(strange.coi), band, strange)))

    decision = decided(a_request(CHECKED, "infuse", scans=scans), CHECKED)

    assert [(one.coi, one.what) for one in decision.mismatches] == [("COI-B", Strange.BAG)]


@pytest.mark.parametrize("code", ["WRONG_ORDER", "SCANNED_OTHERWISE", "IDENTITY_DIFFERS"])
@pytest.mark.parametrize("at_patient", [True, False])
def test_what_stops_the_people_at_the_patient_stops_the_hand_elsewhere(code, at_patient):
    """The same reason is a wrong pairing there, and a slip here."""
    decision = Decision(None, (Refusal(code, "STOP."),), at_patient=at_patient)

    assert bool(decision.mispairing) is at_patient


@pytest.mark.parametrize("code", ["OLD_WRISTBAND", "UNKNOWN_CODE", "THAW_WINDOW_PASSED"])
def test_what_is_nobody_elses_stops_no_people(code):
    """It is the same patient's, or nobody knows whose: the hand stops, and the pair may go on."""
    decision = Decision(None, (Refusal(code, "STOP."),), at_patient=True)

    assert decision.mispairing == ""


def test_the_words_of_a_stopped_pairing_name_all_that_was_seen():
    """Each once, so that quality assurance knows what to look for."""
    decision = Decision(
        None,
        (Refusal("WRONG_PATIENT", "STOP."), Refusal("WRONG_ORDER", "STOP.")),
        (Mismatch("COI-B", "COI-B/30.1", "B"), Mismatch("COI-C", "COI-C/30.1", "C")),
        at_patient=True,
    )

    assert decision.mispairing == (
        "A bag of another therapy was scanned; Another patient's wristband was scanned;"
        " Another therapy's order was scanned at the patient"
    )


@pytest.mark.parametrize(
    ("action", "at_patient"),
    [
        *((name, True) for name in ("admit_patient", "collect", "check_at_bedside", "infuse")),
        *((name, False) for name in ("release_custody", "thaw", "cancel")),
    ],
)
def test_the_steps_at_the_patient_are_known(action, at_patient):
    """Where the patient is touched or identified; a refusal says which it is."""
    request = replace(a_request(CHECKED, "infuse"), action=action, scans=(), signings=())

    decision = decided(request, CHECKED)

    assert decision.at_patient is at_patient


@pytest.mark.parametrize("what", [Strange.ORDER, Strange.BAND])
def test_an_order_or_a_wristband_elsewhere_holds_nothing(what):
    """A major exception of the therapy whose it is: no cells were in hand with it."""
    told = Mismatch("COI-A", what=what)

    draft = suspected(a_workflow(), a_request(CHECKED, "infuse"), ACCEPTED, told)

    values = {value.field: value.content for value in draft.values}
    assert (draft.kind, values["class"], values["stops"]) == ("incident", "major", "nothing")
    assert str(what.value) in values["seen"] or "wristband" in values["seen"]
    assert [move.machine for move in draft.moves] == ["exception"]


def test_the_therapy_in_hand_records_who_was_at_the_wrong_scan():
    """The pairing is stopped, and not the treatment: nothing moves but a new critical exception."""
    request = a_request(CHECKED, "infuse")

    draft = refused_with_mismatch(a_workflow(), request, CHECKED, "A strange bag")

    values = {value.field: value.content for value in draft.values}
    assert (draft.kind, [move.machine for move in draft.moves]) == ("refused", ["exception"])
    assert (values["class"], values["stops"]) == ("critical", "pairing")
    assert values["pairing"].split() == [s.person.id for s in request.signings]


def test_the_strange_bag_is_held_in_its_own_therapy():
    """A critical exception is opened on it, and it waits for its own custody check."""
    draft = contained(a_workflow(), a_request(CHECKED, "infuse"), ACCEPTED, "COI-A/30.1")

    values = {value.field: value.content for value in draft.values}
    assert (draft.kind, values["class"], values["stops"]) == ("incident", "critical", "item")
    assert draft.births[0].origin == "COI-A/30.1"
    assert [(move.machine, move.after.stops) for move in draft.moves] == [
        ("exception", 0),
        ("product", 1),
    ]


def test_a_strange_bag_whose_code_was_typed_is_not_held():
    """Whoever types a serial need not have the bag in hand: a major exception, and no stop."""
    draft = suspected(
        a_workflow(),
        a_request(CHECKED, "infuse"),
        ACCEPTED,
        Mismatch("COI-A", "COI-A/30.1", "B:COI-A/30.1"),
    )

    values = {value.field: value.content for value in draft.values}
    assert (draft.kind, values["class"], values["stops"]) == ("incident", "major", "nothing")
    assert draft.births[0].origin == "COI-A/30.1"
    assert [move.machine for move in draft.moves] == ["exception"]


def test_a_strange_bag_at_its_end_cannot_be_held():
    """An infused bag scanned in another's place is an exception all the same."""
    told = facts(a_bag("infused"))

    draft = contained(a_workflow(), a_request(CHECKED, "infuse"), told, "COI-A/30.1")

    assert [move.machine for move in draft.moves] == ["exception"]
    assert {v.content for v in draft.values if v.field == "stops"} == {"nothing"}


def test_an_incident_is_a_critical_exception_and_never_a_custody_move():
    """What must never be, was: it stands free, and moves nothing else."""
    draft = incident(a_workflow(), a_request(CHECKED, "infuse"), CHECKED, "The wrong bag hung")

    assert (draft.kind, [move.machine for move in draft.moves]) == ("incident", ["exception"])
    assert [v.content for v in draft.values if v.field == "seen"] == ["The wrong bag hung"]
    assert [v.confidential for v in draft.values if v.field == "seen"] == [True]


# -- results after the decision --------------------------------------------------------------------


@pytest.mark.parametrize("state", ["released", "provisionally_released"])
def test_growth_after_the_release_opens_a_critical_exception_on_the_lot(state):
    """A late result stops nothing by itself; somebody must look at it."""
    action = "record_late_result" if state == "released" else "record_result"
    told = facts(a_lot(state), values=passing_results(LOT))
    request = a_request(told, action, values={"test": "sterility", "result": "growth"})

    draft = decided(request, told).draft

    assert [birth.origin for birth in draft.births] == [LOT.id]
    assert {v.content for v in draft.values if v.field == "class"} == {"critical"}
    (seen,) = (v.content for v in draft.values if v.field == "seen")
    assert seen.endswith("is growth after the decision")


def test_growth_before_the_decision_opens_a_critical_exception():
    """A passing repetition would hide it; so QA looks into it before anything is released."""
    told = facts(a_therapy("testing"), LOT, a_bag("frozen"))
    request = a_request(told, "record_result", values={"test": "sterility", "result": "growth"})

    draft = decided(request, told).draft

    assert [(birth.machine, birth.origin) for birth in draft.births] == [("exception", LOT.id)]
    (seen,) = (v.content for v in draft.values if v.field == "seen")
    assert seen.endswith("is growth before the decision")
    assert {v.content for v in draft.values if v.field == "class"} == {"critical"}


def test_a_good_result_after_the_release_opens_nothing():
    """It confirms what was decided."""
    told = without(facts(a_lot("released"), values=passing_results(LOT)), "sterility")
    values = {"test": "sterility", "result": PASSING["sterility"]}

    assert decided(a_request(told, "record_late_result", values=values), told).draft.births == ()
