"""Who may: roles, training, signatures, and two who are really two."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coi.definitions import packaged, packaged_workflow
from tests import cast
from tests.builders import (
    a_bag,
    a_deed,
    a_lot,
    a_scan,
    a_therapy,
    a_wristband,
    codes,
    facts,
    passing_results,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.case import Case
from workflows.facts import IdentityCheck, Mode, Request
from workflows.guards.people import no_program_stands_for_a_person
from workflows.model import Custody, Pick

ACCEPTED = facts(a_therapy("released"), a_bag("received"))
LOT = a_lot("filled")
ORDERED = facts(a_therapy("ordered"))
PROGRAM = replace(cast.CARLA, is_service=True, trained_until={})
"""What orders in the coordinator's place; it was never trained, as programs are not."""

HEARD = IdentityCheck(PROGRAM.id, "patient", frozenset(), frozenset())
TESTED = facts(a_therapy("testing"), LOT, a_bag("frozen"), values=passing_results(LOT))


def second_signer(**changes):
    """Let the second signer be otherwise."""
    return {"signings": lambda request: _with_second(request, **changes)}


def _with_second(request, **changes):
    one, two = request.signings
    return (one, replace(two, person=replace(two.person, **changes)))


def released_by(action, person=cast.QUENTIN):
    """Tell that somebody who releases took part in an earlier step."""
    earlier = a_deed(action, LOT, seq=33, persons=((person.id, "verified"),))
    return replace(TESTED, history=(*TESTED.history, earlier))


