"""What differs between two versions of one workflow, in words for whoever signs the change.

Pure, and complete: whatever an action asks or does is put into words once, and the words of the two
versions are compared. What can still happen in a therapy is told apart from what lies behind it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows.facts import Subject
from workflows.files import kinds_in_words
from workflows.model import (
    Action,
    Custody,
    Field,
    FieldKind,
    GuardUse,
    Kind,
    Machine,
    MoveRule,
    QualityTest,
    SignatureRule,
    State,
    Who,
    Workflow,
)
from workflows.quality import limits

Words = Mapping[str, str]
"""What is told of a thing, by what is told: its title, each field, each rule."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise: what it is, how it changes, and each change in words."""

    about: str
    how: str  # added, removed, changed
    lines: tuple[str, ...] = ()
    ahead: bool = True  # it can still concern the therapy


def differences(
    older: Workflow, newer: Workflow, subjects: Iterable[Subject] = ()
) -> tuple[Difference, ...]:
    """Everything in which the newer version differs; steps first, in the order of the newer."""
    there = tuple(subjects)
    return (
        *_steps(older, newer, there),
        *_named("Test", _of_tests(older), _of_tests(newer)),
        *_named("States of", _of_machines(older), _of_machines(newer)),
        *_named("Product", _of_product(older.product), _of_product(newer.product)),
        *_named("Departures", _of_departures(older), _of_departures(newer)),
    )


def _steps(older: Workflow, newer: Workflow, subjects: tuple[Subject, ...]) -> Iterator[Difference]:
    ahead = _ahead(older, subjects) | _ahead(newer, subjects)
    before = {name: of_action(older, action) for name, action in older.actions.items()}
    after = {name: of_action(newer, action) for name, action in newer.actions.items()}
    for name in before.keys() & after.keys():
        there, then = _kept_otherwise(older.actions[name], newer.actions[name])
        before[name], after[name] = {**before[name], **there}, {**after[name], **then}
    for name in dict.fromkeys((*after, *before)):
        action = newer.actions.get(name) or older.actions[name]
        found = _difference(f"“{action.title}”", before.get(name), after.get(name))
        if found is not None:
            yield Difference(found.about, found.how, found.lines, name in ahead)


def _kept_otherwise(older: Action, newer: Action) -> tuple[Words, Words]:
    """The names behind fields that are called as before: by another one no rule finds a value."""
    there = {field.title: field.name for field in older.fields}
    then = {field.title: field.name for field in newer.fields}
    others = [title for title, name in then.items() if there.get(title, name) != name]
    before, after = (
        {f"keeps “{title}” as": _plain(names[title]) for title in others} for names in (there, then)
    )
    return before, after


def _named(
    what: str, before: Mapping[str, Words], after: Mapping[str, Words]
) -> Iterator[Difference]:
    for name in dict.fromkeys((*after, *before)):
        called = (after.get(name) or before[name]).get("called", "")
        found = _difference(f"{what} {called}".strip(), before.get(name), after.get(name))
        if found is not None:
            yield found


def _difference(about: str, before: Words | None, after: Words | None) -> Difference | None:
    """How a thing changes; None where it stays as it was."""
    if before == after:
        return None
    if before is None:
        return Difference(about, "added", tuple(_whole(after or {})))
    if after is None:
        return Difference(about, "removed")
    return Difference(about, "changed", tuple(_changed(before, after)))


def _whole(words: Words) -> Iterator[str]:
    yield from (f"{what}: {told}" if told else what for what, told in words.items())


def _changed(before: Words, after: Words) -> Iterator[str]:
    for what in dict.fromkeys((*after, *before)):
        if what not in before:
            yield f"new: {_one(what, after[what])}"
        elif what not in after:
            yield f"no longer: {_one(what, before[what])}"
        elif before[what] != after[what]:
            yield f"{what}: now {after[what] or 'nothing'}; before {before[what] or 'nothing'}"


def _one(what: str, told: str) -> str:
    return f"{what} ({told})" if told else what


# -- what can still happen -------------------------------------------------------------------------


Places = set[tuple[str, str]]
"""States, each with its machine."""


def _ahead(workflow: Workflow, subjects: tuple[Subject, ...]) -> set[str]:
    """The actions that can be taken from where things stand, now or later."""
    reached = _reached(workflow, subjects)
    return {a.name for a in workflow.actions.values() if _can_be_taken(workflow, a, reached)}


