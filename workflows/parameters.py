"""Whether a definition gives each guard the parameters that its function takes, and no others.

A parameter that nobody reads is a rule that nobody keeps: a misspelt one is refused at load.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import Parameter, signature
from typing import Any, Literal, Protocol, get_args, get_origin, get_type_hints

from workflows.model import (
    Action,
    ActionName,
    Choice,
    FieldName,
    GuardUse,
    Meaning,
    TestName,
    Workflow,
)
from workflows.problem import Problem


class Asked(Protocol):
    """A guard, as far as a definition must know it."""

    @property
    def check(self) -> Callable[..., object]:
        """The function, whose arguments after the case are the guard's parameters."""


def wrong_parameters(
    workflow: Workflow, action: Action, place: str, use: GuardUse, guard: Asked
) -> Iterator[Problem]:
    """Each parameter that is missing, that the guard does not take, or that it cannot read."""
    takes = _taken(guard.check)
    for name in takes.keys() - use.parameters.keys():
        yield Problem(place, f"{use.name} lacks {name}", f"Write {use.name}: {{{name}: …}}")
    for name, value in use.parameters.items():
        at = f"{place}.{use.name}.{name}"
        if name not in takes:
            known = ", ".join(takes) or "nothing"
            yield Problem(at, f"{use.name} takes no {name}", f"It takes: {known}")
        elif strange := _strange(takes[name], value, _names(workflow, action)):
            yield Problem(at, f"“{strange[0]}” is {strange[1]}", strange[2])


def _taken(check: Callable[..., object]) -> dict[str, Any]:
    """The parameters of a guard, with what each may be."""
    hints = get_type_hints(check)
    arguments = signature(check).parameters.values()
    return {a.name: hints[a.name] for a in arguments if a.kind is Parameter.KEYWORD_ONLY}


def _names(workflow: Workflow, action: Action) -> Mapping[object, tuple[str, frozenset[str]]]:
    """What the words of a parameter may refer to."""
    rules = action.every_signature
    fields = [field for each in workflow.actions.values() for field in each.fields]
    return {
        ActionName: ("no action", frozenset(workflow.actions)),
        Meaning: ("signed by nobody here", frozenset(rule.meaning for rule in rules)),
        FieldName: ("recorded by no action", frozenset(field.name for field in fields)),
        TestName: ("no test", frozenset(workflow.tests)),
        Choice: ("no choice of any field", frozenset(c for f in fields for c in f.choices)),
    }


def _strange(
    taken: Any,  # noqa: ANN401 - a type, as an annotation spells it
    value: object,
    names: Mapping[object, tuple[str, frozenset[str]]],
) -> tuple[object, str, str] | None:
    """The value that cannot stand, why not, and what can; None where all is well."""
    if get_origin(taken) is Sequence:
        if not isinstance(value, tuple) or not value:
            return value, "not a list", "Write [one, another]"
        found = (_strange(get_args(taken)[0], each, names) for each in value)
        return next((each for each in found if each), None)
    if get_origin(taken) is Literal:
        reason, known = "not one of the known words", frozenset(map(str, get_args(taken)))
    else:
        reason, known = names[taken]
    if value in known:
        return None
    return value, reason, f"Write one of: {', '.join(sorted(known))}"
