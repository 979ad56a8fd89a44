"""A definition's text as a `Workflow`: read, shaped, built, its names looked up, spelled out.

Whether the workflow makes sense is asked by `workflows.check`. The text is given; nothing here
opens a file or imports a guard.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from marshmallow import ValidationError

from workflows.document import read
from workflows.expansion import copies, transitions_of
from workflows.model import (
    Action,
    Field,
    Kind,
    Machine,
    MoveRule,
    Pick,
    QualityTest,
    Relation,
    State,
    Transition,
    Workflow,
)
from workflows.packing import PACKAGING
from workflows.parameters import Asked
from workflows.problem import DefinitionError, Problem
from workflows.references import dangling_references
from workflows.schema import DefinitionSchema
from workflows.shapes import problems_in

Plain = Mapping[str, Any]


def load(text: str, guards: Mapping[str, Asked] | None = None) -> Workflow:
    """The workflow that the text defines.

    Args:
        text: A definition in the format of docs/workflows.md.
        guards: The guards that exist, by name; None leaves names and parameters unchecked.

    Raises:
        DefinitionError: with every problem of the first of these stages that finds any: the YAML,
            the shape of each value, the names that refer to something.
    """
    document = read(text)
    try:
        definition = DefinitionSchema().load(document.value)  # type: ignore[arg-type]
    except ValidationError as error:
        raise DefinitionError(document.locate(problems_in(error.messages))) from error
    unpicked = _unpicked(definition)
    workflow = _workflow(definition, hashlib.sha256(text.encode()).hexdigest())
    dangling = dangling_references(workflow, guards)
    if unpicked or dangling:
        raise DefinitionError(document.locate((*unpicked, *dangling)))
    return replace(workflow, transitions=transitions_of(workflow))


def expand(text: str) -> tuple[Transition, ...]:
    """Every transition that the definition allows, spelled out, sorted, each once."""
    return load(text).transitions


@lru_cache(maxsize=64)
def expand_all(text: str) -> tuple[Transition, ...]:
    """The same, and what is allowed to a therapy that is copied from paper besides.

    Whoever verifies asks it of the same few texts each time, and one text allows the same always.
    """
    workflow = load(text)
    return tuple(sorted({*workflow.transitions, *copies(workflow)}))


def _unpicked(definition: Plain) -> tuple[Problem, ...]:
    """The moves that do not say how their subjects are found."""
    return tuple(
        Problem(
            f"actions.{name}.moves[{n}].pick",
            "is missing",
            "Say how the subjects are found: scanned, named, contents, children or origin",
        )
        for name, action in definition["actions"].items()
        for n, move in enumerate(action["moves"])
        if "pick" not in move and _usual_pick(move, definition) is None
    )


def _usual_pick(move: Plain, definition: Plain) -> Pick | None:
    """How the subjects are found when the definition does not say: born, or the therapy."""
    if "from_states" not in move:
        return Pick.BORN
    machine = definition["machines"].get(move["machine"])
    return Pick.THERAPY if machine is None or machine["kind"] is Kind.THERAPY else None


def _workflow(definition: Plain, digest: str) -> Workflow:
    """The definition's values in the engine's words, not yet spelled out."""
    machines = {name: _machine(name, found) for name, found in definition["machines"].items()}
    return Workflow(
        name=definition["workflow"],
        version=definition["version"],
        title=definition["title"],
        hash=digest,
        product=definition.get("product", {}),
        machines=machines,
        actions={
            name: _action(name, found, definition) for name, found in definition["actions"].items()
        },
        tests={
            name: QualityTest(**_tuples({"name": name, "unit": "-", **found}))
            for name, found in definition.get("tests", {}).items()
        },
        dispensable=_tuples(definition.get("dispensable", {})),
        transitions=(),
    )


def _tuples(found: Plain) -> dict[str, Any]:
    """The mapping with its lists as tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}


def _machine(name: str, found: Plain) -> Machine:
    """One machine; a state's title is its name unless it says otherwise."""
    states = {
        state: State(**{"name": state, "title": state.replace("_", " "), **values})
        for state, values in found["states"].items()
    }
    return Machine(name, found["kind"], found["title"], states, found.get("labelled", False))


def _action(name: str, found: Plain, definition: Plain) -> Action:
    """One action with its moves and fields."""
    by_country = found.get("signatures_in", {})
    plain = {key: found[key] for key in _AS_WRITTEN if key in found}
    return Action(
        name=name,
        **_tuples(plain),
        moves=tuple(_move(move, definition) for move in found["moves"]),
        fields=_fields(found.get("fields_", {}), found["moves"][0]["machine"]),
        signatures_in=_tuples(by_country),
    )


_AS_WRITTEN = (
    "title",
    "verb",
    "who",
    "guards",
    "signatures",
    "chain_stop",
    "prints",
    "opens",
    "due_hours",
    "due_minutes",
    "due_after",
    "undated",
    "record_only",
    "seldom",
)


def _move(found: Plain, definition: Plain) -> MoveRule:
    """One move rule; what a package is closed around is packed in it, all else is made of."""
    machine = definition["machines"].get(found["machine"], {})
    packed = machine.get("kind") in PACKAGING
    usual = {
        "from_states": (),
        "to_state": "",
        "pick": _usual_pick(found, definition) or Pick.NAMED,
        "relation": Relation.PACKED_IN if packed else Relation.MADE_OF,
    }
    return MoveRule(**_tuples({**usual, **found}))


def _fields(found: Plain, usual_machine: str) -> tuple[Field, ...]:
    """What an action records, on its first machine unless a field says otherwise."""
    shaped: Iterable[tuple[str, Plain]] = found.items()
    return tuple(
        Field(**_tuples({"name": name, "on": usual_machine, **values})) for name, values in shaped
    )
