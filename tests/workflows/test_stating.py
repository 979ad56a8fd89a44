"""What a label states of infection: by every test, and whatever reacted is named."""

import pytest

from tests.builders import a_value, a_workflow
from workflows.facts import Subject
from workflows.labelled import INFECTION, Known, old_values
from workflows.stating import Infection, donor_tests, infection, states

TESTS = [test.name for test in donor_tests(a_workflow())]
HBV = "donor_test_hbv"


def reported(occurrence=50, result="non-reactive", **others):
    """Give a report of every test with this result, but for the others; by occasion."""
    results = dict.fromkeys(TESTS, result) | {f"donor_test_{k}": v for k, v in others.items()}
    return [a_value("COI-A", name, one, occurrence=occurrence) for name, one in results.items()]


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        ([], Infection(evaluated=False)),
        (reported(), Infection(evaluated=True)),
        (reported(htlv="not done"), Infection(evaluated=False)),
        (reported(hcv="indeterminate"), Infection(evaluated=False)),
        (reported(hbv="reactive"), Infection(evaluated=True, reactive=("HBV",))),
        (
            reported(result="not done", syphilis="reactive", hiv="reactive"),
            Infection(evaluated=False, reactive=("HIV", "Syphilis")),
        ),
        ([*reported(), *reported(60, "not done")], Infection(evaluated=True)),
        ([*reported(), *reported(60, hbv="indeterminate")], Infection(evaluated=False)),
        (
            [*reported(hbv="reactive"), *reported(60)],
            Infection(evaluated=True, reactive=("HBV",)),
        ),
    ],
)
def test_what_is_stated_follows_from_every_report(reports, told):
    """Nothing not done says anything, and a later test takes back nothing that reacted."""
    assert infection(a_workflow(), reports) == told


def test_the_packaged_definition_asks_for_five_tests_and_names_its_statements():
    """Each is a word that a label can say; a sample states nothing of handling."""
    titles = [test.title for test in donor_tests(a_workflow())]

    assert titles == ["HIV", "HBV", "HCV", "Syphilis", "HTLV"]
    assert "no_leukoreducing_filter" in states(a_workflow(), "product")
    assert states(a_workflow(), "sample") == frozenset()


def old(values, issued_in):
    """What is old on the label of a bag that was issued in this entry."""
    bags: dict[str, Subject] = {}
    return old_values(Known(a_workflow(), bags, (), tuple(values), ()), "COI-A/30.1", issued_in)


@pytest.mark.parametrize(
    ("values", "issued_in", "told"),
    [
        (reported(hbv="reactive"), 49, (INFECTION,)),
        (reported(hbv="reactive"), 50, ()),
        (reported(result="not done"), 10, ()),
        ([*reported(), *reported(60)], 55, ()),
        ([a_value("COI-A", HBV, "reactive", revision=2, recorded_in=70)], 60, (INFECTION,)),
    ],
)
def test_a_label_is_old_where_it_states_something_else_than_the_record(values, issued_in, told):
    """A report that changes nothing of what is stated leaves the labels alone."""
    assert old(values, issued_in) == told


def test_what_reacted_is_stated_also_where_a_later_version_asks_no_more_for_the_test():
    """A therapy that moved to such a version is labelled with all that is on record."""
    found = infection(a_workflow(), [*reported(), a_value("COI-A", "donor_test_wnv", "reactive")])

    assert found == Infection(evaluated=True, reactive=("WNV",))
