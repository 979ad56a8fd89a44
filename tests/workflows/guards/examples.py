"""The examples of all guards, for the tests that ask something of every guard."""

from tests.workflows.guards import (
    test_bedside,
    test_bench,
    test_closing,
    test_custody,
    test_deviating,
    test_donations,
    test_equipment,
    test_files,
    test_identity,
    test_investigating,
    test_labels,
    test_over_labels,
    test_people,
    test_quality,
    test_shipping,
    test_sites,
    test_time,
    test_treating,
)
from tests.workflows.guards.asking import Example

MODULES = (
    *(test_bedside, test_bench, test_closing, test_custody),
    *(test_deviating, test_identity, test_investigating),
    *(
        test_donations,
        test_equipment,
        test_files,
        test_labels,
        test_over_labels,
        test_people,
        test_quality,
        test_shipping,
        test_sites,
        test_time,
    ),
    test_treating,
)
EXAMPLES: list[Example] = [example for module in MODULES for example in module.EXAMPLES]
ONE_EACH: list[Example] = list({example.guard: example for example in EXAMPLES}.values())
