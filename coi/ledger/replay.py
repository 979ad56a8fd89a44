"""A chain told again from its bytes alone: the state that they lead to, entry by entry.

Pure, and without a word about tables. Whatever the database's constraints promise about a chain is
asked here once more of the bytes, so that a verdict does not rest on the database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias

from coi.ledger import packed
from workflows.apply import DoesNotFollow, apply
from workflows.facts import Position
from workflows.label_life import DEAD, LabelState, may_become
from workflows.on_paper import ENDED, NONE, ON_PAPER, OPEN, STEP, transcription_after
from workflows.packing import NOTHING

Content: TypeAlias = Mapping[str, Any]

NOT_FORMAT_1 = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)
"""What is raised where a content is not of format 1."""

_standing = itemgetter("version", "state", "holder", "consignee", "stops")


def standing(told: Content) -> tuple[Any, ...]:
    """What an entry says of where a subject stands, in the order of a `Position` after its turn."""
    return (*_standing(told), told.get("inside", NOTHING))


class CannotReplay(Exception):
    """The bytes of a chain do not tell a possible story; the state is as far as they do."""


class Born(NamedTuple):
    """A subject's birth: what it is, in which entry, and below which other."""

    machine: str
    seq: int
    origin: str | None


class Moved(NamedTuple):
    """One subject's turn, as `workflows.apply` takes it."""

    subject: str
    before: Position
    after: Position


@dataclass(slots=True)
class State:
    """What the entries of one chain, up to `seq`, say is now; advanced in place for speed."""

    chain: str
    seq: int = -1
    workflow: str = "-"
    version: int = 0
    workflow_hash: str = "-"
    patient: str | None = None
    stops: int = 0
    stops_before: int = 0  # of the whole chain, before the last entry
    transcription: str = NONE
    copied_until: str = ""  # when the last step that was copied from paper happened
    ended_in: int = -1  # the entry in which the transcription ended
    copied_by: set[str] = field(default_factory=set)  # who ordered it, or copied steps of it
    positions: dict[str, Position] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)  # subjects that nobody can hold any more
    within: dict[str, set[str]] = field(default_factory=dict)  # package -> what is directly in it
    subjects: dict[str, Born] = field(default_factory=dict)
    sites: dict[str, int] = field(default_factory=dict)  # that take part -> from which entry on
    links: set[tuple[str, str, str]] = field(default_factory=set)  # child, parent, relation
    values: dict[tuple[str, str, int], Content] = field(default_factory=dict)  # current revisions
    labels: dict[str, str] = field(default_factory=dict)  # serial -> subject
    issues: dict[str, int] = field(default_factory=dict)  # serial -> the how manieth of its subject
    newest: dict[str, str] = field(default_factory=dict)  # subject -> serial of its newest label
    lives: dict[str, tuple[int, str]] = field(default_factory=dict)  # serial -> its turn and state
    wristbands: dict[str, int] = field(default_factory=dict)  # serial -> issue
    attestations: dict[tuple[str, str, str, str], Content] = field(default_factory=dict)  # newest


def advance(state: State, content: Content) -> None:
    """Tell one entry more.

    Raises:
        CannotReplay: the entry cannot follow on what was told so far.
        DoesNotFollow: a move does not start where its subject stands.
        KeyError, TypeError, AttributeError: the content is not of format 1.
    """
    _count_on(state, content)
    if "sites" in content:
        _join(state, content["sites"])
    if "subjects" in content:
        for subject in content["subjects"]:
            _be_born(state, subject)
    if "moves" in content:
        _move(state, content)
    if content["kind"] == "migrate":
        _leave_nothing_behind(state)
    for key, tell in _PARTS.items():
        if key in content:
            for part in content[key]:
                tell(state, part)
    _keep_packed(state, content)


_STOPS = {"hold": 1, "lift": -1}


def _count_on(state: State, content: Content) -> None:
    """Sequence, stops and workflow go on from the entry before."""
    if content["format"] != 1:
        raise CannotReplay("is of another format")
    if content["seq"] != state.seq + 1:
        raise CannotReplay(f"does not follow on entry {state.seq}")
    state.seq += 1
    state.stops_before = state.stops
    state.stops += _STOPS.get(content["kind"], 0)
    if not 0 <= state.stops == content["stops"]:
        raise CannotReplay(f"should count {state.stops} stops")
    if state.seq == 0 and "therapy" in content:
        state.workflow = content["therapy"]["workflow"]
        state.patient = content["therapy"]["patient_id"]
        # Set before it is compared below, since there is no entry before the first.
        state.version = content["workflow"]["version"]
        state.workflow_hash = content["workflow"]["hash"]
    if "workflow" in content:
        _use(state, content)
    _copy(state, content)


