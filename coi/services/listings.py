"""Which lists there are to take along, and what stands in each: what its page shows that person."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import MAXYEAR
from zoneinfo import ZoneInfo

from coi.clock import parse_rfc3339
from coi.reports.tables import Cell, Table
from coi.reports.wording import signature_block
from coi.services import exception_list, trail, worklist
from coi.services.benches import NO_BENCH, benches_seen
from coi.services.directory import Listed, ListedUnit, people_named, units_by_id
from coi.services.equipment import equipment_seen
from coi.services.exporting import Listing
from coi.services.installation import Installation
from coi.services.looks import looks_of
from coi.services.permissions import Permission
from coi.services.places import places_kept
from coi.services.signatures import role_in_words, shown
from coi.services.stock_closing import outcome_of
from coi.services.stock_takes import require_take
from coi.services.trail_changes import NO_CHANGE
from coi.services.unusual import WORDS
from coi.store import registers
from coi.store.transactions import Transaction
from workflows.facts import Person

NOWHERE = "-"

Row = Sequence[Cell]


def work(wanted: worklist.Wanted, works_at: str = NOWHERE) -> Listing:
    """What waits for a person, or every therapy at their sites."""

    def table(tx: Transaction, installation: Installation, person: Person) -> Table:
        zone = worklist.time_zone_of(tx, person, works_at)
        headings = (
            *("COI", "Therapy", "Where it stands", "On hold", f"Due ({zone})", "What is due"),
            *("You could", "Copied from paper"),
        )
        lines = worklist.every_waiting(tx, installation, person, wanted)
        return Table("Work", headings, map(_waiting, lines), zone)

    narrowed = {
        "which": wanted.which,
        "at": wanted.unit,
        "phase": wanted.phase,
        "overdue": "yes" if wanted.overdue else "",
        "on_hold": "yes" if wanted.on_hold else "",
        "coi": wanted.coi,
        "workflow": wanted.workflow,
        "site": wanted.site,
        "due_within_hours": str(wanted.soon or ""),
    }
    return Listing("work", Permission.SEE_THERAPIES, table, narrowed)


def _waiting(one: worklist.Waiting) -> Row:
    return (
        one.coi,
        one.title,
        one.state,
        {"all": "yes", "part": "partly"}.get(one.held, "no"),
        one.due_at or "",
        "; ".join(action.title for action in one.due),
        "; ".join(action.title for action in one.mine),
        one.paper,
    )


def exceptions(wanted: exception_list.Wanted, works_at: str = NOWHERE) -> Listing:
    """The exceptions of the therapies at a person's sites."""

    def table(tx: Transaction, installation: Installation, person: Person) -> Table:
        zone = worklist.time_zone_of(tx, person, works_at)
        since = f"{'Closed' if wanted.closed else 'Open since'} ({zone})"
        headings = (
            *("Exception", "COI", "Therapy", "Class", "Class before", "Kind", "About"),
            *(since, f"Due ({zone})", "Owner", "Next step"),
        )
        lines = exception_list.every_line(tx, installation, person, wanted)
        return Table("Exceptions", headings, map(_exception, lines), zone)

    narrowed = {
        "closed": "yes" if wanted.closed else "",
        "class": wanted.of_class,
        "kind": wanted.kind,
        "mine": "yes" if wanted.mine else "",
    }
    return Listing("exceptions", Permission.SEE_THERAPIES, table, narrowed)


def _exception(one: exception_list.Line) -> Row:
    return (
        *(one.id, one.coi, one.title, one.of_class or "not classified", one.class_before),
        *(one.kind, one.about, one.since, one.due_at or "", one.owner),
        one.next.title if one.next else "",
    )


def people(called: str = "") -> Listing:
    """Whoever has an account: a row for each role, with where it is held and how long trained."""

    def table(tx: Transaction, _installation: Installation, _person: Person) -> Table:
        units = units_by_id(tx)
        headings = (
            *("User name", "Printed name", "Account", "Identity checked", "Statement accepted"),
            *("One-time secret", "Role", "Site", "Unit", "Trained until (UTC)"),
        )
        found = people_named(tx, called)
        return Table("People", headings, (row for one in found for row in _roles(one, units)))

    return Listing("people", Permission.ADMINISTER, table, {"called": "a name" if called else ""})


def _roles(one: Listed, units: dict[str, ListedUnit]) -> Iterator[Row]:
    person = one.person
    who = (
        person.username,
        one.printed_name,
        "open" if person.active else "closed",
        "yes" if person.proofed else "no",
        "yes" if person.accepted_policy else "no",
        "not used yet" if one.secret_until else "",
    )
    for role, at in sorted(person.roles):
        unit, until = units.get(at), person.trained_until.get(role)
        place = (unit.site.name, unit.name) if unit else ("every site", "")
        # What ends with the last year that there is has no end.
        trained = "" if until is None else "for good" if until.year == MAXYEAR else until
        yield (*who, role_in_words(role), *place, trained)
    if not person.roles:
        yield (*who, "", "", "", "")


def sites() -> Listing:
    """Every site with its units; a site without one has a row of its own."""

    def table(tx: Transaction, _installation: Installation, _person: Person) -> Table:
        headings = ("Site", "Site id", "Kind", "Country", "Time zone", "Unit", "Unit id")
        return Table("Sites and units", headings, [*_sites(tx)])

    return Listing("sites", Permission.ADMINISTER, table, {})


