"""A workflow definition, read and checked: what every other module of the engine is given.

Nothing here decides anything; `workflows.loading` makes these values from YAML text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NewType


class Kind(StrEnum):
    """What a machine describes; the engine knows kinds, definitions name machines."""

    THERAPY = "therapy"
    COLLECTION = "collection"
    LOT = "lot"
    CONTAINER = "container"
    SAMPLE = "sample"
    SHIPMENT = "shipment"
    PACKAGE = "package"  # a cassette, a canister: a layer that is closed around something
    EXCEPTION = "exception"
    DISPENSATION = "dispensation"


class SiteKind(StrEnum):
    """What a site is, of those that can take part in a therapy."""

    HOSPITAL = "hospital"
    MANUFACTURER = "manufacturer"
    LABORATORY = "laboratory"
    COURIER = "courier"


class Verb(StrEnum):
    """What the code knows how to do; a definition's actions are these under the clinic's names."""

    ORDER = "order"
    ADMIT = "admit"
    PLAN = "plan"
    COLLECT = "collect"
    TRANSFORM = "transform"
    SAMPLE = "sample"
    PACK = "pack"
    UNPACK = "unpack"
    RELEASE_CUSTODY = "release_custody"
    ACCEPT = "accept"
    TAKE_BACK = "take_back"
    LOSE = "lose"
    RELOCATE = "relocate"
    RECORD = "record"
    TEST = "test"
    INSPECT = "inspect"
    DECIDE = "decide"
    CHECK = "check"
    ADMINISTER = "administer"
    DESTROY = "destroy"
    HOLD = "hold"
    LIFT = "lift"
    OPEN_EXCEPTION = "open_exception"
    TAKE_ON = "take_on"
    CLOSE_EXCEPTION = "close_exception"
    DISPENSE = "dispense"
    CORRECT = "correct"


class Custody(StrEnum):
    """What a move does to who holds the subject (the store checks each with a constraint)."""

    NONE = "none"  # a decision on paper: holder and consignee stay as they are
    CREATES = "creates"  # born into the hands of the acting unit
    KEEPS = "keeps"  # worked on by its holder
    RELEASES = "releases"  # sent to a named consignee; in transit afterwards
    ACCEPTS = "accepts"  # taken by the named consignee
    TAKES_BACK = "takes_back"  # the giver withdraws the release
    ENDS = "ends"  # used, infused, destroyed: nobody can hold it again
    LOSES = "loses"  # reported lost, by the holder or the consignee


class Pick(StrEnum):
    """How the subjects of a move rule are found."""

    THERAPY = "therapy"  # the therapy itself
    SCANNED = "scanned"  # each label that was scanned
    BORN = "born"  # comes into being here
    NAMED = "named"  # named in the request, or the only one there is
    CONTENTS = "contents"  # what is in the moved packages and shipments, at any depth
    CHILDREN = "children"  # what was made of the moved lot
    ORIGIN = "origin"  # what the moved exception was opened on


class Relation(StrEnum):
    """What a link between two subjects says."""

    MADE_OF = "made_of"  # cells of the parent are in the child
    PACKED_IN = "packed_in"  # the child was closed around the parent


ActionName = NewType("ActionName", str)
Meaning = NewType("Meaning", str)
FieldName = NewType("FieldName", str)
TestName = NewType("TestName", str)
Choice = NewType("Choice", str)
"""Parameters of guards that refer to something: an action, the meaning of a signature, what an
action records, a test, one of the choices of some field."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a subject can stand; a final state has no way out but record-only actions."""

    name: str
    title: str
    phase: str
    final: bool = False
    prepared: bool = False  # the patient was conditioned for the product, and has no way back


@dataclass(frozen=True, slots=True)
class Machine:
    """The life of one sort of subject."""

    name: str
    kind: Kind
    title: str
    states: Mapping[str, State]
    labelled: bool = False


@dataclass(frozen=True, slots=True)
class MoveRule:
    """How an action turns the subjects of one machine; no `from_states` means born here."""

    machine: str
    from_states: tuple[str, ...]
    to_state: str  # '' means: stays where it is
    pick: Pick
    custody: Custody = Custody.NONE
    ends_as: str = "-"  # the party that holds it after ENDS or LOSES
    stop: int = 0
    while_stopped: bool = False
    seldom: bool = False  # from there it is no step of the usual way
    patient: bool = False
    optional: bool = False
    undated: str = ""  # why the step has no deadline from there, although it has one elsewhere
    hold_in_transit: bool = False  # what is on its way stays as it is, and is put on hold instead
    parents: tuple[str, ...] = ()  # machines whose moved subjects are the parents of the born one
    relation: Relation = Relation.MADE_OF

    @property
    def scan(self) -> bool:
        """A label of the subject must be scanned."""
        return self.pick is Pick.SCANNED

    @property
    def is_inside(self) -> bool:
        """It moves what is inside something else that moves."""
        return self.pick is Pick.CONTENTS


_AFTER_OTHERS = frozenset({Pick.CONTENTS, Pick.CHILDREN, Pick.ORIGIN})


