"""Reads who people are and what they may do: accounts, roles, training, units."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, literal_column, select

from coi.clock import parse_rfc3339
from coi.ledger.commitment import credential_commitment
from coi.store import tables as t
from coi.store.statements import Statement
from workflows.facts import Person, Unit

# Written into the statement: a list of parameters would be written anew each time.
_OF_PEOPLE: list[ColumnElement[str]] = [
    literal_column(f"'{kind}'")
    for kind in ("role", "training", "active", "proofing", "policy", "name")
]

_person = (
    select(
        t.account.c.username,
        t.person.c.id,
        t.credential.c.password_hash,
        t.attestation.c.kind,
        t.attestation.c.role,
        t.attestation.c.unit,
        t.attestation.c.holds,
        t.attestation.c.valid_until,
        t.attestation.c.detail,
        t.unit.c.site,
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
    .order_by(t.attestation.c.seq, t.attestation.c.n)
)
_by_username = Statement(_person.where(t.account.c.username == bindparam("username")))

_unit = Statement(
    select(t.unit.c.id, t.unit.c.site, t.site.c.kind, t.site.c.country)
    .join_from(t.unit, t.site, t.site.c.id == t.unit.c.site)
    .where(t.unit.c.id == bindparam("unit"))
)
_site_kind = Statement(select(t.site.c.kind).where(t.site.c.id == bindparam("site")))

_credential = Statement(
    select(t.account.c.person, t.credential.c.password_hash)
    .join_from(t.account, t.credential, t.credential.c.person == t.account.c.person)
    .where(t.account.c.username == bindparam("username"))
)


def _as_given(username: str) -> str:
    """An account's name as it was given; what can be no account's name is nobody's."""
    # Folded, the Kelvin sign is a k: a name with it would be somebody else's. PostgreSQL takes no
    # NUL.
    return username.lower() if username.isascii() and username.isprintable() else ""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person, with the commitments to the printed name and to the password that hold now."""

    person: Person
    printed_name: str
    credential: str  # '-' where no password holds


def person(connection: Connection, username: str) -> KnownPerson | None:
    """Who has this account, with what holds now; None when there is no such account."""
    rows = _by_username.rows(connection, username=_as_given(username))
    if not rows:
        return None
    found, printed_name = _known(rows[0][0], rows[0][1], (row[3:] for row in rows))
    password_hash = rows[0][2]
    credential = credential_commitment(password_hash) if password_hash else "-"
    return KnownPerson(found, printed_name, credential)


def _known(
    username: str, identifier: str, attested: Iterable[tuple[object, ...]]
) -> tuple[Person, str]:
    """The person and the printed name; of each kind, role and unit the newest is in force."""
    newest: dict[tuple[str, str, str], tuple[int, str, str]] = {}
    sites: dict[str, str] = {}
    for kind, role, unit, holds, until, detail, site in attested:
        newest[kind, role, unit] = (holds, until, detail)  # type: ignore[index,assignment]
        sites[unit] = site or "-"  # type: ignore[index,assignment]
    # Dropped only now: a newer row that holds no longer must first have replaced the older ones.
    holding = {key: (until, detail) for key, (holds, until, detail) in newest.items() if holds}
    roles = frozenset((role, unit) for kind, role, unit in holding if kind == "role")
    return (
        Person(
            id=identifier,
            username=username,
            active=("active", "-", "-") in holding,
            proofed=("proofing", "-", "-") in holding,
            accepted_policy=("policy", "-", "-") in holding,
            roles=roles,
            site_roles=frozenset((role, sites[unit]) for role, unit in roles),
            trained_until={
                role: _end(until)
                for (kind, role, _), (until, _) in holding.items()
                if kind == "training"
            },
        ),
        holding.get(("name", "-", "-"), ("-", "-"))[1],
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


def credential(connection: Connection, username: str) -> tuple[str, str] | None:
    """The person behind a username and the stored password hash, or None."""
    row = _credential.row(connection, username=_as_given(username))
    return (row[0], row[1]) if row else None


_name = t.attestation.alias("name")
_names = (
    select(_name.c.about, t.erasable.c.text)
    .join_from(
        _name, t.person, and_(t.person.c.id == _name.c.about, t.person.c.chain == _name.c.chain)
    )
    .join(t.erasable, t.erasable.c.commitment == _name.c.detail)
    .where(_name.c.kind == "name")
    .order_by(_name.c.seq, _name.c.n)
)


def printed_names(connection: Connection, persons: Iterable[str]) -> dict[str, str]:
    """The newest printed name of each person, as far as it was not erased."""
    wanted = sorted(set(persons))
    found = _names.where(_name.c.about.in_(wanted))
    return {row[0]: row[1] for row in connection.execute(found)} if wanted else {}


def usernames_of(connection: Connection, persons: Iterable[str]) -> dict[str, str]:
    """A user name of each person."""
    found = select(t.account.c.person, t.account.c.username).where(
        t.account.c.person.in_(sorted(set(persons)))
    )
    return {row[0]: row[1] for row in connection.execute(found)}
