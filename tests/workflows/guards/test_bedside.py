"""At the bedside: a fresh check, a new pair after a mismatch, a product that is really here."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_deed,
    a_label,
    a_scan,
    a_therapy,
    a_value,
    an_exception,
    decided,
    facts,
    without,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example

CHECKED = facts(a_bag("checked"))
THAWED = facts(a_bag("thawed", holder="ward"))
DELIVERED = facts(a_therapy("delivered"), a_bag("accepted"))
INFUSED = facts(a_therapy("treating"), a_bag("infused"))


def checked_minutes_ago(minutes, kind="act"):
    """Tell that the bag was checked so long ago."""
    deed = a_deed("check_at_bedside", a_bag(), minutes_ago=minutes, kind=kind)
    return replace(CHECKED, history=(*without(CHECKED, "check_at_bedside").history, deed))


def after_a_mismatch(*people, state="open"):
    """Tell that these people were at a wrong scan."""
    pairing = a_value(an_exception(), "pairing", " ".join(person.id for person in people))
    stops = a_value(an_exception(), "stops", "pairing")
    return facts(a_bag("thawed", holder="ward"), an_exception(state), values=[pairing, stops])


def checked_by(*people):
    """Tell that these people checked the bag."""
    deed = a_deed("check_at_bedside", a_bag(), persons=tuple((p.id, "checked") for p in people))
    return replace(CHECKED, history=(*without(CHECKED, "check_at_bedside").history, deed))


def after_a_mismatch_since_the_check(told):
    """Tell of a wrong scan by somebody else, after the bag in hand was checked."""
    mismatch = replace(an_exception(), born_seq=58)
    pairing = a_value(mismatch, "pairing", cast.VERA.id)
    subjects = {**told.subjects, mismatch.id: mismatch}
    return replace(told, subjects=subjects, values=(*told.values, pairing))


def infused_before(*volumes):
    """Tell how much of the bag was infused on earlier occasions."""
    parts = [a_value(a_bag(), "infused_ml", ml, occurrence=n) for n, ml in enumerate(volumes, 51)]
    return replace(CHECKED, values=(*CHECKED.values, *parts))


def handed_over(**changes):
    """Tell that the bag changed hands around the time of its check."""
    deed = a_deed("accept_custody", a_bag(), **changes)
    return replace(CHECKED, history=(*CHECKED.history, deed))


def with_another_bag(told, state, **changes):
    """Tell that another bag of the therapy stands so, on the ward."""
    bag = a_bag(state, 2, **{"holder": "ward", **changes})
    return replace(told, subjects={**told.subjects, bag.id: bag})


BAG_AFTER_BAG = {"check_at_bedside": THAWED, "infuse": CHECKED, "infuse_part": CHECKED}


APART = {cast.INES.id: ("tablet",), cast.IRIS.id: ("workstation",)}
BY_TWO = facts(a_bag("thawed", holder="ward"), asks_other_device=True)


EXAMPLES = [
    *(
        Example(
            "second_check_is_at_another_device",
            "check_at_bedside",
            BY_TWO,
            why,
            "SAME_DEVICE",
            {"checked_at": {**APART, **where}},
            holds_with={"checked_at": APART},
        )
        for why, where in {
            "both check at one device": {cast.IRIS.id: ("tablet",)},
            "the second was at the first one's device for a while": {
                cast.IRIS.id: ("workstation", "tablet")
            },
            "the second device is none of this site": {cast.IRIS.id: ("",)},
            "nobody knows where the second checked": {cast.IRIS.id: ()},
        }.items()
    ),
    Example(
        "second_check_is_at_another_device",
        "check_at_bedside",
        facts(a_bag("thawed", holder="ward")),
        "the site asks for it from now on, and both checks came in one request",
        "SAME_DEVICE",
        told_instead=BY_TWO,
    ),
    Example(
        "one_bag_is_in_hand",
        "infuse",
        facts(a_bag("checked"), a_bag("checked", 2)),
        "the label of a second bag is scanned too",
        "ONE_BAG_AT_A_TIME",
        {"scans": lambda asked: (*asked.scans, a_scan(a_label(a_bag("checked", 2).id)))},
    ),
    *(
        Example(
            "the_bag_before_is_in",
            action,
            told,
            "another bag is partly infused",
            "BAG_BEFORE_NOT_IN",
            told_instead=with_another_bag(told, "infusing"),
        )
        for action, told in BAG_AFTER_BAG.items()
    ),
    *(
        Example(
            "bedside_check_is_fresh",
            "infuse",
            CHECKED,
            f"the bag changed hands afterwards, {why}",
            "CHECKED_BEFORE_HANDOVER",
            told_instead=handed_over(**changes),
        )
        for why, changes in {
            "as the record tells": {"seq": 56, "minutes_ago": 20},
            "as the clock tells": {"seq": 54, "minutes_ago": 1},
        }.items()
    ),
    Example(
        "bedside_check_is_fresh",
        "infuse",
        CHECKED,
        "the check was copied from paper, and the infusion is not",
        "CHECKED_ON_PAPER",
        told_instead=checked_minutes_ago(5, kind="late"),
    ),
    Example(
        "bedside_check_is_fresh",
        "infuse",
        CHECKED,
        "the check lies ahead: the clock was set back",
        "CHECK_TOO_OLD",
        told_instead=checked_minutes_ago(-1),
    ),
    Example(
        "who_infuses_has_checked",
        "infuse",
        CHECKED,
        "one of the two was not at the check",
        "OTHERS_CHECKED",
        told_instead=checked_by(cast.INES, cast.IVY),
    ),
    Example(
        "another_pair_checks_after_a_mismatch",
        "infuse",
        CHECKED,
        "the wrong scan was after the check",
        "CHECKED_BEFORE_MISMATCH",
        told_instead=after_a_mismatch_since_the_check(CHECKED),
    ),
    Example(
        "another_pair_checks_after_a_mismatch",
        "infuse",
        CHECKED,
        "the actor was at the wrong scan",
        "SAME_PAIR_AFTER_MISMATCH",
        told_instead=replace(
            CHECKED,
            subjects={**CHECKED.subjects, an_exception().id: an_exception()},
            values=(*CHECKED.values, a_value(an_exception(), "pairing", cast.INES.id)),
        ),
    ),
    Example(
        "bedside_check_is_fresh",
        "infuse",
        CHECKED,
        "the check is 31 minutes old",
        "CHECK_TOO_OLD",
        told_instead=checked_minutes_ago(31),
    ),
    Example(
        "bedside_check_is_fresh",
        "infuse",
        CHECKED,
        "there was no check",
        "CHECK_TOO_OLD",
        told_instead=without(CHECKED, "check_at_bedside"),
    ),
    Example(
        "bedside_check_is_fresh",
        "infuse",
        CHECKED,
        "another bag was checked",
        "CHECK_TOO_OLD",
        told_instead=replace(
            without(CHECKED, "check_at_bedside"),
            history=(a_deed("check_at_bedside", a_bag("checked", 2)),),
        ),
    ),
    Example(
        "another_pair_checks_after_a_mismatch",
        "check_at_bedside",
        THAWED,
        "the actor was at the wrong scan",
        "SAME_PAIR_AFTER_MISMATCH",
        told_instead=after_a_mismatch(cast.INES, cast.CARLA),
    ),
    Example(
        "another_pair_checks_after_a_mismatch",
        "check_at_bedside",
        THAWED,
        "the second signer was at the wrong scan",
        "SAME_PAIR_AFTER_MISMATCH",
        told_instead=after_a_mismatch(cast.IRIS),
    ),
    Example(
        "product_is_accepted_at_site",
        "start_lymphodepletion",
        DELIVERED,
        "the product is received and not yet accepted",
        "PRODUCT_NOT_ACCEPTED",
        told_instead=facts(a_therapy("delivered"), a_bag("received")),
    ),
    Example(
        "product_is_accepted_at_site",
        "start_lymphodepletion",
        DELIVERED,
        "the accepted product is on hold",
        "PRODUCT_NOT_ACCEPTED",
        told_instead=facts(a_therapy("delivered"), a_bag("accepted", stops=1)),
    ),
    Example(
        "product_is_accepted_at_site",
        "start_lymphodepletion",
        DELIVERED,
        "the accepted product was handed over to somebody",
        "PRODUCT_NOT_ACCEPTED",
        told_instead=facts(a_therapy("delivered"), a_bag("accepted", consignee="ward")),
    ),
    *(
        Example(
            "no_more_is_infused_than_was_filled",
            "infuse",
            CHECKED,
            why,
            "MORE_THAN_FILLED",
            told_instead=told,
        )
        for why, told in {
            "with what was infused before it is more": infused_before("37"),
            "how much was filled is not on record": without(CHECKED, "volume_ml"),
        }.items()
    ),
    Example(
        "no_more_is_infused_than_was_filled",
        "infuse_part",
        CHECKED,
        "it is more than was filled and the tolerance",
        "MORE_THAN_FILLED",
        {"values": lambda request: {**request.values, "infused_ml": "66.1"}},
    ),
    Example(
        "something_is_infused",
        "complete_infusion",
        INFUSED,
        "nothing has been infused",
        "NOTHING_INFUSED",
        told_instead=without(INFUSED, "infuse_part"),
    ),
    Example(
        "something_is_infused",
        "complete_infusion",
        INFUSED,
        "an infusion was refused",
        "NOTHING_INFUSED",
        told_instead=replace(INFUSED, history=(a_deed("infuse", kind="refused"),)),
    ),
    *(
        Example(
            "something_is_infused",
            "complete_infusion",
            INFUSED,
            f"another bag is {state} at the bedside",
            "BAG_AT_BEDSIDE",
            told_instead=facts(a_therapy("treating"), a_bag("infused"), a_bag(state, 2)),
        )
        for state in ("thawed", "checked", "infusing")
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


def test_a_check_holds_for_thirty_minutes():
    """The session's last minute is still the session."""
    told = checked_minutes_ago(30)

    assert decided(a_request(told, "infuse"), told).allowed


