"""Which subjects an action would move, by which rule: the definition laid over the facts.

Rules of one machine are alternatives: the one whose `from` holds the subject's state applies.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from workflows.case import Arrival, Case, Turn
from workflows.facts import Label, NewSubject, Subject
from workflows.model import Kind, MoveRule, Pick, Relation
from workflows.refusal import Refusal


def plan(case: Case) -> tuple[Case, tuple[Refusal, ...]]:
    """The case with its turns and arrivals, and what stands in their way."""
    refusals: list[Refusal] = []
    for machine, rules in _by_machine(case.action.moves).items():
        if rules[0].pick is Pick.BORN:
            case = replace(case, arrivals=case.arrivals + _arrivals(case, rules[0]))
            refusals += _wrong_births(case, machine)
            continue
        turns, missing = _turns(case, machine, rules)
        case = replace(case, turns=case.turns + turns)
        refusals += missing
    refusals += _unexpected(case)
    if not case.turns and not case.arrivals and not refusals:
        refusals.append(
            Refusal(
                "NOTHING_TO_MOVE",
                f"“{case.action.title}” needs at least one thing to act on",
                "Scan the label of the container, or name what is meant",
            )
        )
    return case, tuple(refusals)


def _by_machine(rules: Iterable[MoveRule]) -> Mapping[str, list[MoveRule]]:
    """The rules of an action, machine by machine; shipments first, their contents after them."""
    groups: dict[str, list[MoveRule]] = {}
    for rule in sorted(rules, key=lambda rule: rule.pick in _DEPENDENT):
        groups.setdefault(rule.machine, []).append(rule)
    return groups


_DEPENDENT = {Pick.CONTENTS, Pick.CHILDREN, Pick.ORIGIN}


def _arrivals(case: Case, rule: MoveRule) -> tuple[Arrival, ...]:
    """What is born: as many as the request says, or one."""
    asked = tuple(new for new in case.request.births if new.machine == rule.machine)
    return tuple(Arrival(new, rule) for new in asked or (NewSubject(rule.machine),))


_IN_NUMBERS = {Kind.CONTAINER, Kind.SAMPLE}


def _wrong_births(case: Case, machine: str) -> Iterator[Refusal]:
    """A therapy is ordered once; only bags and samples come in numbers."""
    arrivals = [arrival for arrival in case.arrivals if arrival.rule.machine == machine]
    title = case.workflow.machines[machine].title.lower()
    if case.kind_of(machine) is Kind.THERAPY and case.facts.subjects:
        yield Refusal(
            "ALREADY_ORDERED",
            f"The therapy {case.facts.therapy.coi} is already ordered",
            "Open it, or order another under a new COI",
        )
    if len(arrivals) > 1 and case.kind_of(machine) not in _IN_NUMBERS:
        yield Refusal(
            "ONE_AT_A_TIME",
            f"“{case.action.title}” makes one {title}, not {len(arrivals)}",
            "Take the step once for each",
        )


def _unexpected(case: Case) -> Iterator[Refusal]:
    """What the request brings or names, and the action knows nothing of: it must not vanish."""
    born = {arrival.rule.machine for arrival in case.arrivals}
    for machine in dict.fromkeys(new.machine for new in case.request.births):
        if machine not in born:
            yield Refusal(
                "BIRTH_UNEXPECTED",
                f"“{case.action.title}” makes no “{machine}”",
                f"It makes: {', '.join(sorted(born)) or 'nothing'}",
            )
    acted_on = {rule.machine for rule in case.action.moves if rule.pick is Pick.NAMED}
    for name in dict.fromkeys(case.request.named):
        subject = case.facts.subjects.get(name)
        if subject is None or subject.machine not in acted_on:
            yield Refusal(
                "NAME_UNEXPECTED",
                f"“{case.action.title}” does not act on “{name[:64]}” in this therapy",
                "Name what this step is about",
            )


def _turns(
    case: Case, machine: str, rules: Sequence[MoveRule]
) -> tuple[tuple[Turn, ...], list[Refusal]]:
    """The turns of one machine's subjects, with a refusal for each that no rule fits."""
    found = _CANDIDATES[rules[0].pick](case, machine, rules)
    candidates = list({subject.id: (subject, label) for subject, label in found}.values())
    turns: list[Turn] = []
    refusals: list[Refusal] = []
    for subject, label in candidates:
        rule = next((r for r in rules if subject.position.state in r.from_states), None)
        if rule is None:
            refusals.append(_wrong_state(case, subject, rules))
        else:
            turns.append(Turn(subject, rule, label))
    if not candidates and not any(rule.optional for rule in rules):
        refusals.append(_nothing_named(case, machine, rules))
    return tuple(turns), refusals


