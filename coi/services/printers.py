"""Printers: which there are at each unit, and what the record tells of each (P11-10h).

What was attested last of a printer is in force; all that it was before stays in the chain of its
site.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from json import JSONDecodeError, dumps, loads

from coi.errors import Unknown
from coi.interop.printers.reach import RAW
from coi.services.directory import ListedUnit, units_by_id
from coi.services.drawing import PDF, ZPL, Medium
from coi.services.keeping import keeping_role
from coi.services.permissions import EVERYWHERE, Permission, sites_with
from coi.store.kept import KeptRow, every_kept, kept
from coi.store.transactions import Transaction
from workflows.facts import Person

KIND = "printer"

FORMATS: Mapping[str, str] = {PDF: "PDF", ZPL: "ZPL"}
"""What a printer can be given, and how people call it."""

DOWNLOAD = "-"
"""The address of a printer that somebody prints at from a file; nothing is sent there."""

RESOLUTIONS = (203, 300, 600)
SIZES_MM = range(10, 301)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a printer: its name, where it is, and what is in it."""

    name: str
    address: str
    media_type: str
    dpi: int
    width_mm: int
    height_mm: int

    @property
    def kind(self) -> str:
        """How labels come to it: raw, ipp or download."""
        if self.address == DOWNLOAD:
            return "download"
        return "raw" if self.address.startswith(f"{RAW}://") else "ipp"

    @property
    def medium(self) -> Medium:
        """What a label is drawn for that comes out here."""
        return Medium(self.media_type, self.dpi, self.width_mm, self.height_mm)


def takes_instead(to: About, of: About) -> bool:
    """What was drawn for one printer comes out of another one as it was drawn, and whole.

    Commands are dots of one resolution; a page is one at any.
    """
    is_drawn_so = to.media_type == of.media_type and (of.media_type == PDF or to.dpi == of.dpi)
    return is_drawn_so and to.width_mm >= of.width_mm and to.height_mm >= of.height_mm


@dataclass(frozen=True, slots=True)
class KnownPrinter:
    """One printer, and the unit at which it stands."""

    id: str
    unit: ListedUnit
    about: About
    since: str


def written(about: About) -> str:
    """What is known of a printer, as the record keeps it."""
    return dumps(asdict(about), sort_keys=True, ensure_ascii=False)


def read_about(row: KeptRow) -> About:
    """What is known of a printer, from the text of the record.

    Raises:
        ValueError: the text is none that was written here.
    """
    try:
        told = loads(row.detail)
    except JSONDecodeError as error:
        raise ValueError(row.id) from error
    names = {one.name: one.type for one in fields(About)}
    if not isinstance(told, dict) or told.keys() != names.keys():
        raise ValueError(row.id)
    return About(**told)


def printer_named(tx: Transaction, printer: str) -> KnownPrinter:
    """A printer that is in use, with its unit.

    Raises:
        Unknown: there is none of this id.
    """
    row = kept(tx, KIND, printer) if printer.isprintable() else None
    if row is None:
        raise Unknown("printer", printer)
    return KnownPrinter(row.id, units_by_id(tx)[row.unit], read_about(row), row.since)


def printer_seen(tx: Transaction, person: Person, printer: str) -> KnownPrinter:
    """A printer, for somebody who prints labels at its site.

    Raises:
        Unknown: there is no such printer, or it is another site's; nobody can tell which.
    """
    found = printer_named(tx, printer)
    if not {found.unit.site.id, EVERYWHERE} & sites_with(person, Permission.PRINT_LABELS):
        raise Unknown("printer", printer)
    return found


def printers_seen(tx: Transaction, person: Person) -> tuple[KnownPrinter, ...]:
    """The printers of every site at which the person prints labels, by unit and name."""
    sites = sites_with(person, Permission.PRINT_LABELS)
    found = every_printer(tx)
    return tuple(one for one in found if {one.unit.site.id, EVERYWHERE} & sites)


def kept_or_seen(tx: Transaction, person: Person, printer: str) -> KnownPrinter:
    """A printer, for somebody who keeps it or prints at it.

    Raises:
        Unknown: there is no such printer, or it is another site's; nobody can tell which.
    """
    found = printer_named(tx, printer)
    return found if keeping_role(person, found.unit.site.id) else printer_seen(tx, person, printer)


def printers_kept(tx: Transaction, person: Person) -> tuple[KnownPrinter, ...]:
    """The printers that this person keeps, by unit and name."""
    return tuple(one for one in every_printer(tx) if keeping_role(person, one.unit.site.id))


def every_printer(tx: Transaction) -> tuple[KnownPrinter, ...]:
    """Every printer that is in use, by unit and name."""
    units = units_by_id(tx)
    found = [
        KnownPrinter(row.id, units[row.unit], read_about(row), row.since)
        for row in every_kept(tx, KIND)
    ]
    return tuple(sorted(found, key=_by_name))


def _by_name(one: KnownPrinter) -> tuple[str, str, str]:
    return one.unit.site.name, one.unit.name, one.about.name
