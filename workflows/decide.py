"""May this action be taken now? Pure: no clock, no database; every reason why not, at once.

Three ways to speak (see `facts.Mode`): ask (every guard holds, or a refusal), late (it happened:
recorded as it happened, each rule that failed becomes an exception; identity, custody and
signatures never bend), incident (what must never be, was: `incident`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from workflows import consequences, correcting, fields, moves, quality, recalling, transcribing
from workflows.case import Case, NotTold
from workflows.draft import Decision, Draft
from workflows.facts import Facts, Mode, Request, Subject
from workflows.guards import ALWAYS, GUARDS, Guard
from workflows.guards.bench import HANDS_ON
from workflows.joining import joining
from workflows.mix_ups import mismatches
from workflows.model import Action, FieldKind, GuardUse, Kind, Pick, Verb, Workflow
from workflows.notices import notices
from workflows.on_paper import PAPER_REFERENCE, SIGNED_BY
from workflows.planning import plan
from workflows.refusal import Refusal
from workflows.shift import TOOK_PART
from workflows.versions import asked, known_until
from workflows.wrong import Wrong

T = TypeVar("T")

CHECK_FAILED = "CHECK_FAILED"  # never bends, and is never dispensed with
_NONE: Mapping[str, object] = {}


def needs(action: Action) -> frozenset[str]:
    """The sections of the facts that an action's guards read, and those of every action.

    A rule that bends may be dispensed with, and what a dispensation is from is a value.
    """
    guards = [*ALWAYS.values(), *(GUARDS[use.name] for use in action.guards)]
    needed = {need for guard in guards for need in guard.needs}
    if any(GUARDS[use.name].bends_to_facts for use in action.guards):
        needed.add("values")
    picks = {rule.pick for rule in action.moves}
    if Pick.CHILDREN in picks:
        needed.add("links")
    if action.verb is Verb.TEST:
        needed.add("values")
    if action.verb is Verb.CORRECT:
        needed |= {"values", "history", "links", "labels"}
    if action.verb is Verb.PACK:
        needed |= {"label_lives", "values", "links"}
    if any(rule.patient for rule in action.moves):
        needed.add("history")
    if action.prints:
        needed.add("templates")
    if action.verb in HANDS_ON:
        needed.add("benches")
    asked = {field.kind for field in action.fields}
    needed |= {need for kind, need in _OF_FIELDS.items() if kind in asked}
    return frozenset(needed)


_OF_FIELDS = {FieldKind.EQUIPMENT: "equipment", FieldKind.FILE: "files"}
"""Kinds of fields that are judged by what stands elsewhere, and in which section that is told."""


def needs_around_packages(action: Action) -> frozenset[str]:
    """The sections that it reads beside those where something of the therapy is packed."""
    asks = action.verb is Verb.RELEASE_CUSTODY and any(rule.is_inside for rule in action.moves)
    return frozenset({"links", *(("label_lives", "values") if asks else ())})


def decide(workflow: Workflow, request: Request, facts: Facts) -> Decision:
    """The draft of the entry, or every reason why the action is refused."""
    action = asked(workflow, request.action, request.happened_at, facts.earlier)
    if action is None:
        return Decision(None, (_no_such_action(workflow, request.action, facts),))
    case, obstacles = _planned(Case(workflow, action, request, facts))
    refusals = [*obstacles, *_input_problems(case)]
    judged = _as_it_happened(case)
    bent: list[Refusal] = []
    dispensed: list[Subject] = []
    for use in (*_ALWAYS_USED, *action.guards):
        guard = GUARDS[use.name]
        refusal = _ask(guard, use, judged)
        if refusal is None:
            continue
        if refusal.code == CHECK_FAILED:
            refusals.append(refusal)
        elif departures := _departures(judged, guard, use):
            dispensed += departures
        elif request.mode is Mode.LATE and guard.bends_to_facts:
            bent.append(refusal)
        else:
            refusals.append(refusal)
    if refusals:
        # What stops a hand at the bedside is read first; the sort is stable, and the rest stays in
        # order.
        refusals.sort(key=lambda refusal: not refusal.sentence.startswith("STOP"))
        return Decision(None, tuple(refusals), mismatches(case), _is_at_patient(action))
    draft = _draft(case, bent, dispensed)
    # Nothing of another therapy is let through; whoever is stopped all the same is told of it.
    return Decision(draft, (), mismatches(case), _is_at_patient(action))


_ALWAYS_USED = tuple(GuardUse(name) for name in ALWAYS)


def _planned(case: Case) -> tuple[Case, tuple[Refusal, ...]]:
    """The case with its turns; facts that are missing, or contradict each other, refuse."""
    planned = _safely("planning", plan, case)
    return (case, (planned,)) if isinstance(planned, Refusal) else planned


def _as_it_happened(case: Case) -> Case:
    """The case at the time that a late fact tells: windows and expiries are judged by that time."""
    happened_at = case.request.happened_at
    if case.request.mode is not Mode.LATE or happened_at is None:
        return case
    # A time ahead of the clock is refused by name; here it must not open a window meanwhile.
    return replace(case, facts=replace(case.facts, now=min(happened_at, case.facts.now)))


def _ask(guard: Guard, use: GuardUse, case: Case) -> Refusal | None:
    """The guard's answer, under its name; not being told is a refusal, never a pass (SEC-45)."""
    for need in guard.needs:
        if getattr(case.facts, need) is None:
            return _check_failed(use.name, NotTold())
    refusal = _safely(use.name, guard.check, case, use.parameters)
    return replace(refusal, guard=use.name) if refusal else None


