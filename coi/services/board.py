"""All therapies that somebody sees, phase by phase: how many, which are late, what comes next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from coi.clock import parse_rfc3339, rfc3339
from coi.services import worklist
from coi.services.installation import Installation
from coi.services.sessions import SignedIn
from coi.services.worklist import ALL, Waiting, Wanted, WorkList, narrowed_to
from coi.store.board import counted
from coi.store.transactions import Transaction
from coi.store.worklist import ONE_MORE, named_sites, named_units, places_of_tasks
from workflows.tasks import NEVER, desk_at, is_of_anybody

CARDS = 6
"""So many therapies of a phase stand on the board, the soonest first."""


@dataclass(frozen=True, slots=True)
class Column:
    """One phase: how many therapies fit, and those of them that are due first."""

    phase: str
    therapies: int
    overdue: int
    on_hold: int
    cards: tuple[Waiting, ...]
    is_over: bool  # nothing goes on there


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is due: since when it could be done, and where it waits for somebody."""

    since: datetime
    roles: tuple[str, ...]  # where it is decided on paper: whose desk it lies on
    where: tuple[str, ...]  # units as people call them; or the sites at which it is decided


@dataclass(frozen=True, slots=True)
class Board:
    """Every phase in the order of the definitions, with the form that narrows it down."""

    columns: tuple[Column, ...]
    work: WorkList
    why: Mapping[str, Why]  # of each card on which something is due, by its COI

    @property
    def therapies(self) -> int:
        """How many there are on it."""
        return sum(column.therapies for column in self.columns)

    @property
    def now(self) -> datetime:
        """When it was looked at."""
        return self.work.now


def board(installation: Installation, signed_in: SignedIn, wanted: Wanted) -> Board:
    """What the person sees, narrowed down.

    The numbers are those of all that fits, of which the cards are the first; a phase in which
    nothing fits has no column.
    """
    wanted = replace(wanted, which=ALL, after=("", ""), most=CARDS)

    def look(tx: Transaction) -> Board:
        work = worklist.work_of(tx, installation, signed_in, replace(wanted, most=1))
        work = worklist.with_sites(tx, installation, signed_in.person, work)
        places = worklist.places_seen(tx, installation, signed_in.person, wanted.unit)
        counts = counted(tx, places, narrowed_to(wanted, work.now), rfc3339(work.now))
        columns = tuple(_columns(tx, _Asked(installation, signed_in, wanted), work, counts))
        cards = [card for column in columns for card in column.cards]
        return Board(columns, work, _whys(tx, cards, dict(work.sites)))

    return installation.read(look)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks where, for what."""

    installation: Installation
    signed_in: SignedIn
    wanted: Wanted


def _columns(
    tx: Transaction, asked: _Asked, work: WorkList, counts: Mapping[str, tuple[int, int, int]]
) -> Iterator[Column]:
    for phase in work.phases:
        if phase in counts:
            wanted = replace(asked.wanted, phase=phase)
            found = worklist.work_of(tx, asked.installation, asked.signed_in, wanted)
            yield Column(phase, *counts[phase], found.waiting, phase in work.ended)


def _whys(tx: Transaction, cards: Sequence[Waiting], sites: Mapping[str, str]) -> dict[str, Why]:
    """Why each of these is due; all are read in one look, whatever phase they are in."""
    due = {card.coi: card for card in cards if card.due_at}
    places: dict[str, list[str]] = {coi: [] for coi in due}
    left = iter(due)
    while some := [*islice(left, ONE_MORE)]:
        for coi, due_at, place in places_of_tasks(tx, some):
            if not is_of_anybody(place) and parse_rfc3339(due_at) == due[coi].due_at:
                places[coi].append(place)
    units = {place for found in places.values() for place in found if desk_at(place) is None}
    names = {one.id: f"{one.name}, {one.site_name}" for one in named_units(tx, sorted(units))}
    desks = {desk[0] for found in places.values() for place in found if (desk := desk_at(place))}
    sites = {**sites, **named_sites(tx, sorted(desks - sites.keys()))}
    return {coi: _why(card, places[coi], names, sites) for coi, card in due.items()}


def _why(
    card: Waiting, places: Sequence[str], units: Mapping[str, str], sites: Mapping[str, str]
) -> Why:
    """Since when it could be done is told by the deadline, which is so much later."""
    longest = max((action.due or timedelta() for action in card.due), default=timedelta())
    desks = [desk for place in places if (desk := desk_at(place))]
    decided = [sites.get(site, "") for site, _role in desks]
    where = decided or [units.get(place, "") for place in places]
    return Why(
        since=(card.due_at or NEVER) - longest,
        roles=tuple(dict.fromkeys(role for _site, role in desks)),
        where=tuple(dict.fromkeys(filter(None, where))),
    )