def _copy(state: State, content: Content) -> None:
    """Steps are copied while the transcription is open, one after the other, and never ahead."""
    before, kind = state.transcription, content["kind"]
    values = content.get("values", ()) if state.seq == 0 else ()
    is_flagged = any(value["field"] == ON_PAPER for value in values)
    after = transcription_after(before, kind, content["action"], is_flagged=is_flagged)
    if kind == "transcribed":
        if before not in (OPEN, STEP):
            raise CannotReplay("is copied from paper, and no transcription is open")
        if not state.copied_until <= content["happened_at"] <= content["recorded_at"]:
            raise CannotReplay("is copied from paper out of the order in which it happened")
        state.copied_until = content["happened_at"]
    elif after == OPEN and kind in ("late", "migrate"):
        raise CannotReplay("goes on with a therapy that is still copied from paper")
    if state.seq == 0 or kind == "transcribed":
        state.copied_by.add(content["actor"])
    if after == ENDED != before:
        state.ended_in = state.seq
    state.transcription = after


def _use(state: State, content: Content) -> None:
    """An entry uses its therapy's workflow, in the version of the entry before or a migration's."""
    workflow = content["workflow"]
    if workflow["name"] != state.workflow:
        raise CannotReplay("is of another workflow than its therapy")
    if content["kind"] == "migrate":
        before = {"kind": "migrate", "version": str(state.version), "hash": state.workflow_hash}
        if content["document"] != before:
            raise CannotReplay("does not say from which version it moves")
        if workflow["version"] <= state.version:
            raise CannotReplay("moves to no newer version")
    elif workflow["version"] != state.version:
        raise CannotReplay("is of another version than the entry before")
    state.version, state.workflow_hash = workflow["version"], workflow["hash"]


def _leave_nothing_behind(state: State) -> None:
    """Everything moves at once; what the patient has got is nobody's to move any more."""
    for subject, position in state.positions.items():
        if position.version != state.version and position.holder != state.patient:
            raise CannotReplay(f"leaves {subject} behind in version {position.version}")


def _join(state: State, sites: Sequence[str]) -> None:
    """A site takes part in a therapy from one entry on, and comes in once."""
    if state.patient is None:
        raise CannotReplay("brings sites into no therapy")
    for site in sites:
        if site in state.sites:
            raise CannotReplay(f"brings in {site} a second time")
        state.sites[site] = state.seq


def _be_born(state: State, subject: Content) -> None:
    """Each subject is born once, below an older one; the first is the therapy itself."""
    name, machine, origin = subject["id"], subject["machine"], subject.get("origin")
    if name in state.subjects:
        raise CannotReplay(f"bears {name} a second time")
    if origin is None:
        if not (state.seq == 0 and name == state.chain and state.patient is not None):
            raise CannotReplay(f"bears {name} below nothing")
    elif origin not in state.subjects or state.subjects[origin].seq >= state.seq:
        raise CannotReplay(f"bears {name} below {origin}, which is not older")
    state.subjects[name] = Born(machine, state.seq, origin)


def _move(state: State, content: Content) -> None:
    """Positions follow on positions, and custody goes only where its word says."""
    unit, moves = content["unit"], []
    for move in content["moves"]:
        subject, turn = move["subject"], move["turn"]
        before = Position(turn - 1, *standing(move["from"]))
        after = Position(turn, *standing(move["to"]))
        born = state.subjects.get(subject)
        if born is None or born.machine != move["machine"] or (turn == 1 and born.seq != state.seq):
            raise CannotReplay(f"moves {subject}, which is no such subject of this chain")
        kind, word = move["holder_kind"], move["custody"]
        # The database asks the same of its columns; here the bytes are asked, whatever the columns
        # say.
        if not _CUSTODY[word](before, after, unit, kind) or not _is_the_patients(state, move):
            raise CannotReplay(f"gives {subject} to whom “{word}” cannot give it")
        if NOTHING in (move["from"].get("inside"), move["to"].get("inside")):
            raise CannotReplay(f"says twice over that {subject} is in no package")
        if after.stops < 0:
            raise CannotReplay(f"lifts a stop of {subject} that it does not have")
        if state.lives.get(move.get("label"), _NEW)[1] in DEAD:
            raise CannotReplay(f"moves {subject} by a label that is void")
        moves.append(Moved(subject, before, after))
    state.positions = apply(state.positions, moves)
    for moved in moves:
        _stays_in_its_version(state, moved, content["kind"])


def _stays_in_its_version(state: State, moved: Moved, kind: str) -> None:
    """Nothing comes to another version but with its whole therapy."""
    before, after = moved.before.version, moved.after.version
    if after != state.version or (before != after and kind != "migrate"):
        raise CannotReplay(f"moves {moved.subject} from version {before} to {after}")
    if kind == "migrate" and not _stands_as_it_stood(moved.before, moved.after):
        raise CannotReplay(f"does more with {moved.subject} than to move it to version {after}")


def _stands_as_it_stood(before: Position, after: Position) -> bool:
    """Nothing but the version is another; what is born, as an exception, nobody holds."""
    state = before.state if before.turn else after.state
    return replace(before, turn=after.turn, version=after.version, state=state) == after


def _keep_packed(state: State, content: Content) -> None:
    """What is in a package comes and goes with it; asked last, when births and links are told."""
    if "moves" in content:
        for fault in packed.faults(state, content):
            raise CannotReplay(fault)


