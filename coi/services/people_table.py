"""People from a table: one row a role, a person's own cells the same in each.

Whoever is new gets a one-time secret, as if the account had been opened at the page; it is told
with the answer, this once. Training and the identity check are each signed for, and not imported.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from coi.errors import DataRefused, Problem
from coi.ledger.content import Attestation
from coi.services.accounts import draw_secret, secret_attested
from coi.services.asked import bad_text
from coi.services.entries import Occasion
from coi.services.installation import Installation
from coi.services.passwords import hash_password
from coi.services.people import NewPerson, bad_username, enter_person
from coi.services.permissions import ROLES
from coi.services.proofs import ADMINISTRATIVE, ADMINISTRATOR, Proven, holding
from coi.services.table_file import Columns, TableRow, read_table
from coi.services.taking_in import Asked, Column, Outcome, Row, require_none, taken_in
from coi.store import people, registers
from coi.store.transactions import Transaction

USERS = "users"
MOST_PEOPLE = 500
"""Each new person's secret is hashed, which takes long on purpose."""

_ROLES = tuple(sorted(ROLES))
COLUMNS = (
    Column("username", "Letters a-z, digits, points, hyphens; never given twice.", "ellen.ward"),
    Column("printed_name", "The name as it stands beside a signature.", "Ellen Ward"),
    Column("home_unit", "The short name of the unit where the person is at home.", "north-ward"),
    Column(
        "role", "One role; repeat the row for another one.", "infusion_nurse", _ROLES, optional=True
    ),
    Column("role_unit", "The unit at which the role is held.", "north-ward", optional=True),
)
_NAMES = tuple(one.name for one in COLUMNS)


@dataclass(frozen=True, slots=True)
class _Told:
    """All rows of one person: the first line, the account, and the roles by line."""

    line: int
    new: NewPerson
    roles: tuple[tuple[int, str, str], ...]

    @property
    def held(self) -> list[tuple[str, str]]:
        """Each role with its unit."""
        return [(role, unit) for _line, role, unit in self.roles]


def import_users(installation: Installation, asked: Asked) -> Outcome:
    """Open the accounts of a table with their roles, all or none; who is there alike is left alone.

    Raises:
        DataRefused: everything that is wrong, by line and column; nothing was saved.
        KeyReused: the key already stands for another file.
    """
    table = read_table(asked.content, Columns(_NAMES, USERS))
    persons, unlike = _persons(table.rows)
    secrets = _secrets(installation, asked.by, persons)

    def work(tx: Transaction, *, again: bool) -> tuple[Row, ...]:
        del again  # who and what is there already is left alone anyway
        administrator = holding(tx, asked.by, ADMINISTRATOR)[0].person
        units = {unit for unit, _site, _name in registers.units(tx)}
        found = (one for person in persons for one in _problems(tx, person, units))
        unread = {(one.line, one.column) for one in table.problems}
        left = [one for one in (*unlike, *found) if (one.line, one.column) not in unread]
        require_none([*table.problems, *left], _NAMES)
        occasion = Occasion(administrator.id, "-", installation.clock.now())
        return tuple(
            _entered(tx, installation, occasion, one, secrets) for one in asked.counted(persons)
        )

    made = taken_in(installation, USERS, asked, work)
    opened = {row.told[0] for row in made if row.told[-1] == _OPENED}
    shown = tuple(
        (one.new.username, one.new.printed_name, secrets[one.new.username][0])
        for one in persons
        if one.new.username in opened and not asked.dry_run
    )
    headings = ("User name", "Printed name", "Roles", "What is done")
    return Outcome(table.read_as, headings, made, asked.dry_run, secrets=shown)


_OPENED = "account opened"


