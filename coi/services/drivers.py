"""A driver without an account says who they are at a handoff: a statement, never a signature.

Whoever hands over or takes in writes it down, in an entry of its own that names the handoff by its
number and its hash. Names and the picture of the papers are kept apart, behind commitments, and can
be erased; the picture is read by nobody but who asks for it.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from coi.errors import DataRefused, Problem, Unknown
from coi.services.asked import bad_key, bad_text, entry_answering, fingerprint
from coi.services.attempt import stand
from coi.services.custody_reading import ERASED
from coi.services.decoding import Content, content_of_text
from coi.services.entries import Occasion, commit_text, write_draft
from coi.services.installation import Installation
from coi.services.looking import look_at, require_seen_whole
from coi.services.permissions import EVERYWHERE, acts_at
from coi.services.pictures import Picture
from coi.services.proofs import NotAllowed, Proven, acting
from coi.services.sessions import SignedIn
from coi.services.therapies import Happened, TherapyView
from coi.store.entries import entry_text
from coi.store.facts import head, lock
from coi.store.registers import text_of
from coi.store.transactions import Transaction
from workflows.draft import Draft
from workflows.told_by_others import HANDOFFS, NAMES, TAKE_STATEMENT

KIND = "statement"
ENDINGS = {"image/png": "png", "image/jpeg": "jpg"}
"""What a picture can be, and how the name of its file ends."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a driver says, of which handoff: the therapy, and the number of the entry."""

    coi: str
    seq: int
    name: str
    company: str
    time: str
    vehicle: str = ""
    papers: str = ""
    picture: Picture | None = field(default=None, repr=False)

    @property
    def said(self) -> dict[str, str]:
        """What is said, without what is left empty."""
        told = {name: str(getattr(self, name)) for name in NAMES}
        return {name: text for name, text in told.items() if text}


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement on record: which handoff it is of, and what of it was not erased."""

    seq: int
    hash: str
    of_seq: int
    of_hash: str
    by: str  # who took it down
    unit: str
    recorded_at: str
    said: Mapping[str, str]
    picture: str  # the commitment to it; '' where there was none
    media_type: str


@dataclass(frozen=True, slots=True)
class Handoff:
    """The entry to which a statement belongs."""

    coi: str
    seq: int
    hash: str
    unit: str
    action: str
    happened_at: str


def handoff(installation: Installation, signed_in: SignedIn, coi: str, seq: int) -> Handoff:
    """A handoff of a therapy, for whoever takes down what its driver says.

    Raises:
        Unknown: there is no such therapy, entry or handoff, or none of their sites.
        NotAllowed: it was made where they hold no role in which they act.
    """

    def work(tx: Transaction) -> Handoff:
        return _handoff(tx, installation, signed_in.proven, coi, seq)

    return installation.read(work)


def take_statement(
    installation: Installation, by: Proven, statement: Statement, *, key: str
) -> int:
    """What a driver says stands in the record, bound to the handoff; returns the entry's number.

    Raises:
        DataRefused: something is missing, or is longer than a line.
        Unknown, NotAllowed: as for `handoff`.
        KeyReused: the key already stands for another request.
    """
    required = {name: getattr(statement, name) for name in ("name", "company", "time")}
    if problems := [*bad_key(key), *bad_text(required | statement.said)]:
        raise DataRefused(problems)
    at = (statement.coi, statement.seq)
    picture = statement.picture.content.hex() if statement.picture else ""
    digest = fingerprint(installation.vault, TAKE_STATEMENT, by.person, at, statement.said, picture)

    def work(tx: Transaction) -> int:
        person = acting(tx, by).person
        lock(tx, statement.coi)
        if (before := entry_answering(tx, key, digest)) is not None:
            return int(before["seq"])
        about = _handoff(tx, installation, by, *at)
        standing = stand(tx, installation, statement.coi)
        notes = {name: commit_text(tx, installation, text) for name, text in statement.said.items()}
        document = _document(tx, installation, about, statement)
        entry, _sealed = write_draft(
            tx,
            installation,
            standing.workflow,
            (statement.coi, standing.head),
            Draft("act", TAKE_STATEMENT, "-", document=document),
            occasion=Occasion(
                person.id, about.unit, installation.clock.now(), key=key, digest=digest
            ),
            notes=notes,
        )
        return entry.seq

    return installation.transact(work)


def stated_in(installation: Installation, signed_in: SignedIn, coi: str) -> tuple[Stated, ...]:
    """What drivers stated in a therapy, as far as this person sees it, and as it was not erased.

    Raises:
        Unknown: there is no such therapy, or none that this person may see.
    """
    return stated_by_drivers(look_at(installation, signed_in, coi).view)


def stated_by_drivers(view: TherapyView) -> tuple[Stated, ...]:
    """The same of a therapy as it is seen, the oldest first."""
    return tuple(_stated(one, view.names) for one in view.history if one.action == TAKE_STATEMENT)


def _stated(event: Happened, names: Mapping[str, str]) -> Stated:
    """A statement as its entry tells it."""
    document = event.content["document"]
    called = {title: name for name, title in NAMES.items()}
    return Stated(
        seq=event.seq,
        hash=event.hash,
        of_seq=int(document["entry"]),
        of_hash=document["hash"],
        by=names.get(event.actor, ""),
        unit=event.unit,
        recorded_at=event.recorded_at,
        said={called[title]: text for title, text in event.said.items() if text != ERASED},
        picture=document.get("picture", ""),
        media_type=document.get("media_type", ""),
    )


def _document(
    tx: Transaction, installation: Installation, about: Handoff, statement: Statement
) -> dict[str, str]:
    """Which handoff it is of, by its hash, and the commitment to the picture."""
    told = {"kind": KIND, "about": about.coi, "entry": str(about.seq), "hash": about.hash}
    if statement.picture is None:
        return told
    text = base64.b64encode(statement.picture.content).decode()
    kept = commit_text(tx, installation, text)
    return told | {"picture": kept, "media_type": statement.picture.media_type}


def _handoff(
    tx: Transaction, installation: Installation, by: Proven, coi: str, seq: int
) -> Handoff:
    person = acting(tx, by).person
    require_seen_whole(tx, person, coi)
    hash_, content = _entry(tx, coi, seq)
    is_handoff = any(move["custody"] in HANDOFFS for move in content.get("moves", ()))
    if not is_handoff or content["kind"] == "refused":
        raise Unknown("handoff", f"{coi}, entry {seq}")
    unit = installation.unit(tx, content["unit"])
    if unit is None or not acts_at(person) & {unit.site, EVERYWHERE}:
        raise NotAllowed([Problem("it was made where you do not act", column="entry")])
    return Handoff(coi, seq, hash_, unit.id, content["action"], content["happened_at"])


def _entry(tx: Transaction, coi: str, seq: int) -> tuple[str, Content]:
    """Hash and content of an entry.

    Raises:
        Unknown: there is none.
    """
    last = head(tx, coi)
    if last is None or not 0 <= seq <= last.seq:
        raise Unknown("entry", f"{coi}, entry {seq}")
    hash_, text = entry_text(tx, coi, seq)
    return hash_, content_of_text(text)


def picture_of(
    installation: Installation, signed_in: SignedIn, coi: str, seq: int
) -> tuple[bytes, str]:
    """The picture of a statement and its media type, for whoever acts where it was taken down.

    Raises:
        Unknown: there is no such statement, it has no picture, or that was erased.
        NotAllowed: it was taken down where they do not act.
    """

    def work(tx: Transaction) -> tuple[bytes, str]:
        person = acting(tx, signed_in.proven).person
        require_seen_whole(tx, person, coi)
        _hash, content = _entry(tx, coi, seq)
        document = content.get("document", {})
        text = text_of(tx, document.get("picture", "-"))
        if text is None or document["media_type"] not in ENDINGS:
            raise Unknown("picture", f"{coi}, entry {seq}")
        unit = installation.unit(tx, content["unit"])
        if unit is None or not acts_at(person) & {unit.site, EVERYWHERE}:
            raise NotAllowed([Problem("it was taken down where you do not act", column="entry")])
        return base64.b64decode(text), document["media_type"]

    return installation.read(work)


def pictures_in(content: Content) -> Iterator[str]:
    """The commitment to the picture of a statement, which is erased with what is said."""
    if content["action"] == TAKE_STATEMENT:
        yield from filter(None, (content["document"].get("picture", ""),))
