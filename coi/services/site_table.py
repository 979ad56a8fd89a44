"""Sites and their units from a table: one row a unit, a site's own cells the same in each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from coi.errors import Problem
from coi.services.entries import Occasion
from coi.services.installation import Installation
from coi.services.proofs import ADMINISTRATOR, holding
from coi.services.sites import KINDS, Site, bad_site, bad_unit, enter_site, enter_unit
from coi.services.table_file import Columns, Table, TableRow, read_table
from coi.services.taking_in import Asked, Column, Outcome, Row, require_none, taken_in
from coi.store import registers
from coi.store.transactions import Transaction

SITES = "sites"
COLUMNS = (
    Column("site", "The site's short name: lower-case letters, digits, hyphens. For ever.", "east"),
    Column("site_name", "Its name, as it stands on labels and documents.", "East Hospital"),
    Column("kind", "What it is.", "hospital", KINDS),
    Column("country", "Two capital letters.", "DE"),
    Column("time_zone", "A zone of the IANA list.", "Europe/Berlin"),
    Column(
        "unit", "A unit's short name; blank for a site without one.", "east-ward", optional=True
    ),
    Column("unit_name", "The unit's name; blank for a site without one.", "Ward", optional=True),
)
_NAMES = tuple(one.name for one in COLUMNS)
_OF_A_SITE = {"id": "site", "name": "site_name"}
_OF_A_UNIT = {"id": "unit", "name": "unit_name"}


@dataclass(frozen=True, slots=True)
class _Told:
    """One row: its line, the site, and the unit's id and name ('' for none)."""

    line: int
    site: Site
    unit: str
    unit_name: str


def import_sites(installation: Installation, asked: Asked) -> Outcome:
    """Register the sites and units of a table, all or none; what is there alike is left alone.

    Raises:
        DataRefused: everything that is wrong, by line and column; nothing was saved.
        KeyReused: the key already stands for another file.
    """
    table = read_table(asked.content, Columns(_NAMES, SITES))
    rows = [_told(row) for row in table.rows]

    def work(tx: Transaction, *, again: bool) -> tuple[Row, ...]:
        del again  # who and what is there already is left alone anyway
        administrator = holding(tx, asked.by, ADMINISTRATOR)[0].person
        known = _Known.of(tx)
        require_none([*table.problems, *_problems(table, rows, known)], _NAMES)
        occasion = Occasion(administrator.id, "-", installation.clock.now())
        return tuple(_entered(tx, occasion, row, known) for row in asked.counted(rows))

    made = taken_in(installation, SITES, asked, work)
    return Outcome(table.read_as, ("Site", "Unit", "What is done"), made, asked.dry_run)


def _told(row: TableRow) -> _Told:
    cells = dict.fromkeys(_NAMES, "") | row.cells
    site = Site(
        cells["site"], cells["kind"], cells["site_name"], cells["country"], cells["time_zone"]
    )
    return _Told(row.line, site, cells["unit"], cells["unit_name"])


@dataclass(frozen=True, slots=True)
class _Known:
    """The sites and units that there are, by their ids."""

    sites: dict[str, Site]
    units: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, tx: Transaction) -> "_Known":
        """What is registered now."""
        units = {unit: (site, name) for unit, site, name in registers.units(tx)}
        return cls({site.id: site for site in registers.sites(tx)}, units)


def _problems(table: Table, rows: list[_Told], known: _Known) -> Iterator[Problem]:
    """Everything that is wrong with the rows, each beside what is known and the rows before it."""
    unread = {(one.line, one.column) for one in table.problems}
    seen = _Known(dict(known.sites), dict(known.units))
    for row in rows:
        found = (*_site_problems(row, seen), *_unit_problems(row, seen))
        yield from (one for one in found if (one.line, one.column) not in unread)
        seen.sites.setdefault(row.site.id, row.site)
        if row.unit:
            seen.units.setdefault(row.unit, (row.site.id, row.unit_name))


def _site_problems(row: _Told, seen: _Known) -> Iterator[Problem]:
    there = seen.sites.get(row.site.id)
    if there is None:
        for one in bad_site(row.site):
            column = _OF_A_SITE.get(one.column or "", one.column)
            yield replace(one, line=row.line, column=column)
        if any(row.site.name in {other.id, other.name} for other in seen.sites.values()):
            yield Problem("is the name of another site", row.line, "site_name")
        return
    for name in ("name", "kind", "country", "time_zone"):
        if getattr(there, name) != getattr(row.site, name):
            reason = (
                f"the site {there.id} has “{getattr(there, name)}”, and that never changes here"
            )
            yield Problem(reason, row.line, _OF_A_SITE.get(name, name))


def _unit_problems(row: _Told, seen: _Known) -> Iterator[Problem]:
    if not row.unit and not row.unit_name:
        return
    there = seen.units.get(row.unit)
    if there is None:
        for one in bad_unit(row.unit, row.unit_name):
            yield replace(one, line=row.line, column=_OF_A_UNIT.get(one.column or "", one.column))
    elif there != (row.site.id, row.unit_name):
        reason = f"the unit {row.unit} is “{there[1]}” of the site {there[0]} already"
        yield Problem(reason, row.line, "unit")


def _entered(tx: Transaction, occasion: Occasion, row: _Told, known: _Known) -> Row:
    """Register what is new of a row; a later row finds it known."""
    done = []
    if row.site.id not in known.sites:
        enter_site(tx, occasion, row.site)
        known.sites[row.site.id] = row.site
        done.append("site registered")
    if row.unit and row.unit not in known.units:
        enter_unit(tx, occasion, (row.unit, row.site.id, row.unit_name))
        known.units[row.unit] = (row.site.id, row.unit_name)
        done.append("unit registered")
    return Row(row.line, (row.site.name, row.unit_name, ", ".join(done) or "there already"))