def _reached(workflow: Workflow, subjects: tuple[Subject, ...]) -> Places:
    """Each state in which something stands or can come to stand."""
    reached = {(s.machine, s.position.state) for s in subjects}
    while True:
        more = {
            (rule.machine, rule.to_state)
            for action in workflow.actions.values()
            if _can_be_taken(workflow, action, reached)
            for rule in action.moves
            if rule.to_state and _applies(workflow, rule, reached)
        }
        if more <= reached:
            return reached
        reached |= more


def _can_be_taken(workflow: Workflow, action: Action, reached: Places) -> bool:
    """Something is there for each machine of which something must move, or comes into being."""
    rules = [rule for rule in action.moves if _applies(workflow, rule, reached)]
    return bool(rules) and action.needed <= {rule.machine for rule in rules}


def _applies(workflow: Workflow, rule: MoveRule, reached: Places) -> bool:
    if not rule.from_states:  # the therapy is born once; all else can come again
        return workflow.machines[rule.machine].kind is not Kind.THERAPY
    return any((rule.machine, state) in reached for state in rule.from_states)


# -- in words --------------------------------------------------------------------------------------


def of_action(workflow: Workflow, action: Action) -> Words:
    """All that an action asks and does."""
    told = {"called": action.title, "who": _any_of(map(_who, action.who))}
    told |= dict(_fields(workflow, action.fields))
    told |= dict(_rules(action.guards))
    told["signatures"] = _signatures(action.signatures)
    for country, rules in action.signatures_in.items():
        told[f"signatures in {country}"] = _signatures(rules)
    told["time allowed"] = _time(workflow, action)
    told["no time for it"] = action.undated
    told |= dict(_moves(workflow, action))
    told["opens an exception"] = action.opens
    told["prints"] = ", ".join(one.replace("-", " ") for one in action.prints)
    told["kind of step"] = _kind_of_step(action)
    return told


def _who(who: Who) -> str:
    role = "anybody" if who.role == "*" else _plain(who.role)
    return role if who.site_kind == "*" else f"{role} at a {who.site_kind}"


def _fields(workflow: Workflow, fields: Iterable[Field]) -> Iterator[tuple[str, str]]:
    """Each field by its title; of two that are called the same, the second says so."""
    counted: dict[str, int] = {}
    for field in fields:
        counted[field.title] = again = counted.get(field.title, 0) + 1
        name = f"asks “{field.title}”" + (f" ({again})" if again > 1 else "")
        yield name, _field(workflow, field)


def _field(workflow: Workflow, field: Field) -> str:
    """What a field takes, and on what it is recorded."""
    on = "" if field.on == "*" else f" of the {workflow.machines[field.on].title.lower()}"
    must = "must be given" if field.required else "may be left out"
    told = [f"{_KINDS[field.kind]}{on}", _range(field), must]
    if field.alarms:
        told.append(f"alarming: {', '.join(field.alarms)}")
    if field.confidential:
        told.append("about a person")
    if field.uses:
        told.append(f"worked out by: {', '.join(field.uses)}")
    if field.at:
        told.append(f"at a {field.at}")
    if field.equipment:
        told.append(_plain(field.equipment))
    if field.accept:
        told.append(kinds_in_words(field.accept))
    return ", ".join(filter(None, told))


_KINDS = {
    FieldKind.DECIMAL: "a number",
    FieldKind.INTEGER: "a whole number",
    FieldKind.TEXT: "a text",
    FieldKind.DATE: "a day",
    FieldKind.TIME: "a time",
    FieldKind.CHOICE: "a choice",
    FieldKind.YES_NO: "yes or no",
    FieldKind.UNIT: "a unit",
    FieldKind.EQUIPMENT: "a piece of equipment",
    FieldKind.FILE: "a file",
}


def _range(one: Field | QualityTest) -> str:
    low = f"from {one.low}" if one.low is not None else ""
    high = f"up to {one.high}" if one.high is not None else ""
    if one.choices:
        return f"one of {', '.join(one.choices)}"
    unit = "" if one.unit == "-" else one.unit
    return " ".join(filter(None, (low, high, unit)))


def _rules(guards: Iterable[GuardUse]) -> Iterator[tuple[str, str]]:
    """Each rule with its parameters; one that is asked twice is told twice."""
    counted: dict[str, int] = {}
    for use in guards:
        counted[use.name] = again = counted.get(use.name, 0) + 1
        name = f"rule “{_plain(use.name)}”" + (f" ({again})" if again > 1 else "")
        yield (
            name,
            "; ".join(f"{_plain(key)} {_value(told)}" for key, told in use.parameters.items()),
        )


def _signatures(rules: Iterable[SignatureRule]) -> str:
    return "; ".join(map(_signature, rules))