def _sites(tx: Transaction) -> Iterator[Row]:
    units = units_by_id(tx).values()
    for site in registers.sites(tx):
        where = (site.name, site.id, site.kind, site.country, site.time_zone)
        own: Iterable[tuple[str, str]] = [(u.name, u.id) for u in units if u.site == site]
        yield from ((*where, *unit) for unit in own or [("", "")])


def benches() -> Listing:
    """The benches of a person's sites, with the therapy that lies on each."""

    def table(tx: Transaction, _installation: Installation, person: Person) -> Table:
        headings = ("Site", "Unit", "Bench", "Serial", "On it", "Since (UTC)")
        rows = [
            (
                *(at.unit.site.name, at.unit.name, bench.name, bench.serial),
                *("nothing" if bench.holds == NO_BENCH else bench.holds, bench.since),
            )
            for at in benches_seen(tx, person)
            for bench in at.benches
        ]
        return Table("Benches", headings, rows)

    return Listing("benches", Permission.SEE_THERAPIES, table, {})


def places() -> Listing:
    """The places that a person keeps, by unit."""

    def table(tx: Transaction, _installation: Installation, person: Person) -> Table:
        rows = [
            (at.unit.site.name, at.unit.name, place.name, place.serial)
            for at in places_kept(tx, person)
            for place in at.places
        ]
        return Table("Places", ("Site", "Unit", "Place", "Serial"), rows)

    return Listing("places", Permission.KEEP_PLACES, table, {})


def equipment() -> Listing:
    """The equipment that a person sees: what ends first stands first."""

    def table(tx: Transaction, installation: Installation, person: Person) -> Table:
        now = installation.clock.now()
        headings = (
            *("Site", "Unit", "Number", "Kind", "Name", "Serial number of its maker"),
            *("Calibrated until (UTC)", "Certificate", "How it stands", "Label"),
        )
        rows = [
            (
                *(one.unit.site.name, one.unit.name, one.piece.number),
                *(one.piece.kind.replace("_", " "), one.piece.name, one.maker_serial),
                *(one.piece.calibrated_until, one.certificate, one.standing(now)),
                one.piece.serial,
            )
            for one in equipment_seen(tx, person)
        ]
        return Table("Equipment", headings, rows)

    return Listing("equipment", Permission.SEE_EQUIPMENT, table, {})


def stock_take(identifier: str) -> Listing:
    """The result of a stock-take, thing by thing."""

    def table(tx: Transaction, installation: Installation, person: Person) -> Table:
        row = require_take(tx, person, identifier, hold=False)
        rows = [
            (one.said, one.serial, one.coi, one.place)
            for one in outcome_of(tx, installation, row).lines
        ]
        return Table("Stock-take", ("Finding", "Label", "COI", "Place on record"), rows)

    return Listing("stock-take", Permission.TAKE_STOCK, table, {})


def audit_trail(wanted: trail.Wanted, works_at: str = NOWHERE) -> Listing:
    """The audit trail, or who had access, as far as a person may see it: a row for each change."""

    def table(tx: Transaction, installation: Installation, person: Person) -> Table:
        zone = worklist.time_zone_of(tx, person, works_at)
        headings = (
            *(f"Recorded ({zone})", "Recorded (UTC)", f"Happened ({zone})", "By", "User name"),
            *("Role", "Where", "What", "Therapy or chain", "Entry", "Looked at first because"),
            *("Thing", "Of what", "Old", "New", "Why", "Signed", "Hash of the entry"),
        )
        lines = trail.every_entry(tx, installation, person, wanted, zone)
        rows = (row for line in lines for row in _changes(line))
        return Table("Access" if wanted.access else "Audit trail", headings, rows, zone)

    days = {"since": wanted.since, "until": wanted.until}
    narrowed = {
        "which": "all" if wanted.everything else "unusual",
        "who": "a name" if wanted.who else "",
        "what": wanted.what,
        **{name: day.isoformat() if day else "" for name, day in days.items()},
        "why": wanted.why,
        "said": "a text" if wanted.said else "",
        "site": wanted.site,
    }
    name, permission = (
        ("access", Permission.SEE_ACCESS) if wanted.access else ("trail", Permission.SEE_TRAIL)
    )
    return Listing(name, permission, table, narrowed, wanted.coi)


def _changes(line: trail.Line) -> Iterator[Row]:
    at = parse_rfc3339(line.recorded_at)
    zone = ZoneInfo(line.time_zone)
    head = (
        *(at, line.recorded_at, parse_rfc3339(line.happened_at), line.by, line.username),
        *(role_in_words(line.role), line.place, line.what, line.chain, line.seq),
        "; ".join(WORDS[one] for one in line.unusual),
    )
    signed = "; ".join(", ".join(signature_block(shown(one, zone))) for one in line.signed)
    for one in line.changes or (NO_CHANGE,):
        yield (*head, one.thing, one.what, one.old, one.new, one.why, signed, line.hash)


def identity_looks(coi: str) -> Listing:
    """Who looked at the identity of the patient of one therapy, and why."""

    def table(tx: Transaction, _installation: Installation, person: Person) -> Table:
        rows = [(parse_rfc3339(one.at), one.by, one.reason) for one in looks_of(tx, person, coi)]
        return Table("Who looked", ("When (UTC)", "Who", "Why"), rows)

    return Listing("identity-looks", Permission.SEE_LOOKS, table, {}, coi)
