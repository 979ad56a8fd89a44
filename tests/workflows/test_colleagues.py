"""Who may go on with a colleague's step, asked before anything of it is told."""

from dataclasses import replace

import pytest

from coi.definitions import packaged_workflow
from tests import cast
from tests.builders import a_bag, a_deed, a_lot, a_therapy, facts, passing_results
from tests.cast import a_person
from tests.performer import a_request
from workflows.colleagues import why_not_handed_to
from workflows.facts import Request
from workflows.model import SignatureRule, Verb, Who
from workflows.shift import stays_with_its_people

CAR_T = packaged_workflow("autologous-car-t")
LOT = a_lot("filled")
TESTED = facts(a_therapy("testing"), LOT, a_bag("frozen"), values=passing_results(LOT))
ARRIVED = facts(a_therapy("released"), a_bag("received"))


TWO_ROLES = a_person("quirin", ("qa_reviewer", cast.FACTORY), ("qualified_person", cast.FACTORY))


def refusals(told, action, person, workflow=CAR_T):
    """What keeps somebody from going on with it."""
    asked = a_request(told, action)
    begun = Request(asked.coi, action, asked.actor, asked.unit)
    return why_not_handed_to(workflow, begun, told, person)


def why_not(told, action, person, workflow=CAR_T):
    """The codes of what keeps somebody from going on with it."""
    return [one.code for one in refusals(told, action, person, workflow)]


def test_a_colleague_of_the_same_role_and_unit_may():
    """Whatever is still to be told: that is asked when it is signed."""
    assert why_not(ARRIVED, "accept_product", cast.TARA) == []


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (cast.NINA, "SIGNER_NOT_ENTITLED"),
        (replace(cast.TARA, active=False), "ACCOUNT_INACTIVE"),
        (replace(cast.TARA, trained_until={}), "TRAINING_EXPIRED"),
        (
            replace(cast.TARA, trained_until=dict.fromkeys(cast.TARA.trained_until, ARRIVED.now)),
            "TRAINING_EXPIRED",
        ),
    ],
    ids=["another role", "a closed account", "never trained", "training that ends now"],
)
def test_whoever_lacks_what_it_takes_may_not(person, code):
    """Role, an open account, training."""
    assert code in why_not(ARRIVED, "accept_product", person)


def test_whoever_took_part_before_may_not_sign_what_takes_somebody_else():
    """Segregation of duties is asked before it is handed to them (SEC-30)."""
    earlier = a_deed("fill", LOT, seq=33, persons=((cast.QUENTIN.id, "took_part"),))
    barred = replace(TESTED, history=(*TESTED.history, earlier))

    assert why_not(TESTED, "release_lot", cast.QUENTIN) == []
    assert why_not(barred, "release_lot", cast.QUENTIN) == ["TOOK_PART"]


def test_a_step_that_nobody_signs_asks_whoever_goes_on_with_it():
    """And not the one who began it."""
    ordered = facts(a_therapy("ordered"))
    gone = replace(cast.CARLA, active=False)

    assert why_not(ordered, "record_consent", cast.CARLA) == []
    assert why_not(ordered, "record_consent", gone) == ["ACCOUNT_INACTIVE"]


def test_of_two_signatures_that_somebody_may_give_the_freer_one_counts():
    """Who may not release may still be the one who reviews; barred from both, the first is told."""
    earlier = a_deed("fill", LOT, seq=33, persons=((TWO_ROLES.id, "took_part"),))
    barred = replace(TESTED, history=(*TESTED.history, earlier))

    assert why_not(barred, "release_lot", TWO_ROLES) == []
    half_trained = replace(TWO_ROLES, trained_until={"qualified_person": cast.FAR})
    assert why_not(barred, "release_lot", half_trained) == ["TRAINING_EXPIRED"]


@pytest.mark.parametrize("country", [None, "NL"], ids=["everywhere", "in one country"])
def test_somebody_is_trained_for_the_signature_that_is_theirs(country):
    """Whichever place it has among those that the step asks for, there."""
    release = replace(CAR_T.actions["release_lot"], who=(Who("qa_reviewer", "manufacturer"),))
    asked = (SignatureRule("checked", ("qc_analyst",)), release.signatures[1])
    changed = replace(release, signatures_in={country: asked} if country else {})
    changed = changed if country else replace(changed, signatures=asked)
    workflow = replace(CAR_T, actions={**CAR_T.actions, "release_lot": changed})
    as_reviewer = {"qa_reviewer": cast.FAR}

    assert why_not(TESTED, "release_lot", TWO_ROLES, workflow) == []
    untrained = replace(TWO_ROLES, trained_until=as_reviewer)
    assert why_not(TESTED, "release_lot", untrained, workflow) == ["TRAINING_EXPIRED"]


def test_whoever_cannot_sign_is_told_who_can():
    """Whose signature it is, as people say it."""
    (refusal,) = refusals(ARRIVED, "accept_product", cast.NINA)

    assert refusal.sentence.startswith("nina cannot sign “Inspect and accept the product”")
    assert refusal.next_step == (
        "Hand it to somebody who is here as: cell lab technologist, treating physician"
    )


def test_a_rule_that_cannot_be_asked_is_no_yes():
    """What the rules are not told refuses."""
    untold = replace(TESTED, history=None)

    assert why_not(untold, "release_lot", cast.QUENTIN) == ["CHECK_FAILED"]


def test_what_is_done_at_the_patient_stays_with_its_people():
    """Who is asked who they are, and whatever is done to them; nothing else does."""
    stays = {one.name for one in CAR_T.actions.values() if stays_with_its_people(one)}

    assert stays == {"admit_patient", "collect", "check_at_bedside", "infuse", "infuse_part"}


def test_a_step_that_touches_the_patient_stays_whatever_it_is_called():
    """Of no kind that is at the bed by itself, and nobody is asked who they are."""
    infuse = CAR_T.actions["infuse"]

    assert stays_with_its_people(replace(infuse, verb=Verb.RECORD))
    assert not stays_with_its_people(replace(infuse, verb=Verb.RECORD, moves=()))
