"""Who may go on with a colleague's step, asked before anything of it is told."""

from dataclasses import replace

import pytest

from coi.definitions import packaged_workflow
from tests import cast
from tests.builders import a_bag, a_deed, a_lot, a_therapy, facts, passing_results
from tests.performer import a_request
from workflows.colleagues import why_not_handed_to
from workflows.facts import Request
from workflows.model import Verb
from workflows.shift import stays_with_its_people

CAR_T = packaged_workflow("autologous-car-t")
LOT = a_lot("filled")
TESTED = facts(a_therapy("testing"), LOT, a_bag("frozen"), values=passing_results(LOT))
ARRIVED = facts(a_therapy("released"), a_bag("received"))


def why_not(told, action, person):
    """The codes of what keeps somebody from going on with it."""
    asked = a_request(told, action)
    begun = Request(asked.coi, action, asked.actor, asked.unit)
    return [one.code for one in why_not_handed_to(CAR_T, begun, told, person)]


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