def _is_the_patients(state: State, move: Content) -> bool:
    """What a patient holds, and whom a wristband names, is the patient of this therapy."""
    named = move.get("patient", state.patient)
    held = move["to"]["holder"] if move["holder_kind"] == "patient" else state.patient
    return bool(named == held == state.patient)


def _same(before: Position, after: Position) -> bool:
    return (before.holder, before.consignee) == (after.holder, after.consignee)


_CUSTODY: Mapping[str, Callable[[Position, Position, str, str], bool]] = {
    "none": lambda b, a, *_: _same(b, a) and (b.consignee == "-" or a.state == b.state),
    "creates": lambda b, a, unit, kind: (
        b.turn == 0 and a.consignee == "-" and a.holder == unit and kind == "unit"
    ),
    "keeps": lambda b, a, unit, kind: (
        _same(b, a) and a.consignee == "-" and a.holder == unit and kind == "unit"
    ),
    "releases": lambda b, a, unit, kind: (
        b.holder == a.holder == unit
        and b.consignee == "-"
        and a.consignee not in ("-", unit)
        and kind == "unit"
    ),
    "accepts": lambda b, a, unit, kind: (
        b.consignee == a.holder == unit != "-" and a.consignee == "-" and kind == "unit"
    ),
    "takes_back": lambda b, a, unit, kind: (
        b.holder == a.holder == unit
        and b.consignee != "-"
        and a.consignee == "-"
        and kind == "unit"
    ),
    "ends": lambda b, a, unit, kind: (
        b.consignee == a.consignee == "-"
        and b.holder == unit != "-"
        and kind in ("gone", "patient")
    ),
    "loses": lambda b, a, unit, kind: (
        a.consignee == "-" and "-" != unit in (b.holder, b.consignee) and kind == "gone"
    ),
}
"""Custody word -> what must hold before and after, of the acting unit and the holder's kind."""


def _link(state: State, link: Content) -> None:
    child, parent = state.subjects[link["child"]], state.subjects[link["parent"]]
    # Told in the entry of the birth or never: nothing is given other parents later.
    if not parent.seq < child.seq == state.seq:
        raise CannotReplay(f"makes {link['child']} of {link['parent']}, which is not older")
    state.links.add((link["child"], link["parent"], link["relation"]))


def _record(state: State, value: Content) -> None:
    key = (value["subject"], value["field"], value["occurrence"])
    current = state.values.get(key)
    revision = 1 if current is None else current["revision"] + 1
    if value["subject"] not in state.subjects:
        raise CannotReplay(f"records on {key[0]}, which is not born")
    if value["revision"] != revision:
        raise CannotReplay(f"should record revision {revision} of {key}")
    if revision != 1 and value["reason"] == "-":
        raise CannotReplay(f"corrects {key} without a reason")
    state.values[key] = value


def _label(state: State, label: Content) -> None:
    serial, subject, replaces = label["serial"], label["subject"], label.get("replaces")
    if serial in state.labels:
        raise CannotReplay(f"prints the label {serial} again")
    if subject not in state.subjects:
        raise CannotReplay(f"labels {subject}, which is not born")
    if replaces != state.newest.get(subject):
        raise CannotReplay(f"labels {subject} anew, and does not replace its newest label")
    if replaces is not None and state.lives.get(replaces, _NEW)[1] not in DEAD:
        raise CannotReplay(f"labels {subject} anew while {replaces} is not void")
    state.labels[serial] = subject
    state.issues[serial] = 1 + (state.issues[replaces] if replaces else 0)
    state.newest[subject] = serial


def _turn_label(state: State, turn: Content) -> None:
    """A label goes on from where it stands, by a change that there is."""
    serial, before, after = turn["serial"], turn["before"], turn["after"]
    if serial not in state.labels:
        raise CannotReplay(f"tells of the label {serial}, which was not issued before")
    if (turn["turn"] - 1, before) != state.lives.get(serial, _NEW):
        raise CannotReplay(f"does not go on from where the label {serial} stands")
    if not may_become(before, after):
        raise CannotReplay(f"makes the label {serial} {after}, which no {before} one becomes")
    state.lives[serial] = (turn["turn"], after)


def _band(state: State, wristband: Content) -> None:
    if wristband["patient"] != state.patient:
        raise CannotReplay("issues a wristband to another patient")
    state.wristbands[wristband["serial"]] = wristband["issue"]


def _attest(state: State, attested: Content) -> None:
    key = (attested["kind"], attested["about"], attested["role"], attested["unit"])
    state.attestations[key] = attested


_NEW = (0, LabelState.ISSUED.value)
"""The turn and the state of a label of which nothing was told since it was issued."""

_PARTS: Mapping[str, Callable[[State, Content], None]] = {
    "links": _link,
    "values": _record,
    # What a new label replaces is void by then.
    "label_turns": _turn_label,
    "labels": _label,
    "wristbands": _band,
    "attestations": _attest,
}

__all__ = [
    "NOT_FORMAT_1",
    "Born",
    "CannotReplay",
    "Content",
    "DoesNotFollow",
    "State",
    "advance",
    "standing",
]
