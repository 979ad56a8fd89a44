"""Who and what is registered here, for people who look it up."""

from collections.abc import Mapping
from dataclasses import dataclass

from coi.services.installation import Installation
from coi.services.sites import Site
from coi.store import people, registers
from coi.store.lists import therapies_of
from coi.store.transactions import Transaction
from workflows.facts import Person


@dataclass(frozen=True, slots=True)
class Listed:
    """One account: whose it is, and what holds of that person now."""

    person: Person
    printed_name: str


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """One unit, with the site that it is a part of."""

    id: str
    name: str
    site: Site


def everybody(installation: Installation) -> list[Listed]:
    """Every account in alphabetical order, closed ones too."""

    def look(tx: Transaction) -> list[Listed]:
        found = [people.person(tx, username) for username in registers.usernames(tx)]
        known = [one.person for one in found if one is not None]
        names = people.printed_names(tx, (person.id for person in known))
        return [Listed(person, names.get(person.id, "(erased)")) for person in known]

    return installation.read(look)


def sites_and_units(installation: Installation) -> tuple[list[Site], dict[str, ListedUnit]]:
    """Every site by name, and every unit by its id."""
    return installation.read(lambda tx: (registers.sites(tx), units_by_id(tx)))


def units_by_id(tx: Transaction) -> dict[str, ListedUnit]:
    """Every unit with its site, by the unit's id."""
    sites = {site.id: site for site in registers.sites(tx)}
    return {u: ListedUnit(u, name, sites[site]) for u, site, name in registers.units(tx)}


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