def _signature(rule: SignatureRule) -> str:
    told = f"“{rule.meaning}” by {_any_of(map(_plain, rule.roles))}"
    elsewhere = _any_of(sorted(map(_plain, rule.anywhere)))
    return f"{told}, from any site {elsewhere}" if elsewhere else told


def _time(workflow: Workflow, action: Action) -> str:
    hours = f"{action.due_hours} h" if action.due_hours else ""
    minutes = f"{action.due_minutes} min" if action.due_minutes else ""
    last = workflow.machines[action.due_after].title.lower() if action.due_after else ""
    after = f"from the end of the last {last}" if last else ""
    return " ".join(filter(None, (hours, minutes, after)))


def _kind_of_step(action: Action) -> str:
    told = [_plain(action.verb)]
    told += ["seldom done"] if action.seldom else []
    told += ["a record only"] if action.record_only else []
    told += {1: ["stops the whole therapy"], -1: ["lifts a stop"]}.get(action.chain_stop, [])
    return ", ".join(told)


def _moves(workflow: Workflow, action: Action) -> Iterator[tuple[str, str]]:
    """What becomes of each sort of thing; one line for each way there."""
    told: dict[str, list[str]] = {}
    for rule in action.moves:
        told.setdefault(workflow.machines[rule.machine].title, []).append(_move(workflow, rule))
    for title, ways in told.items():
        yield f"does to the {title.lower()}", "; ".join(ways)


def _move(workflow: Workflow, rule: MoveRule) -> str:
    states = workflow.machines[rule.machine].states
    begins = _any_of(states[one].title for one in rule.from_states) or "not yet there"
    ends = states[rule.to_state].title if rule.to_state else "stays so"
    return ", ".join((f"{begins} → {ends}", _plain(rule.pick), *_particulars(rule)))


def _particulars(rule: MoveRule) -> Iterator[str]:
    if rule.custody is not Custody.NONE:
        yield f"custody: {_plain(rule.custody)}"
    if rule.ends_as != "-":
        yield f"it is {rule.ends_as} then"
    if rule.stop:
        yield "put on hold" if rule.stop > 0 else "one hold is lifted"
    if rule.parents:
        yield f"{_plain(rule.relation)} {' and '.join(map(_plain, rule.parents))}"
    for name in ("while_stopped", "seldom", "patient", "optional", "hold_in_transit"):
        if getattr(rule, name):
            yield _PARTICULARS[name]
    if rule.undated:
        yield f"no time for it from there: {rule.undated}"


_PARTICULARS = {
    "while_stopped": "even on hold",
    "seldom": "seldom",
    "patient": "at the patient",
    "optional": "if there is any",
    "hold_in_transit": "on its way it is held instead",
}


def _of_tests(workflow: Workflow) -> Mapping[str, Words]:
    return {
        test.name: {
            "called": f"“{test.title}”",
            "method": test.method,
            "limits": limits(test),
            "reported as": _range(test) if test.choices else f"a number in {test.unit}",
            "when": "before release" if test.before_release else "after release too",
        }
        for test in workflow.tests.values()
    }


def _of_machines(workflow: Workflow) -> Mapping[str, Words]:
    return {name: _of_machine(machine) for name, machine in workflow.machines.items()}


def _of_machine(machine: Machine) -> Words:
    told = {f"“{_plain(state.name)}”": _state(state) for state in machine.states.values()}
    told |= {"labelled": "yes" if machine.labelled else "no", "sort": machine.kind.value}
    return {"called": machine.title.lower(), **told}


def _state(state: State) -> str:
    told = [state.title, f"phase {state.phase}"]
    told += ["the end"] if state.final else []
    told += ["the patient is prepared"] if state.prepared else []
    return ", ".join(told)


def _of_product(product: Mapping[str, object]) -> Mapping[str, Words]:
    return {"": {_plain(name): _value(told) for name, told in product.items()}}


def _of_departures(workflow: Workflow) -> Mapping[str, Words]:
    found = workflow.dispensable.items()
    return {"": {f"“{_plain(name)}”": _any_of(map(_plain, roles)) for name, roles in found}}


def _value(told: object) -> str:
    if isinstance(told, Mapping):
        return ", ".join(f"{_plain(str(name))} {_value(one)}" for name, one in told.items())
    if isinstance(told, list | tuple | set | frozenset):
        return ", ".join(map(_value, told))
    return _plain(str(told))


def _any_of(words: Iterable[str]) -> str:
    return " or ".join(words)


def _plain(name: str) -> str:
    return name.replace("_", " ")
