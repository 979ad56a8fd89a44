"""What the label of a container must state: what the record says of infection, and of handling.

No step waits for a test of the patient's own cells for infection (21 CFR 1271.90(a)(1)). What was
not wholly tested is labelled so, and what reacted is named. A definition's fields that begin with
`donor_test_` are these tests, each by the word that a label says; `product: statements` names, for
each sort of container, what else its label states.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflows.facts import Value
from workflows.model import Field, Workflow

DONOR_TEST = "donor_test_"
NOT_DONE, NON_REACTIVE, REACTIVE, INDETERMINATE = RESULTS = (
    *("not done", "non-reactive"),
    *("reactive", "indeterminate"),
)
"""What can be reported of a test; *not done* says nothing, and takes nothing back."""

STATEMENTS = frozenset(
    {"do_not_irradiate", "no_leukoreducing_filter", "identify_recipient", "investigational"}
)
"""What a definition may have its labels state."""


@dataclass(frozen=True, slots=True)
class Infection:
    """What the results on record say: whether every test was done, and which ones reacted."""

    evaluated: bool
    reactive: tuple[str, ...] = ()


def infection(workflow: Workflow, values: Iterable[Value]) -> Infection:
    """What a label says of infection, by these results.

    What reacted once stays so until the result is corrected, which two sign: a later test does not
    take it back. Else the newest result counts.
    """
    told: dict[str, list[str]] = {}
    for value in sorted(values, key=lambda value: value.occurrence):
        if value.content != NOT_DONE:
            told.setdefault(value.field, []).append(value.content)
    tests = donor_tests(workflow)
    titles = {test.name: test.title for test in tests}
    # What reacted is named, also when the version that a therapy moved to asks for it no more.
    older = (name for name in told if is_donor_test(name) and name not in titles)
    titles |= {name: name.removeprefix(DONOR_TEST).replace("_", " ").upper() for name in older}
    reacted = tuple(title for name, title in titles.items() if REACTIVE in told.get(name, ()))
    done = {name for name, found in told.items() if found[-1] != INDETERMINATE or REACTIVE in found}
    return Infection(bool(tests) and all(test.name in done for test in tests), reacted)


def donor_tests(workflow: Workflow) -> tuple[Field, ...]:
    """The tests that a definition asks for, each once, in its order."""
    found = {test.name: test for _action, test in donor_fields(workflow)}
    return tuple(found.values())


def donor_fields(workflow: Workflow) -> Iterator[tuple[str, Field]]:
    """Each field of a test, with the action that records it."""
    for action in workflow.actions.values():
        for field in action.fields:
            if is_donor_test(field.name):
                yield action.name, field


def is_donor_test(field: str) -> bool:
    """A field of this name tells what a test of the patient for infection found."""
    return field.startswith(DONOR_TEST)


def states(workflow: Workflow, machine: str) -> frozenset[str]:
    """What the labels of this sort of container state by the definition."""
    every = workflow.product.get("statements")
    named = every.get(machine, ()) if isinstance(every, dict) else ()
    return frozenset(named)
