"""Whose it is: codes, wristband, identifiers, order, label template."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import (
    a_bag,
    a_collection,
    a_label,
    a_lot,
    a_material,
    a_sample,
    a_scan,
    a_therapy,
    a_value,
    a_wristband,
    codes,
    decided,
    facts,
)
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.facts import Label, Order, Place, Wristband

BEDSIDE = facts(a_bag("thawed", holder="ward"))
TWIN_HERE = replace(BEDSIDE, told_apart=(frozenset({"medical_record_number"}),))
_CHECKS = a_request(BEDSIDE, "check_at_bedside").identity_checks
NUMBERED = {
    "identity_checks": tuple(
        replace(check, matched=check.matched | {"medical_record_number"}) for check in _CHECKS
    )
}
ON_A_SHELF = facts(a_bag("accepted"), a_sample())
CORRECTED = a_value(
    a_bag("thawed"), "expires_at", "2027-11-01T00:00:00Z", revision=2, recorded_in=57
)
REACTED = a_value("COI-A", "donor_test_hbv", "reactive", recorded_in=49)
HELD = facts(a_bag("frozen"))
COLLECTING = facts(a_therapy("collecting"), a_collection())
FILLED = facts(a_therapy("testing"), a_lot("filled"), a_bag("filled"))
PACKING = facts(a_therapy("released"), a_bag("released"))
STARTING = facts(a_therapy("collected"), a_material("frozen"))
FILLING = facts(a_therapy("manufacturing"), a_lot("formulated"))


def and_scanned(*means):
    """Scan these too."""
    return {"scans": lambda request: (*request.scans, *map(a_scan, means))}


def with_band(*bands):
    """Scan these wristbands in place of the right one."""
    return {
        "scans": lambda request: (
            *(scan for scan in request.scans if not isinstance(scan.means, Wristband)),
            *map(a_scan, bands),
        )
    }


def with_labels(**changes):
    """Scan labels of which something else is known."""
    return {
        "scans": lambda request: tuple(
            replace(scan, means=replace(scan.means, **changes))
            if isinstance(scan.means, Label)
            else scan
            for scan in request.scans
        )
    }


def with_checks(**changes):
    """Let the second person's identity check be otherwise."""
    return {
        "identity_checks": lambda request: (
            request.identity_checks[0],
            replace(request.identity_checks[1], **changes),
        )
    }


A_SHELF = a_scan(Place("L-TEST-00000001-A"))


def scanned_by_two(change=lambda scans: scans):
    """Let both scan everything, the second with this change."""

    def by_two(request):
        first = tuple(replace(scan, by=cast.INES.id) for scan in request.scans)
        return first + tuple(replace(scan, by=cast.IVY.id) for scan in change(request.scans))

    return {"scans": by_two}


