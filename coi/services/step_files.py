"""The files of steps: held while a step is under way, kept apart with its entry, fetched later.

A picture may show a name. So its content stands behind a commitment, like every text about a
patient, and is erased with them; the entry says what it is, how large, and its hash. Until there is
an entry it is sealed with the vault key, for hours, and nothing has happened.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from coi.clock import rfc3339
from coi.errors import CoiError, DataRefused, Problem, Unknown
from coi.services.decoding import Content, content_of_text
from coi.services.errand import since
from coi.services.file_kinds import reference_of
from coi.services.held_content import wait
from coi.services.identity import patient_of
from coi.services.installation import Installation
from coi.services.looking import require_seen, require_seen_whole
from coi.services.proofs import Proven, acting_or_program
from coi.services.therapies import COMMITMENT, TherapyView
from coi.store import held_files as store
from coi.store.entries import entry_text
from coi.store.erasing import has_key
from coi.store.facts import head, lock
from coi.store.people import lock_person
from coi.store.registers import lock_patient, text_of
from coi.store.transactions import Transaction
from workflows.files import Reference, reference_in

MOST_WAITING = 20
"""No step asks one person for so many."""

MOST_BYTES = 120_000_000
"""So much of one person waits at once, in all therapies together: it lies on the disk sealed."""


class FileDamaged(CoiError):
    """The content that is kept is not the one whose hash is on record; nobody is given it."""

    code = "FILE_DAMAGED"

    def __init__(self, reference: Reference) -> None:
        super().__init__(
            f"The file with the SHA-256 {reference.sha256} is not the one that was recorded: it was"
            " damaged or changed.",
            "Do not go by it; let quality assurance run `coi verify`.",
        )


@dataclass(frozen=True, slots=True)
class StepFile:
    """A file that an entry keeps: of which entry, what it is, and the commitment to its content."""

    seq: int
    subject: str
    field: str
    commitment: str
    reference: Reference


def hold_file(installation: Installation, by: Proven, coi: str, content: bytes) -> Reference:
    """A file is held for a step of a therapy; the same one, held again, is one, held from now on.

    Raises:
        NoFile: it is too large, or of no kind that is kept.
        DataRefused: too many of this person wait in this therapy, or too much in all.
        Unknown: there is no such therapy, none that they may see, or its patient was erased.
    """
    found = reference_of(content)

    def work(tx: Transaction) -> Reference:
        person = acting_or_program(tx, by).person
        require_seen(tx, person, coi)
        patient = patient_of(tx, coi)
        lock_patient(tx, patient)
        lock(tx, coi)
        if not has_key(tx, patient):
            raise Unknown("therapy", coi)  # whoever it was is erased: nothing of them is taken in
        now = installation.clock.now()
        store.forget(tx, since(now))
        if store.held(tx, coi, {found.text}):
            store.hold_again(tx, coi, found.text, rfc3339(now))
            return found
        lock_person(tx, person.id)
        _require_room(tx, coi, person.id, found.size)
        wait(tx, installation, (coi, person.id), found, content)
        return found

    return installation.transact(work)


def _require_room(tx: Transaction, coi: str, person: str, size: int) -> None:
    """One more file of a person may wait in a therapy.

    Raises:
        DataRefused: it may not, and why.
    """
    files, in_all = store.waiting(tx, coi, person)
    if files >= MOST_WAITING:
        reason = f"{MOST_WAITING} files of yours wait in this therapy; finish a step first"
        raise DataRefused([Problem(reason, column="file")])
    if in_all + size > MOST_BYTES:
        reason = (
            f"{MOST_BYTES // 1_000_000} MB of yours may wait, and with this one more would;"
            " finish a step first, in whichever therapy"
        )
        raise DataRefused([Problem(reason, column="file")])


def file_of(
    installation: Installation, by: Proven, coi: str, seq: int, sha256: str
) -> tuple[bytes, Reference]:
    """A file of an entry as it came, for whoever sees all of the therapy.

    Raises:
        Unknown: there is no such entry or file, or it was erased.
        FileDamaged: what is kept is not what was recorded.
    """

    def work(tx: Transaction) -> tuple[bytes, Reference]:
        person = acting_or_program(tx, by).person
        require_seen_whole(tx, person, coi)
        last = head(tx, coi)
        if last is None or not 0 <= seq <= last.seq:
            raise Unknown("entry", f"{coi}, entry {seq}")
        _hash, text = entry_text(tx, coi, seq)
        for one in files_told(tx, content_of_text(text)):
            kept = text_of(tx, one.commitment) if one.reference.sha256 == sha256 else None
            if kept is not None:
                return _as_recorded(kept, one.reference), one.reference
        raise Unknown("file", f"{coi}, entry {seq}")

    return installation.read(work)


def _as_recorded(kept: str, reference: Reference) -> bytes:
    """The content, if it is the one whose hash is on record (WL-06).

    Raises:
        FileDamaged: it is another one.
    """
    with suppress(ValueError):
        content = base64.b64decode(kept, validate=True)
        if hashlib.sha256(content).hexdigest() == reference.sha256:
            return content
    raise FileDamaged(reference)


def files_told(tx: Transaction, content: Content) -> Iterator[StepFile]:
    """The files of an entry, as far as what they are was not erased."""
    for value, commitment in _kept(content):
        reference = reference_in(text_of(tx, value["content"]) or "")
        if reference is not None:
            at = (value["subject"], value["field"])
            yield StepFile(content["seq"], *at, commitment, reference)


def files_by_entry(view: TherapyView) -> Mapping[int, tuple[Reference, ...]]:
    """The files of a therapy that are not erased, by the entry that kept each."""
    told = {event.seq: [v["content"] for v, _ in _kept(event.content)] for event in view.history}
    found = {
        seq: tuple(filter(None, (reference_in(view.texts.get(one, "")) for one in texts)))
        for seq, texts in told.items()
    }
    return {seq: files for seq, files in found.items() if files}


def files_in(content: Content) -> Iterator[str]:
    """The commitment to the content of each file of an entry, which is erased with its text."""
    return (commitment for _value, commitment in _kept(content))


def _kept(content: Content) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Of the values of an entry, those that are files: no other stands beside a commitment."""
    for value in content.get("values", ()):
        if COMMITMENT.fullmatch(value["limits"]):
            yield value, value["limits"]
