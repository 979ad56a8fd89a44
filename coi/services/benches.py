"""Benches: one therapy lies on one, and between two stands a signed changeover (21 CFR 211.130).

A bench is a place of a unit, with a label of its own. What is on it is attested in its site's
chain: the therapy whose hands-on step opened it, or nothing since the changeover.
"""

from dataclasses import dataclass, replace

from coi.errors import DataRefused, Problem, Refused, Unknown
from coi.ledger.content import Attestation, Head
from coi.services.asked import bad_key, bad_text, entry_answering, fingerprint
from coi.services.attempt import Attempt
from coi.services.directory import ListedUnit, units_by_id
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.people import site_chain
from coi.services.permissions import EVERYWHERE, Permission, sites_with
from coi.services.proofs import ADMINISTRATOR, Proven, holding
from coi.services.reasons import noted, require_reason
from coi.services.sessions import SignedIn
from coi.store import benches, places, sessions
from coi.store.append import Overtaken
from coi.store.facts import head
from coi.store.transactions import Transaction
from labels.identifiers import issue_serial
from workflows.facts import Bench, Mode, Person, Unit
from workflows.guards.bench import CLEARED, bench_in_use
from workflows.refusal import Refusal

PLACE = "L"  # what the serials of places begin with
NO_BENCH = "-"


@dataclass(frozen=True, slots=True)
class UnitBenches:
    """A unit with its benches; `works` where the person who looks holds a role."""

    unit: ListedUnit
    benches: tuple[Bench, ...]
    works: bool


# -- which there are -------------------------------------------------------------------------------


def register_bench(
    installation: Installation, by: Proven, unit: str, name: str, *, key: str
) -> str:
    """Register a bench of a unit, cleared; returns the serial for its label.

    From then on hands-on work of this unit is done at one of its benches.

    Raises:
        DataRefused: the name cannot be printed, or another place of the unit has it.
        KeyReused: the key already stands for another bench.
    """
    if problems := [*bad_key(key), *bad_text({"name": name})]:
        raise DataRefused(problems)
    digest = fingerprint(installation.vault, unit, name, by.person)

    def work(tx: Transaction) -> str:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        earlier = entry_answering(tx, key, digest)
        if earlier is not None:
            return str(earlier["attestations"][0]["about"])
        chain = site_chain(unit_of(tx, installation, unit).site)
        taken = {known.casefold() for _serial, at, known in places.places(tx) if at == unit}
        if name.casefold() in taken:
            raise DataRefused([Problem(f"{unit} has a place {name} already", column="name")])
        serial = issue_serial(PLACE, installation.settings.issuer, installation.draw).text
        told = (
            Attestation("place", serial, unit=unit, detail=name),
            Attestation("bench", serial, unit=unit, detail=CLEARED),
        )
        now = installation.clock.now()
        occasion = Occasion(administrator.id, unit, now, key=key, digest=digest)
        write_site_entry(tx, "register_bench", occasion, Registered(told), chain)
        return serial

    return installation.transact(work)


def retire_bench(installation: Installation, by: Proven, serial: str, *, why: str) -> None:
    """Let a cleared bench be one no longer; what is retired already is not there.

    Raises:
        ReasonMissing: nobody says why.
        Refused: something is on it.
        Unknown: there is no such bench.
    """
    reason = require_reason(why)

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        known = benches.bench(tx, serial)
        if known is None:
            raise Unknown("bench", serial)
        chain = site_chain(unit_of(tx, installation, known.unit).site)
        bench, last = as_it_stands(tx, serial, chain)
        if bench is None:
            raise Unknown("bench", serial)
        if bench.holds != CLEARED:
            # An administrator is shown no therapy.
            sentence = f"The bench {bench.name} is in use."
            raise Refused([Refusal("BENCH_NOT_CLEAR", sentence, "Clear it first.")])
        told = Attestation("bench", serial, unit=bench.unit, holds=0, detail=CLEARED)
        occasion = Occasion(administrator.id, bench.unit, installation.clock.now())
        registered = Registered((told,), notes=noted(tx, installation, reason))
        write_site_entry(tx, "retire_bench", occasion, registered, chain, last)

    installation.transact(work)


def benches_of(installation: Installation, person: Person) -> list[UnitBenches]:
    """The benches of every unit of the person's sites, for units that have some."""
    return installation.read(lambda tx: benches_seen(tx, person))