@dataclass(frozen=True, slots=True)
class Alternatives:
    """An action's rules for one machine: the one whose `from` holds the subject's state applies."""

    machine: str
    pick: Pick
    rules: tuple[MoveRule, ...]
    optional: bool  # none of its subjects has to move

    @classmethod
    def of(cls, moves: tuple[MoveRule, ...]) -> "tuple[Alternatives, ...]":
        """The moves of an action by machine: shipments first, their contents after them.

        What is scanned, and what is inside something else that moves, are two sorts of one machine.
        """
        rules_of: dict[tuple[str, bool], list[MoveRule]] = {}
        for rule in sorted(moves, key=lambda rule: rule.pick in _AFTER_OTHERS):
            rules_of.setdefault((rule.machine, rule.is_inside), []).append(rule)
        return tuple(
            cls(machine, rules[0].pick, tuple(rules), any(rule.optional for rule in rules))
            for (machine, _is_inside), rules in rules_of.items()
        )

    def rule_from(self, state: str) -> MoveRule | None:
        """The rule that applies to a subject in this state, or None when none does."""
        for rule in self.rules:
            if state in rule.from_states:
                return rule
        return None


class FieldKind(StrEnum):
    """How the text of a field is read."""

    DECIMAL = "decimal"
    INTEGER = "integer"
    TEXT = "text"
    DATE = "date"
    TIME = "time"  # RFC 3339 with offset
    CHOICE = "choice"
    YES_NO = "yes_no"
    UNIT = "unit"  # of a site of the kind `at`, which takes part in the therapy from then on
    EQUIPMENT = "equipment"  # of the acting unit, known by its number or by its label
    FILE = "file"  # a picture or a document: its kind, its size and its hash


class EquipmentKind(StrEnum):
    """What a piece of equipment is, as its register says and as a field may ask for it."""

    INCUBATOR = "incubator"
    CENTRIFUGE = "centrifuge"
    CELL_PROCESSOR = "cell_processor"
    CONTROLLED_RATE_FREEZER = "controlled_rate_freezer"
    THAW_DEVICE = "thaw_device"
    BIOSAFETY_CABINET = "biosafety_cabinet"
    SCALE = "scale"
    OTHER = "other"


class FileKind(StrEnum):
    """What a file can be, as a field accepts it."""

    JPEG = "jpeg"
    PNG = "png"
    PDF = "pdf"
    TEXT = "text"  # what a temperature logger writes: lines, such as those of a CSV


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an action records, on each moved subject of the machine `on`."""

    name: str
    title: str
    kind: FieldKind
    on: str
    unit: str = "-"
    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()  # answers that open a critical exception and stop the item
    required: bool = True
    confidential: bool = False  # about a person: enters the ledger as a salted commitment
    at: SiteKind | None = None  # of a unit: the kind of its site
    uses: tuple[str, ...] = ()  # fields by which it was worked out: corrected, it is in doubt
    equipment: EquipmentKind | None = None  # of equipment: its kind; None takes every kind
    accept: tuple[FileKind, ...] = ()  # of a file: what it can be


@dataclass(frozen=True, slots=True)
class QualityTest:
    """What a lot is tested for: method, unit and limits of its specification."""

    name: str
    title: str
    method: str
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[str, ...] = ()  # qualitative: what can be reported
    passes: tuple[str, ...] = ()  # qualitative: what is within the specification
    per_kg: bool = False  # limits hold for the result divided by the patient's weight
    before_release: bool = True


@dataclass(frozen=True, slots=True)
class GuardUse:
    """A named condition of an action, with its parameters."""

    name: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Who:
    """A role that may act, at a unit of a site of this kind ('*' for any)."""

    role: str
    site_kind: str = "*"


@dataclass(frozen=True, slots=True)
class SignatureRule:
    """One signature that an action asks for: its meaning, and the role it takes."""

    meaning: str
    roles: tuple[str, ...]
    anywhere: frozenset[str] = frozenset()  # roles that need not be held at the acting unit's site


_NOT_HOPED_FOR = frozenset({Verb.LOSE, Verb.HOLD, Verb.OPEN_EXCEPTION})


@dataclass(frozen=True, slots=True)
class Action:
    """What a workflow calls one business action, and all that it asks."""

    name: str
    title: str
    verb: Verb
    who: tuple[Who, ...]
    moves: tuple[MoveRule, ...]
    fields: tuple[Field, ...] = ()
    guards: tuple[GuardUse, ...] = ()
    signatures: tuple[SignatureRule, ...] = ()
    signatures_in: Mapping[str, tuple[SignatureRule, ...]] = field(default_factory=dict)
    chain_stop: int = 0  # +1 stops the whole therapy, -1 lifts one such stop
    prints: tuple[str, ...] = ()
    opens: str = ""  # the kind of the exception that it opens on each thing in hand
    due_hours: int = 0
    due_minutes: int = 0
    due_after: str = ""  # a machine: the time counts from when the last of its things had ended
    undated: str = ""  # why nothing says until when it is done
    record_only: bool = False
    seldom: bool = False  # no step of the usual way
    alternatives: tuple[Alternatives, ...] = field(init=False, repr=False, compare=False)
    _rules: Mapping[tuple[str, str], MoveRule] = field(init=False, repr=False, compare=False)
    needed: frozenset[str] = field(init=False, repr=False, compare=False)
    """The machines of which something that is there must move."""
    due: timedelta | None = field(init=False, repr=False, compare=False)
    """How long it may take until this is done, from when it could be; None for however long."""

    def __post_init__(self) -> None:
        """Group the moves once: every decision about the action asks for them."""
        grouped = Alternatives.of(self.moves)
        rules: dict[tuple[str, str], MoveRule] = {}
        for rule in (rule for among in grouped for rule in among.rules):
            for state in rule.from_states:
                rules.setdefault((rule.machine, state), rule)
        # What is inside comes along with what it is in; nothing begins with it.
        there = (among for among in grouped if among.pick not in {Pick.BORN, Pick.CONTENTS})
        object.__setattr__(self, "alternatives", grouped)
        object.__setattr__(self, "_rules", rules)
        object.__setattr__(self, "needed", frozenset(a.machine for a in there if not a.optional))
        due = timedelta(hours=self.due_hours, minutes=self.due_minutes)
        object.__setattr__(self, "due", due or None)

    @property
    def is_rare(self) -> bool:
        """What nobody hopes to do today: it makes no task, and stands apart on a page."""
        destroys = any(rule.ends_as == "destroyed" for rule in self.moves)
        return self.seldom or self.record_only or self.verb in _NOT_HOPED_FOR or destroys

    def roles_at(self, site_kind: str) -> list[str]:
        """The roles that may act at a unit of a site of this kind."""
        kinds = ("*", site_kind)
        return [who.role for who in self.who if who.site_kind in kinds]

    def asks(self, guard: str) -> bool:
        """The guard of this name is one of the action's."""
        return any(use.name == guard for use in self.guards)

    def rule_for(self, machine: str, state: str) -> MoveRule | None:
        """The rule that moves a subject of this machine from this state, or None without one."""
        return self._rules.get((machine, state))

    def signatures_for(self, country: str) -> tuple[SignatureRule, ...]:
        """The signatures asked at a site in this country (ISO 3166 alpha-2)."""
        return self.signatures_in.get(country, self.signatures)

    @property
    def every_signature(self) -> tuple[SignatureRule, ...]:
        """The signatures that it asks for anywhere, country by country."""
        of_countries = (rule for rules in self.signatures_in.values() for rule in rules)
        return (*self.signatures, *of_countries)

    @property
    def signature_counts(self) -> frozenset[int]:
        """Every number of signatures that some country asks for."""
        return frozenset(map(len, (self.signatures, *self.signatures_in.values())))


