"""Which subjects an action would move, by which rule: the definition laid over the facts.

Rules of one machine are alternatives: the one whose `from` holds the subject's state applies.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from workflows.case import Arrival, Case, Turn
from workflows.facts import Label, NewSubject, Subject
from workflows.model import Alternatives, Custody, Kind, Pick, Verb
from workflows.packing import PACKAGING, everything_within
from workflows.refusal import Refusal


def plan(case: Case) -> tuple[Case, tuple[Refusal, ...]]:
    """The case with its turns and arrivals, and what stands in their way."""
    turns: list[Turn] = []
    arrivals: list[Arrival] = []
    refusals: list[Refusal] = []
    # In the order of the definition: contents and children follow what an earlier rule moves.
    for among in case.action.alternatives:
        if among.pick is Pick.BORN:
            born = _arrivals(case, among)
            arrivals += born
            refusals += _wrong_births(case, among.machine, len(born))
        else:
            moved, missing = _turns(case, among, turns)
            turns += moved
            refusals += missing
    if case.request.births or case.request.named:
        refusals += _unexpected(case)
    if not (turns or arrivals or refusals):
        refusals.append(_nothing_to_move(case))
    return case.with_turns(turns, arrivals), tuple(refusals)


def _nothing_to_move(case: Case) -> Refusal:
    """Every subject of the action is optional, and none is there."""
    return Refusal(
        "NOTHING_TO_MOVE",
        f"“{case.action.title}” needs at least one thing to act on",
        "Scan the label of the container, or name what is meant",
    )


def _arrivals(case: Case, among: Alternatives) -> list[Arrival]:
    """What is born: as many as the request says, or one."""
    asked = [new for new in case.request.births if new.machine == among.machine]
    return [Arrival(new, among.rules[0]) for new in asked or [NewSubject(among.machine)]]


_IN_NUMBERS = {Kind.CONTAINER, Kind.SAMPLE}


def _wrong_births(case: Case, machine: str, count: int) -> Iterator[Refusal]:
    """A therapy is ordered once; only bags and samples come in numbers."""
    kind = case.kind_of(machine)
    if kind is Kind.THERAPY and case.facts.subjects:
        yield Refusal(
            "ALREADY_ORDERED",
            f"The therapy {case.facts.therapy.coi} is already ordered",
            "Open it, or order another under a new COI",
        )
    if count > 1 and kind not in _IN_NUMBERS:
        title = case.workflow.machines[machine].title.lower()
        yield Refusal(
            "ONE_AT_A_TIME",
            f"“{case.action.title}” makes one {title}, not {count}",
            "Take the step once for each",
        )


def _unexpected(case: Case) -> Iterator[Refusal]:
    """What the request brings or names, and the action knows nothing of: it must not vanish."""
    yield from _unexpected_births(case)
    yield from _unexpected_names(case)


def _unexpected_births(case: Case) -> Iterator[Refusal]:
    """Each machine that the request brings, and the action does not make."""
    born = {among.machine for among in case.action.alternatives if among.pick is Pick.BORN}
    for machine in dict.fromkeys(new.machine for new in case.request.births):
        if machine not in born:
            yield Refusal(
                "BIRTH_UNEXPECTED",
                f"“{case.action.title}” makes no “{machine}”",
                f"It makes: {', '.join(sorted(born)) or 'nothing'}",
            )


def _unexpected_names(case: Case) -> Iterator[Refusal]:
    """Each name that the request gives, and that is of nothing that the action acts on."""
    acted_on = {rule.machine for rule in case.action.moves if rule.pick is Pick.NAMED}
    for name in dict.fromkeys(case.request.named):
        subject = case.facts.subjects.get(name)
        if subject is None or subject.machine not in acted_on:
            yield Refusal(
                "NAME_UNEXPECTED",
                # Cut, because a request may name whatever it likes, and this goes on a page.
                f"“{case.action.title}” does not act on “{name[:64]}” in this therapy",
                "Name what this step is about",
            )


def _turns(
    case: Case, among: Alternatives, earlier: Sequence[Turn]
) -> tuple[list[Turn], list[Refusal]]:
    """The turns of one machine's subjects, with a refusal for each that no rule fits."""
    candidates = _CANDIDATES[among.pick](case, among, earlier)
    turns: list[Turn] = []
    refusals: list[Refusal] = []
    # A label that was read twice moves its container once.
    for subject, label in {subject.id: (subject, label) for subject, label in candidates}.values():
        rule = among.rule_from(subject.position.state)
        if rule is None:
            refusals.append(_wrong_state(case, subject, among))
        else:
            turns.append(Turn(subject, rule, label))
    if not candidates and not among.optional:
        refusals.append(_nothing_named(case, among))
    return turns, refusals


Candidates = list[tuple[Subject, Label | None]]


def _the_therapy(case: Case, _among: Alternatives, _earlier: Sequence[Turn]) -> Candidates:
    """The therapy itself."""
    subject = case.facts.subjects.get(case.facts.therapy.coi)
    return [(subject, None)] if subject else []


