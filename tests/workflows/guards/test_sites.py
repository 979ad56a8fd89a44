"""Which sites: who acts is of one that takes part, and nothing goes to another."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import a_bag, a_shipment, a_therapy, a_workflow, codes, decided, facts
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.decide import CHECK_FAILED, decide
from workflows.facts import Mode, Unit
from workflows.mix_ups import incident

ACCEPTED = facts(a_therapy("released"), a_bag("received"))
THAWED = facts(a_bag("thawed"))
BAGS = (a_bag("released"),)
PACKED = facts(a_therapy("released"), a_shipment(turn=1), *BAGS, packed=BAGS)
OTHER_FACTORY = Unit("other-factory", "rival", "manufacturer", "NL")
OTHER_LABORATORY = Unit("other-laboratory", "second-opinion", "laboratory", "NL")


def without_site(told, site):
    """The same therapy, in which this site takes no part."""
    return replace(told, sites=cast.TAKING_PART - {site})


EXAMPLES = [
    Example(
        "site_takes_part",
        "accept_product",
        ACCEPTED,
        "the site of the acting unit takes no part",
        "SITE_TAKES_NO_PART",
        told_instead=without_site(ACCEPTED, "northgate"),
    ),
    Example(
        "site_takes_part",
        "open_exception",
        ACCEPTED,
        "somebody of another hospital acts at their own unit",
        "SITE_TAKES_NO_PART",
        {"actor": cast.VERA, "unit": cast.OTHER_WARD},
    ),
    Example(
        "site_takes_part",
        "release_custody",
        THAWED,
        "no site takes part yet",
        "SITE_TAKES_NO_PART",
        told_instead=replace(THAWED, sites=frozenset()),
    ),
    Example(
        "consignee_takes_part",
        "release_custody",
        THAWED,
        "a bag is sent to another hospital",
        "CONSIGNEE_TAKES_NO_PART",
        {"consignee": "other-ward"},
    ),
    Example(
        "consignee_takes_part",
        "release_shipment",
        PACKED,
        "a shipment is sent to another manufacturer",
        "CONSIGNEE_TAKES_NO_PART",
        {"consignee": "other-factory"},
        told_instead=replace(PACKED, consignee=OTHER_FACTORY),
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


def test_an_order_brings_the_first_sites_in():
    """Before the order no site takes part; it brings in who orders, who treats and who makes."""
    empty = replace(facts(), subjects={}, sites=frozenset())
    request = a_request(empty, "order")

    decision = decided(request, empty)

    assert decision.draft is not None
    assert decision.draft.sites == ("northgate", "maker")


@pytest.mark.parametrize(
    ("field", "unit"),
    [
        ("treating_unit", "factory"),
        ("treating_unit", "nowhere"),
        ("manufacturing_unit", "ward"),
        ("manufacturing_unit", "courier"),
    ],
)
def test_an_order_names_units_that_are_known_at_sites_of_their_kind(field, unit):
    """Cells that are sent to a unit that is none, or none that treats or makes, arrive nowhere."""
    empty = replace(facts(), subjects={}, sites=frozenset())
    request = a_request(empty, "order")

    decision = decided(replace(request, values={**request.values, field: unit}), empty)

    assert codes(decision) == ["FIELD_UNREADABLE"]


def test_a_unit_that_was_not_looked_up_is_none():
    """SEC-45: whoever was not told of the units believes no name."""
    empty = replace(facts(), subjects={}, sites=frozenset(), units=None)

    decision = decided(a_request(empty, "order"), empty)

    assert codes(decision) == ["FIELD_UNREADABLE", "FIELD_UNREADABLE"]


@pytest.mark.parametrize("unit", [cast.COURIER, OTHER_LABORATORY])
def test_a_courier_or_a_laboratory_joins_by_what_is_sent_to_it(unit):
    """Which van comes, and which laboratory tests, need not be known before."""
    told = without_site(replace(PACKED, consignee=unit), unit.site)
    request = a_request(told, "release_shipment", consignee=unit.id)

    decision = decided(request, told)

    assert decision.draft is not None
    assert decision.draft.sites == (unit.site,)


def test_whoever_takes_part_already_does_not_join_again():
    """A site comes in once."""
    decision = decided(a_request(THAWED, "release_custody"), THAWED)

    assert decision.draft is not None
    assert decision.draft.sites == ()


def test_a_late_fact_does_not_bend_it():
    """What another site says that it did is no fact of this therapy; it can report an incident."""
    told = without_site(ACCEPTED, "northgate")
    request = a_request(ACCEPTED, "accept_product", mode=Mode.LATE, happened_at=cast.NOW)

    assert codes(decided(request, told)) == ["SITE_TAKES_NO_PART"]


def test_an_incident_is_told_by_whoever_saw_it():
    """It is recorded at whichever site it was seen, and brings that site into nothing."""
    told = without_site(ACCEPTED, "northgate")
    request = a_request(ACCEPTED, "open_exception", mode=Mode.INCIDENT)

    assert decided(request, told).allowed
    assert incident(a_workflow(), request, told, "a wrong bag was hung").sites == ()


def test_only_an_incident_is_told_by_strangers():
    """No other step is let through because somebody calls it an incident."""
    told = without_site(ACCEPTED, "northgate")
    request = a_request(ACCEPTED, "accept_product", mode=Mode.INCIDENT)

    assert codes(decided(request, told)) == ["SITE_TAKES_NO_PART"]


def test_whoever_is_not_told_which_sites_take_part_refuses():
    """SEC-45: not to know who takes part is to let nobody act."""
    request = a_request(ACCEPTED, "accept_product")

    decision = decide(a_workflow(), request, replace(ACCEPTED, sites=None))

    assert set(codes(decision)) == {CHECK_FAILED}
