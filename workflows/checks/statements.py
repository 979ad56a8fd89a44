"""Whether what labels state can be stated, and what is recorded of others' labels kept apart."""

import re
from collections.abc import Iterator

from workflows.labelled import CHOICES, OWN
from workflows.model import FieldKind, Kind, Pick, Workflow
from workflows.over_labels import ON_NOTHING_ELSE, OVER_LABEL
from workflows.problem import Problem
from workflows.stating import RESULTS, STATEMENTS, donor_fields

_OWN = re.compile(rf"{OWN}[a-z0-9-]{{1,37}}")
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


def chosen_labels_are_known(workflow: Workflow) -> Iterator[Problem]:
    """Each template that is chosen is one of containers, and is chosen for what carries a label."""
    every = workflow.product.get("label", {})
    if not isinstance(every, dict):
        yield Problem("product.label", "is no mapping", "Name containers, each with a template")
        return
    for name, template in every.items():
        place = f"product.label.{name}"
        machine = workflow.machines.get(name)
        if machine is None or not machine.labelled:
            yield Problem(place, "carries no label", "Name a machine that is labelled")
        if not isinstance(template, str) or not _can_be_chosen(template):
            known = ", ".join(sorted(CHOICES))
            mend = f"Choose one of these, or one of your own ({OWN}…): {known}"
            yield Problem(place, f"has no template {template}", mend)


def _can_be_chosen(template: str) -> bool:
    """Whether there is one of a site's own, its installation says."""
    return template in CHOICES or bool(_OWN.fullmatch(template))


def over_labels_are_recorded_once(workflow: Workflow) -> Iterator[Problem]:
    """The code of another's label can be erased, is on what was scanned, and on nothing else."""
    for action in workflow.actions.values():
        for field in action.fields:
            if field.name != OVER_LABEL:
                continue
            place = f"actions.{action.name}.fields.{field.name}"
            if field.kind is not FieldKind.TEXT or not field.confidential:
                yield Problem(place, "may hold a name for ever", "Make it a confidential text")
            if any(rule.pick is not Pick.SCANNED for rule in action.moves):
                yield Problem(place, "is on what nobody scans", "Pick everything by its scan")
            if not action.asks(ON_NOTHING_ELSE):
                yield Problem(place, "may stand on two things", f"Add the guard {ON_NOTHING_ELSE}")
