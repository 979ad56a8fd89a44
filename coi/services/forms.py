"""What the form of an action asks for, read from the definition: plain values, no page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from coi.services.file_kinds import LARGEST
from workflows.facts import Bench, Equipment, Subject
from workflows.fields import IDENTIFIES
from workflows.files import MEDIA_TYPES, kinds_in_words
from workflows.guards.bench import CLEARED, HANDS_ON
from workflows.model import (
    Action,
    Custody,
    Field,
    FieldKind,
    Kind,
    Pick,
    SignatureRule,
    Verb,
    Workflow,
)
from workflows.packing import PACKAGING
from workflows.possible import is_rare_among
from workflows.shift import PAIR, is_at_the_patient

MOST_BORN = 50
"""No step at a bench makes more bags than this."""

_IN_NUMBERS = frozenset({Kind.CONTAINER, Kind.SAMPLE})
_AHEAD = frozenset({"expires_at", "valid_until"})
"""Times that lie ahead: to suggest this moment for them would suggest a mistake."""

COMPARES = "whole_contents_are_scanned"
ORDER = "the order"
WRISTBAND = "the wristband on the patient's arm"
SHIPPER = "the shipper"
BENCH = "bench"
"""Under this name a step that is taken screen by screen asks at which bench it is done."""

_HAND_TO_HAND = frozenset({Verb.RELEASE_CUSTODY, Verb.ACCEPT, Verb.TAKE_BACK})
_AT_THE_BENCH = HANDS_ON | {Verb.INSPECT}
_AT_THE_PATIENT = frozenset({Verb.ADMIT, Verb.COLLECT, Verb.CHECK, Verb.ADMINISTER})


class Standing(Protocol):
    """How a therapy stands, as far as a form asks."""

    @property
    def workflow(self) -> Workflow:
        """The definition."""

    @property
    def subjects(self) -> Mapping[str, Subject]:
        """Everything that has a position."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A piece of equipment that can be named in a field, and how it stands now."""

    piece: Equipment
    standing: str


