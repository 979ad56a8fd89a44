"""Stock-takes: a place or a whole unit is scanned, label by label, and compared with the record.

What is under way is no record, as with a step that is not signed yet: anybody who may take stock at
the unit goes on with it, at whichever browser. What was found enters the record when it is closed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from coi.clock import rfc3339
from coi.errors import CoiError, DataRefused, Unknown
from coi.services.asked import bad_key
from coi.services.directory import ListedUnit, units_by_id
from coi.services.installation import Installation
from coi.services.looking import has_in_hand, sees
from coi.services.permissions import HOLDERS, Permission
from coi.services.places import KnownPlace, place_named
from coi.services.proofs import Proven, acting
from coi.services.scanning import BY_DEVICE, TYPED, Code, resolve
from coi.services.sessions import SignedIn
from coi.services.stock_places import NOWHERE, held_by, names_of, place_of, standing
from coi.services.vault import fingerprint_of
from coi.store import places, stock
from coi.store.people import printed_names
from coi.store.stock import OPEN, HeldRow, ScanRow, TakeRow
from coi.store.transactions import Transaction
from labels.errors import NotACode
from labels.identifiers import parse_scan
from workflows.facts import Label, Person
from workflows.stock import STOPS, Finding

WHOLE_UNIT = "-"
ALL_OF_IT = "the whole unit"


class StockTakeClosed(CoiError):
    """A stock-take was closed meanwhile; nothing is added to it."""

    code = "STOCK_TAKE_CLOSED"

    def __init__(self) -> None:
        super().__init__(
            "This stock-take is closed. Nothing was saved.",
            "Look at its result; start another one for what is left.",
        )


@dataclass(frozen=True, slots=True)
class StockTake:
    """One stock-take: where, by whom it was begun, and the entry that closed it."""

    row: TakeRow
    unit: ListedUnit
    where: str  # the place by its name, or the whole unit
    opened_by: str  # the printed name

    @property
    def id(self) -> str:
        """By what its pages are found."""
        return self.row.id

    @property
    def is_open(self) -> bool:
        """Nobody has closed it."""
        return self.row.closed_at == OPEN


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one scan; of a thing that belongs to others no more than of an unknown one."""

    finding: Finding
    code: str
    number: int
    coi: str = ""
    place: str = ""
    again: bool = False

    @property
    def is_stop(self) -> bool:
        """The hand stops here."""
        return self.finding in STOPS


@dataclass(frozen=True, slots=True)
class Counting:
    """A stock-take under way: what was found so far, and by one scan."""

    take: StockTake
    counts: Mapping[Finding, int]
    last: Found | None

    @property
    def scanned(self) -> int:
        """How many codes were scanned."""
        return sum(self.counts.values())


# -- which there are -------------------------------------------------------------------------------


def takes_stock(person: Person, unit: str) -> bool:
    """The person may take stock at this unit."""
    return person.active and any(
        at == unit and role in HOLDERS[Permission.TAKE_STOCK] for role, at in person.roles
    )


def stock_takes_of(installation: Installation, signed_in: SignedIn) -> tuple[StockTake, ...]:
    """The stock-takes of one's units: open ones, then the last that were closed, newest first."""

    def look(tx: Transaction) -> tuple[StockTake, ...]:
        mine = (u for u in units_by_id(tx).values() if takes_stock(signed_in.person, u.id))
        rows = [row for unit in mine for row in stock.of_unit(tx, unit.id)]
        newest = sorted(rows, key=lambda row: (row.closed_at == OPEN, row.opened_at), reverse=True)
        return tuple(told(tx, row) for row in newest)

    return installation.read(look)


def countable(
    installation: Installation, signed_in: SignedIn
) -> tuple[tuple[ListedUnit, tuple[KnownPlace, ...]], ...]:
    """The units at which one may take stock, each with its places by name."""

    def look(tx: Transaction) -> tuple[tuple[ListedUnit, tuple[KnownPlace, ...]], ...]:
        mine = [u for u in units_by_id(tx).values() if takes_stock(signed_in.person, u.id)]
        known = places.places(tx)
        return tuple(
            (
                unit,
                tuple(
                    KnownPlace(serial, name, unit)
                    for serial, at, name in sorted(known, key=lambda one: one[2])
                    if at == unit.id
                ),
            )
            for unit in mine
        )

    return installation.read(look)


def told(tx: Transaction, row: TakeRow) -> StockTake:
    """A stock-take in the words of people."""
    place = place_named(tx, row.place) if row.place != WHOLE_UNIT else None
    where = place.name if place else ALL_OF_IT
    name = printed_names(tx, [row.opened_by]).get(row.opened_by, "(erased)")
    return StockTake(row, units_by_id(tx)[row.unit], where, name)


def begin_stock_take(
    installation: Installation, by: Proven, unit: str, place: str, *, key: str
) -> str:
    """Begin a stock-take of a place, or of a whole unit; the same one whenever the request comes.

    Raises:
        DataRefused: the key is none.
        Unknown: there is no such unit or place, or none at which this person takes stock.
    """
    if problems := [*bad_key(key)]:
        raise DataRefused(problems)
    identifier = fingerprint_of(installation.vault, f"stock-take {by.person} {unit} {place} {key}")

    def work(tx: Transaction) -> str:
        person = acting(tx, by).person
        if unit not in units_by_id(tx) or not takes_stock(person, unit):
            raise Unknown("unit", unit)
        known = place_named(tx, place) if place.isprintable() else None
        if place != WHOLE_UNIT and (known is None or known.unit.id != unit):
            raise Unknown("place", place)
        if stock.stock_take(tx, identifier[:32]) is None:
            now = rfc3339(installation.clock.now())
            stock.begin(tx, TakeRow(identifier[:32], unit, place, person.id, now))
        return identifier[:32]

    return installation.transact(work)