@dataclass(frozen=True, slots=True, order=True)
class Transition:
    """One allowed move, spelled out: the row that the store keeps and every move refers to."""

    workflow: str
    from_version: int
    version: int
    machine: str
    action: str
    from_state: str  # '' is not born yet
    to_state: str
    custody: str
    stop_effect: int
    while_stopped: int
    scans: int
    patient: int
    signatures: int
    on_paper: int = 0  # 1: while a therapy is copied from paper too; 2: only as a copied step
    packing: str = "outside"


@dataclass(frozen=True, slots=True)
class Workflow:
    """One version of one definition."""

    name: str
    version: int
    title: str
    hash: str  # SHA-256 of the definition's bytes, in hex
    product: Mapping[str, object]
    machines: Mapping[str, Machine]
    actions: Mapping[str, Action]
    tests: Mapping[str, QualityTest]
    dispensable: Mapping[str, tuple[str, ...]]  # guard -> roles that must sign a departure
    transitions: tuple[Transition, ...]
    beginning: Mapping[tuple[str, str], Sequence[tuple[int, MoveRule]]] = field(
        init=False, repr=False, compare=False
    )
    """Of the usual actions, by machine and state: the number in `usual`, and the rule."""
    usual: tuple[Action, ...] = field(init=False, repr=False, compare=False)
    handlers: frozenset[str] = field(init=False, repr=False, compare=False)
    """The roles that do something usual with what their unit has in hand."""

    def __post_init__(self) -> None:
        """Sort the usual actions by where they begin, once: every entry of a therapy asks."""
        usual = tuple(action for action in self.actions.values() if not action.is_rare)
        beginning: dict[tuple[str, str], list[tuple[int, MoveRule]]] = {}
        for number, action in enumerate(usual):
            for rule in action.moves:
                for state in () if rule.seldom or rule.is_inside else rule.from_states:
                    beginning.setdefault((rule.machine, state), []).append((number, rule))
        object.__setattr__(self, "usual", usual)
        object.__setattr__(self, "beginning", beginning)
        in_hand = (one for one in usual if any(r.custody is not Custody.NONE for r in one.moves))
        object.__setattr__(self, "handlers", frozenset(w.role for one in in_hand for w in one.who))

    def machine_of_kind(self, kind: Kind) -> tuple[Machine, ...]:
        """The machines of one kind, in the definition's order."""
        return tuple([machine for machine in self.machines.values() if machine.kind is kind])
