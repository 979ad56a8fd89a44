"""Sites and their units: where things can be held."""

import re
from collections.abc import Iterator
from zoneinfo import available_timezones

from coi.errors import DataRefused, Problem
from coi.services.asked import bad_text
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.people import site_chain
from coi.services.proofs import ADMINISTRATOR, Proven, holding
from coi.store import registers
from coi.store.facts import ORGANISATION
from coi.store.registers import Site
from coi.store.tables import GONE, NOBODY
from coi.store.transactions import Transaction

KINDS = ("hospital", "manufacturer", "laboratory", "courier")
RESERVED = frozenset({ORGANISATION.partition(":")[2], NOBODY, *GONE})
"""What stands in the place of a site or unit: the whole organisation, nobody, where things end."""

_ID = re.compile("[a-z0-9]+(-[a-z0-9]+)*")

__all__ = [
    "Site",
    "bad_site",
    "bad_unit",
    "enter_site",
    "enter_unit",
    "register_site",
    "register_unit",
    "site_named",
]


def register_site(installation: Installation, by: Proven, site: Site) -> None:
    """Register a site and begin its chain.

    Raises:
        DataRefused: a site with this id or name exists, or its country or time zone does not.
    """
    if problems := [*bad_site(site)]:
        raise DataRefused(problems)

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        taken = {name for other in registers.sites(tx) for name in (other.id, other.name)}
        if {site.id, site.name} & taken:
            raise DataRefused([Problem(f"the site {site.id} or its name exists already")])
        enter_site(tx, Occasion(administrator.id, "-", installation.clock.now()), site)

    installation.transact(work)


def enter_site(tx: Transaction, occasion: Occasion, site: Site) -> None:
    """Write a new site into the registers and the organisation's chain, and begin its own."""
    told = {"id": site.id, "kind": site.kind, "name": site.name}
    told |= {"country": site.country, "time_zone": site.time_zone}
    entry = write_site_entry(tx, "register_site", occasion, Registered(registers={"sites": [told]}))
    registers.add_site(tx, site, entry.chain, entry.seq)
    registers.add_chain(tx, site_chain(site.id), "site")
    write_site_entry(tx, "begin_chain", occasion, Registered(), site_chain(site.id))


def bad_site(site: Site) -> Iterator[Problem]:
    """What is wrong with a site, whatever others there are."""
    yield from (*_bad_id(site.id), *bad_text({"name": site.name}), *_no_place(site))


def _bad_id(identifier: str) -> Iterator[Problem]:
    """An id can be typed without a doubt, and is no word that the record itself uses."""
    if not _ID.fullmatch(identifier):
        reason = "is not lower-case letters, digits and hyphens, as in north-ward"
        yield Problem(reason, column="id")
    if identifier in RESERVED:
        yield Problem("is a word that the record itself uses", column="id")


def _no_place(site: Site) -> Iterator[Problem]:
    """Country and zone are real: times on labels and documents rest on them."""
    if site.kind not in KINDS:
        yield Problem(f"is none of {', '.join(KINDS)}", column="kind")
    if not re.fullmatch("[A-Z]{2}", site.country):
        yield Problem("is not two capital letters, such as DE", column="country")
    if site.time_zone not in available_timezones():
        yield Problem("is no zone such as Europe/Berlin", column="time_zone")


def register_unit(installation: Installation, by: Proven, unit: str, site: str, name: str) -> None:
    """Register a unit of a site; it can hold things from now on.

    Raises:
        DataRefused: the id is taken, or there is no such site.
    """
    if problems := [*bad_unit(unit, name)]:
        raise DataRefused(problems)

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        if all(site != other.id for other in registers.sites(tx)):
            raise DataRefused([Problem(f"there is no site {site}")])
        if any(unit == other for other, _, _ in registers.units(tx)):
            raise DataRefused([Problem(f"the unit {unit} exists already")])
        occasion = Occasion(administrator.id, "-", installation.clock.now())
        enter_unit(tx, occasion, (unit, site, name))

    installation.transact(work)


def enter_unit(tx: Transaction, occasion: Occasion, unit: tuple[str, str, str]) -> None:
    """Write a new unit (its id, its site, its name) into the registers and its site's chain."""
    told = dict(zip(("id", "site", "name"), unit, strict=True))
    parties = [{"id": told["id"], "kind": "unit"}]
    registered = Registered(registers={"parties": parties, "units": [told]})
    entry = write_site_entry(tx, "register_unit", occasion, registered, site_chain(told["site"]))
    registers.add_unit(tx, told, entry.chain, entry.seq)


def bad_unit(unit: str, name: str) -> Iterator[Problem]:
    """What is wrong with a unit, whatever others there are."""
    yield from (*_bad_id(unit), *bad_text({"name": name}))


def site_named(tx: Transaction, name: str) -> Site | None:
    """The site with this name or id, or None."""
    return next((site for site in registers.sites(tx) if name in {site.name, site.id}), None)