EXAMPLES = [
    Example(
        "actor_may_do_this",
        "accept_product",
        ACCEPTED,
        "the actor works at another site",
        "ROLE_LACKING",
        {"actor": cast.VERA},
    ),
    Example(
        "actor_may_do_this",
        "accept_product",
        ACCEPTED,
        "the actor has another role at this unit",
        "ROLE_LACKING",
        {"actor": cast.a_person("cleo", ("courier", cast.CELL_LAB))},
    ),
    Example(
        "people_are_active",
        "accept_product",
        ACCEPTED,
        "the actor's account is closed",
        "ACCOUNT_INACTIVE",
        {"actor": replace(cast.THEO, active=False)},
    ),
    Example(
        "no_program_stands_for_a_person",
        "accept_product",
        ACCEPTED,
        "a program takes a step at a bag",
        "PROGRAM_MAY_NOT",
        {"actor": replace(cast.THEO, is_service=True)},
    ),
    Example(
        "no_program_stands_for_a_person",
        "accept_product",
        ACCEPTED,
        "a program signs second",
        "PROGRAM_CANNOT_SIGN",
        second_signer(is_service=True),
    ),
    Example(
        "no_program_stands_for_a_person",
        "record_consent",
        ORDERED,
        "a program tells late what happened",
        "PROGRAM_MAY_NOT",
        {"actor": PROGRAM, "mode": Mode.LATE, "happened_at": cast.NOW - timedelta(hours=1)},
        holds_with={"actor": PROGRAM},
    ),
    Example(
        "no_program_stands_for_a_person",
        "record_consent",
        ORDERED,
        "a program scans a wristband, as if it had eyes",
        "PROGRAM_MAY_NOT",
        {"actor": PROGRAM, "scans": (a_scan(a_wristband()),)},
        holds_with={"actor": PROGRAM},
    ),
    Example(
        "no_program_stands_for_a_person",
        "record_consent",
        ORDERED,
        "a program says what a patient said",
        "PROGRAM_MAY_NOT",
        {
            "actor": PROGRAM,
            "identity_checks": (IdentityCheck(PROGRAM.id, "patient", frozenset(), frozenset()),),
        },
        holds_with={"actor": PROGRAM},
    ),
    Example(
        "people_are_trained",
        "accept_product",
        ACCEPTED,
        "the actor was never trained",
        "TRAINING_EXPIRED",
        {"actor": replace(cast.THEO, trained_until={})},
    ),
    Example(
        "people_are_trained",
        "accept_product",
        ACCEPTED,
        "the actor's training ends now",
        "TRAINING_EXPIRED",
        {"actor": replace(cast.THEO, trained_until={"cell_lab_technologist": cast.NOW})},
    ),
    Example(
        "people_are_active",
        "accept_product",
        ACCEPTED,
        "the second signer's account is closed",
        "ACCOUNT_INACTIVE",
        second_signer(active=False),
    ),
    Example(
        "people_are_trained",
        "accept_product",
        ACCEPTED,
        "the second signer's training has ended",
        "TRAINING_EXPIRED",
        second_signer(trained_until={"cell_lab_technologist": cast.NOW}),
    ),
    Example(
        "every_signature_is_given",
        "accept_product",
        ACCEPTED,
        "a signature is missing",
        "SIGNATURE_MISSING",
        {"signings": lambda request: request.signings[:1]},
    ),
    Example(
        "every_signature_is_given",
        "accept_product",
        ACCEPTED,
        "there is one signature too many",
        "SIGNATURE_MISSING",
        {"signings": lambda request: (*request.signings, request.signings[0])},
    ),
    Example(
        "every_signature_is_given",
        "accept_product",
        ACCEPTED,
        "the meanings are exchanged",
        "SIGNER_NOT_ENTITLED",
        {"signings": lambda request: request.signings[::-1]},
    ),
    Example(
        "every_signature_is_given",
        "accept_product",
        ACCEPTED,
        "the signer lacks the role",
        "SIGNER_NOT_ENTITLED",
        second_signer(roles=cast.CARLA.roles, site_roles=cast.CARLA.site_roles),
    ),
    Example(
        "every_signature_is_given",
        "accept_product",
        ACCEPTED,
        "whoever takes the step leaves the signatures to others",
        "ACTOR_DOES_NOT_SIGN",
        {"actor": cast.a_person("thea", ("cell_lab_technologist", cast.CELL_LAB))},
    ),
    Example(
        "every_signature_is_given",
        "accept_product",
        ACCEPTED,
        "nobody has checked who the signer is",
        "SIGNER_NOT_ENABLED",
        second_signer(proofed=False),
    ),
    Example(
        "every_signature_is_given",
        "accept_product",
        ACCEPTED,
        "the signer has not accepted the signature statement",
        "SIGNER_NOT_ENABLED",
        second_signer(accepted_policy=False),
    ),
    Example(
        "signers_are_different_people",
        "accept_product",
        ACCEPTED,
        "one person signs twice",
        "SAME_PERSON",
        {"signings": lambda r: tuple(replace(s, person=cast.THEO) for s in r.signings)},
    ),
    Example(
        "signers_are_different_people",
        "accept_product",
        ACCEPTED,
        "one human being signs with two accounts",
        "SAME_PERSON",
        second_signer(id=cast.THEO.id, username="theo-2"),
    ),
    Example(
        "signers_are_different_people",
        "accept_product",
        ACCEPTED,
        "the verifier had the step in hand before it was handed over",
        "TOOK_PART",
        {"took_part": lambda r: (r.signings[-1].person.id,)},
        holds_with={"took_part": ("somebody else",)},
    ),
    Example(
        "signer_took_no_part",
        "release_lot",
        TESTED,
        "the releaser verified a filling",
        "TOOK_PART",
        told_instead=released_by("fill"),
    ),
    Example(
        "signer_took_no_part",
        "release_lot",
        TESTED,
        "the releaser recorded a test result",
        "TOOK_PART",
        told_instead=released_by("record_result"),
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_holds(example):
    """An action that keeps to the rule is allowed."""
    asking.holds(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails(example):
    """An action that breaks the rule is refused, with a reason and a next step."""
    asking.fails(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_it_fails_with_another(example):
    """Whoever breaks two rules hears of both at once."""
    asking.fails_beside_another(example)


def test_the_refusal_names_the_earlier_step():
    """Who took part is told in which step."""
    (refusal,) = asking.answer(EXAMPLES[-1], asking.decided(*EXAMPLES[-1].bad))

    assert "quentin took part in “Record a test result”" in refusal.sentence


def test_a_refused_attempt_is_no_part():
    """Who tried by mistake, and was refused, has not taken part."""
    refused = a_deed("fill", LOT, seq=33, kind="refused", actor=cast.QUENTIN.id, persons=())
    told = replace(TESTED, history=(*TESTED.history, refused))

    assert asking.decided(*replace(EXAMPLES[-1], told=told).good).allowed


def test_a_release_is_confirmed_by_somebody_who_took_no_part():
    """What bars from releasing bars from confirming a provisional release too."""
    lot = a_lot("provisionally_released")
    results = passing_results(lot)
    told = facts(a_therapy("released"), lot, a_bag("released"), values=results)
    earlier = a_deed("fill", lot, seq=33, persons=((cast.QUENTIN.id, "verified"),))
    after = replace(told, history=(*told.history, earlier))

    assert asking.decided(a_request(told, "confirm_release"), told).allowed
    assert codes(asking.decided(a_request(after, "confirm_release"), after)) == ["TOOK_PART"]


@pytest.mark.parametrize("action", ["relocate", "accept_material"])
def test_a_step_that_is_none_of_the_named_ones_bars_nobody(action):
    """Only the steps that the definition names bar from releasing."""
    _, told = replace(EXAMPLES[-1], told_instead=released_by(action)).bad

    assert asking.decided(*replace(EXAMPLES[-1], told=told).good).allowed


def test_the_reviewer_may_have_taken_part():
    """The rule is about the signature that releases, not about the review."""
    told = released_by("fill", cast.QUEENIE)

    assert asking.decided(*replace(EXAMPLES[-1], told=told).good).allowed


def test_whoever_may_not_act_is_told_who_may():
    """The roles are written for people."""
    request = a_request(TESTED, "release_lot", actor=cast.VERA)

    (refusal,) = (r for r in asking.decided(request, TESTED).refusals if r.code == "ROLE_LACKING")

    assert refusal.next_step.endswith(": qualified person")


def test_a_step_for_everybody_takes_a_role_at_the_unit_all_the_same():
    """Everybody is whoever works here, not whoever passes by."""
    request = a_request(ACCEPTED, "open_exception", actor=cast.VERA)

    assert "ROLE_LACKING" in codes(asking.decided(request, ACCEPTED))


LEFT_TO_PROGRAMS = {"order", "plan_collection", "record_consent", "open_exception"}


@pytest.mark.parametrize("name", sorted(packaged()))
def test_what_is_left_to_programs_is_a_short_list(name):
    """Of all steps of each definition a program may take four, whatever its roles (SEC-38)."""
    workflow = packaged_workflow(name)
    request = Request(cast.COI_A, "-", PROGRAM, cast.WARD)

    left = {
        action.name
        for action in workflow.actions.values()
        if no_program_stands_for_a_person(Case(workflow, action, request, ORDERED)) is None
    }

    assert left == LEFT_TO_PROGRAMS


@pytest.mark.parametrize(
    "asks",
    [{"patient": True}, {"pick": Pick.SCANNED}, {"custody": Custody.ACCEPTS}],
    ids=str,
)
def test_no_program_takes_a_step_that_needs_hands_or_eyes(asks):
    """Each of the three is enough: a patient, a scan, something that is handed over."""
    workflow = packaged_workflow("autologous-car-t")
    consent = workflow.actions["record_consent"]
    usual = workflow.actions["unpack"].moves[0]
    plain = replace(usual, patient=False, pick=Pick.NAMED, custody=Custody.NONE)
    request = Request(cast.COI_A, "-", PROGRAM, cast.WARD)

    def refusal(rule):
        action = replace(consent, moves=(rule,))
        return no_program_stands_for_a_person(Case(workflow, action, request, ORDERED))

    assert refusal(plain) is None
    assert refusal(replace(plain, **asks)).code == "PROGRAM_MAY_NOT"
