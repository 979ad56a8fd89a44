"""Import orders from a file: every problem at once, all rows or none.

`order_file` says what each row means; here it is compared with sites, people, workflows and the
vault, and ordered through the same use case as an order from a page.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from coi.errors import DataRefused, Problem
from coi.services.installation import Installation
from coi.services.order_alike import alike_in, as_problems
from coi.services.order_comparing import WANTED_FIELD, Units, compared_in
from coi.services.order_file import OrderFile, OrderRow, in_order, read_order_file
from coi.services.ordering import (
    MANUFACTURING_FIELD,
    TREATING_FIELD,
    NewOrder,
    order_in,
    order_therapies,
)
from coi.services.placing import OTHER, note_confirmed
from coi.services.proofs import Proven, acting
from coi.services.taking_in import Asked, Outcome, Row, taken_in
from coi.services.vault import IDENTITY_FIELDS
from coi.store.transactions import Transaction
from workflows.on_paper import ON_PAPER

ORDERS = "orders"
HEADINGS = ("Patient", "Therapy", "Ordered at", "COI identifier")


@dataclass(frozen=True, slots=True)
class Ordered:
    """One row's outcome: its line, for whom, what and where; the COI it got (none when dry)."""

    line: int
    patient: str
    therapy: str
    unit: str
    coi: str
    on_paper: bool = False


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What was imported, or would be, and how the file was read."""

    encoding: str
    separator: str
    orders: tuple[Ordered, ...]
    dry_run: bool
    read_as: str = ""
    alike: Mapping[int, str] = field(default_factory=dict)  # by line, whom a patient looks like


def read_orders(data: bytes) -> list[OrderRow]:
    """The orders of a file, each cell in its canonical form.

    Raises:
        DataRefused: every cell that cannot be read, with its line and column.
    """
    file = read_order_file(data)
    if file.problems:
        raise DataRefused(in_order(file.problems))
    return list(file.rows)


def import_orders(
    installation: Installation, data: bytes, actor: Proven, *, key: str = "", dry_run: bool = False
) -> ImportResult:
    """Order every therapy of a file, all or none; a dry run passes every check and keeps nothing.

    The same file under the same `key` is answered with the therapies that it made before; without
    a key, what is ordered already is told as a problem.

    Raises:
        DataRefused: everything that is wrong, by line and column; nothing was saved.
        KeyReused: the key already stands for another file.
        Refused: the engine refuses an order; nothing was saved.
    """
    return ordered(installation, Asked(actor, data, key, dry_run))


def ordered(installation: Installation, asked: Asked) -> ImportResult:
    """The same for whoever wants to be told how far it is."""
    file = read_order_file(asked.content)
    placed: dict[int, Ordered] = {}
    alike: Mapping[int, str] = {}

    def work(tx: Transaction, *, again: bool) -> tuple[Row, ...]:
        for row, order in placed_in(tx, installation, file, asked, again=again):
            placed[row.line] = order
        return tuple(_told(one) for one in placed.values())

    if asked.dry_run:
        placed = {row.line: order for row, order in _rehearsed(installation, file, asked)}
        alike = installation.read(lambda tx: alike_in(tx, installation, file))
    else:
        taken_in(installation, ORDERS, asked, work)
    orders = tuple(placed.values())
    return ImportResult(file.encoding, file.separator, orders, asked.dry_run, file.read_as, alike)


Placed = tuple[OrderRow, Ordered]
"""A row of a file, and what became of it."""


def _rehearsed(installation: Installation, file: OrderFile, asked: Asked) -> list[Placed]:
    """What would be ordered: compared as a whole, then tried a few orders at a time.

    Each few are tried in a transaction that is undone, so that nobody else who writes waits for the
    whole check. The import itself is one transaction, and says again whatever is wrong by then.
    """
    found, known, _ = _looked_up(installation, file, asked.by)
    if problems := in_order((*file.problems, *found)):
        raise DataRefused(problems)
    keys, placed = keys_of(installation, asked, file), list[Placed]()
    for few in asked.in_slices(file.rows):
        orders = [_new_order(row, known[row.line], keys[row.line]) for row in few]
        order_therapies(installation, orders, asked.by, rehearse=True)
        # A rehearsed order had a COI, but it is rolled back: told, it could be written down.
        placed += [(row, _ordered(row, known[row.line].ordering, "")) for row in few]
    return placed


def placed_in(
    tx: Transaction, installation: Installation, file: OrderFile, asked: Asked, *, again: bool
) -> list[Placed]:
    """Order every row inside the transaction in hand; `again` says that it was done before.

    Raises:
        DataRefused: everything that is wrong, by line and column; or a patient looks like another
            one, and nobody has confirmed that they are two.
    """
    # Compared where it is ordered, so that the same file handed in twice at once is seen. Of
    # who is no patient yet nothing can be locked: who becomes one meanwhile is noticed.
    found, known, strangers = compared_in(tx, installation, file, asked.by)
    # What was right on that day need not be right today: it is not compared again.
    if problems := in_order((*file.problems, *(() if again else found))):
        raise DataRefused(problems)
    alike = {} if again or asked.dry_run else alike_in(tx, installation, file)
    if alike and not asked.compared:
        raise DataRefused(as_problems(alike))
    keys = keys_of(installation, asked, file)
    orders = [_new_order(row, known[row.line], keys[row.line]) for row in file.rows]
    receipts = order_in(tx, installation, asked.counted(orders), asked.by, strangers)
    for row, receipt in zip(file.rows, receipts, strict=True):
        if row.line in alike:
            note_confirmed(tx, installation, acting(tx, asked.by).person, OTHER, receipt.coi)
    return [
        (row, _ordered(row, known[row.line].ordering, receipt.coi))
        for row, receipt in zip(file.rows, receipts, strict=True)
    ]


def _looked_up(
    installation: Installation, file: OrderFile, by: Proven
) -> tuple[list[Problem], dict[int, Units], set[str]]:
    """The comparison alone, which makes nobody wait."""
    return installation.read(lambda tx: compared_in(tx, installation, file, by, locks=False))


def compared(installation: Installation, file: OrderFile, by: Proven) -> list[Problem]:
    """Everything that is wrong with the rows of a file, as far as it can be said before."""
    found, *_ = _looked_up(installation, file, by)
    return in_order((*file.problems, *found))


def import_order_table(installation: Installation, asked: Asked) -> Outcome:
    """The same as any other import tells it.

    Raises:
        DataRefused: everything that is wrong, by line and column; nothing was saved.
        KeyReused: the key already stands for another file.
    """
    result = ordered(installation, asked)
    rows = tuple(_told(one) for one in result.orders)
    return Outcome(result.read_as, HEADINGS, rows, asked.dry_run, result.alike)


def _told(order: Ordered) -> Row:
    return Row(order.line, (order.patient, order.therapy, order.unit, order.coi or "-"))


def _ordered(row: OrderRow, unit: str, coi: str) -> Ordered:
    """What became of a row, for whoever handed the file in."""
    patient = f"{row.family_name}, {row.given_name} ({row.medical_record_number})"
    return Ordered(row.line, patient, row.therapy, unit, coi, bool(row.on_paper))


def keys_of(installation: Installation, asked: Asked, file: OrderFile) -> Mapping[int, str]:
    """By line, the key of its order: of this row of so many."""
    key = asked.key or f"import-{installation.new_id()}"
    return {row.line: f"{key}/{row.line} of {len(file.rows)}" for row in file.rows}


def _new_order(row: OrderRow, units: Units, key: str) -> NewOrder:
    """The order of one row that has no problems."""
    told = asdict(row)
    return NewOrder(
        identity={name: told[name] for name in IDENTITY_FIELDS},
        workflow=row.therapy,
        unit=units.ordering,
        values={
            TREATING_FIELD: units.treating,
            MANUFACTURING_FIELD: units.manufacturing,
            "prescriber": row.prescriber,
            "weight_kg": row.weight_kg,
            WANTED_FIELD: row.collection_wanted_on,
            **({ON_PAPER: row.on_paper} if row.on_paper else {}),
        },
        consent_signed_on=row.consent_signed_on,
        key=key,
    )
