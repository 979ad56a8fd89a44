"""The end of a stock-take: what was found and what was not, signed, and told to each therapy.

What is missing was expected there when it was begun, is expected there still, and was in nobody's
hands meanwhile: what a step has moved since is no loss, and is named apart. Nothing is corrected.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from coi.clock import rfc3339
from coi.errors import DataRefused, Refused
from coi.services.asked import bad_key, entry_answering, fingerprint
from coi.services.attempt import facts_for, stand
from coi.services.benches import unit_of
from coi.services.decoding import Content, content_of_text
from coi.services.entries import Occasion, Registered, write_draft, write_site_entry
from coi.services.installation import Installation
from coi.services.people import site_chain
from coi.services.proofs import Proven, Signer, acting, signature_of
from coi.services.scanning import TYPED
from coi.services.signatures import signatures_in
from coi.services.stock_places import NOWHERE, place_of
from coi.services.stock_takes import (
    StockTake,
    expected,
    require_take,
    told,
)
from coi.services.therapies import Signed
from coi.store import facts, stock
from coi.store.entries import entry_text
from coi.store.people import KnownPerson
from coi.store.stock import OPEN, TakeRow
from coi.store.transactions import Transaction
from workflows.facts import Request, Unit
from workflows.guards.people import signing_role
from workflows.model import SignatureRule, Verb, Workflow
from workflows.moves import OPEN_EXCEPTION
from workflows.refusal import Refusal
from workflows.stock import Discrepancy, Finding, differing, is_discrepancy

CLOSED = "close_stock_take"
_NOT_OURS = frozenset({Finding.FOREIGN, Finding.UNKNOWN})
_MISPLACED = frozenset({Finding.ELSEWHERE, Finding.UNPLACED})
STOCK_COUNTED = SignatureRule(
    "stock counted",
    (
        *("cell_lab_technologist", "coordinator", "manufacturing_technician"),
        *("manufacturing_verifier", "qa_reviewer"),
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of the result: what was found of it, which it is, and where the record has it."""

    finding: Finding
    serial: str
    coi: str
    subject: str
    place: str
    how: str = NOWHERE  # the label was read; of what was not scanned nothing

    @property
    def said(self) -> str:
        """What was found, in words; whoever types a serial may have it from a list."""
        return f"{self.finding.value}, typed" if self.how == TYPED else self.finding.value

    @property
    def as_kept(self) -> Mapping[str, str]:
        """The line as the entry keeps it; another site's thing is named by its serial alone."""
        if self.finding in _NOT_OURS:
            return {"finding": Finding.UNKNOWN.value, "serial": self.serial}
        return {
            "finding": self.finding.value,
            "serial": self.serial,
            "coi": self.coi,
            "subject": self.subject,
            "place": self.place,
            "how": self.how,
        }


@dataclass(frozen=True, slots=True)
class CloseStockTake:
    """Which stock-take is to be closed; `key` makes a repetition harmless."""

    id: str
    key: str
    shown: str  # by what the result is known that whoever signs has seen

    def __post_init__(self) -> None:
        if problems := [*bad_key(self.key)]:
            raise DataRefused(problems)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A stock-take with its result: as it would be closed now, or as it was."""

    take: StockTake
    lines: tuple[Line, ...]
    moved_by: Mapping[str, str]  # of a therapy: the step that says where a thing is
    closed_by: tuple[Signed, ...] = ()  # whoever signed it

    @property
    def counts(self) -> Mapping[Finding, int]:
        """How many things were found so."""
        return Counter(line.finding for line in self.lines)

    def of(self, finding: Finding) -> tuple[Line, ...]:
        """The lines of one finding."""
        return tuple(line for line in self.lines if line.finding is finding)

    @property
    def shown(self) -> str:
        """By what this very result is known."""
        return _known_as(self.lines)


def _known_as(lines: Sequence[Line]) -> str:
    kept = sorted(json.dumps(line.as_kept, sort_keys=True) for line in lines)
    return sha256("\n".join(kept).encode()).hexdigest()


def outcome(installation: Installation, by: Proven, identifier: str) -> Outcome:
    """How a stock-take stands, as a person of its unit is told of it.

    Raises:
        Unknown: there is no such stock-take at a unit of this person.
    """

    def look(tx: Transaction) -> Outcome:
        row = require_take(tx, acting(tx, by).person, identifier, hold=False)
        return outcome_of(tx, installation, row)

    return installation.read(look)


def outcome_of(tx: Transaction, installation: Installation, row: TakeRow) -> Outcome:
    """The same inside a transaction, of a stock-take that was read."""
    is_open = row.closed_at == OPEN
    lines = tuple(map(_as_told, _compared(tx, row)) if is_open else _as_closed(tx, row))
    misplaced = {line.coi for line in lines if line.finding in _MISPLACED}
    steps = {coi: _step(stand(tx, installation, coi).workflow) for coi in misplaced}
    found = {coi: step for coi, step in steps.items() if step}
    signed = () if is_open else signatures_in(tx, row.closed_in, row.closed_seq)
    return Outcome(told(tx, row), lines, found, signed)


def _closing(tx: Transaction, row: TakeRow) -> Content:
    """The entry that closed it."""
    return content_of_text(entry_text(tx, row.closed_in, row.closed_seq)[1])


def _step(workflow: Workflow) -> str:
    """The step by which the record is told on which shelf a thing is; '' where there is none."""
    steps = (one.name for one in workflow.actions.values() if one.verb is Verb.RELOCATE)
    return next(steps, "")


def _as_told(line: Line) -> Line:
    """What is another site's is as unknown as what there is not."""
    if line.finding in _NOT_OURS:
        return Line(Finding.UNKNOWN, line.serial, NOWHERE, NOWHERE, NOWHERE)
    return line


