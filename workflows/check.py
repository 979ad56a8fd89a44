"""Proves of a definition what must be true of every definition (see `workflows.checks`)."""

from collections.abc import Iterator, Mapping

from workflows.checks import PROPERTIES
from workflows.document import read
from workflows.loading import load
from workflows.model import Workflow
from workflows.parameters import Asked
from workflows.problem import DefinitionError, Problem


def prove(text: str, guards: Mapping[str, Asked]) -> Workflow:
    """The workflow that the text defines, once everything holds of it.

    Args:
        text: A definition in the format of docs/workflows.md.
        guards: The guards that exist, by name; each has its sentence and its parameters.

    Raises:
        DefinitionError: with every problem and its line.
    """
    workflow = load(text, guards)
    sentences = {name: guard.check.__doc__ or "" for name, guard in guards.items()}
    problems = check(workflow, sentences)
    if problems:
        raise DefinitionError(read(text).locate(problems))
    return workflow


def check(workflow: Workflow, guards: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """Everything that does not hold of the workflow; empty when it may be used.

    Args:
        workflow: As loaded, with its transitions spelled out.
        guards: Each guard's name with its sentence; None leaves the guards unchecked.
    """
    found = [problem for holds in PROPERTIES for problem in holds(workflow)]
    if guards is not None:
        found += guards_are_documented(workflow, guards)
    return tuple(found)


def guards_are_documented(workflow: Workflow, guards: Mapping[str, str]) -> Iterator[Problem]:
    """Every guard that an action uses has its sentence."""
    for action in workflow.actions.values():
        for n, use in enumerate(action.guards):
            if not guards.get(use.name, "").strip():
                place = f"actions.{action.name}.guards[{n}]"
                yield Problem(place, f"{use.name} has no sentence", "Write what must be true")