@dataclass(frozen=True, slots=True)
class Blank:
    """One field to be filled in, under the name by which the form sends it."""

    name: str
    field: Field
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # what is sent, and how it is shown
    is_now: bool = False  # most often it is happening right now
    of: str = ""  # of which one of several it is asked
    offers: tuple[Offered, ...] | None = None  # of equipment: what the unit has; None: not read

    @property
    def media_types(self) -> tuple[str, ...]:
        """What a browser offers to choose: each kind of file that the field accepts."""
        return tuple(MEDIA_TYPES[kind] for kind in self.field.accept)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that carries no label here, and can be meant."""

    id: str
    title: str
    state: str
    about: str = ""  # of an exception: its kind, class and thing, and what was seen


@dataclass(frozen=True, slots=True)
class Born:
    """What comes into being in numbers: for each one, what is recorded of it."""

    machine: str
    title: str
    each: tuple[tuple[Blank, ...], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """All that an action of one therapy asks of the people who take it."""

    action: Action
    scans: tuple[str, ...]
    things: tuple[Thing, ...]
    blanks: tuple[Blank, ...]
    born: tuple[Born, ...]
    is_sent: bool
    identifies: bool
    signatures: tuple[SignatureRule, ...]
    turns: Mapping[str, int]
    opens: Mapping[str, str]  # what is opened, by its machine: what it is called
    bench: Blank | None = None  # screen by screen: at which bench, where the unit has some

    @property
    def is_blind(self) -> bool:
        """Two sign, and each checks without seeing what the other found (BD-06, SEC-29)."""
        return self.is_at_the_patient and len(self.signatures) == PAIR

    @property
    def is_at_the_patient(self) -> bool:
        """The patient is asked who they are, or their wristband is scanned."""
        return is_at_the_patient(self.action)

    @property
    def every_blank(self) -> tuple[Blank, ...]:
        """Each field, in the order in which it is asked."""
        return (*(one for born in self.born for each in born.each for one in each), *self.blanks)


def form_of(
    view: Standing, action: Action, country: str, counts: Mapping[str, int] | None = None
) -> Form:
    """The form of an action at a site in this country; `counts` says how many are born."""
    born = tuple(_born(view, action, counts or {}))
    return Form(
        action=action,
        scans=tuple(_scans(view, action)),
        things=tuple(_things(view, action)),
        blanks=(*_blanks(action, {one.machine for one in born}), *_result(view, action)),
        born=born,
        is_sent=any(rule.custody is Custody.RELEASES for rule in action.moves),
        identifies=action.asks(IDENTIFIES),
        signatures=action.signatures_for(country),
        turns=_turns(view, action),
        opens=_opened(view, action),
    )


def offering(form: Form, offered: Sequence[Offered]) -> Form:
    """The form, with what can be named in each field of equipment."""

    def filled(blank: Blank) -> Blank:
        if blank.field.kind is not FieldKind.EQUIPMENT:
            return blank
        kind = blank.field.equipment
        own = (one for one in offered if kind in {None, one.piece.kind})
        return replace(blank, offers=tuple(own))

    born = (replace(one, each=tuple(tuple(map(filled, e)) for e in one.each)) for one in form.born)
    return replace(form, blanks=tuple(map(filled, form.blanks)), born=tuple(born))


def with_benches(form: Form, coi: str, benches: Sequence[Bench]) -> Form:
    """The form, with the benches at which the step can be done now; the others are told of."""
    if not benches:
        return form
    free = [one for one in benches if one.holds in {CLEARED, coi}]
    on_it = {CLEARED: "cleared"}
    choices = tuple((one.serial, f"{one.name} ({on_it.get(one.holds, one.holds)})") for one in free)
    taken = ", ".join(one.name for one in benches if one not in free)
    hint = f"another therapy is on: {taken}" if taken else ""
    serials = tuple(serial for serial, _words in choices)
    asked = Field(BENCH, "At which bench", FieldKind.CHOICE, "-", choices=serials)
    return replace(form, bench=Blank(BENCH, asked, hint, choices))


def asks_for_equipment(action: Action) -> bool:
    """Some field of the action is filled in with equipment."""
    return any(field.kind is FieldKind.EQUIPMENT for field in action.fields)


def asks_for_a_file(blanks: Iterable[Blank]) -> bool:
    """Some field is filled in with a file."""
    return any(blank.field.kind is FieldKind.FILE for blank in blanks)


def order_blanks(action: Action) -> tuple[Blank, ...]:
    """What an order records, before there is a therapy."""
    return tuple(_blanks(action, set()))


def is_guided(action: Action) -> bool:
    """What is done at the patient, or from hand to hand, or opened: one thing at a time."""
    by_verb = action.verb in _HAND_TO_HAND | _AT_THE_PATIENT
    by_guard = any(map(action.asks, ("order_is_scanned", IDENTIFIES, COMPARES)))
    return by_verb or by_guard or touches_the_patient(action)


def may_be_guided(action: Action) -> bool:
    """It is taken screen by screen, or at the bench can be: saved, put aside and handed over."""
    return is_guided(action) or action.verb in _AT_THE_BENCH


def touches_the_patient(action: Action) -> bool:
    """The patient's wristband is scanned."""
    return any(rule.patient for rule in action.moves)


def packs_a_shipper(workflow: Workflow, action: Action) -> bool:
    """A shipment comes into being, and its shipper is scanned."""
    born = (workflow.machines[rule.machine].kind for rule in action.moves if not rule.from_states)
    return Kind.SHIPMENT in born


def is_rare(action: Action, view: Standing | None = None) -> bool:
    """What nobody hopes to do today: it stands apart, so that nobody does it by a slip."""
    return is_rare_among(action, view.subjects.values() if view else ())


def _scans(view: Standing, action: Action) -> Iterator[str]:
    """What must be scanned, in the order in which it is taken in hand."""
    if action.asks("order_is_scanned"):
        yield ORDER
    if touches_the_patient(action):
        yield WRISTBAND
    if packs_a_shipper(view.workflow, action):
        yield SHIPPER
    titles = dict.fromkeys(
        view.workflow.machines[rule.machine].title.lower()
        for rule in action.moves
        if rule.scan and _fits(view, action, rule.machine)
    )
    if titles:
        yield f"the label of each {' or '.join(titles)} that you mean"
    if action.asks(COMPARES):
        yield "the label of everything that is inside"