Candidates = list[tuple[Subject, Label | None]]


def _the_therapy(case: Case, machine: str, rules: Sequence[MoveRule]) -> Candidates:
    """The therapy itself."""
    del machine, rules
    subject = case.facts.subjects.get(case.facts.therapy.coi)
    return [(subject, None)] if subject else []


def _scanned(case: Case, machine: str, rules: Sequence[MoveRule]) -> Candidates:
    """Each container of this therapy whose label was scanned, once."""
    del rules
    found = {
        label.subject: (case.facts.subjects[label.subject], label)
        for label in case.scanned(Label)
        if label.coi == case.facts.therapy.coi and label.subject in case.facts.subjects
    }
    return [(s, label) for s, label in found.values() if s.machine == machine]


def _named(case: Case, machine: str, rules: Sequence[MoveRule]) -> Candidates:
    """What the request names; when it names none where one must move, the only one there."""
    there = {s.id: s for s in case.facts.subjects.values() if s.machine == machine}
    found = [there[name] for name in dict.fromkeys(case.request.named) if name in there]
    if not found and not any(rule.optional for rule in rules):
        found = _the_only_one(list(there.values()), rules)
    return [(subject, None) for subject in found]


def _the_only_one(there: list[Subject], rules: Sequence[MoveRule]) -> list[Subject]:
    """The one that fits, or the one there is; where there are several, none can be meant."""
    states = {state for rule in rules for state in rule.from_states}
    fitting = [s for s in there if s.position.state in states] or there
    return fitting if len(fitting) == 1 else []


def _contents(case: Case, machine: str, rules: Sequence[MoveRule]) -> Candidates:
    """What is packed in the shipments that move."""
    del rules
    packed = [
        parent
        for turn in case.turns_of(Kind.SHIPMENT)
        for parent in case.parents(turn.subject.id, Relation.PACKED_IN)
    ]
    return [(s, None) for s in packed if s.machine == machine and not case.is_final(s)]


def _children(case: Case, machine: str, rules: Sequence[MoveRule]) -> Candidates:
    """What was made of the lots that move and is still there: none may be forgotten."""
    del rules
    made = [child for turn in case.turns_of(Kind.LOT) for child in case.children(turn.subject.id)]
    return [(s, None) for s in made if s.machine == machine and not case.is_final(s)]


def _origins(case: Case, machine: str, rules: Sequence[MoveRule]) -> Candidates:
    """What the exceptions that move were opened on, as far as it still lives."""
    del rules
    opened_on = [turn.subject.origin for turn in case.turns_of(Kind.EXCEPTION)]
    found = [case.facts.subjects[origin] for origin in opened_on if origin is not None]
    return [(s, None) for s in found if s.machine == machine and s.position.stops > 0]


_CANDIDATES: Mapping[Pick, Callable[[Case, str, Sequence[MoveRule]], Candidates]] = {
    Pick.THERAPY: _the_therapy,
    Pick.SCANNED: _scanned,
    Pick.NAMED: _named,
    Pick.CONTENTS: _contents,
    Pick.CHILDREN: _children,
    Pick.ORIGIN: _origins,
}


def _wrong_state(case: Case, subject: Subject, rules: Sequence[MoveRule]) -> Refusal:
    """It stands where the action cannot begin."""
    states = case.workflow.machines[subject.machine].states
    needed = " or ".join(states[s].title for rule in rules for s in rule.from_states)
    now = states[subject.position.state].title
    title = case.workflow.machines[subject.machine].title
    return Refusal(
        "WRONG_STATE",
        f"{title} {subject.id} is “{now}”; “{case.action.title}” needs it to be “{needed}”",
        "Look at the therapy's next actions",
    )


def _nothing_named(case: Case, machine: str, rules: Sequence[MoveRule]) -> Refusal:
    """A subject that must move was neither scanned nor named."""
    title = case.workflow.machines[machine].title.lower()
    if rules[0].pick is Pick.SCANNED:
        return Refusal(
            "NOT_SCANNED",
            f"“{case.action.title}” needs the label of a {title} to be scanned",
            f"Scan the label on the {title}",
        )
    there = [s.id for s in case.facts.subjects.values() if s.machine == machine]
    return Refusal(
        "NOT_NAMED",
        f"“{case.action.title}” needs to know which {title} is meant; there are {len(there)}",
        f"Name one of: {', '.join(there)}" if there else f"There is no {title} yet",
    )
