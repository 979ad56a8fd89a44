"""Programs: what acts here under a name of its own, with tokens and no password (SEC-39).

A program is opened, given roles and closed by an administrator, as a person's account is; it is no
person, and never takes one's place: it cannot sign, nobody can sign in as it, and it makes no
second of two.
"""

from dataclasses import dataclass, field
from datetime import datetime

from coi.clock import parse_rfc3339
from coi.errors import Problem
from coi.services.entries import Occasion
from coi.services.installation import Installation
from coi.services.people import NewPerson, enter_program
from coi.services.proofs import ADMINISTRATOR, NotForPrograms, Proven, holding, person_of
from coi.services.tokens import EXPIRES_SOON, SHOWN
from coi.store import people, tokens
from coi.store.people import KnownPerson
from coi.store.tokens import TokenRow
from coi.store.transactions import Transaction
from workflows.facts import Person


@dataclass(frozen=True, slots=True)
class NewProgram:
    """A program to be opened: its account's name, what it is called on record, its home unit."""

    username: str
    printed_name: str
    unit: str = "-"


@dataclass(frozen=True, slots=True)
class Token:
    """One token as administrators read about it; `id` is the beginning of its hash."""

    id: str
    name: str
    scopes: tuple[str, ...]
    sites: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    state: str  # goes on, expires soon, expired, revoked


@dataclass(frozen=True, slots=True)
class Program:
    """One program, with its tokens, the oldest first."""

    person: Person
    printed_name: str
    tokens: tuple[Token, ...] = field(default=())

    @property
    def sites(self) -> tuple[str, ...]:
        """Where it holds a role, and so may have a token; '-' is everywhere."""
        return tuple(sorted({site for _role, site in self.person.site_roles}))


def open_program(installation: Installation, by: Proven, new: NewProgram) -> str:
    """Open an account for a program; returns its id. Without a role and a token it can do nothing.

    Raises:
        DataRefused: the name was given before, or what it is called cannot be printed.
    """
    named = NewPerson(new.username, new.printed_name, unit=new.unit)

    def work(tx: Transaction) -> str:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        occasion = Occasion(administrator.id, "-", installation.clock.now())
        return enter_program(tx, installation, occasion, named)

    return installation.transact(work)


def every_program(installation: Installation) -> list[Program]:
    """Every program by its name, closed ones too."""
    now = installation.clock.now()

    def look(tx: Transaction) -> list[Program]:
        known = [one for one in people.everybody(tx) if one.person.is_service]
        return [_program(tx, one, now) for one in known]

    return installation.read(look)


def program(installation: Installation, username: str) -> Program:
    """One program.

    Raises:
        Unknown: there is no such account.
        NotForPrograms: it is a person's.
    """
    now = installation.clock.now()

    def look(tx: Transaction) -> Program:
        known = person_of(tx, username)
        if not known.person.is_service:
            raise NotForPrograms([Problem(f"{username} is a person, and no program")])
        return _program(tx, known, now)

    return installation.read(look)


def _program(tx: Transaction, known: KnownPerson, now: datetime) -> Program:
    person = known.person
    listed = tuple(_token(one, now) for one in tokens.tokens_of(tx, person.id))
    return Program(person, known.name, listed)


def _token(row: TokenRow, now: datetime) -> Token:
    expires_at = parse_rfc3339(row.expires_at)
    used_at = None if row.used_at == tokens.NEVER else parse_rfc3339(row.used_at)
    return Token(
        row.id[:SHOWN],
        row.name,
        tuple(sorted(row.scopes)),
        tuple(sorted(row.sites)),
        parse_rfc3339(row.made_at),
        expires_at,
        used_at,
        _state(row, expires_at, now),
    )


def _state(row: TokenRow, expires_at: datetime, now: datetime) -> str:
    if not row.goes_on:
        return "revoked"
    if expires_at <= now:
        return "expired"
    return "expires soon" if expires_at - now <= EXPIRES_SOON else "goes on"
