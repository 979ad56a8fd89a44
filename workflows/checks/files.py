"""Whether files are asked for where there is something that they can be kept for."""

from collections.abc import Iterator

from workflows.files import MOST_IN_A_STEP
from workflows.model import FieldKind, Verb, Workflow
from workflows.problem import Problem


def files_are_of_a_therapy(workflow: Workflow) -> Iterator[Problem]:
    """No order asks for a file: until it is placed there is no therapy to keep it for."""
    orders = (one for one in workflow.actions.values() if one.verb is Verb.ORDER)
    for action in orders:
        for field in action.fields:
            if field.kind is FieldKind.FILE:
                place = f"actions.{action.name}.fields.{field.name}"
                yield Problem(place, "is a file of an order", "Ask for it in a later step")


def files_of_a_step_fit_into_its_form(workflow: Workflow) -> Iterator[Problem]:
    """No step asks for more files than its form takes at once."""
    for action in workflow.actions.values():
        count = sum(field.kind is FieldKind.FILE for field in action.fields)
        if count > MOST_IN_A_STEP:
            place = f"actions.{action.name}.fields"
            reason = f"ask for {count} files; a form takes {MOST_IN_A_STEP}"
            yield Problem(place, reason, "Ask for some of them in another step")
