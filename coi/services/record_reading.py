"""All that the whole record of one therapy is made of, read in one transaction.

The identity vault is not opened for it. Of other therapies it holds what this one's own entries
say, such as a code that was scanned by mistake, and nothing that stands elsewhere.
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coi.ledger.entry import content_hash
from coi.services.custody_reading import Reading, read_custody
from coi.services.decoding import signatures_of_text
from coi.services.drivers import ENDINGS, Stated, stated_by_drivers
from coi.services.entered import persons_in
from coi.services.file_kinds import ENDINGS as FILE_ENDINGS
from coi.services.installation import Installation
from coi.services.known_templates import text_of
from coi.services.record_beside import Beside, documents_of, looks_in
from coi.services.step_files import files_told
from coi.services.therapies import commitments_in
from coi.store import registers
from coi.store.entries import entries_of
from coi.store.people import printed_names
from coi.store.record_rows import Rows, rows_of_therapy, sealed_texts
from coi.store.transactions import Transaction
from workflows.files import Reference

_UNREAD = "unread_"  # a code that nobody could read: it may be anything, a stranger's name too


@dataclass(frozen=True, slots=True)
class Written:
    """One entry as it was hashed: what happened, and who signed it."""

    content: bytes
    signed: bytes
    content_hash: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of the workflow by which the therapy ran, and from which entry on."""

    name: str
    version: int
    hash: str
    since: int
    text: str

    @property
    def file(self) -> str:
        """Where it lies in the export."""
        return f"workflow/{self.name}.{self.version}.yaml"


@dataclass(frozen=True, slots=True)
class LabelTemplate:
    """One version of a label template by which labels of the therapy were issued."""

    name: str
    version: int
    sha256: str
    text: str

    @property
    def file(self) -> str:
        """Where it lies in the export."""
        return f"label-templates/{self.name}.{self.version}.yaml"


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """The picture of a statement's papers, as it came, behind its commitment."""

    entry: int
    commitment: str
    salt: str
    content: bytes
    media_type: str

    @property
    def file(self) -> str:
        """Where it lies in the export."""
        return f"pictures/{self.entry:04}.{ENDINGS[self.media_type]}"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a step, as it came, behind its commitment."""

    entry: int
    commitment: str
    salt: str
    content: bytes
    reference: Reference

    @property
    def media_type(self) -> str:
        """What it is."""
        return self.reference.media_type

    @property
    def file(self) -> str:
        """Where it lies in the export: under its own hash, after the entry that kept it first."""
        ending = FILE_ENDINGS[self.reference.kind]
        return f"files/{self.entry:04}-{self.reference.sha256}.{ending}"


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """Everything that the record holds of one therapy, at one moment."""

    reading: Reading
    written: tuple[Written, ...]
    definitions: tuple[Definition, ...]
    templates: tuple[LabelTemplate, ...]
    rows: Mapping[str, Rows]
    documents: Sequence[Beside]
    looks: Sequence[Beside]
    people: Mapping[str, str]  # person -> printed name
    texts: Sequence[tuple[str, str, str]]  # commitment, salt, text; without what was erased
    statements: tuple[Stated, ...] = ()  # of drivers, the oldest first
    pictures: tuple[KeptPicture, ...] = ()  # of their papers; without what was erased
    files: tuple[KeptFile, ...] = ()  # of steps; without what was erased

    @property
    def beside(self) -> tuple[KeptPicture | KeptFile, ...]:
        """What lies in the export as it came, each behind its commitment."""
        return (*self.pictures, *self.files)

    @property
    def coi(self) -> str:
        """Of which therapy."""
        return self.reading.view.therapy.coi


def read_whole(tx: Transaction, installation: Installation, coi: str) -> WholeRecord:
    """Read everything.

    Raises:
        Unknown: there is no such therapy.
        RecordDamaged: an entry cannot be read any more.
    """
    reading = read_custody(tx, installation, coi)
    documents, looks = documents_of(tx, reading.view), looks_in(tx, coi)
    beside = {one.actor for one in (*documents, *looks)}
    beside |= {one.person for one in reading.reviews}
    rows = rows_of_therapy(tx, coi)
    printed = [str(signature["printed_name"]) for signature in rows["signature"]]
    for review in reading.reviews:
        printed += (one["printed_name"] for one in signatures_of_text(review.signed))
    statements = stated_by_drivers(reading.view)
    tried = {p for one in reading.view.history for p in one.content.get("attempted_by", ())}
    tried |= {p for o in reading.view.history for p in persons_in(o.content.get("document", {}))}
    return WholeRecord(
        reading=reading,
        written=tuple(
            Written(content.encode(), signed.encode(), content_hash(content))
            for _hash, content, signed in entries_of(tx, coi)
        ),
        definitions=tuple(_definitions(tx, reading)),
        templates=tuple(_templates(tx, reading)),
        rows=rows,
        documents=documents,
        looks=looks,
        people={**printed_names(tx, beside | tried), **reading.names},
        texts=sealed_texts(tx, (*_commitments(reading), *printed)),
        statements=statements,
        pictures=tuple(_pictures(tx, statements)),
        files=tuple(_files(tx, reading)),
    )


def _definitions(tx: Transaction, reading: Reading) -> Iterator[Definition]:
    """Each version by which it ran, the oldest first."""
    view = reading.view
    begun = (0, *(one.until_seq for one in view.earlier))
    versions = (*(one.workflow for one in view.earlier), view.workflow)
    for workflow, since in zip(versions, begun, strict=True):
        text = registers.workflow_text(tx, workflow.name, workflow.version) or ""
        yield Definition(workflow.name, workflow.version, workflow.hash, since, text)


def _templates(tx: Transaction, reading: Reading) -> Iterator[LabelTemplate]:
    """Each version by which its labels were issued, by name and version."""
    known = sorted(reading.templates.values(), key=lambda one: (one.name, one.version))
    for one in known:
        yield LabelTemplate(one.name, one.version, one.sha256, text_of(tx, one.name, one.version))


def _pictures(tx: Transaction, statements: Sequence[Stated]) -> Iterator[KeptPicture]:
    """Each picture of a statement that is still kept, as somebody handed it in."""
    of = {one.picture: one for one in statements if one.media_type in ENDINGS}
    for commitment, salt, text in sealed_texts(tx, of):
        one = of[commitment]
        yield KeptPicture(one.seq, commitment, salt, b64decode(text), one.media_type)


def _files(tx: Transaction, reading: Reading) -> Iterator[KeptFile]:
    """Each file of a step that is still kept, in the order of the entries that kept it first."""
    told = [
        one for event in reversed(reading.view.history) for one in files_told(tx, event.content)
    ]
    of = {one.commitment: one for one in told}
    kept = {commitment: (salt, text) for commitment, salt, text in sealed_texts(tx, of)}
    for one in sorted(of.values(), key=lambda one: (one.seq, one.commitment)):
        if one.commitment in kept:
            salt, text = kept[one.commitment]
            yield KeptFile(one.seq, one.commitment, salt, b64decode(text), one.reference)


def _commitments(reading: Reading) -> Iterator[str]:
    """What the entries committed to, but for codes that nobody could read."""
    for event in reading.view.history:
        yield from commitments_in(event.content, (_UNREAD,))
