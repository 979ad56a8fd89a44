"""The label reconciliation of a therapy as a document, put on record before anybody has it.

As in the custody record, the identity vault is not touched: the patient appears by the COI alone.
"""

from collections.abc import Iterator
from datetime import UTC
from itertools import groupby

from coi.reports.extract import Extract
from coi.reports.reconciliation import (
    Count,
    Label,
    Other,
    Reconciliation,
    Turn,
    reconciliation_report,
)
from coi.services.copies import Paper, printed_sealed
from coi.services.custody_events import signatures
from coi.services.custody_labels import template_named
from coi.services.custody_reading import Reading, parts, read_custody
from coi.services.custody_telling import verification
from coi.services.installation import Installation
from coi.services.label_ledger import Line, Told, ledger_of
from coi.services.label_papers import BAG_LABEL
from coi.services.looking import require_seen_whole
from coi.services.numbered import entries_of_labels
from coi.services.others_labels import others_labels
from coi.services.proofs import Proven, acting_or_program
from coi.services.reporting import name_of, software
from coi.services.signatures import role_in_words
from coi.store.transactions import Transaction
from workflows.label_life import LabelDeed, LabelState

KIND = "label_reconciliation"
_DEEDS = frozenset(LabelDeed)


def write_reconciliation(installation: Installation, by: Proven, coi: str, key: str = "") -> bytes:
    """Every label of a therapy, and how they add up, as PDF.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """
    installation.read(lambda tx: require_seen_whole(tx, acting_or_program(tx, by).person, coi))

    def drawn(copy: int) -> bytes:
        found = installation.read(lambda tx: _read(tx, installation, coi, by, copy))
        return reconciliation_report(found)

    return printed_sealed(installation, by, Paper(KIND, coi, key=key), drawn)


def _read(
    tx: Transaction, installation: Installation, coi: str, by: Proven, copy: int
) -> Reconciliation:
    reading = read_custody(tx, installation, coi)
    lines, copies = ledger_of(tx, reading.view).lines, entries_of_labels(tx, coi, BAG_LABEL)
    templates = {one["serial"]: one["template"] for _event, one in parts(reading, "labels")}
    return Reconciliation(
        extract=_extract(tx, installation, reading, by, copy),
        counts=tuple(_counts(reading, lines)),
        labels=tuple(
            _label(
                reading,
                line,
                template_named(reading, templates[line.life.serial]),
                len(copies.get(line.life.serial, ())),
            )
            for line in lines
        ),
        others=tuple(
            Other(
                code=one.code,
                whose=one.whose,
                of=one.thing,
                entry=one.entry,
                is_over=one.is_over,
            )
            for one in others_labels(reading.view)
        ),
    )


def _extract(
    tx: Transaction, installation: Installation, reading: Reading, by: Proven, copy: int
) -> Extract:
    """It tells of the therapy up to its newest entry."""
    view, now = reading.view, installation.clock.now().astimezone(UTC)
    return Extract(
        coi=view.therapy.coi,
        therapy=view.workflow.title,
        workflow=f"{view.workflow.name}, version {view.workflow.version}",
        entry=view.history[-1].seq,
        entry_hash=view.head_hash,
        verification=verification(reading, now),
        generated_at=now,
        generated_by=name_of(tx, by),
        software=software(),
        copy=copy,
        demonstration=installation.demonstration,
        recording=reading.recording,
        tree=reading.tree,
    )


def _counts(reading: Reading, lines: tuple[Line, ...]) -> Iterator[Count]:
    """How the labels of each sort of thing add up, in the order in which each sort came first."""
    of_sort: dict[str, list[Line]] = {}
    for line in lines:
        machine = reading.view.subjects[line.life.subject].machine
        of_sort.setdefault(reading.view.workflow.machines[machine].title, []).append(line)
    for title, found in of_sort.items():
        ends = (
            *(LabelState.APPLIED, LabelState.DESTROYED),
            *(LabelState.RETURNED, LabelState.LOST),
        )
        counted = [sum(line.life.state is end for line in found) for end in ends]
        counted.append(sum(line.is_on_paper for line in found))
        yield Count(title, len(found), *counted)


def _label(reading: Reading, line: Line, template: str, copies: int) -> Label:
    life = line.life
    return Label(
        serial=life.serial,
        of=f"{line.thing}, label {life.issue}",
        where=line.place,
        template=template,
        state="never printed" if line.is_on_paper else life.state.value,
        is_open=line.is_open,
        old=line.old.sentence if line.old else "",
        copies=copies,
        turns=tuple(_turns(reading, line.story)),
    )


def _turns(reading: Reading, story: tuple[Told, ...]) -> Iterator[Turn]:
    """What each entry told of a label; one scan tells of printing, reading and putting on."""
    for entry, found in groupby(story, key=lambda one: one.entry):
        together = tuple(found)
        event, last = reading.view.history[entry], together[-1]
        # Who signs a step signs for the cells; who signs a deed with a label signs for the label.
        is_deed = event.action in _DEEDS
        yield Turn(
            states=tuple(one.state.value for one in together),
            entry=entry,
            at=reading.at(event.happened_at, event.unit),
            by=f"{reading.person(event.actor)}, {role_in_words(event.role)}",
            place=reading.party(event.unit),
            reason=last.reason,
            pieces=last.pieces,
            signatures=signatures(reading, event) if is_deed else (),
        )
