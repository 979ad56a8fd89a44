"""Reads who people are and what they may do: accounts, roles, training, units."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    select,
)

from coi.clock import parse_rfc3339
from coi.ledger.commitment import credential_commitment
from coi.store import tables as t
from coi.store.statements import Row, Statement
from workflows.facts import Person, Unit

PERSON, SERVICE = "person", "service"
"""Whoever acts is a human being, or a program under a name of its own (SEC-39)."""

THE_PRODUCT = "(the product itself)"
"""Who tells what no person did, such as what a printer said."""

# Written into the statement: a list of parameters would be written anew each time.
_OF_PEOPLE: list[ColumnElement[str]] = [
    literal_column(f"'{kind}'")
    for kind in (
        *("role", "training", "active", "proofing", "policy", "name", "secret", "factor", "pin"),
    )
]

_person = (
    select(
        t.account.c.username,
        t.person.c.id,
        t.person.c.kind,
        t.credential.c.password_hash,
        t.attestation.c.kind,
        t.attestation.c.role,
        t.attestation.c.unit,
        t.attestation.c.holds,
        t.attestation.c.valid_until,
        t.attestation.c.detail,
        t.unit.c.site,
        t.erasable.c.text,
    )
    .join_from(t.account, t.person, t.person.c.id == t.account.c.person)
    # A credential stands apart, and may be erased: the person is still there.
    .join(t.credential, t.credential.c.person == t.person.c.id, isouter=True)
    .join(
        t.attestation,
        and_(
            t.attestation.c.kind.in_(_OF_PEOPLE),
            t.attestation.c.about == t.person.c.id,
            # In the chain of their home alone: between two chains nobody could say what is newest.
            t.attestation.c.chain == t.person.c.chain,
        ),
    )
    .join(t.unit, t.unit.c.id == t.attestation.c.unit, isouter=True)
    .join(
        t.erasable,
        # Of a name alone: how an identity was checked is read by whoever asks for that.
        and_(t.attestation.c.kind == "name", t.erasable.c.commitment == t.attestation.c.detail),
        isouter=True,
    )
)
_newest_last = (t.attestation.c.seq, t.attestation.c.n)
_by_username = Statement(
    _person.where(t.account.c.username == bindparam("username")).order_by(*_newest_last)
)
_everybody = Statement(_person.order_by(t.account.c.username, *_newest_last))

_unit = Statement(
    select(t.unit.c.id, t.unit.c.site, t.site.c.kind, t.site.c.country)
    .join_from(t.unit, t.site, t.site.c.id == t.unit.c.site)
    .where(t.unit.c.id == bindparam("unit"))
)
_site_kind = Statement(select(t.site.c.kind).where(t.site.c.id == bindparam("site")))

_COUNTING = 7_061_964
"""A number of ours by which PostgreSQL tells one kind of waiting from another."""

_one_of_person = Statement(
    select(
        func.pg_advisory_xact_lock(
            literal_column(str(_COUNTING)), func.hashtext(bindparam("person", type_=Text()))
        )
    )
)
_credential = Statement(
    select(t.account.c.person, t.credential.c.password_hash)
    .join_from(t.account, t.credential, t.credential.c.person == t.account.c.person)
    .where(t.account.c.username == bindparam("username"))
)


def as_given(username: str) -> str:
    """An account's name as it was given; what can be no account's name is nobody's."""
    # Folded, the Kelvin sign is a k: a name with it would be somebody else's. PostgreSQL takes no
    # NUL.
    return username.lower() if username.isascii() and username.isprintable() else ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A second factor of a person, as the record names it."""

    id: str
    kind: str
    commitment: str  # to what it is checked with, which stands apart

    @property
    def detail(self) -> str:
        """What its attestation names."""
        return f"{self.kind} sha256:{self.commitment}"


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person, with the commitments to the printed name and to the password that hold now.

    `secret_until` is the end of a one-time secret; without one the password is the person's own.
    `name` is the printed name itself, as long as it was not erased.
    """

    person: Person
    printed_name: str
    credential: str  # '-' where no password holds
    secret_until: datetime | None = None
    name: str = "(erased)"
    sites: Mapping[str, str] = field(default_factory=dict)  # unit -> site, of each role
    factors: tuple[Enrolled, ...] = ()
    had_factor: bool = False  # one of them was ended
    pin: str = ""  # the commitment to the hash of the PIN that opens the door; '' for none


