"""Each copy of what leaves the system on paper: counted, and on record before anybody has it.

A document is an entry in its maker's site chain, with the hash of its bytes and the number of its
copy (TL-01, LB-13).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from coi.errors import Busy
from coi.ledger.content import NewEntry, SignedBy
from coi.services.asked_print import asked_for, next_copy
from coi.services.drawing import Drawn
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.numbered import entries_before, numbered_key, times_before
from coi.services.proofs import Proven, acting_or_program
from coi.services.sealing import sealed
from coi.store.facts import ORGANISATION
from coi.store.people import printed_names
from coi.store.registers import person_chain
from coi.store.size import hash_at
from coi.store.transactions import Transaction

TRIES = 5
"""So often something is drawn anew that others overtook."""

Beside = Callable[[Transaction, bytes], None]
"""What is done with a copy's bytes in the transaction that counts it: of both, or of neither."""


def nothing_beside(_tx: Transaction, _content: bytes) -> None:
    """Whoever asks has the bytes."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One copy that was printed before: when, by whom, and where its number is counted."""

    copy: int
    at: str
    by: str  # the printed name
    unit: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One sort of document about one thing."""

    kind: str
    about: str
    piece: str = ""  # of what there should be one piece, where that is not what it is about
    key: str = ""  # of the request: under it one copy is printed; without one nobody knows

    @property
    def what(self) -> str:
        """By what its copies are counted."""
        return f"{self.kind}/{self.piece or self.about}"


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a paper as it was drawn, who signs for it, and what else is told of it."""

    paper: Paper
    number: int
    drawn: Drawn
    told: Mapping[str, str] = field(default_factory=dict)
    signatures: tuple[SignedBy, ...] = ()

    @property
    def sha256(self) -> str:
        """The hash of what is handed out, or sent."""
        return sha256(self.drawn.content).hexdigest()

    @property
    def document(self) -> Mapping[str, str]:
        """What its entry says: of a label also its template, and what is not on it (LB-08)."""
        told = {"kind": self.paper.kind, "about": self.paper.about, "sha256": self.sha256}
        told["copy"] = str(self.number)
        if self.drawn.template:
            told["template"] = self.drawn.template
        if self.drawn.seal:
            told["seal"] = self.drawn.seal
        if self.drawn.left_off:
            told["left_off"] = left_off_told(self.drawn)
        return {**told, **self.told}


def left_off_told(drawn: Drawn) -> str:
    """The fields that are not on a label, each with the code of why, in one line."""
    return " ".join(f"{field}={why}" for field, why in sorted(drawn.left_off.items()))


def printed(
    installation: Installation, by: Proven, paper: Paper, draw: Callable[[int], bytes]
) -> bytes:
    """The next copy, drawn and put on record under its number.

    It is drawn outside the transaction, which others wait for; whoever was overtaken meanwhile
    draws the copy after.

    Raises:
        PrintedForThis: this request was answered with a copy before.
    """
    return printed_as(installation, by, paper, lambda copy: Drawn(draw(copy))).content


def printed_sealed(
    installation: Installation,
    by: Proven,
    paper: Paper,
    draw: Callable[[int], bytes],
    beside: Beside = nothing_beside,
) -> bytes:
    """The same of a document that bears the seal of the house.

    Raises:
        NoSeal: the seal cannot be put on it.
    """
    return printed_as(
        installation, by, paper, lambda copy: sealed(installation, draw(copy)), beside
    ).content


def printed_as(
    installation: Installation,
    by: Proven,
    paper: Paper,
    draw: Callable[[int], Drawn],
    beside: Beside = nothing_beside,
) -> Drawn:
    """The same of a label, with its template and what is not on it."""
    asked = asked_for(installation, by, paper.what, paper.key)
    for _ in range(TRIES):
        number = installation.read(lambda tx: next_copy(tx, paper.what, asked))
        copy = Copy(paper, number, draw(number), asked)
        if installation.transact(
            lambda tx, copy=copy: _noted(tx, installation, by, copy, beside)  # type: ignore[misc]
        ):
            return copy.drawn
    raise Busy


def _noted(
    tx: Transaction, installation: Installation, by: Proven, copy: Copy, beside: Beside
) -> bool:
    if is_overtaken(tx, copy):
        return False
    beside(tx, copy.drawn.content)
    note(tx, installation, acting_or_program(tx, by).person.id, copy)
    return True


def is_overtaken(tx: Transaction, copy: Copy) -> bool:
    """Somebody else has printed this copy meanwhile."""
    return times_before(tx, copy.paper.what) != copy.number - 1


def note(tx: Transaction, installation: Installation, person: str, copy: Copy) -> NewEntry:
    """Record who prints a copy: its number, what it is about, and the hash of its bytes."""
    now, paper = installation.clock.now(), copy.paper
    key = numbered_key(paper.what, copy.number)
    occasion = Occasion(person, "-", now, key=key, digest=copy.sha256)
    told = Registered(document=copy.document, signatures=copy.signatures)
    chain = person_chain(tx, person) or ORGANISATION
    entry = write_site_entry(tx, "write_document", occasion, told, chain)
    what = f"{paper.kind} {paper.about}, copy {copy.number} (SHA-256 {copy.sha256[:12]})"
    installation.on_paper.leaves(
        what.replace("_", " "), chain, entry.seq, hash_at(tx, chain, entry.seq)
    )
    return entry


def copies_of(tx: Transaction, paper: Paper) -> tuple[Printed, ...]:
    """The copies that were printed before, the first one first."""
    return tuple(_copies(tx, paper))


def _copies(tx: Transaction, paper: Paper) -> Iterator[Printed]:
    found = list(entries_before(tx, paper.what))
    names = printed_names(tx, (content["actor"] for content in found))
    for n, content in enumerate(found, start=1):
        name = names.get(content["actor"], "(erased)")
        yield Printed(n, content["recorded_at"], name, content["unit"])
