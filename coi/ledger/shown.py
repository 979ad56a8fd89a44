"""What a page or a document shows of one chain, compared with its bytes.

It reads nothing: it is given the bytes, and what was read of the tables to be shown. So it is
cheap enough for each look at a therapy. Everything that is stored is compared by `verify`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain as chained
from typing import Any, Final, NamedTuple

from coi.ledger.entry import GENESIS, entry_hash
from coi.ledger.replay import NOT_FORMAT_1, CannotReplay, Content, DoesNotFollow, State, advance
from coi.ledger.source import Row
from workflows.facts import Link, Subject, Therapy, Value

ENTRY, THING, VALUE, LINK, LABEL, SIGNATURE = (
    *("entry", "thing", "value", "link", "label", "signature"),
)
"""Of what a fault is."""

_NAMED: Final = 10
_SIGNED: Final = ("person", "role", "printed_name", "meaning", "signed_at")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not what was signed: of what sort it is, which one, and in which entry.

    No entry tells of what was put in by hand.
    """

    sort: str
    key: tuple[str | int, ...]
    entry: int | None
    what: str


def in_words(faults: Sequence[Fault]) -> str:
    """What is not as it was signed; of many the first few."""
    more = f"; and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
    return "; ".join(one.what for one in faults[:_NAMED]) + more


class Entry(NamedTuple):
    """One entry as it is stored: its hash, its two texts, and the same decoded."""

    hash: str
    content_text: str
    signed_text: str
    content: Content
    signed: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What was read of the tables to be shown of one chain."""

    therapy: Therapy
    subjects: Mapping[str, Subject]
    values: Sequence[Value]
    links: Sequence[Link]
    labels: Mapping[str, tuple[str, ...]]  # subject -> serials, oldest first
    signatures: Mapping[int, Sequence[Row]]  # entry -> who, role, name, meaning, time


def faults_of(shown: Shown, entries: Sequence[Entry]) -> tuple[Fault, ...]:
    """Everything that is not as the bytes say; behind an entry that is damaged nothing is known."""
    state, previous = State(shown.therapy.coi), GENESIS
    for seq, entry in enumerate(entries):
        if what := _damage(state, entry, previous):
            return (Fault(ENTRY, (seq,), seq, f"entry {seq} {what}"),)
        previous = entry.hash
    return tuple(
        chained(
            _things(shown, state, entries),
            _values(shown.values, entries),
            _links(shown.links, state, entries),
            _labels(shown.labels, state, entries),
            _signatures(shown.signatures, entries),
        )
    )


def _damage(state: State, entry: Entry, previous: str) -> str:
    """Why nobody can go on from an entry; '' where the state is now as it says."""
    if entry_hash(entry.content_text, entry.signed_text) != entry.hash:
        return "is not what was hashed"
    try:
        told = (entry.content["chain"], entry.content["seq"], entry.content["previous"])
        if told != (state.chain, state.seq + 1, previous):
            return "does not follow on the entry before it"
        advance(state, entry.content)
    except (CannotReplay, DoesNotFollow) as fault:
        return str(fault)
    except NOT_FORMAT_1 as fault:
        return f"is not of format 1: {fault!r}"
    return ""


def _things(shown: Shown, state: State, entries: Sequence[Entry]) -> Iterator[Fault]:
    """What each thing is, and where it stands; the therapy as a whole is the first of them."""
    now = shown.therapy
    told = (state.patient, state.workflow, state.version, state.stops, state.transcription)
    coi = now.coi
    if told != (now.patient, now.workflow, now.version, now.stops, now.transcription):
        yield Fault(THING, (coi,), state.seq, f"how the therapy stands after entry {state.seq}")
    for name in {**state.subjects, **shown.subjects}:
        thing, born = shown.subjects.get(name), state.subjects.get(name)
        if born is None:
            yield Fault(THING, (name,), None, f"{name}, of which no entry tells")
        elif thing is None or thing.position != state.positions.get(name) or born != _born(thing):
            last = _last(entries, "moves", ("subject",), (name,))
            yield Fault(THING, (name,), last, f"what {name} is and where it stands, by {_in(last)}")


def _born(thing: Subject) -> tuple[str, int, str | None]:
    return (thing.machine, thing.born_seq, thing.origin)


def _values(shown: Sequence[Value], entries: Sequence[Entry]) -> Iterator[Fault]:
    """Each value as it was recorded or corrected last."""
    found = {(one.subject, one.field, one.occurrence): one for one in shown}
    told = {
        (value["subject"], value["field"], value["occurrence"]): _value(seq, value)
        for seq, entry in enumerate(entries)
        for value in entry.content.get("values", ())
    }
    if found == told:
        return
    for key in {**told, **found}:
        if key not in told:
            yield Fault(VALUE, key, None, f"{key[1]} of {key[0]}, of which no entry tells")
        elif found.get(key) != told[key]:
            at = told[key].recorded_in
            yield Fault(VALUE, key, at, f"{key[1]} of {key[0]}, by {_in(at)}")


def _value(seq: int, value: Content) -> Value:
    return Value(
        subject=value["subject"],
        field=value["field"],
        occurrence=value["occurrence"],
        revision=value["revision"],
        content=value["content"],
        unit=value["unit"],
        method=value["method"],
        limits=value["limits"],
        within=value["within"],
        recorded_in=seq,
    )


def _links(shown: Sequence[Link], state: State, entries: Sequence[Entry]) -> Iterator[Fault]:
    """What is made of what, and packed in what."""
    found = {(one.child, one.parent, one.relation) for one in shown}
    for link in sorted(found ^ state.links):
        at = _last(entries, "links", ("child", "parent", "relation"), link)
        told = f"that {link[0]} is {link[2].replace('_', ' ')} {link[1]}"
        yield Fault(LINK, link, at, f"{told}, by {_in(at)}")


def _labels(
    shown: Mapping[str, tuple[str, ...]], state: State, entries: Sequence[Entry]
) -> Iterator[Fault]:
    """Which labels each thing was given."""
    told: dict[str, tuple[str, ...]] = {}
    for serial, subject in state.labels.items():
        told[subject] = (*told.get(subject, ()), serial)
    for subject in {**told, **shown}:
        if told.get(subject) != shown.get(subject):
            at = _last(entries, "labels", ("subject",), (subject,))
            yield Fault(LABEL, (subject,), at, f"the labels of {subject}, by {_in(at)}")


def _signatures(shown: Mapping[int, Sequence[Row]], entries: Sequence[Entry]) -> Iterator[Fault]:
    """Who signed each entry."""
    told = {
        seq: [tuple(one[name] for name in _SIGNED) for one in entry.signed]
        for seq, entry in enumerate(entries)
        if entry.signed
    }
    for seq in sorted(told.keys() | shown.keys()):
        if told.get(seq, []) != [*shown.get(seq, ())]:
            yield Fault(SIGNATURE, (seq,), seq, f"who signed entry {seq}")


def _last(
    entries: Sequence[Entry], part: str, names: tuple[str, ...], key: tuple[str, ...]
) -> int | None:
    """The last entry that tells of this; None where none does."""
    for entry in reversed(entries):
        if any(tuple(one[name] for name in names) == key for one in entry.content.get(part, ())):
            return int(entry.content["seq"])
    return None


def _in(entry: int | None) -> str:
    return "no entry" if entry is None else f"entry {entry}"