def person(connection: Connection, username: str) -> KnownPerson | None:
    """Who has this account, with what holds now; None when there is no such account."""
    rows = _by_username.rows(connection, username=as_given(username))
    return _known(rows) if rows else None


def account(connection: Connection, username: str) -> tuple[str, KnownPerson] | None:
    """The stored password hash of an account and who has it; None where no password holds."""
    rows = _by_username.rows(connection, username=as_given(username))
    return (rows[0][3], _known(rows)) if rows and rows[0][3] else None


def everybody(connection: Connection) -> Iterator[KnownPerson]:
    """Whoever has an account, with what holds now; once for each account, by user name."""
    for _username, rows in groupby(_everybody.rows(connection), key=itemgetter(0)):
        yield _known([*rows])


def _known(rows: list[Row]) -> KnownPerson:
    """The person behind the rows of one account."""
    username, identifier, kind, password_hash, *_ = rows[0]
    holding, sites = _in_force(row[4:] for row in rows)
    factors = tuple(
        Enrolled(factor, *detail.split(" sha256:"))
        for (kind_, factor, _unit), (_until, detail, _text) in holding.items()
        if kind_ == "factor"
    )
    nothing = ("-", "-", None)
    credential = credential_commitment(password_hash) if password_hash else "-"
    until, of, _text = holding.get(("secret", "-", "-"), nothing)
    _until, printed_name, name = holding.get(("name", "-", "-"), nothing)
    _until, pin, _text = holding.get(("pin", "-", "-"), nothing)
    return KnownPerson(
        _person_of((username, identifier, kind), holding, sites),
        printed_name,
        credential,
        # Whoever chose a password of their own since has another credential.
        _end(until) if of == secret_detail(credential) else None,
        name or "(erased)",
        sites,
        factors,
        any(row[4] == "factor" and not row[7] for row in rows),
        _of_password(pin, credential),
    )


def secret_detail(credential: str) -> str:
    """What the attestation of a one-time secret names: the credential, marked as a hash."""
    return f"sha256:{credential}"


def pin_detail(commitment: str, credential: str) -> str:
    """What the attestation of a PIN names: the PIN, and the password with which it was set."""
    return f"sha256:{commitment} sha256:{credential}"


def _of_password(pin: str, credential: str) -> str:
    """The commitment to a PIN that was set with the present password; '' once there is another."""
    commitment, _blank, with_ = pin.partition(" ")
    return commitment.removeprefix("sha256:") if with_ == f"sha256:{credential}" else ""


_Holding = dict[tuple[str, str, str], tuple[str, str, str | None]]


def _in_force(attested: Iterable[Row]) -> tuple[_Holding, dict[str, str]]:
    """Of each kind, role and unit the newest that holds; and the site of each unit."""
    newest: dict[tuple[str, str, str], tuple[int, str, str, str | None]] = {}
    sites: dict[str, str] = {}
    for kind, role, unit, holds, until, detail, site, text in attested:
        newest[kind, role, unit] = (holds, until, detail, text)
        sites[unit] = site or "-"
    # Dropped only now: a newer row that holds no longer must first have replaced the older ones.
    return {key: told[1:] for key, told in newest.items() if told[0]}, sites


def _person_of(named: tuple[str, str, str], holding: _Holding, sites: dict[str, str]) -> Person:
    """The person or program of whom this holds."""
    username, identifier, kind = named
    roles = frozenset((role, unit) for kind, role, unit in holding if kind == "role")
    return Person(
        id=identifier,
        username=username,
        active=("active", "-", "-") in holding,
        proofed=("proofing", "-", "-") in holding,
        accepted_policy=("policy", "-", "-") in holding,
        roles=roles,
        site_roles=frozenset((role, sites[unit]) for role, unit in roles),
        trained_until={
            role: _end(until)
            for (kind, role, _), (until, *_) in holding.items()
            if kind == "training"
        },
        is_service=kind == SERVICE,
    )


_FOR_EVER = parse_rfc3339("9999-12-31T00:00:00Z")


def _end(text: str) -> datetime:
    """The end of a validity; without one, the end of time."""
    return _FOR_EVER if text == "-" else parse_rfc3339(text)


def unit(connection: Connection, identifier: str) -> Unit | None:
    """A unit with its site's kind and country, or None."""
    row = _unit.row(connection, unit=identifier)
    return Unit(*row) if row else None