def benches_seen(tx: Transaction, person: Person) -> list[UnitBenches]:
    """The same, inside a transaction."""
    sites = sites_with(person, Permission.SEE_THERAPIES)
    at = {unit for _role, unit in person.roles}
    return [
        UnitBenches(unit, found, unit.id in at)
        for unit in units_by_id(tx).values()
        if (EVERYWHERE in sites or unit.site.id in sites)
        and (found := benches.benches(tx, unit.id, site_chain(unit.site.id)))
    ]


def benches_at(installation: Installation, unit: str) -> tuple[Bench, ...]:
    """The benches of one unit; none of a unit that has none, or that is not known."""

    def look(tx: Transaction) -> tuple[Bench, ...]:
        known = installation.unit(tx, unit)
        return benches.benches(tx, unit, site_chain(known.site)) if known else ()

    return installation.read(look)


def every_bench(installation: Installation) -> list[tuple[ListedUnit, Bench]]:
    """Every bench with its unit, for whoever runs the installation."""

    def look(tx: Transaction) -> list[tuple[ListedUnit, Bench]]:
        return [
            (unit, bench)
            for unit in units_by_id(tx).values()
            for bench in benches.benches(tx, unit.id, site_chain(unit.site.id))
        ]

    return installation.read(look)


def bench_seen(tx: Transaction, installation: Installation, person: Person, serial: str) -> Bench:
    """The bench, for somebody who may see therapies at its site.

    Raises:
        Unknown: there is no such bench, or it is another site's; nobody can tell which.
    """
    bench = benches.bench(tx, serial) if serial.isprintable() else None
    sites = sites_with(person, Permission.SEE_THERAPIES)
    if bench is None or not {unit_of(tx, installation, bench.unit).site, EVERYWHERE} & sites:
        raise Unknown("bench", serial)
    return bench


def as_it_stands(tx: Transaction, serial: str, chain: str) -> tuple[Bench | None, Head | None]:
    """The bench, and the last entry of its site's chain, which was read before it.

    Whoever writes on after that entry is overtaken by anything that is told of the bench meanwhile.
    """
    last = head(tx, chain)
    return benches.bench(tx, serial), last


def look_at_bench(installation: Installation, person: Person, serial: str) -> Bench:
    """The same, outside of a transaction."""
    return installation.read(lambda tx: bench_seen(tx, installation, person, serial))


def unit_of(tx: Transaction, installation: Installation, unit: str) -> Unit:
    """A unit that is known.

    Raises:
        Unknown: there is no such unit.
    """
    found = installation.unit(tx, unit)
    if found is None:
        raise Unknown("unit", unit)
    return found


# -- where one works -------------------------------------------------------------------------------


def work_at_bench(installation: Installation, signed_in: SignedIn, serial: str) -> SignedIn:
    """Work at this bench from now on, and so at its unit; at none with `NO_BENCH`.

    Raises:
        Unknown: there is no such bench where the person holds a role.
    """

    def work(tx: Transaction) -> str:
        unit = signed_in.unit
        if serial != NO_BENCH:
            unit = bench_seen(tx, installation, signed_in.person, serial).unit
            if unit not in {held for _role, held in signed_in.person.roles}:
                raise Unknown("bench", serial)
        sessions.choose_bench(tx, signed_in.session, unit, serial)
        return unit

    unit = installation.transact(work)
    return replace(signed_in, unit=unit, bench=serial)


def bench_in_hand(installation: Installation, signed_in: SignedIn) -> Bench | None:
    """The bench at which somebody works now, with what is on it; None at none."""
    if signed_in.bench == NO_BENCH:
        return None
    bench = installation.read(lambda tx: benches.bench(tx, signed_in.bench))
    # A role that was taken away since shows no more what lies there (SEC-09).
    has_role = bench is not None and bench.unit in {unit for _role, unit in signed_in.person.roles}
    return bench if has_role else None


# -- what is on it ---------------------------------------------------------------------------------


def open_bench(attempt: Attempt) -> None:
    """Put the therapy in hand on the cleared bench at which its step is taken, in one transaction.

    A late fact opens nothing: what it found is long taken away.
    """
    request, now = attempt.request, attempt.occasion.now
    bench = bench_in_use(request, attempt.facts.benches or ())
    if bench is None or bench.holds != CLEARED or request.mode is Mode.LATE:
        return
    chain = site_chain(request.unit.site)
    there, last = as_it_stands(attempt.tx, bench.serial, chain)
    if there is None or there.holds != CLEARED:
        raise Overtaken  # somebody was quicker: it is all decided anew
    told = Attestation("bench", bench.serial, unit=bench.unit, detail=request.coi)
    occasion = Occasion(request.actor.id, bench.unit, now)
    write_site_entry(attempt.tx, "open_bench", occasion, Registered((told,)), chain, last)