def _scanned(case: Case, among: Alternatives, _earlier: Sequence[Turn]) -> Candidates:
    """Each container of this therapy whose label was scanned."""
    subjects, coi = case.facts.subjects, case.facts.therapy.coi
    return [
        (subjects[label.subject], label)
        for label in case.scanned(Label)
        # Another therapy's bag has a guard of its own, which says STOP and has the bag held.
        if label.coi == coi
        and label.subject in subjects
        and subjects[label.subject].machine == among.machine
    ]


def _named(case: Case, among: Alternatives, _earlier: Sequence[Turn]) -> Candidates:
    """What the request names; when it names none where one must move, the only one there."""
    there = {s.id: s for s in case.facts.subjects.values() if s.machine == among.machine}
    found = [there[name] for name in case.request.named if name in there]
    if not found and not among.optional:
        found = _the_only_one(list(there.values()), among)
    return [(subject, None) for subject in found]


def _the_only_one(there: list[Subject], among: Alternatives) -> list[Subject]:
    """The one that fits, or the one there is; where there are several, none can be meant."""
    fitting = [s for s in there if among.rule_from(s.position.state)] or there
    return fitting if len(fitting) == 1 else []


def _contents(case: Case, among: Alternatives, earlier: Sequence[Turn]) -> Candidates:
    """What is in the packages and shipments that move, at any depth; what is scanned is out."""
    moved = {turn.subject.id for turn in earlier}
    # What comes out of what is opened is scanned; what is deeper goes along with what came out.
    packages = [
        turn.subject.id
        for turn in earlier
        if case.kind_of(turn.subject.machine) in PACKAGING
        and not (case.action.verb is Verb.UNPACK and turn.rule.custody is Custody.ENDS)
    ]
    within = everything_within(case.facts.subjects, packages) if packages else ()
    there = [s for s in within if s.machine == among.machine and not case.is_final(s)]
    return [(s, None) for s in there if s.id not in moved]


def _children(case: Case, among: Alternatives, earlier: Sequence[Turn]) -> Candidates:
    """What was made of the lots that move and is still there: none may be forgotten."""
    made = [child for lot in _moved(case, Kind.LOT, earlier) for child in case.children(lot.id)]
    there = [s for s in made if s.machine == among.machine and not case.is_final(s)]
    return [(s, None) for s in there if not _only_held(s, among)]


def _only_held(subject: Subject, among: Alternatives) -> bool:
    """It is on its way, out of reach of the decision: see `workflows.consequences`."""
    rule = among.rule_from(subject.position.state)
    return rule is not None and rule.hold_in_transit and subject.position.in_transit


def _origins(case: Case, among: Alternatives, earlier: Sequence[Turn]) -> Candidates:
    """What the exceptions that move were opened on, as far as it still lives."""
    opened_on = [exception.origin for exception in _moved(case, Kind.EXCEPTION, earlier)]
    found = [case.facts.subjects[origin] for origin in opened_on if origin is not None]
    # What is no longer stopped has nothing that could be lifted.
    return [(s, None) for s in found if s.machine == among.machine and s.position.stops > 0]


def _moved(case: Case, kind: Kind, earlier: Sequence[Turn]) -> list[Subject]:
    """The subjects of this kind that the rules before this one move."""
    return [turn.subject for turn in earlier if case.kind_of(turn.subject.machine) is kind]


_CANDIDATES: Mapping[Pick, Callable[[Case, Alternatives, Sequence[Turn]], Candidates]] = {
    Pick.THERAPY: _the_therapy,
    Pick.SCANNED: _scanned,
    Pick.NAMED: _named,
    Pick.CONTENTS: _contents,
    Pick.CHILDREN: _children,
    Pick.ORIGIN: _origins,
}


def _wrong_state(case: Case, subject: Subject, among: Alternatives) -> Refusal:
    """It stands where the action cannot begin."""
    states = case.workflow.machines[subject.machine].states
    needed = " or ".join(states[s].title for rule in among.rules for s in rule.from_states)
    now = states[subject.position.state].title
    title = case.workflow.machines[subject.machine].title
    return Refusal(
        "WRONG_STATE",
        f"{title} {subject.id} is “{now}”; “{case.action.title}” needs it to be “{needed}”",
        "Look at the therapy's next actions",
    )


def _nothing_named(case: Case, among: Alternatives) -> Refusal:
    """A subject that must move was neither scanned nor named."""
    title = case.workflow.machines[among.machine].title.lower()
    if among.pick is Pick.SCANNED:
        return Refusal(
            "NOT_SCANNED",
            f"“{case.action.title}” needs the label of a {title} to be scanned",
            f"Scan the label on the {title}",
        )
    there = [s.id for s in case.facts.subjects.values() if s.machine == among.machine]
    return Refusal(
        "NOT_NAMED",
        f"“{case.action.title}” needs to know which {title} is meant; there are {len(there)}",
        f"Name one of: {', '.join(there)}" if there else f"There is no {title} yet",
    )
