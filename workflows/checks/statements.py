"""Whether what labels are to state can be stated: the tests of the patient, and the statements."""

from collections.abc import Iterator

from workflows.model import FieldKind, Kind, Workflow
from workflows.problem import Problem
from workflows.stating import RESULTS, STATEMENTS, donor_fields

_LONGEST = 12  # characters: the words of several tests stand side by side on a small label


def donor_tests_can_be_read(workflow: Workflow) -> Iterator[Problem]:
    """Each test of the patient is of the therapy, and takes the results that a label knows."""
    therapies = [machine.name for machine in workflow.machine_of_kind(Kind.THERAPY)]
    for action, test in donor_fields(workflow):
        place = f"actions.{action}.fields.{test.name}"
        if test.kind is not FieldKind.CHOICE or test.choices != RESULTS:
            yield Problem(place, "reports no results of a test", f"Choices: {', '.join(RESULTS)}")
        if test.on not in therapies or test.confidential:
            yield Problem(place, "is not told of the therapy", "Labels say it: record it there")
        if len(test.title) > _LONGEST:
            yield Problem(place, "is too long for a label", f"Take {_LONGEST} characters at most")


def statements_are_known(workflow: Workflow) -> Iterator[Problem]:
    """What labels state is known, and stands with something that carries a label."""
    every = workflow.product.get("statements", {})
    if not isinstance(every, dict):
        yield Problem("product.statements", "is no mapping", "Name containers, each with a list")
        return
    for name, named in every.items():
        place = f"product.statements.{name}"
        machine = workflow.machines.get(name)
        if machine is None or not machine.labelled:
            yield Problem(place, "carries no label", "Name a machine that is labelled")
        strange = set(map(str, named)) - STATEMENTS if isinstance(named, list) else {str(named)}
        if strange:
            known = ", ".join(sorted(STATEMENTS))
            yield Problem(place, f"states {min(strange)}", f"Make a list of these: {known}")
