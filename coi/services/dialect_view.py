"""What QA is shown of the codes of others that its sites read: licences, tables, and their past."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coi.clock import parse_rfc3339
from coi.services.installation import Installation
from coi.services.proofs import QA, Proven, holding
from coi.services.reading_codes import NAMES, table_role, tables_at
from coi.store import registers
from coi.store.facts import DialectTurn, dialect_turns
from coi.store.people import printed_names
from coi.store.registers import Site
from coi.store.transactions import Transaction
from labels.codes.tables import TABLES


@dataclass(frozen=True, slots=True)
class Turn:
    """That a site began to read a dialect, or ceased to: under which licence, and who signed."""

    dialect: str
    holds: bool
    licence: str
    signed_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table that a site imported: how many codes it has (0 when erased), who signed, and when."""

    name: str
    codes: int
    signed_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SiteDialects:
    """What one site reads beside our own codes."""

    site: Site
    licences: Mapping[str, str]  # by dialect; of what is not read there is none
    tables: tuple[KeptTable, ...]
    turns: tuple[Turn, ...]  # the newest first


def dialects_of(installation: Installation, by: Proven) -> tuple[SiteDialects, ...]:
    """What every site reads of which the person is a QA reviewer.

    Raises:
        NotAllowed: they are none anywhere.
    """

    def look(tx: Transaction) -> tuple[SiteDialects, ...]:
        known, _role = holding(tx, by, QA)
        own = {site for role, site in known.person.site_roles if role == QA}
        turns = [one for one in dialect_turns(tx) if one.site in own]
        names = printed_names(tx, {one.actor for one in turns})
        sites = (site for site in registers.sites(tx) if site.id in own)
        return tuple(
            _of_site(tx, site, [one for one in turns if one.site == site.id], names)
            for site in sites
        )

    return installation.read(look)


def _of_site(
    tx: Transaction, site: Site, turns: list[DialectTurn], names: Mapping[str, str]
) -> SiteDialects:
    newest = {one.dialect: one for one in turns}
    licences = {name: one.detail for name, one in newest.items() if name in NAMES and one.holds}
    kept = tables_at(tx, site.id, {(site.id, name): one.detail for name, one in newest.items()})
    tables = tuple(
        KeptTable(name, len(kept.get(name, ())), *_signed(newest[table_role(name)], names))
        for name in TABLES
        if table_role(name) in newest and newest[table_role(name)].holds
    )
    past = tuple(
        Turn(one.dialect, one.holds, one.detail, *_signed(one, names))
        for one in reversed(turns)
        if one.dialect in NAMES
    )
    return SiteDialects(site, licences, tables, past)


def _signed(turn: DialectTurn, names: Mapping[str, str]) -> tuple[str, datetime]:
    """Who signed, by name as far as it was not erased, and when."""
    return names.get(turn.actor, turn.actor), parse_rfc3339(turn.recorded_at)