def _fits(view: Standing, action: Action, machine: str) -> bool:
    """Something of this sort stands where the action begins."""
    return any(
        subject.machine == machine and action.rule_for(machine, subject.position.state)
        for subject in view.subjects.values()
    )


def _things(view: Standing, action: Action) -> Iterator[Thing]:
    """What can be named now, as it stands."""
    for subject in view.subjects.values():
        rule = action.rule_for(subject.machine, subject.position.state)
        if rule is not None and rule.pick is Pick.NAMED:
            machine = view.workflow.machines[subject.machine]
            yield Thing(subject.id, machine.title, machine.states[subject.position.state].title)


def _opened(view: Standing, action: Action) -> Mapping[str, str]:
    """The packages that the action opens, where all that is in them is scanned."""
    if not action.asks(COMPARES):
        return {}
    machines = view.workflow.machines
    ended = [one.machine for one in action.moves if one.scan and one.custody is Custody.ENDS]
    packages = (machines[name] for name in ended if machines[name].kind in PACKAGING)
    return {one.name: one.title.lower() for one in packages}


def _turns(view: Standing, action: Action) -> Mapping[str, int]:
    """How everything stands that the action could move: whoever sends the form has seen this."""
    return {
        subject.id: subject.position.turn
        for subject in view.subjects.values()
        if action.rule_for(subject.machine, subject.position.state)
    }


def _born(view: Standing, action: Action, counts: Mapping[str, int]) -> Iterator[Born]:
    """Bags and samples that come into being; lots and shipments are made one at a time."""
    for rule in action.moves:
        machine = view.workflow.machines[rule.machine]
        if rule.pick is Pick.BORN and machine.kind in _IN_NUMBERS:
            count = max(1, min(MOST_BORN, counts.get(machine.name, 1)))
            own = [one for one in action.fields if one.on == machine.name]
            each = tuple(
                tuple(
                    replace(
                        _blank(action, one, f"new-{machine.name}-{n}-{one.name}"),
                        of=f"{machine.title} {n}:",
                    )
                    for one in own
                )
                for n in range(1, count + 1)
            )
            yield Born(machine.name, machine.title, each)


def _blanks(action: Action, born: set[str]) -> Iterator[Blank]:
    """What is recorded once."""
    return (_blank(action, one, f"value-{one.name}") for one in action.fields if one.on not in born)


def _blank(action: Action, one: Field, name: str) -> Blank:
    choices = tuple((choice, choice) for choice in one.choices)
    return Blank(name, one, _hint(one), choices, is_now=one is _latest(action))


def _latest(action: Action) -> Field | None:
    """The last time that the action records of what has happened; earlier ones are typed."""
    times = [one for one in action.fields if one.kind is FieldKind.TIME and one.name not in _AHEAD]
    return times[-1] if times else None


def _result(view: Standing, action: Action) -> Iterator[Blank]:
    """Which test, and what came out."""
    if action.verb is not Verb.TEST:
        return
    choices = tuple(
        (test.name, f"{test.title} ({' / '.join(test.choices) or test.unit})")
        for test in view.workflow.tests.values()
    )
    tests = tuple(view.workflow.tests)
    yield Blank(
        "value-test", Field("test", "Test", FieldKind.CHOICE, "*", choices=tests), "", choices
    )
    result = Field("result", "Result", FieldKind.TEXT, "*")
    yield Blank("value-result", result, "a number in the unit of the test, or one of its words")


def _hint(one: Field) -> str:
    """Unit and limits of a field, and whether it may stay empty."""
    unit = "" if one.unit == "-" else one.unit
    optional = "" if one.required else "may stay empty"
    return ", ".join(filter(None, (f"{_limits(one)} {unit}".strip(), _kinds(one), optional)))


def _kinds(one: Field) -> str:
    """What a file can be, and how large."""
    most = LARGEST // 1_000_000
    return f"{kinds_in_words(one.accept)}, up to {most} MB" if one.accept else ""


def _limits(one: Field) -> str:
    """What is possible, in words."""
    if one.low is not None and one.high is not None:
        return f"{one.low} to {one.high}"
    if one.low is not None:
        return f"at least {one.low}"
    return f"at most {one.high}" if one.high is not None else ""