def _safely(
    name: str, step: Callable[..., T], case: Case, parameters: Mapping[str, object] = _NONE
) -> T | Refusal:
    """What a step of the decision says; whatever goes wrong inside it is a refusal (SEC-45)."""
    try:
        return step(case, **parameters)
    except Exception as error:  # noqa: BLE001 - SEC-45 asks for every one of them
        return _check_failed(name, error)


def _check_failed(name: str, error: Exception) -> Refusal:
    """The check itself broke: nobody knows, so the answer is no."""
    return Refusal(
        CHECK_FAILED,
        f"The check “{name.replace('_', ' ')}” could not be made ({type(error).__name__})",
        "Nothing was saved. Correct the input; if it repeats, call support",
        name,
    )


def _input_problems(case: Case) -> tuple[Refusal, ...]:
    """Times, fields and results that cannot be recorded."""
    found = (*_of_transcription(case), *_wrong_time(case), *fields.problems(case))
    more = _PROBLEMS.get(case.action.verb)
    if more is None:
        return found
    try:
        return (*found, *more(case))
    except LookupError as error:
        return (*found, _check_failed(case.action.verb.value, error))


_PROBLEMS: Mapping[Verb, Callable[[Case], Iterable[Refusal]]] = {
    Verb.TEST: quality.problems,
    Verb.CORRECT: correcting.problems,
}


def _of_transcription(case: Case) -> Iterator[Refusal]:
    """What an open transcription has against it; who was not told how it stands refuses."""
    try:
        yield from tuple(transcribing.problems(case))
    except LookupError as error:
        yield _check_failed("transcription", error)


def _wrong_time(case: Case) -> Iterator[Refusal]:
    """Only a late fact has a time of its own, and it lies in the past."""
    happened_at, late = case.request.happened_at, case.request.mode is Mode.LATE
    if late and (happened_at is None or happened_at > case.facts.now):
        yield Refusal("NOT_IN_THE_PAST", "A late entry tells when it happened", "Give that time")
    if not late and happened_at is not None:
        yield Refusal("NOT_LATE", "Only a late entry has a time of its own", "Enter it as late")


def _no_such_action(workflow: Workflow, name: str, facts: Facts) -> Refusal:
    before = known_until(name, facts.earlier)
    if before is not None:
        return Refusal(
            "ACTION_UNKNOWN",
            f"“{before.workflow.actions[name].title}” was a step of version"
            f" {before.workflow.version}; this therapy runs on version {workflow.version}"
            f" since {before.until:%Y-%m-%d %H:%M} UTC",
            "If it was taken before that, open an exception that says what was done, and when",
        )
    return Refusal(
        "ACTION_UNKNOWN",
        f"{workflow.title} knows no action “{name}”",
        "Look at the therapy's next actions",
    )


def _departures(case: Case, guard: Guard, use: GuardUse) -> list[Subject]:
    """A dispensation for each thing that the rule refuses; none at all when one thing has none."""
    found: list[Subject] = []
    if use.name not in case.workflow.dispensable or case.facts.values is None:
        return found
    for turn in case.turns:
        # Of each thing alone: a dispensation is for one thing, and covers none beside it.
        refusal = _ask(guard, use, case.with_turns((turn,), case.arrivals))
        if refusal is None:
            continue
        departure = _dispensation(case, use.name, turn.subject)
        if departure is None or refusal.code == CHECK_FAILED:
            return []
        found.append(departure)
    return found