def require_take(tx: Transaction, person: Person, identifier: str, *, hold: bool) -> TakeRow:
    """The stock-take, for whoever takes stock at its unit.

    Raises:
        Unknown: there is none, or it is another unit's; nobody can tell which.
    """
    plain = identifier.isascii() and identifier.isprintable()
    look = stock.hold if hold else stock.stock_take
    row = look(tx, identifier) if plain else None
    if row is None or not takes_stock(person, row.unit):
        raise Unknown("stock-take", identifier)
    return row


# -- scanning --------------------------------------------------------------------------------------


def scan_stock(installation: Installation, by: Proven, identifier: str, code: Code) -> Found:
    """Compare one label with the record as it stands now, and keep what was found.

    Raises:
        StockTakeClosed: somebody closed it.
        Unknown: there is no such stock-take at a unit of this person.
    """

    def work(tx: Transaction) -> Found:
        person = acting(tx, by).person
        row = require_take(tx, person, identifier, hold=True)
        if row.closed_at != OPEN:
            raise StockTakeClosed
        name = _kept_as(installation, code.raw)
        earlier = stock.scanned(tx, identifier, name)
        # Who typed a code need not have had the thing: once it is scanned, it is compared anew.
        if earlier is not None and not (earlier.how == TYPED and code.how in BY_DEVICE):
            return shown(earlier, again=True)
        now = rfc3339(installation.clock.now())
        number = earlier.n if earlier else stock.last_number(tx, identifier) + 1
        told_by = (code.how, person.id, now, number)
        scan = ScanRow(identifier, name, *_compared(tx, person, row, code), *told_by)
        if earlier:
            stock.replace_scan(tx, scan)
        else:
            stock.keep_scan(tx, scan)
        return shown(scan, again=earlier is not None)

    return installation.transact(work)


def shown(scan: ScanRow, *, again: bool = False) -> Found:
    """What is told of a scan: what is another site's is as unknown as what there is not."""
    if scan.finding in {Finding.FOREIGN, Finding.UNKNOWN}:
        return Found(Finding.UNKNOWN, scan.serial, scan.n, again=again)
    place = scan.place if scan.place != NOWHERE else ""
    return Found(Finding(scan.finding), scan.serial, scan.n, scan.chain, place, again)


def _kept_as(installation: Installation, raw: str) -> str:
    """The serial of a code of ours; of anything else, which may be a name, a keyed fingerprint."""
    try:
        read = parse_scan(raw.strip("\r\n"))
    except NotACode:
        return fingerprint_of(installation.vault, f"stock-take code {raw}")[:32]
    return read.serial.text if read.serial else read.coi.text if read.coi else NOWHERE


Compared = tuple[str, str, str, str, str]
"""Finding, serial, COI, thing, and the place on record."""


def _compared(tx: Transaction, person: Person, take: TakeRow, code: Code) -> Compared:
    """What the record says of a code at this moment."""
    label = resolve(tx, code).means
    if not isinstance(label, Label):
        return Finding.UNKNOWN, _serial_of(code.raw), NOWHERE, NOWHERE, NOWHERE
    thing = (label.serial, label.coi, label.subject)
    if not (sees(tx, person, label.coi) or has_in_hand(tx, person, label)):
        # Whoever types a serial need not have the thing before them.
        finding = Finding.UNKNOWN if code.how == TYPED else Finding.FOREIGN
        return finding, *thing, NOWHERE
    if label.is_dead or not label.current:
        return Finding.DEAD, *thing, NOWHERE
    stands = standing(tx, label.coi, label.subject, take.unit)
    if stands is None:
        return Finding.NOT_HERE, *thing, NOWHERE
    place = place_of(stands)
    return _at_place(tx, take, place), *thing, place


def _serial_of(raw: str) -> str:
    try:
        read = parse_scan(raw.strip("\r\n"))
    except NotACode:
        return NOWHERE
    return read.serial.text if read.serial else NOWHERE


def _at_place(tx: Transaction, take: TakeRow, place: str) -> Finding:
    """Where a thing that the unit has in hand should be."""
    if take.place == WHOLE_UNIT or place in names_of(tx, take.place):
        return Finding.FOUND
    return Finding.UNPLACED if place == NOWHERE else Finding.ELSEWHERE


# -- how far it is ---------------------------------------------------------------------------------


def counting(installation: Installation, by: Proven, identifier: str, last: int = 0) -> Counting:
    """How far a stock-take is, with what the scan of this number was found to be.

    Raises:
        Unknown: there is no such stock-take at a unit of this person.
    """

    def look(tx: Transaction) -> Counting:
        row = require_take(tx, acting(tx, by).person, identifier, hold=False)
        found = stock.scan_numbered(tx, identifier, last) if last else None
        return Counting(told(tx, row), _as_told(tx, identifier), shown(found) if found else None)

    return installation.read(look)


def _as_told(tx: Transaction, identifier: str) -> Mapping[Finding, int]:
    """How many were found so, as a person is told of them."""
    counted: Counter[Finding] = Counter()
    for finding, number in stock.counts(tx, identifier).items():
        is_foreign = finding == Finding.FOREIGN
        counted[Finding.UNKNOWN if is_foreign else Finding(finding)] += number
    return counted


def expected(tx: Transaction, take: TakeRow) -> list[HeldRow]:
    """What the record says is at the place, or at the unit, at this moment."""
    held = held_by(tx, take.unit)
    if take.place == WHOLE_UNIT:
        return held
    names = names_of(tx, take.place)
    return [one for one in held if place_of(one) in names]