def test_two_others_may_check_after_a_mismatch():
    """A wrong scan stops the pair that made it, not the patient's treatment."""
    told = after_a_mismatch(cast.INES, cast.IVY)

    request = a_request(told, "check_at_bedside")

    assert {signing.person.id for signing in request.signings}.isdisjoint(
        {cast.INES.id, cast.IVY.id}
    )
    assert decided(request, told).allowed


def test_the_pair_may_check_again_when_the_mismatch_is_closed():
    """QA has understood the mismatch and closed it."""
    request = a_request(THAWED, "check_at_bedside")
    told = after_a_mismatch(*(signing.person for signing in request.signings), state="closed")

    assert decided(request, told).allowed


@pytest.mark.parametrize(
    ("told", "now"),
    [
        (CHECKED, "66"),
        (infused_before("20", "20"), "26"),
        (
            replace(
                infused_before("60", "20"),
                values=(
                    *infused_before("60", "20").values,
                    a_value(a_bag(), "infused_ml", "6", occurrence=51, revision=2),
                ),
            ),
            "40",
        ),
    ],
    ids=["at once", "in three parts", "after a correction"],
)
def test_a_bag_is_measured_a_little_too_full(told, now):
    """Bag and scale are not exact: the definition states by how much, all parts together."""
    request = a_request(told, "infuse")
    request = replace(request, values={**request.values, "infused_ml": now})

    assert decided(request, told).allowed