EXAMPLES = [
    Example(
        "scanned_codes_are_of_this_therapy",
        "relocate",
        ON_A_SHELF,
        "a bag of another patient is scanned",
        "WRONG_THERAPY",
        and_scanned(a_label("COI-B/30.1", cast.COI_B)),
    ),
    Example(
        "scanned_codes_are_of_this_therapy",
        "relocate",
        ON_A_SHELF,
        "a bag of another therapy of the same patient is scanned",
        "WRONG_THERAPY",
        and_scanned(a_label("COI-A2/30.1", cast.COI_A2)),
    ),
    Example(
        "scanned_codes_are_of_this_therapy",
        "check_at_bedside",
        BEDSIDE,
        "another therapy's order is scanned",
        "WRONG_ORDER",
        and_scanned(Order(cast.COI_A2)),
    ),
    Example(
        "scanned_codes_are_of_this_therapy",
        "relocate",
        ON_A_SHELF,
        "the facts that were read are another therapy's",
        "WRONG_FACTS",
        {"coi": cast.COI_B},
    ),
    Example(
        "containers_are_expected",
        "relocate",
        ON_A_SHELF,
        "a code means nothing here",
        "UNKNOWN_CODE",
        and_scanned(None),
    ),
    Example(
        "containers_are_expected",
        "relocate",
        ON_A_SHELF,
        "a container is scanned on which the step does not act",
        "UNEXPECTED_CONTAINER",
        and_scanned(a_label("COI-A/31.1")),
    ),
    Example(
        "labels_are_current",
        "check_at_bedside",
        BEDSIDE,
        "the label of the bag has been replaced",
        "OLD_LABEL",
        with_labels(current=False),
    ),
    Example(
        "labels_show_what_is_recorded",
        "check_at_bedside",
        BEDSIDE,
        "its expiry was corrected since it was printed",
        "LABEL_SHOWS_OLD_VALUE",
        with_labels(issued_in=10, changed_in=57),
        told_instead=facts(a_bag("thawed", holder="ward"), values=[CORRECTED]),
    ),
    Example(
        "labels_show_what_is_recorded",
        "release_custody",
        HELD,
        "a test for infection was reported since it was printed",
        "LABEL_SHOWS_OLD_VALUE",
        with_labels(issued_in=10, changed_in=57),
        told_instead=facts(a_bag("frozen"), values=[REACTED]),
    ),
    Example(
        "wristband_is_this_patients",
        "check_at_bedside",
        BEDSIDE,
        "the wristband is another patient's",
        "WRONG_PATIENT",
        with_band(a_wristband(cast.PATIENT_B)),
    ),
    Example(
        "wristband_is_this_patients",
        "check_at_bedside",
        BEDSIDE,
        "one of two wristbands is another patient's",
        "WRONG_PATIENT",
        and_scanned(a_wristband(cast.PATIENT_B)),
    ),
    Example(
        "wristband_is_this_patients",
        "check_at_bedside",
        BEDSIDE,
        "the wristband has been replaced",
        "OLD_WRISTBAND",
        with_band(a_wristband(current=False)),
    ),
    Example(
        "wristband_is_this_patients",
        "check_at_bedside",
        BEDSIDE,
        "no wristband is scanned",
        "WRISTBAND_NOT_SCANNED",
        with_band(),
    ),
    *(
        Example(
            "everybody_scanned_the_same",
            "check_at_bedside",
            BEDSIDE,
            why,
            "SCANNED_OTHERWISE",
            scanned_by_two(change),
        )
        for why, change in {
            "the second scanned no wristband": lambda scans: scans[:1] + scans[2:],
            "the second scanned something besides": lambda scans: (*scans, A_SHELF),
            "the second scanned nothing that is known": lambda scans: (
                *scans[:-1],
                replace(scans[-1], means=None),
            ),
        }.items()
    ),
    Example(
        "patient_is_identified_by_two_people",
        "check_at_bedside",
        BEDSIDE,
        "only one person checked",
        "PATIENT_NOT_IDENTIFIED",
        {"identity_checks": lambda request: request.identity_checks[:1]},
    ),
    Example(
        "patient_is_identified_by_two_people",
        "check_at_bedside",
        BEDSIDE,
        "one person checked twice",
        "PATIENT_NOT_IDENTIFIED",
        {"identity_checks": lambda request: request.identity_checks[:1] * 2},
    ),
    Example(
        "patient_is_identified_by_two_people",
        "check_at_bedside",
        BEDSIDE,
        "the second person matched one identifier only",
        "PATIENT_NOT_IDENTIFIED",
        with_checks(matched=frozenset({"family_name"})),
    ),
    Example(
        "patient_is_identified_by_two_people",
        "check_at_bedside",
        BEDSIDE,
        "the second person checked but does not sign",
        "PATIENT_NOT_IDENTIFIED",
        with_checks(person=cast.CARLA.id),
    ),
    Example(
        "patient_is_identified_by_two_people",
        "check_at_bedside",
        BEDSIDE,
        "the birth date differs from the record",
        "IDENTITY_DIFFERS",
        with_checks(differing=frozenset({"birth_date"})),
    ),
    *(
        Example(
            "patient_is_identified_by_two_people",
            "check_at_bedside",
            TWIN_HERE,
            f"another patient looks alike, and {why}",
            "NOT_TOLD_APART",
            {"identity_checks": change},
            holds_with=NUMBERED,
        )
        for why, change in {
            "both asked only for what is the same": lambda request: tuple(
                replace(check, matched=frozenset({"family_name", "birth_date"}))
                for check in request.identity_checks
            ),
            "the second asked only for what is the same": lambda request: (
                request.identity_checks[0],
                replace(
                    request.identity_checks[1], matched=frozenset({"family_name", "birth_date"})
                ),
            ),
        }.items()
    ),
    Example(
        "order_is_scanned",
        "check_at_bedside",
        BEDSIDE,
        "the order is not scanned",
        "ORDER_NOT_SCANNED",
        {"scans": lambda request: request.scans[1:]},
    ),
    Example(
        "order_is_scanned",
        "collect",
        COLLECTING,
        "the order is not scanned before the collection",
        "ORDER_NOT_SCANNED",
        {"scans": lambda request: request.scans[1:]},
    ),
    Example(
        "label_template_is_approved",
        "fill",
        FILLING,
        "the template is not approved",
        "TEMPLATE_NOT_APPROVED",
        told_instead=replace(FILLING, templates={"bag-label": False}),
    ),
    Example(
        "label_template_is_approved",
        "fill",
        FILLING,
        "the template is not known",
        "TEMPLATE_NOT_APPROVED",
        told_instead=replace(FILLING, templates={}),
    ),
    Example(
        "label_template_is_approved",
        "take_samples",
        FILLED,
        "the template that is chosen for samples is not approved, and that of bags is",
        "TEMPLATE_NOT_APPROVED",
        told_instead=replace(FILLED, templates={"bag-label": True}),
    ),
    *(
        Example(
            "label_template_is_approved",
            "fill",
            FILLING,
            f"the label needs {number}, which there is not",
            "NUMBER_MISSING",
            told_instead=replace(FILLING, own_numbers={"bag-label": (number,)}, values=()),
        )
        for number in ("gtin", "isbt_product", "batch_number", "donation_number")
    ),
    Example(
        "label_template_is_approved",
        "fill",
        FILLING,
        "nobody told of the numbers that the label needs",
        "CHECK_FAILED",
        told_instead=replace(FILLING, own_numbers={"bag-label": ("batch_number",)}, values=None),
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


def test_the_stop_says_whose_bag_it_is_without_naming_anybody():
    """A wrong bag is named as another patient's, or the same patient's other therapy."""
    sentences = [asking.decided(*example.bad).refusals[0].sentence for example in EXAMPLES[:2]]

    assert "belongs to another patient" in sentences[0]
    assert "belongs to another therapy of the same patient" in sentences[1]
    assert not any(cast.PATIENT_B in sentence for sentence in sentences)


@pytest.mark.parametrize(("how", "told"), [("scanned", "is on hold"), ("typed", "does not hold")])
def test_what_to_do_with_a_strange_bag_depends_on_how_its_code_came(how, told):
    """A bag that was scanned is here and held; of one that was typed nobody knows that."""
    strange = a_scan(a_label("COI-B/30.1", cast.COI_B), how=how)
    other = {"typed": "scanned", "scanned": "typed"}[how]
    request = a_request(ON_A_SHELF, "relocate")
    own = tuple(replace(scan, how=other) for scan in request.scans)

    (refusal,) = asking.decided(replace(request, scans=(*own, strange)), ON_A_SHELF).refusals

    assert refusal.code == "WRONG_THERAPY"
    assert told in refusal.next_step


def test_of_an_unknown_code_no_more_is_repeated_than_a_code_is_long():
    """What somebody scans may be anything, of any length."""
    request = a_request(ON_A_SHELF, "relocate", scans=(a_scan(None, raw="7" * 65),))

    refusals = asking.decided(request, ON_A_SHELF).refusals

    (unknown,) = (refusal for refusal in refusals if refusal.code == "UNKNOWN_CODE")
    assert unknown.sentence.count("7") == 64


def test_an_unexpected_container_is_told_with_the_step_that_does_not_act_on_it():
    """The person at the bench reads which step is open, and which container is in the way."""
    (example,) = (e for e in EXAMPLES if e.code == "UNEXPECTED_CONTAINER")

    (refusal,) = asking.answer(example, asking.decided(*example.bad))

    assert "“Move to another shelf” does not act on COI-A/31.1" in refusal.sentence


def test_a_strange_bag_is_not_told_as_unexpected_too():
    """One wrong scan is one reason."""
    assert codes(asking.decided(*EXAMPLES[0].bad)) == ["WRONG_THERAPY"]


def test_the_stop_says_which_identifiers_differ():
    """Whoever stands with the patient reads which answer to look at, and no name or date."""
    (example,) = (e for e in EXAMPLES if e.code == "IDENTITY_DIFFERS")

    (refusal,) = asking.answer(example, asking.decided(*example.bad))

    assert refusal.sentence.endswith(": birth date")


def test_two_who_scanned_the_same_are_let_through():
    """Each scanned order, wristband and bag, in whichever order."""
    request = a_request(BEDSIDE, "check_at_bedside")
    scans = scanned_by_two(lambda scans: scans[::-1])["scans"](request)

    assert decided(replace(request, scans=scans), BEDSIDE).refusals == ()


@pytest.mark.parametrize(
    ("action", "told", "scanned", "prints", "prints_not"),
    [
        ("pack", PACKING, [], "shipper-label", "bag-label"),
        ("relabel", HELD, [a_bag("frozen")], "bag-label", "collection-label"),
        ("relabel", STARTING, [a_material("frozen")], "collection-label", "bag-label"),
        ("fill", FILLING, [], "bag-label", "tube-label"),
    ],
)
def test_a_step_asks_for_the_templates_by_which_it_prints_and_no_other(
    action, told, scanned, prints, prints_not
):
    """What is only moved keeps its label, by whichever template that was printed."""
    request = a_request(told, action)
    scans = tuple(a_scan(a_label(one.id)) for one in scanned)
    request = replace(request, scans=scans or request.scans)

    def answer(name):
        asked = replace(told, templates={**told.templates, name: False})
        return [one.guard for one in decided(request, asked).refusals]

    assert "label_template_is_approved" in answer(prints)
    assert "label_template_is_approved" not in answer(prints_not)
