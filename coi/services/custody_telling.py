"""A reading of one therapy as the values that its custody record says."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final

from coi.clock import parse_rfc3339
from coi.ledger.shown import ENTRY, LABEL, THING, VALUE, Fault, in_words
from coi.reports import custody_contents as told
from coi.reports.wording import INVALID
from coi.services.custody_events import event_of, signatures
from coi.services.custody_labels import labels
from coi.services.custody_reading import (
    Reading,
    layers_around,
    marked,
    parts,
    said,
    standing,
    value_key,
)
from coi.services.custody_values import (
    changes,
    content_of,
    numbers_of,
    told_of,
    within_of,
)
from coi.services.signatures import shown
from coi.services.therapies import Happened
from coi.services.transcribed import transcription_of
from workflows.facts import Subject
from workflows.model import Kind, Verb
from workflows.moves import OTHER
from workflows.quality import limits
from workflows.versions import version_at

_RELATIONS: Final[Mapping[str, str]] = {"made_of": "made of", "packed_in": "contains"}
_BESIDE: Final = {Kind.THERAPY, Kind.EXCEPTION, Kind.DISPENSATION}


def tell(
    reading: Reading, generated_at: datetime, generated_by: str, software: str, *, demo: bool
) -> told.CustodyRecord:
    """Everything that the record says."""
    view = reading.view
    return told.CustodyRecord(
        coi=view.therapy.coi,
        transcription=_transcription(reading),
        workflow=_workflow(reading),
        state=_state(reading),
        places=tuple(_places(reading)),
        items=tuple(item(reading, subject) for subject in _material(reading)),
        descents=tuple(_descents(reading)),
        results=tuple(results(reading)),
        decisions=tuple(_decisions(reading)),
        reviews=tuple(_reviews(reading)),
        departures=tuple(
            _departure(reading, subject)
            for subject in reading.subjects_of(Kind.EXCEPTION, Kind.DISPENSATION)
        ),
        changes=tuple(changes(reading)),
        labels=tuple(labels(reading)),
        events=tuple(event_of(reading, event) for event in view.history),
        head_entry=view.history[-1].seq,
        head_hash=view.head_hash,
        verification=verification(reading, generated_at),
        generated_at=generated_at,
        generated_by=generated_by,
        software=software,
        demonstration=demo,
        recording=reading.recording,
        tree=reading.tree,
    )


def _workflow(reading: Reading) -> told.Workflow:
    """By which version it runs, since which entry, and by which it ran before."""
    view, workflow = reading.view, reading.view.workflow
    since = view.runs_since
    begun = (0, *(one.until_seq for one in view.earlier))
    return told.Workflow(
        title=workflow.title,
        name=workflow.name,
        version=workflow.version,
        hash=workflow.hash,
        since=since.seq,
        since_at=reading.at(since.recorded_at, since.unit),
        earlier=tuple(
            told.Before(one.workflow.version, one.workflow.hash, first, one.until_seq - 1)
            for one, first in zip(view.earlier, begun, strict=False)
        ),
    )


def _transcription(reading: Reading) -> str:
    """That the therapy was copied from paper; '' where it was not."""
    found = transcription_of(reading.view)
    return found.sentence if found else ""


def _state(reading: Reading) -> str:
    """Where the therapy stands, and whether it is on hold."""
    root = reading.view.subjects[reading.view.therapy.coi]
    state = standing(reading.state(root.machine, root.position.state), reading.view.therapy.stops)
    return marked(state, is_invalid=reading.view.is_invalid(THING, root.id))


def verification(reading: Reading, at: datetime) -> told.Verification:
    """What was verified for this document, and what was not."""
    count = len(reading.view.history)
    if reading.view.faults:
        return _not_verified(reading.view.faults)
    return told.Verification(
        holds=True,
        verdict=f"Verified {at:%Y-%m-%d %H:%M:%S} UTC: the hashes of all {count} entries hold",
        statement=f"At {at:%Y-%m-%d %H:%M:%S} UTC the hashes of all {count} entries of this chain"
        " were computed anew from the stored texts, and each entry names the hash of the entry"
        " before it. Where things stand, and the values, labels and signatures in the tables, are"
        " what these entries tell. Not compared for this document: other chains, and signed"
        " checkpoints that are kept elsewhere.",
    )


def _not_verified(faults: Sequence[Fault]) -> told.Verification:
    """What of this therapy is not what was signed; in few words on every page."""
    (first, *more) = faults
    if first.sort == ENTRY:
        return told.Verification(
            holds=False,
            verdict=f"NOT VERIFIED: {first.what}",
            statement="The stored entries do not have the hashes that link them."
            " Do not rely on this document; verify the whole ledger.",
        )
    count = f"{len(more) + 1} things are" if more else "something is"
    return told.Verification(
        holds=False,
        verdict=f"NOT VERIFIED: {count} not what was signed",
        statement=f"{INVALID}: {in_words(faults)}. It is marked where it stands."
        " Do not rely on this document; verify the whole ledger.",
    )


# -- who and what ----------------------------------------------------------------------------------


def _places(reading: Reading) -> Iterator[told.Place]:
    """The sites whose units acted or held something, in the order of their names."""
    # A unit to which something was sent took part, even when it never accepted it.
    took_part = {event.unit for event in reading.view.history}
    for _event, move in parts(reading, "moves"):
        took_part |= {move["to"]["holder"], move["to"]["consignee"]}
    for site in sorted(reading.sites.values(), key=lambda site: site.name):
        units = tuple(
            (unit, name)
            for unit, (at, name) in sorted(reading.units.items())
            if at == site.id and unit in took_part
        )
        if units:
            yield told.Place(site.name, site.id, site.kind, site.country, site.time_zone, units)


def _material(reading: Reading) -> Iterator[Subject]:
    """What was made, held or moved."""
    return reading.subjects_of(*(kind for kind in Kind if kind not in _BESIDE))


def item(reading: Reading, subject: Subject) -> told.Item:
    """What names a subject, where it stands, and who holds it."""
    position = subject.position
    state = standing(reading.state(subject.machine, position.state), position.stops)
    view = reading.view
    is_invalid = view.is_thing_invalid(subject.id) or view.is_invalid(LABEL, subject.id)
    return told.Item(
        name=reading.called[subject.id],
        id=subject.id,
        state=marked(state, is_invalid=is_invalid),
        held_by=reading.custody(position.holder, position.consignee),
        numbers=numbers_of(reading, subject.id),
        labels=reading.view.labels.get(subject.id, ()),
        inside=layers_around(reading, subject),
    )


def _descents(reading: Reading) -> Iterator[told.Descent]:
    """The family tree: one line for each child."""
    parents: dict[tuple[str, str, int], list[str]] = {}
    for event, link in parts(reading, "links"):
        key = (link["child"], link["relation"], event.seq)
        parents.setdefault(key, []).append(reading.called[link["parent"]])
    for (child, relation, entry), of in parents.items():
        yield told.Descent(reading.called[child], _RELATIONS[relation], tuple(of), entry)


# -- quality ---------------------------------------------------------------------------------------


def results(reading: Reading) -> Iterator[told.Result]:
    """The results of each lot; once there is one, also the tests that still lack theirs."""
    of_lot: dict[str, dict[tuple[str, int], told.Result]] = {
        lot.id: {} for lot in reading.subjects_of(Kind.LOT)
    }
    for event, value in parts(reading, "values"):
        if value["field"] in reading.view.tests and value["subject"] in of_lot:
            # A correction takes the place of what it corrects, for they share field and occurrence.
            # A repeated test is an occurrence of its own: no result hides behind a better one.
            which = (value["field"], value["occurrence"])
            of_lot[value["subject"]][which] = _result(reading, event, value)
    for lot, found in of_lot.items():
        yield from found.values()
        if found:
            yield from _missing(reading, lot, {field for field, _ in found})


def _missing(reading: Reading, lot: str, tested: AbstractSet[str]) -> Iterator[told.Result]:
    """The tests of the definition that a lot has no result of."""
    for name, test in reading.view.workflow.tests.items():
        if name not in tested:
            yield told.Result(reading.called[lot], test.title, test.method, limits(test))


def _result(reading: Reading, event: Happened, value: Mapping[str, Any]) -> told.Result:
    return told.Result(
        lot=reading.called[value["subject"]],
        test=reading.view.tests[value["field"]].title,
        method=value["method"],
        limits=value["limits"],
        result=content_of(reading, event, value),
        unit=said(value["unit"]),
        within=within_of(value),
        entry=event.seq,
        revision=value["revision"],
        is_invalid=reading.view.is_invalid(VALUE, *value_key(value)),
    )


def _decisions(reading: Reading) -> Iterator[told.Decision]:
    """Each decision about a lot."""
    view = reading.view
    for event, move in parts(reading, "moves"):
        action = version_at(event.seq, view.workflow, view.earlier).actions.get(move["action"])
        if action and action.verb is Verb.DECIDE and reading.kind(move["subject"]) is Kind.LOT:
            yield told.Decision(
                lot=reading.called[move["subject"]],
                decision=reading.state(move["machine"], move["to"]["state"]),
                action=action.title,
                entry=event.seq,
                at=reading.at(event.happened_at, event.unit),
                signatures=signatures(reading, event),
            )


def _reviews(reading: Reading) -> Iterator[told.TrailReview]:
    """Each review of the trail, the oldest first."""
    hashes = {event.seq: event.hash for event in reading.view.history}
    for review in reading.reviews:
        zone = reading.zone_of_chain(review.chain)
        yield told.TrailReview(
            until=review.read.entry,
            chain=review.chain,
            entry=review.seq,
            at=parse_rfc3339(review.at).astimezone(zone),
            signatures=tuple(shown(one, zone) for one in review.signatures),
            is_invalid=not review.is_whole or hashes.get(review.read.entry) != review.read.hash,
        )


# -- what did not go as planned --------------------------------------------------------------------


def _departure(reading: Reading, subject: Subject) -> told.Departure:
    """An exception or dispensation with what closed it."""
    history = reading.view.history
    # The history begins with entry 0 and has no gap, so that an entry's number is its place.
    born = history[subject.born_seq]
    states = reading.view.workflow.machines[subject.machine].states
    is_open = not states[subject.position.state].final
    closing = None if is_open else _last_turn(reading, subject.id)
    return told.Departure(
        name=reading.called[subject.id],
        on=reading.called.get(subject.origin or "", "the therapy"),
        state=states[subject.position.state].title,
        is_open=is_open,
        opened=born.seq,
        opened_at=reading.at(born.happened_at, born.unit),
        opened_by=reading.person(born.actor),
        of_class=_said(reading, subject.id, "class"),
        is_exception=reading.kind(subject.id) is Kind.EXCEPTION,
        other_coi=_said(reading, subject.id, OTHER),
        opening=signatures(reading, born),
        told=told_of(reading, subject.id),
        closed=closing.seq if closing else None,
        closed_at=reading.at(closing.happened_at, closing.unit) if closing else None,
        closed_by=signatures(reading, closing) if closing else (),
    )


def _said(reading: Reading, subject: str, field: str) -> str:
    """The newest text of a field that is never confidential."""
    found = [v for v in reading.view.values if (v.subject, v.field) == (subject, field)]
    return found[-1].content if found else ""


def _last_turn(reading: Reading, subject: str) -> Happened | None:
    """The entry that moved a subject last."""
    turns = [event for event, move in parts(reading, "moves") if move["subject"] == subject]
    return turns[-1] if turns else None
