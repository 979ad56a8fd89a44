"""What is done about an exception next: as its definition asks for it, and by what is on record.

As in `workflows.tasks`, this is no permission: whoever takes the step is told by the guards what
stands against it.
"""

from collections.abc import Iterator, Mapping

from workflows.model import Action, Verb, Workflow
from workflows.wrong import Wrong

FIELDS = ("kind", "class", "stops", "owner", "root_cause", "capa")
"""What is recorded of an exception that says how far it has come."""

Said = Mapping[str, str]
"""The newest text of each of these fields, as far as there is one."""


def next_step(workflow: Workflow, said: Said) -> Action | None:
    """The step that brings an open exception nearer to its end; None where nothing does."""
    return next(_steps(workflow, said), None)


def closing(workflow: Workflow, said: Said) -> Action | None:
    """The step that ends it: a hold is lifted, what is critical is closed by two."""
    stops, actions = said.get("stops", "nothing"), workflow.actions.values()
    if stops not in {"item", "therapy"}:
        closes = (action for action in actions if action.verb is Verb.CLOSE_EXCEPTION)
        return next((action for action in closes if _is_for(action, said)), None)
    lifts = [
        action
        for action in actions
        if action.verb is Verb.LIFT and (action.chain_stop < 0) == (stops == "therapy")
    ]
    # What quality assurance stopped is investigated first; a precaution of who treats is not.
    looked_into = said.get("kind") != Wrong.HOLD
    meant = (one for one in lifts if one.asks("exception_is_investigated") == looked_into)
    return next(meant, lifts[0] if lifts else None)


def _steps(workflow: Workflow, said: Said) -> Iterator[Action]:
    """In the order in which they are taken; what is done already is left out."""
    actions = workflow.actions.values()
    if not said.get("owner"):
        yield from (action for action in actions if action.verb is Verb.TAKE_ON)
    end = closing(workflow, said)
    if end is None:
        return
    if end.asks("exception_is_investigated") and _is_grave(said):
        for name in ("root_cause", "capa"):
            if not said.get(name):
                yield from (a for a in actions if any(one.name == name for one in a.fields))
    yield end


def _is_grave(said: Said) -> bool:
    """It is to be investigated: it is more than minor, and no precaution of a person."""
    return said.get("class") != "minor" and said.get("kind") != Wrong.HOLD


def _is_for(action: Action, said: Said) -> bool:
    """By one person, or by two where it is critical; the one step serves all where there is one."""
    by_one = action.asks("exception_is_not_critical")
    by_two = action.asks("another_closes_what_is_critical")
    critical = said.get("class", "") in {"", "critical"}
    return (by_one, by_two) == (not critical, critical) or not (by_one or by_two)
