"""Who and what is registered here, for people who look it up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from coi.services.installation import Installation
from coi.services.sites import Site
from coi.store import people, registers
from coi.store.lists import therapies_of
from coi.store.people import KnownPerson
from coi.store.transactions import Transaction
from workflows.facts import Person


@dataclass(frozen=True, slots=True)
class Listed:
    """One account: whose it is, and what holds of that person now."""

    person: Person
    printed_name: str
    secret_until: datetime | None = None  # where they still have a one-time secret


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """One unit, with the site that it is a part of."""

    id: str
    name: str
    site: Site

    @property
    def in_words(self) -> str:
        """The unit before its site, as people say where something is."""
        return f"{self.name}, {self.site.name}"


def everybody(installation: Installation) -> list[Listed]:
    """Every account in alphabetical order, closed ones too."""
    return installation.read(_everybody)


def _everybody(tx: Transaction) -> list[Listed]:
    return [_listed(one) for one in people.everybody(tx)]


def _listed(known: KnownPerson) -> Listed:
    kind = people.SERVICE if known.person.is_service else people.PERSON
    return Listed(known.person, people.named(known.name, kind), known.secret_until)


def names_called(installation: Installation, wanted: str) -> list[str]:
    """The user names of the same people, in the same order; nothing else of them is read."""
    letters = wanted.casefold().strip()

    def look(tx: Transaction) -> list[str]:
        named = [
            (people.named(name, people.PERSON).casefold(), username)
            for username, kind, name in people.names(tx)
            if kind == people.PERSON
        ]
        return [u for name, u in sorted(named) if letters in u or letters in name]

    return installation.read(look)


def people_listed(installation: Installation, usernames: Sequence[str]) -> list[Listed]:
    """These people, in this order; no more than a page of them."""

    def look(tx: Transaction) -> list[Listed]:
        found = {one.person.username: one for one in people.those(tx, usernames)}
        return [_listed(found[one]) for one in usernames if one in found]

    return installation.read(look)


def people_called(installation: Installation, wanted: str) -> list[Listed]:
    """People's accounts whose user name or printed name holds these letters, by printed name."""
    return installation.read(lambda tx: people_named(tx, wanted))


def people_named(tx: Transaction, wanted: str) -> list[Listed]:
    """The same, inside a transaction."""
    letters = wanted.casefold().strip()
    found = [
        listed
        for listed in _everybody(tx)
        if not listed.person.is_service
        and (letters in listed.person.username or letters in listed.printed_name.casefold())
    ]
    return sorted(found, key=lambda one: (one.printed_name.casefold(), one.person.username))


def sites_and_units(installation: Installation) -> tuple[list[Site], dict[str, ListedUnit]]:
    """Every site by name, and every unit by its id."""

    def look(tx: Transaction) -> tuple[list[Site], dict[str, ListedUnit]]:
        sites = registers.sites(tx)
        return sites, _units_at(tx, sites)

    return installation.read(look)


def units_by_id(tx: Transaction) -> dict[str, ListedUnit]:
    """Every unit with its site, by the unit's id."""
    return _units_at(tx, registers.sites(tx))


def _units_at(tx: Transaction, sites: Sequence[Site]) -> dict[str, ListedUnit]:
    by_id = {site.id: site for site in sites}
    return {u: ListedUnit(u, name, by_id[site]) for u, site, name in registers.units(tx)}


def party_in_words(units: Mapping[str, ListedUnit], party: str, patient: str) -> str:
    """A unit with its site, the patient, or nobody."""
    if party in units:
        return f"{units[party].name}, {units[party].site.name}"
    if party == patient:
        return "the patient"
    return "" if party == "-" else f"nobody ({party})"


def therapies_of_patient(installation: Installation, patient: str) -> list[str]:
    """The COI identifiers of a patient's therapies."""
    found = installation.read(lambda tx: therapies_of(tx, patient))
    return [coi for coi, _workflow, _version, _state in found]