def _as_closed(tx: Transaction, row: TakeRow) -> Iterator[Line]:
    """The result as the entry that closed it tells it."""
    for one in _closing(tx, row)["registers"]["stock"]:
        finding = Finding(one["finding"])
        told_of = (one.get(name, NOWHERE) for name in ("coi", "subject", "place", "how"))
        yield Line(finding, one["serial"], *told_of)


def _compared(tx: Transaction, row: TakeRow) -> Iterator[Line]:
    """Each scan as it was when it was made, then what was expected and nobody scanned."""
    scanned = stock.scans(tx, row.id)
    for one in scanned:
        yield Line(Finding(one.finding), one.serial, one.chain, one.subject, one.place, one.how)
    ours = [one for one in scanned if one.finding not in _NOT_OURS]
    # A dead label may lie about by itself: the thing is seen by its newest label alone.
    labels = {one.serial for one in ours}
    things = {one.subject for one in ours if one.finding != Finding.DEAD}
    for held in expected(tx, row):
        if held.serial not in labels and held.subject not in things:
            moved = held.touched_at >= row.opened_at
            finding = Finding.MOVED if moved else Finding.MISSING
            yield Line(finding, held.serial, held.chain, held.subject, place_of(held))


# -- closing ---------------------------------------------------------------------------------------


def close_stock_take(
    installation: Installation, wanted: CloseStockTake, actor: Proven, signers: tuple[Signer, ...]
) -> None:
    """Sign what was counted: an entry of the site, and an exception for each thing that differs.

    Raises:
        Refused: every reason why not; nothing was saved.
        CannotSign: what a signature takes is not on record for somebody.
        KeyReused: the key already stands for something else.
        Unknown: there is no such stock-take at a unit of the actor.
    """
    people = [actor.person, *([signer.person, signer.meaning] for signer in signers)]
    digest = fingerprint(installation.vault, wanted, people)

    def work(tx: Transaction) -> None:
        known = acting(tx, actor)
        signed = [(acting(tx, one.proven), one.meaning) for one in signers]
        # Before everything that is counted: no scan comes in between.
        row = require_take(tx, known.person, wanted.id, hold=True)
        if entry_answering(tx, wanted.key, digest) is not None:
            return
        unit = unit_of(tx, installation, row.unit)
        if reasons := [*_not_closed(row, known, signed, unit)]:
            raise Refused(reasons)
        occasion = Occasion(known.person.id, row.unit, installation.clock.now())
        hand = _Hand(tx, installation, known, row, unit, occasion)
        lines = _locked(hand)
        if wanted.shown != _known_as(lines):
            raise Refused([_HAS_CHANGED])
        _tell(hand, lines)
        _write(hand, lines, signed, (wanted.key, digest))

    installation.transact(work)


_HAS_CHANGED = Refusal(
    "STOCK_TAKE_WENT_ON",
    "The result has changed since it was shown: something was scanned or moved meanwhile",
    "Look at it as it is now, and sign that",
)


