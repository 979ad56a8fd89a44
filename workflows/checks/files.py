"""Whether files are asked for where there is something that they can be kept for."""

from collections.abc import Iterator

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