def _persons(rows: Sequence[TableRow]) -> tuple[list[_Told], list[Problem]]:
    """Each person once, with all roles; what two rows of one person tell differently."""
    found: dict[str, _Told] = {}
    unlike = []
    for row in rows:
        cells = dict.fromkeys(_NAMES, "") | row.cells
        new = NewPerson(cells["username"].lower(), cells["printed_name"], unit=cells["home_unit"])
        first = found.setdefault(new.username, _Told(row.line, new, ()))
        for name, column in (("printed_name", "printed_name"), ("unit", "home_unit")):
            if getattr(first.new, name) != getattr(new, name):
                unlike.append(Problem(f"line {first.line} says another one", row.line, column))
        if cells["role"] or cells["role_unit"]:
            role = (row.line, cells["role"], cells["role_unit"])
            found[new.username] = replace(first, roles=(*first.roles, role))
    if len(found) > MOST_PEOPLE:
        raise DataRefused([Problem(f"the file has more than {MOST_PEOPLE} people; split it")])
    return list(found.values()), unlike


def _secrets(
    installation: Installation, by: Proven, persons: Sequence[_Told]
) -> Mapping[str, tuple[str, str]]:
    """A secret and its hash for everybody who is new; hashed before anybody has to wait for it.

    Raises:
        NotAllowed: whoever asks is no administrator.
    """

    def look(tx: Transaction) -> set[str]:
        holding(tx, by, ADMINISTRATOR)
        return set(registers.usernames(tx))

    known = installation.read(look)
    secrets = {one.new.username: draw_secret(installation) for one in persons}
    return {
        username: (secret, hash_password(installation.hasher, secret))
        for username, secret in secrets.items()
        if username not in known
    }


def _problems(tx: Transaction, told: _Told, units: set[str]) -> Iterator[Problem]:
    """Everything that is wrong with a person, and with each role."""
    if told.new.unit not in units:
        yield Problem(f"there is no unit “{told.new.unit}”", told.line, "home_unit")
    for line, role, unit in told.roles:
        if role not in ROLES:
            yield Problem(f"is none of {', '.join(sorted(ROLES))}", line, "role")
        if unit not in units:
            yield Problem(f"there is no unit “{unit}”", line, "role_unit")
    held = {role for role, _unit in told.held}
    if ADMINISTRATOR in held and held - ADMINISTRATIVE:
        reason = "an administrator has no role in the record of therapies"
        yield Problem(reason, told.line, "role")
    yield from _account_problems(tx, told)


def _account_problems(tx: Transaction, told: _Told) -> Iterator[Problem]:
    """The account is free, or there already with the same name and all these roles."""
    known = people.person(tx, told.new.username)
    if known is None:
        text = {"printed_name": told.new.printed_name}
        for one in (*bad_username(tx, told.new.username), *bad_text(text)):
            yield replace(one, line=told.line)
        return
    if not known.person.active:
        yield Problem("the account was closed, and stays so", told.line, "username")
    if known.name != told.new.printed_name:
        reason = f"{told.new.username} has another printed name here"
        yield Problem(reason, told.line, "printed_name")
    for line, role, unit in told.roles:
        if (role, unit) not in known.person.roles:
            reason = f"{told.new.username} is there without this role; give it on their page"
            yield Problem(reason, line, "role")


def _entered(
    tx: Transaction,
    installation: Installation,
    occasion: Occasion,
    told: _Told,
    secrets: Mapping[str, tuple[str, str]],
) -> Row:
    """Open the account of somebody who is new, with a secret and all roles."""
    new = told.new
    done = "there already"
    if people.person(tx, new.username) is None:
        password_hash = secrets[new.username][1]
        roles = [Attestation("role", "-", role, unit) for role, unit in dict.fromkeys(told.held)]
        also = [secret_attested(installation, "-", password_hash), *roles]
        enter_person(tx, installation, occasion, new, password_hash, also)
        done = _OPENED
    roles_told = ", ".join(f"{role.replace('_', ' ')} at {unit}" for role, unit in told.held)
    return Row(told.line, (new.username, new.printed_name, roles_told, done))
