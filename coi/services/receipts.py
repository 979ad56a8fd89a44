"""What a caller is told of a recorded entry, at once or when the same request comes again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coi.errors import Refused
from coi.ledger.content import NewEntry
from coi.ledger.entry import Sealed
from coi.services.decoding import content_of_text
from coi.store import registers
from coi.store.entries import entry_text
from coi.store.transactions import Transaction
from workflows.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was recorded: the entry, what it brought into being, and the serials it issued."""

    coi: str
    seq: int
    hash: str
    action: str
    born: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()  # (serial, subject)
    wristband: str = ""
    notices: tuple[str, ...] = ()
    repeated: bool = False


def receipt(entry: NewEntry, sealed: Sealed) -> Receipt:
    """What the caller is told of an entry just written."""
    return Receipt(
        coi=entry.chain,
        seq=entry.seq,
        hash=sealed.hash,
        action=entry.action,
        born=tuple(birth.id for birth in entry.births),
        labels=tuple((label.serial, label.subject) for label in entry.labels),
        wristband=entry.wristbands[0].serial if entry.wristbands else "",
        notices=entry.notices,
    )


def answer_of(tx: Transaction, chain: str, seq: int) -> Receipt | Refused:
    """The answer that an entry stands for: the receipt, or the refusal that it records."""
    hash_, text = entry_text(tx, chain, seq)
    content = content_of_text(text)
    if content["kind"] == "refused":
        return Refused(refusals_of(tx, content))
    return Receipt(
        coi=chain,
        seq=seq,
        hash=hash_,
        action=content["action"],
        born=tuple(subject["id"] for subject in content.get("subjects", ())),
        labels=tuple((label["serial"], label["subject"]) for label in content.get("labels", ())),
        wristband=next((band["serial"] for band in content.get("wristbands", ())), ""),
        notices=tuple(content.get("notices", ())),
        repeated=True,
    )


def refusals_of(tx: Transaction, content: Mapping[str, Any]) -> tuple[Refusal, ...]:
    """The refusals that an entry records, with their sentences as far as they were not erased."""
    return refusals_in(content, registers.texts_of(tx, content.get("notes", {}).values()))


def refusals_in(content: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[Refusal, ...]:
    """The refusals that an entry records, for whom the texts behind commitments are at hand."""
    notes = content.get("notes", {})
    found = []
    for n, refusal in enumerate(content.get("refusals", ()), start=1):
        text = texts.get(notes.get(f"refusal_{n}", ""), "(erased)\n")
        sentence, _, next_step = text.partition("\n")
        guard = refusal["guard"].removeprefix("-")
        found.append(Refusal(refusal["code"], sentence, next_step, guard))
    return tuple(found)
