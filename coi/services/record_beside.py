"""What site chains say of one therapy: which documents of it were made, and who looked at whom."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from coi.ledger.entry import content_hash
from coi.services.decoding import content_of_text
from coi.services.numbered import answers_of
from coi.services.therapies import TherapyView
from coi.store.record_rows import bands_of_patient
from coi.store.transactions import Transaction

_OF_THE_THERAPY = (
    *("order_sheet", "custody_record", "label_reconciliation"),
    *("whole_record", "whole_record_with_identity"),
    "accompanying_sheet_with_identity",
)
_OF_A_LABEL = ("bag_label", "accompanying_sheet", "accompanying_sheet_with_identity")
_OF_A_THING = ("destruction_certificate", "deviation_letter")


@dataclass(frozen=True, slots=True)
class Beside:
    """One entry of a site's chain about a therapy: who made or saw what, when, and why."""

    chain: str
    seq: int
    hash: str
    content_hash: str
    actor: str
    recorded_at: str
    kind: str
    about: str
    copy: str = ""
    sha256: str = ""
    reason: str = ""


def documents_of(tx: Transaction, view: TherapyView) -> list[Beside]:
    """Each document and label that left the system for this therapy, in the order of time."""
    coi, patient = view.therapy.coi, view.therapy.patient
    labels = [serial for serials in view.labels.values() for serial in serials]
    every = [
        *((kind, coi) for kind in _OF_THE_THERAPY),
        *((kind, thing) for kind in _OF_A_THING for thing in view.subjects),
        *((kind, serial) for kind in _OF_A_LABEL for serial in labels),
        *(("wristband", band) for band in bands_of_patient(tx, patient)),
    ]
    # A wristband is the patient's: what was printed for another therapy is not told of here.
    own = {coi, *view.subjects, *labels}
    found = _entries(tx, [f"{kind}/{of}" for kind, of in every])
    return _in_order([one for one in found if one.about in own])


def looks_in(tx: Transaction, coi: str) -> list[Beside]:
    """Each look at the identity of this therapy's patient, in the order of time."""
    return _in_order([*_entries(tx, [f"identity/{coi}"])])


def _in_order(found: Sequence[Beside]) -> list[Beside]:
    return sorted(found, key=lambda one: (one.recorded_at, one.chain, one.seq))


def _entries(tx: Transaction, whats: Iterable[str]) -> Iterator[Beside]:
    """The entry of each time that one of these things was done."""
    for one in answers_of(tx, whats):
        content = content_of_text(one.content)
        document = content["document"]
        yield Beside(
            chain=one.chain,
            seq=one.seq,
            hash=one.hash,
            content_hash=content_hash(one.content),
            actor=content["actor"],
            recorded_at=content["recorded_at"],
            kind=document["kind"],
            about=document["about"],
            copy=document.get("copy", ""),
            sha256=document.get("sha256", ""),
            reason=document.get("reason", ""),
        )