def test_the_refusal_says_how_much_was_filled():
    """Whoever reads a volume wrongly sees both numbers."""
    request = a_request(CHECKED, "infuse")
    request = replace(request, values={**request.values, "infused_ml": "66.1"})

    (refusal,) = decided(request, CHECKED).refusals

    assert "66.1 mL are more than the 60 mL" in refusal.sentence


def test_a_bag_that_was_infused_in_one_go_is_infused():
    """Not every infusion is in parts."""
    told = replace(without(INFUSED, "infuse_part"), history=(a_deed("infuse", a_bag()),))

    assert decided(a_request(told, "complete_infusion"), told).allowed


@pytest.mark.parametrize(
    "aside",
    [{"stops": 1}, {"holder": "cell-lab"}, {"consignee": "cell-lab"}],
    ids=["on hold", "elsewhere", "handed over"],
)
@pytest.mark.parametrize("action", BAG_AFTER_BAG)
def test_a_bag_that_was_put_aside_keeps_no_other_from_being_infused(action, aside):
    """The patient is not kept waiting by what nobody will give."""
    told = with_another_bag(BAG_AFTER_BAG[action], "infusing", **aside)

    assert decided(a_request(BAG_AFTER_BAG[action], action), told).refusals == ()


@pytest.mark.parametrize("action", BAG_AFTER_BAG)
def test_a_bag_that_is_in_keeps_no_other_from_being_infused(action):
    """The second follows when the first is empty."""
    told = with_another_bag(BAG_AFTER_BAG[action], "infused", holder="patient")

    assert decided(a_request(BAG_AFTER_BAG[action], action), told).refusals == ()