def site_kind(connection: Connection, identifier: str) -> str:
    """The kind of a site that there is."""
    (row,) = _site_kind.rows(connection, site=identifier)
    return str(row[0])


_place = Statement(
    select(t.unit.c.name, t.site.c.name)
    .join_from(t.unit, t.site, t.site.c.id == t.unit.c.site)
    .where(t.unit.c.id == bindparam("unit"))
)


def place(connection: Connection, unit: str) -> str | None:
    """A unit with its site, as people say it; None when there is no such unit."""
    row = _place.row(connection, unit=unit)
    return f"{row[0]}, {row[1]}" if row else None


def lock_person(connection: Connection, person: str) -> None:
    """Wait until nobody else counts what waits for this person; SQLite has one writer anyway."""
    if connection.dialect.name != "sqlite":
        _one_of_person.rows(connection, person=person)


def credential(connection: Connection, username: str) -> tuple[str, str] | None:
    """The person behind a username and the stored password hash, or None."""
    row = _credential.row(connection, username=as_given(username))
    return (row[0], row[1]) if row else None


_name = t.attestation.alias("name")
_AT_ONCE = 20
_names = Statement(
    select(_name.c.about, t.erasable.c.text, t.person.c.kind)
    .join_from(
        _name, t.person, and_(t.person.c.id == _name.c.about, t.person.c.chain == _name.c.chain)
    )
    .join(t.erasable, t.erasable.c.commitment == _name.c.detail)
    .where(
        _name.c.kind == "name",
        # Always of the same length, so that it is written once; nobody's identifier is empty.
        _name.c.about.in_([bindparam(f"person{n}") for n in range(_AT_ONCE)]),
    )
    .order_by(_name.c.seq, _name.c.n)
)


def printed_names(connection: Connection, persons: Iterable[str]) -> dict[str, str]:
    """The newest printed name of each person, as far as it was not erased; programs are marked.

    Nobody is the product itself: it tells what a printer said.
    """
    wanted = sorted(set(persons))
    found: dict[str, str] = {}
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        asked = {f"person{n}": one for n, one in enumerate(some)}
        blank = {f"person{n}": "" for n in range(len(some), _AT_ONCE)}
        rows = _names.rows(connection, **asked, **blank)
        found |= {who: named(text, kind) for who, text, kind in rows}
    return found | ({t.NOBODY: THE_PRODUCT} if t.NOBODY in wanted else {})


def named(text: str, kind: str) -> str:
    """How somebody is called wherever it is told who did something: a program never as a person."""
    return f"{text} (program)" if kind == SERVICE else text


def usernames_of(connection: Connection, persons: Iterable[str]) -> dict[str, str]:
    """The user name of each person; of several all, in alphabetical order."""
    found = (
        select(t.account.c.person, t.account.c.username)
        .where(t.account.c.person.in_(sorted(set(persons))))
        .order_by(t.account.c.username)
    )
    names: dict[str, list[str]] = {}
    for person, username in connection.execute(found):
        names.setdefault(person, []).append(username)
    return {person: ", ".join(several) for person, several in names.items()}


def accounts_of(connection: Connection, person: str) -> list[str]:
    """Every user name of one person, in alphabetical order."""
    found = select(t.account.c.username).where(t.account.c.person == person).order_by("username")
    return list(connection.execute(found).scalars())


_newest = Statement(
    select(t.entry.c.action, t.entry.c.actor)
    .join_from(
        t.attestation,
        t.entry,
        and_(t.entry.c.chain == t.attestation.c.chain, t.entry.c.seq == t.attestation.c.seq),
    )
    .where(t.attestation.c.kind == bindparam("kind"), t.attestation.c.about == bindparam("person"))
    .order_by(t.attestation.c.seq.desc())
)


def newest_secret(connection: Connection, person: str) -> tuple[str, str] | None:
    """By which action the newest one-time secret of a person was issued, and by whom."""
    return _newest_of(connection, "secret", person)


def newest_factor(connection: Connection, person: str) -> tuple[str, str] | None:
    """By which action a second factor of a person was enrolled or ended last, and by whom."""
    return _newest_of(connection, "factor", person)


def _newest_of(connection: Connection, kind: str, person: str) -> tuple[str, str] | None:
    row = _newest.row(connection, kind=kind, person=person)
    return (row[0], row[1]) if row else None