def _dispensation(case: Case, guard: str, on: Subject) -> Subject | None:
    """A granted, unused departure from this rule for this one thing, which has not run out."""
    for subject in case.subjects_of(Kind.DISPENSATION):
        value, until = case.value(subject.id, "guard"), case.value(subject.id, "valid_until")
        open_ = subject.position.state == "granted" and subject.origin == on.id
        meant = value is not None and value.content == guard
        if open_ and meant and until and case.facts.now <= fields.read_time(until.content):
            return subject
    return None


def _draft(case: Case, bent: list[Refusal], dispensed: list[Subject]) -> Draft:
    """The entry in the making, with what broken rules and used dispensations add to it."""
    drafting = moves.draft(case, _entry_kind(case))
    # Used up once, however many rules it has stood in for.
    for subject in {subject.id: subject for subject in dispensed}.values():
        moves.use_dispensation(drafting, subject)
    # After the action's own moves, since a thing is held where these have left it.
    for refusal in bent:
        consequences.of_broken_rule(drafting, refusal, _is_broken(refusal.guard))
    # What is copied from paper is compared by a second person, all of it at once.
    is_late = case.request.mode is Mode.LATE and not case.is_copied
    if is_late and not bent and case.action.verb is not Verb.ORDER:
        consequences.of_a_late_entry(drafting)
    consequences.of_alarming_answers(drafting)
    consequences.of_what_is_reported(drafting)
    consequences.of_things_on_their_way(drafting)
    recalling.of_corrections(drafting, _ask)
    for value in drafting.values:
        if value.within == "no":
            when = "after" if _is_decided(case, value.subject) else "before"
            lot = case.facts.subjects[value.subject]
            seen = f"{value.field} is {value.content} {when} the decision"
            moves.open_exception(drafting, seen=seen, kind=Wrong.OUT_OF_SPECIFICATION, on=lot)
    _of_the_paper(drafting)
    if case.request.took_part:
        drafting.record(case.facts.therapy.coi, TOOK_PART, " ".join(case.request.took_part))
    drafting.notices += notices(case, bent, drafting.moves)
    return replace(drafting.finished(), sites=joining(drafting))


def _of_the_paper(drafting: moves.Drafting) -> None:
    """Where a copied step stands on paper is told of the therapy, whatever the step moves."""
    case, root = drafting.case, drafting.case.facts.therapy.coi
    told = {value.field for value in drafting.values if value.subject == root}
    for name in (PAPER_REFERENCE, SIGNED_BY) if case.is_copied else ():
        if name not in told and (text := case.given(name)):
            field = next(one for one in case.action.fields if one.name == name)
            drafting.record(root, name, fields.read(field, text), confidential=True)


def _is_broken(name: str) -> Callable[[Case], bool] | None:
    """Whether this rule is broken in a part of a case; None if it is about no thing in hand."""
    guard = GUARDS[name]

    def is_broken(case: Case) -> bool:
        # A rule that is asked of every action stands in no definition, and takes no parameters.
        use = next((use for use in case.action.guards if use.name == name), GuardUse(name))
        return _ask(guard, use, _as_it_happened(case)) is not None

    return is_broken if guard.about_things else None


def _is_decided(case: Case, lot: str) -> bool:
    """The lot's disposition was decided before this result came."""
    state = case.workflow.machines[case.facts.subjects[lot].machine].states
    found = state[case.facts.subjects[lot].position.state]
    return found.final or found.phase == "release"


def _entry_kind(case: Case) -> str:
    """The kind of entry: a stop of the whole therapy, a late fact, or an ordinary act."""
    if case.action.chain_stop:
        return "hold" if case.action.chain_stop > 0 else "lift"
    if case.is_copied:
        return transcribing.TRANSCRIBED
    return "late" if case.request.mode is Mode.LATE else "act"


def _is_at_patient(action: Action) -> bool:
    """The patient is touched, or identified, or the session begins from the order."""
    asked = ("order_is_scanned", "patient_is_identified_by_two_people")
    return any(rule.patient for rule in action.moves) or any(map(action.asks, asked))
