"""Where hands-on work is done: one therapy on a bench, and a signed changeover between two."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import a_bag, a_bench, a_lot, a_scan, a_therapy, codes, decided, facts
from tests.performer import a_request, told_late
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example
from workflows.decide import CHECK_FAILED
from workflows.facts import Place
from workflows.guards.bench import bench_in_use

FILLED = facts(a_therapy("testing"), a_bag("filled"))
CLEAR = replace(FILLED, benches=(a_bench(), a_bench("L-2", "Isolator 2")))
OWN = replace(FILLED, benches=(a_bench(holds=cast.COI_A),))
ANOTHERS = replace(FILLED, benches=(a_bench(holds=cast.COI_B),))
HARVESTED = facts(a_therapy("manufacturing"), a_lot("harvested"))
AT_ONE = {"bench": "L-1"}

EXAMPLES = [
    Example(
        "bench_is_clear",
        "freeze_product",
        OWN,
        "the bench holds another patient's therapy",
        "BENCH_HOLDS_ANOTHER",
        told_instead=ANOTHERS,
        holds_with=AT_ONE,
    ),
    Example(
        "bench_is_clear",
        "take_samples",
        replace(HARVESTED, benches=(a_bench(),)),
        "the bench holds another therapy of the same patient",
        "BENCH_HOLDS_ANOTHER",
        told_instead=replace(HARVESTED, benches=(a_bench(holds=cast.COI_A2),)),
        holds_with=AT_ONE,
    ),
    Example(
        "bench_is_clear",
        "freeze_product",
        CLEAR,
        "no bench is named where the unit has some",
        "BENCH_NOT_NAMED",
        {"bench": "-"},
        holds_with=AT_ONE,
    ),
    Example(
        "bench_is_clear",
        "freeze_product",
        CLEAR,
        "the bench is another unit's",
        "BENCH_UNKNOWN",
        {"bench": "L-9"},
        holds_with=AT_ONE,
    ),
    Example(
        "bench_is_clear",
        "freeze_product",
        FILLED,
        "a bench is named where the unit has none",
        "BENCH_UNKNOWN",
        AT_ONE,
    ),
    Example(
        "bench_is_clear",
        "freeze_product",
        CLEAR,
        "one bench is named and another one scanned",
        "TWO_BENCHES",
        {"scans": lambda request: (*request.scans, a_scan(Place("L-2")))},
        holds_with=AT_ONE,
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


def test_the_refusal_names_the_bench_and_both_therapies():
    """Whoever stands there sees what lies on the bench, and what is in hand."""
    (refusal,) = asking.answer(EXAMPLES[0], decided(*EXAMPLES[0].bad))

    assert refusal.sentence == "The bench Isolator 1 holds COI-B, not COI-A"
    assert "changeover" in refusal.next_step


def test_a_unit_without_benches_names_none():
    """Where no bench is registered, nothing is asked."""
    assert decided(a_request(FILLED, "freeze_product"), FILLED).allowed


def test_the_label_of_a_bench_can_be_scanned_with_the_rest():
    """Its scan names it, as well as the session does."""
    request = a_request(CLEAR, "freeze_product")
    request = replace(request, scans=(*request.scans, a_scan(Place("L-2"))))

    assert decided(request, CLEAR).allowed
    assert bench_in_use(request, CLEAR.benches) == CLEAR.benches[1]


def test_a_shelf_is_no_bench():
    """Scanning where a bag comes from does not name a bench."""
    request = a_request(CLEAR, "freeze_product")
    request = replace(request, scans=(*request.scans, a_scan(Place("L-7"))))

    assert codes(decided(request, CLEAR)) == ["BENCH_NOT_NAMED"]


@pytest.mark.parametrize("action", ["record_late_result", "hold", "relocate"])
def test_what_is_not_hands_on_needs_no_bench(action):
    """Decisions, results and shelves: nothing is opened."""
    told = replace(FILLED, benches=ANOTHERS.benches)
    request = replace(a_request(told, "hold"), action=action)

    found = decided(request, replace(told, benches=None)).refusals

    assert "bench_is_clear" not in [refusal.guard for refusal in found]


def test_not_knowing_the_benches_is_a_refusal():
    """SEC-45: hands-on work is refused where nobody told which benches there are."""
    told = replace(FILLED, benches=None)

    (refusal,) = decided(a_request(FILLED, "freeze_product"), told).refusals

    assert (refusal.code, refusal.guard) == (CHECK_FAILED, "bench_is_clear")


def test_a_late_fact_that_broke_the_rule_stops_what_was_in_hand():
    """It happened beside another therapy: QA looks before the bag goes on."""
    request, told = EXAMPLES[0].bad
    late = told_late(request, told.now)

    decision = decided(late, told)

    assert decision.draft is not None
    stopped = [move for move in decision.draft.moves if move.after.stops > move.before.stops]
    assert [move.subject for move in stopped] == [a_bag().id]
