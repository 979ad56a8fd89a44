"""The documents about one thing of a therapy: its destruction, or its release out of specification.

As in the custody record, the identity vault is not touched: the patient appears by the COI alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from coi.errors import Unknown
from coi.reports.custody_contents import Item, Result
from coi.reports.destruction import Destruction, destruction_certificate
from coi.reports.deviation_letter import DeviationLetter, Weighed, deviation_letter
from coi.reports.extract import Extract
from coi.services.custody_events import signatures
from coi.services.custody_reading import Reading, parts, read_custody
from coi.services.custody_telling import item, results, verification
from coi.services.custody_values import content_of, numbers_of, title_of
from coi.services.former import DESTROYED
from coi.services.installation import Installation
from coi.services.proofs import Proven
from coi.services.reporting import name_of, software
from coi.services.therapies import Happened
from coi.store.transactions import Transaction
from workflows.facts import Subject
from workflows.guards.quality import OUT
from workflows.labelled import SAYS
from workflows.model import Kind, Verb
from workflows.treating import TREATING

_WEIGHED = frozenset({Verb.DECIDE, Verb.RECORD})


@dataclass(frozen=True, slots=True)
class Printing:
    """Who prints, when, and the number of the copy."""

    by: str  # the printed name
    at: datetime
    copy: int
    demonstration: bool


def is_destroyed(subject: Subject) -> bool:
    """It was destroyed, and neither used up nor lost: there is a certificate of it."""
    return subject.position.holder == DESTROYED


def is_out_of_specification(subject: Subject) -> bool:
    """It is a lot that was released out of specification: there is a letter about it."""
    return subject.position.state == OUT


def destruction_certificate_pdf(
    installation: Installation, coi: str, thing: str, by: Proven, copy: int
) -> bytes:
    """Draw the certificate of destruction of one thing of a therapy as PDF.

    Raises:
        Unknown: there is no such therapy, or nothing of it that was destroyed is called so.
    """

    def work(tx: Transaction) -> Destruction:
        reading = read_custody(tx, installation, coi)
        found = reading.view.subjects.get(thing)
        if found is None or not is_destroyed(found):
            raise Unknown("therapy", coi)
        return _destruction(reading, found, _printed(tx, installation, by, copy))

    return destruction_certificate(installation.read(work))


def deviation_letter_pdf(
    installation: Installation, coi: str, lot: str, by: Proven, copy: int
) -> bytes:
    """Draw the letter about a lot that was released out of specification as PDF.

    Raises:
        Unknown: there is no such therapy, or no such lot of it was released so.
    """

    def work(tx: Transaction) -> DeviationLetter:
        reading = read_custody(tx, installation, coi)
        found = reading.view.subjects.get(lot)
        if found is None or not is_out_of_specification(found):
            raise Unknown("therapy", coi)
        return _letter(reading, found, _printed(tx, installation, by, copy))

    return deviation_letter(installation.read(work))


def _printed(tx: Transaction, installation: Installation, by: Proven, copy: int) -> Printing:
    """One print, just now."""
    at = installation.clock.now().astimezone(UTC)
    return Printing(name_of(tx, by), at, copy, installation.demonstration)


# -- what both rest on -----------------------------------------------------------------------------


def _extract(reading: Reading, event: Happened, printed: Printing) -> Extract:
    """The entry that the document tells of, and the print of it."""
    workflow = reading.view.workflow
    return Extract(
        coi=reading.view.therapy.coi,
        therapy=workflow.title,
        workflow=f"{workflow.name}, version {workflow.version}",
        entry=event.seq,
        entry_hash=_hash(reading, event.seq),
        verification=verification(reading, printed.at),
        generated_at=printed.at,
        generated_by=printed.by,
        software=software(),
        copy=printed.copy,
        demonstration=printed.demonstration,
        recording=reading.recording,
        tree=reading.tree,
    )


def _hash(reading: Reading, seq: int) -> str:
    """The hash of an entry, as the entry after it names it."""
    history = reading.view.history
    is_head = seq == history[-1].seq
    return reading.view.head_hash if is_head else str(history[seq + 1].content["previous"])


def _arrival(reading: Reading, subject: str, state: str) -> Happened:
    """The entry by which a subject came to the state in which it has been since."""
    return [
        event
        for event, move in parts(reading, "moves")
        if move["subject"] == subject
        and move["to"]["state"] == state
        and move["from"]["state"] != state
    ][-1]


def _recorded(reading: Reading, event: Happened, subject: str) -> Iterator[tuple[str, str]]:
    """What an entry recorded of a subject, with what was corrected since as it is now."""
    now = {
        (value["field"], value["occurrence"]): (told_in, value)
        for told_in, value in parts(reading, "values")
        if value["subject"] == subject
    }
    for value in event.content.get("values", ()):
        if value["subject"] == subject:
            told_in, newest = now[value["field"], value["occurrence"]]
            corrected = f" (corrected, entry {told_in.seq})" if newest["revision"] > 1 else ""
            title = title_of(reading, event.action, value["field"])
            yield title, content_of(reading, told_in, newest) + corrected


# -- destroyed -------------------------------------------------------------------------------------


def _destruction(reading: Reading, thing: Subject, printed: Printing) -> Destruction:
    event = _arrival(reading, thing.id, thing.position.state)
    return Destruction(
        extract=_extract(reading, event, printed),
        name=reading.called[thing.id],
        id=thing.id,
        contents=_contents(reading, thing.machine),
        labels=reading.view.labels.get(thing.id, ()),
        made_of=tuple(_made_of(reading, thing.id)),
        told=tuple(_recorded(reading, event, thing.id)),
        happened_at=reading.at(event.happened_at, event.unit),
        recorded_at=reading.at(event.recorded_at, event.unit),
        late=event.kind == "late",
        place=reading.party(event.unit),
        signatures=signatures(reading, event),
    )


def _contents(reading: Reading, machine: str) -> str:
    """What is in a container of this sort, as its label says it."""
    contents = reading.view.workflow.product["contents"]
    return str(contents[machine]) if isinstance(contents, Mapping) else ""


def _made_of(reading: Reading, thing: str) -> Iterator[str]:
    """Each parent, with the numbers that name it elsewhere."""
    for link in reading.view.links:
        if link.child == thing:
            numbers = (f"{title} {text}" for title, text in numbers_of(reading, link.parent))
            yield ", ".join((reading.called[link.parent], *numbers))


# -- out of specification --------------------------------------------------------------------------


def _letter(reading: Reading, lot: Subject, printed: Printing) -> DeviationLetter:
    event = _arrival(reading, lot.id, OUT)
    return DeviationLetter(
        extract=_extract(reading, event, printed),
        lot=reading.called[lot.id],
        numbers=numbers_of(reading, lot.id),
        sent_by=reading.party(event.unit),
        sent_to=_treating_unit(reading),
        released_at=reading.at(event.happened_at, event.unit),
        failed=_failed(reading, lot),
        weighed=tuple(_weighed(reading, lot, event)),
        bags=tuple(_bags(reading, lot.id)),
    )


def _treating_unit(reading: Reading) -> str:
    """The unit that treats: the one of the order, or the last one that took the patient over."""
    named = [value.content for value in reading.view.values if value.field == TREATING]
    return reading.party(named[-1] if named else "-")


def _failed(reading: Reading, lot: Subject) -> tuple[Result, ...]:
    """Every result of each test that was ever outside its limits: none hides behind a better."""
    of_lot = [one for one in results(reading) if one.lot == reading.called[lot.id]]
    failed = {one.test for one in of_lot if one.entry is not None and one.within is not True}
    return tuple(one for one in of_lot if one.test in failed)


def _weighed(reading: Reading, lot: Subject, released: Happened) -> Iterator[Weighed]:
    """The newest of each step from the declaration to the release."""
    declared = _declared(reading, lot, released)
    steps = {
        event.action: event
        for event, move in parts(reading, "moves")
        if move["subject"] == lot.id and declared <= event.seq <= released.seq
    }
    for event in sorted(steps.values(), key=lambda event: event.seq):
        if reading.view.workflow.actions[event.action].verb in _WEIGHED:
            yield Weighed(
                event.title,
                tuple(_recorded(reading, event, lot.id)),
                reading.at(event.happened_at, event.unit),
                signatures(reading, event),
                event.seq,
            )


def _declared(reading: Reading, lot: Subject, released: Happened) -> int:
    """The entry by which the lot came to the state from which it was released."""
    state = next(
        move["from"]["state"] for move in released.content["moves"] if move["subject"] == lot.id
    )
    return _arrival(reading, lot.id, state).seq


def _bags(reading: Reading, lot: str) -> Iterator[Item]:
    """What was filled from a lot, with what the newest label of each says."""
    says = {value.subject: value.content for value in reading.view.values if value.field == SAYS}
    for link in reading.view.links:
        bag = reading.view.subjects[link.child]
        if link.parent == lot and reading.kind(bag.id) is Kind.CONTAINER:
            label = ("Label says", says.get(bag.id, "nothing of it"))
            yield replace(item(reading, bag), numbers=(label,))