@dataclass(frozen=True, slots=True)
class _Hand:
    """Who closes which stock-take, inside which transaction."""

    tx: Transaction
    installation: Installation
    known: KnownPerson
    row: TakeRow
    unit: Unit
    occasion: Occasion


def _not_closed(
    row: TakeRow, known: KnownPerson, signed: Sequence[tuple[KnownPerson, str]], unit: Unit
) -> Iterator[Refusal]:
    """It is open, and whoever hands it in signs it, and works at its unit."""
    if row.closed_at != OPEN:
        sentence, next_step = "This stock-take is closed already", "Look at its result"
        yield Refusal("STOCK_TAKE_CLOSED", sentence, next_step)
    asked = " or ".join(STOCK_COUNTED.roles).replace("_", " ")
    if [meaning for _one, meaning in signed] != [STOCK_COUNTED.meaning]:
        yield Refusal("SIGNATURE_MISSING", "A stock-take is signed by one person", asked)
    for one, _meaning in signed:
        if one.person.id != known.person.id:
            sentence = f"{known.person.username} hands it in and does not sign"
            yield Refusal("ACTOR_DOES_NOT_SIGN", sentence, "Whoever hands it in signs it")
        if not any(one.person.has_role(role, unit.id) for role in STOCK_COUNTED.roles):
            sentence = f"{one.person.username} cannot sign “{STOCK_COUNTED.meaning}” here"
            yield Refusal("SIGNER_NOT_ENTITLED", sentence, asked)


def _locked(hand: _Hand) -> tuple[Line, ...]:
    """Lock every therapy that is told of something, and compare once more behind the locks.

    What comes to differ in between was moved, and so is not missing.
    """
    differ = {line.coi for line in _compared(hand.tx, hand.row) if is_discrepancy(line.finding)}
    for coi in sorted(differ):
        facts.lock(hand.tx, coi)
    return tuple(_compared(hand.tx, hand.row))


def _tell(hand: _Hand, lines: Sequence[Line]) -> None:
    """Each therapy records what differs of its things, in one entry."""
    differ = [line for line in lines if is_discrepancy(line.finding)]
    where = _where(hand)
    for coi in sorted({line.coi for line in differ}):
        standing = stand(hand.tx, hand.installation, coi)
        action = standing.workflow.actions[OPEN_EXCEPTION]
        facts_ = facts_for(hand.tx, standing, action, hand.occasion.now)
        request = Request(coi=coi, action=OPEN_EXCEPTION, actor=hand.known.person, unit=hand.unit)
        found = [
            Discrepancy(line.finding, line.subject, line.serial, line.place, where)
            for line in differ
            if line.coi == coi
        ]
        write_draft(
            hand.tx,
            hand.installation,
            standing.workflow,
            (coi, standing.head),
            differing(standing.workflow, request, facts_, found),
            occasion=hand.occasion,
        )


def _where(hand: _Hand) -> str:
    """The place in words, for whoever reads the exception."""
    take = told(hand.tx, hand.row)
    return f"{take.where}, {take.unit.name}"


def _write(
    hand: _Hand,
    lines: Sequence[Line],
    signed: Sequence[tuple[KnownPerson, str]],
    key: tuple[str, str],
) -> None:
    """The entry of the site: where, since when, how many of each, and every serial."""
    now = hand.occasion.now
    signatures = tuple(
        signature_of(one, signing_role(one.person, STOCK_COUNTED, hand.unit) or "-", meaning, now)
        for one, meaning in signed
    )
    row = hand.row
    kept = [line.as_kept for line in lines]
    counts = Counter(one["finding"] for one in kept)
    registered = Registered(
        registers={"stock": kept},
        signatures=signatures,
        document={
            "kind": "stock-take",
            "about": row.place if row.place != "-" else row.unit,
            "since": row.opened_at,
            "scanned": str(len(stock.scans(hand.tx, row.id))),
            **{finding: str(number) for finding, number in sorted(counts.items())},
        },
    )
    occasion = Occasion(hand.known.person.id, row.unit, now, key=key[0], digest=key[1])
    entry = write_site_entry(hand.tx, CLOSED, occasion, registered, site_chain(hand.unit.site))
    seq = entry.head.seq + 1 if entry.head else 0
    stock.close(hand.tx, row.id, rfc3339(now), (entry.chain, seq))
