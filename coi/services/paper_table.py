"""Therapies that ran on paper before this began, from a workbook: their orders, and their steps.

Each step is asked of the definition as if it were copied on the page, in the order of the sheet,
and signed by who imports. Nothing is ended here: two compare each therapy with its paper.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from coi.errors import DataRefused, Problem, Unknown
from coi.services.acting import record
from coi.services.asked import answered_before, is_answered
from coi.services.attempt import Attempt, Present, locked
from coi.services.importing import compared, placed_in
from coi.services.installation import Installation
from coi.services.looking import require_seen_whole
from coi.services.order_alike import alike_in
from coi.services.order_file import OrderFile, read_order_file
from coi.services.ordering import kept_or_rehearsed
from coi.services.permissions import Permission, may
from coi.services.proofs import JustProven, Proven, Signer, acting
from coi.services.receipts import Receipt, answer_of
from coi.services.seen import OnPaper
from coi.services.step_copying import Place, wanted_of
from coi.services.step_sheet import STEPS, PaperStep, StepSheet, read_step_sheet
from coi.services.taking_in import Asked, NotSigned, Outcome, Row, taken_in
from coi.services.workbook import is_packed
from coi.store import registers
from coi.store.transactions import Transaction
from workflows.decide import decide
from workflows.on_paper import TRANSCRIBED

THERAPIES = "therapies"
HEADINGS = ("Sheet", "Reference", "What", "Happened at", "COI identifier or entry")


@dataclass(frozen=True, slots=True)
class _Book:
    """Both sheets."""

    orders: OrderFile
    steps: StepSheet

    def of(self, references: set[str]) -> "_Book":
        """What it says of these therapies alone."""
        orders = tuple(row for row in self.orders.rows if row.on_paper in references)
        steps = tuple(step for step in self.steps.steps if step.reference in references)
        return _Book(replace(self.orders, rows=orders), self.steps._replace(steps=steps))

    @property
    def references(self) -> list[str]:
        """Each therapy once, as it comes."""
        named = (*(row.on_paper for row in self.orders.rows), *self.continued)
        return list(dict.fromkeys(named))

    @property
    def continued(self) -> list[str]:
        """The therapies that were ordered before, by their COI."""
        here = {row.on_paper for row in self.orders.rows}
        return list(
            dict.fromkeys(one.reference for one in self.steps.steps if one.reference not in here)
        )


class _Copying(NamedTuple):
    """What copying takes: where, who signs, under which key, and whether it was done before."""

    tx: Transaction
    installation: Installation
    signer: Signer
    key: str
    again: bool


def import_therapies(installation: Installation, asked: Asked) -> Outcome:
    """Order and copy every therapy of a workbook, all or none; a dry run keeps nothing.

    Raises:
        DataRefused: everything that is wrong, by sheet, line and column; nothing was saved.
        NotSigned: nobody has typed a password for it.
        KeyReused: the key already stands for another file.
    """
    signer = _signer(asked)
    book = _read(asked.content)
    # What was right on that day need not be right today: it is not looked at again.
    if not (asked.key and installation.read(lambda tx: is_answered(tx, asked.key))):
        _require_sound(installation, book, asked.by)
    alike: Mapping[int, str] = {}
    if asked.dry_run:
        rows = _rehearsed(installation, book, asked, signer)
        alike = installation.read(lambda tx: alike_in(tx, installation, book.orders))
    else:
        key = asked.key or f"import-{installation.new_id()}"

        def work(tx: Transaction, *, again: bool) -> tuple[Row, ...]:
            copying = _Copying(tx, installation, signer, key, again)
            made, problems = _taken(copying, book, asked)
            _require_none(problems)
            return tuple(made)

        rows = list(taken_in(installation, THERAPIES, asked, work))
    return Outcome(book.orders.read_as, HEADINGS, tuple(rows), asked.dry_run, alike)


def _signer(asked: Asked) -> Signer:
    """Who signs each step: whoever typed the password for this file (21 CFR 11.200(a)(1)(i)).

    Raises:
        NotSigned: they have not.
    """
    if isinstance(asked.by, JustProven):
        return Signer(asked.by, TRANSCRIBED)
    if not asked.dry_run:
        reason = "every step is signed “transcribed from paper”: type your password for it"
        raise NotSigned([Problem(reason, column="password")])
    # What is rehearsed is undone, and so nobody signs anything by it.
    return Signer(JustProven(*asked.by.account), TRANSCRIBED)


def _read(content: bytes) -> _Book:
    """Both sheets.

    Raises:
        DataRefused: it is no workbook, or a sheet is missing.
    """
    if not is_packed(content):
        reason = "is no workbook: therapies and their steps are two sheets of one .xlsx"
        raise DataRefused([Problem(reason)])
    orders = read_order_file(content, THERAPIES, may_be_empty=True)
    return _Book(orders, read_step_sheet(content))


# -- what can be said before -----------------------------------------------------------------------


def _require_sound(installation: Installation, book: _Book, by: Proven) -> None:
    """Go on only where nothing is wrong that can be said before anything is tried."""
    orders = [*compared(installation, book.orders, by), *_reference_problems(book.orders)]
    wrong = [replace(one, sheet=THERAPIES) for one in orders]
    unknown = installation.read(lambda tx: [*_unknown(tx, book, by)])
    _require_none([*wrong, *book.steps.problems, *unknown])


def _reference_problems(orders: OrderFile) -> Iterator[Problem]:
    """Each therapy has a reference, and no other one has the same."""
    first: dict[str, int] = {}
    for row in orders.rows:
        line = first.setdefault(row.on_paper, row.line)
        if not row.on_paper:
            yield Problem("is missing", row.line, "on_paper")
        elif line != row.line:
            yield Problem(f"line {line} has the same reference", row.line, "on_paper")


def _unknown(tx: Transaction, book: _Book, by: Proven) -> Iterator[Problem]:
    """Each step of what is neither in the file nor known, or by which somebody would learn more."""
    person = acting(tx, by).person
    strange = set[str]()
    for coi in book.continued:
        try:
            require_seen_whole(tx, person, coi)
        except Unknown:
            strange.add(coi)
    knows = may(person, Permission.SEE_IDENTITY)
    for step in book.steps.steps:
        if step.identifiers and not knows:
            reason = "is asked of those alone who may know the patient"
            yield Problem(reason, step.line, "identifiers", STEPS)
        if step.reference in strange:
            reason = "is no reference of the first sheet, and no COI identifier that is known here"
            yield Problem(reason, step.line, "reference", STEPS)


def _require_none(problems: Sequence[Problem]) -> None:
    if problems:
        # The first sheet before the second.
        raise DataRefused(sorted(problems, key=lambda one: (one.sheet == STEPS, one.line or 0)))


# -- tried, and copied -----------------------------------------------------------------------------


def _rehearsed(installation: Installation, book: _Book, asked: Asked, signer: Signer) -> list[Row]:
    """What would be done, one therapy at a time: each is tried, and undone.

    Whoever else writes waits for one therapy, and not for the whole check.
    """
    # What is rehearsed issues no label that anybody could hold.
    apart = replace(installation, on_paper=OnPaper())
    key = f"check-{installation.new_id()}"
    rows, problems = list[Row](), list[Problem]()
    for (reference,) in asked.in_slices(book.references, 1):
        alone = book.of({reference})

        def work(tx: Transaction, alone: _Book = alone) -> tuple[list[Row], list[Problem]]:
            quietly = replace(asked, progress=lambda _done, _of: None)
            return _taken(_Copying(tx, apart, signer, key, again=False), alone, quietly)

        made, found = kept_or_rehearsed(apart, work, rehearse=True)
        rows += made
        problems += found
    _require_none(problems)
    told = [replace(row, told=(*row.told[:-1], "-")) for row in rows]
    return sorted(told, key=lambda row: (row.told[0] == STEPS, row.line))


def _taken(copying: _Copying, book: _Book, asked: Asked) -> tuple[list[Row], list[Problem]]:
    """Order what is new, then copy the steps as they stand; what is wrong with which line."""
    keyed = replace(asked, key=copying.key)
    try:
        placed = placed_in(
            copying.tx, copying.installation, book.orders, keyed, again=copying.again
        )
    except DataRefused as refused:  # something came in between, which was not there before
        _require_none([replace(one, sheet=THERAPIES) for one in refused.problems])
        raise
    cois = {row.on_paper: order.coi for row, order in placed}
    rows = [
        Row(row.line, (THERAPIES, row.on_paper, f"ordered: {row.therapy}", "-", order.coi))
        for row, order in placed
    ]
    made, problems = _steps_copied(copying, cois, asked.counted(book.steps.steps))
    return [*rows, *made], problems


def _steps_copied(
    copying: _Copying, cois: Mapping[str, str], steps: Iterable[PaperStep]
) -> tuple[list[Row], list[Problem]]:
    """Copy the steps as they stand; after the first that is refused, no more of its therapy.

    What comes after it would be asked of a therapy that never stood so.
    """
    rows, problems = list[Row](), list[Problem]()
    left: dict[str, list[int]] = {}
    for step in steps:
        if step.reference in left:
            left[step.reference].append(step.line)
            continue
        try:
            done = _copied(copying, cois.get(step.reference, step.reference), step)
        except DataRefused as refused:
            problems += [
                replace(one, line=step.line, column=one.column or "action", sheet=STEPS)
                for one in refused.problems
            ]
            left[step.reference] = []
        else:
            at = step.happened_at.isoformat(" ", "minutes")
            rows.append(
                Row(step.line, (STEPS, step.reference, step.action, at, f"entry {done.seq}"))
            )
    for reference, lines in left.items():
        if lines:
            reason = (
                f"the {len(lines)} steps from here on were not looked at: a step before is wrong"
            )
            problems.append(Problem(f"{reference}: {reason}", lines[0], "reference", STEPS))
    return rows, problems


def _copied(copying: _Copying, coi: str, step: PaperStep) -> Receipt:
    """Copy one step, signed by who imports.

    Raises:
        DataRefused: the engine refuses it, each reason a problem; or it cannot be asked for.
        KeyReused: its key already stands for another request.
    """
    tx, installation, signer, key, again = copying
    place = Place(coi, signer.username, f"{key}/step of line {step.line}")
    known = registers.answered(tx, place.key) if again else None
    # The file is the same, as its own key says; what is in hand by now may have another label.
    if known is not None and isinstance(before := answer_of(tx, *known[2:]), Receipt):
        return before
    wanted = wanted_of(tx, installation, place, step)
    digest = wanted.digest(installation.vault, signer.proven, (signer,))
    answered_before(tx, wanted.key, digest)  # raises where the key is another request's
    present = Present.met(tx, signer.proven, locked(tx, installation, wanted), (signer,))
    attempt = Attempt.of(tx, installation, wanted, digest, present)
    decision = decide(attempt.standing.workflow, attempt.request, attempt.facts)
    if decision.draft is None:
        why = (f"{one.sentence}. {one.next_step}" for one in decision.refusals)
        raise DataRefused([Problem(one, step.line, "action", STEPS) for one in why])
    return record(attempt, decision.draft)
