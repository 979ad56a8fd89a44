"""`coi users`: people, what each may do, and what it takes before they may sign."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from coi.cli.asking import WHY, as_user, ask_password, last_moment, prove
from coi.cli.opening import opened
from coi.cli.telling import tell_secret
from coi.services import accounts, people
from coi.services.directory import Listed, everybody
from coi.services.people import POLICY, NewPerson
from coi.services.person_file import person_file
from coi.services.tries import unlock_account

USER = click.argument("user")
ROLE = click.argument("role")
UNIT = click.option("--unit", default="-", help="The unit where it holds; left out: nowhere.")
UNTIL = click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last day.")
BY = as_user("Who does this.")


@click.group()
def command() -> None:
    """Open accounts, grant roles, record training and identity checks.

    Before somebody can sign: a role at a unit, training for it, a checked identity, and their own
    acceptance that an electronic signature binds them.
    """


@command.command("list")
def list_() -> None:
    """List every person's account, with the roles it holds and what is still missing."""
    installation = opened()
    now = installation.clock.now()
    for listed in everybody(installation):
        person = listed.person
        if person.is_service:
            continue
        click.echo(f"{person.username}  {listed.printed_name}  {_state(listed)}")
        for role, unit in sorted(person.roles):
            until = person.trained_until.get(role)
            trained = f"trained until {until:%Y-%m-%d}" if until and until > now else "not trained"
            click.echo(f"  {role} at {unit}, {trained}")


def _state(listed: Listed) -> str:
    """Whether the person can act and sign, or what is missing."""
    person = listed.person
    if not person.active:
        return "closed"
    missing = ["one-time secret not used yet"] if listed.secret_until else []
    if not person.proofed:
        missing.append("identity not checked")
    if not person.accepted_policy:
        missing.append("signature statement not accepted")
    return ", ".join(missing) or "can sign"


@command.command()
@USER
@click.option("--name", required=True, help="As it is printed beside a signature.")
@click.option("--unit", default="-", help="The home unit.")
@click.option("--role", "roles", multiple=True, help="A role at the home unit, trained for it.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the training.")
@click.option("--proof", default="", help="How the identity was checked, as in 'passport'.")
@BY
def add(**given: Any) -> None:  # noqa: ANN401 - click gives each option as its own type
    """Open an account, and print the one-time secret of the new person."""
    opening = _Opening(**given)
    if opening.roles and opening.until is None:
        raise click.UsageError("A role given here needs --until, the last day of its training.")
    installation = opened()
    by = prove(installation, opening.username, opening.purpose())
    user, unit = opening.user, opening.unit
    secret = accounts.open_account(installation, by, NewPerson(user, opening.name, unit=unit))
    # Each is an entry of its own, as if the commands had been typed one after the other.
    for role in opening.roles:
        people.grant_role(installation, by, user, role, unit)
        if opening.until:
            until = last_moment(opening.until)
            people.record_training(installation, by, user, role, until)
    if opening.proof:
        people.record_proofing(installation, by, user, opening.proof)
    told = "".join(f", {role}" for role in opening.roles)
    click.echo(f"Opened: {user.lower()} ({opening.name}){told}.")
    tell_secret(user.lower(), secret)


@dataclass(frozen=True, slots=True)
class _Opening:
    """An account to open, with what may be recorded at once."""

    user: str
    name: str
    unit: str
    roles: tuple[str, ...]
    until: datetime | None
    proof: str
    username: str

    def purpose(self) -> str:
        """The meanings of what is signed at once (21 CFR 11.50); nothing where nothing is."""
        trained = (people.TRAINED,) if self.roles else ()
        signed = (*trained, people.PROOFED) if self.proof else trained
        return f"who signs {' and '.join(f'“{meaning}”' for meaning in signed)}" if signed else ""


@command.command()
@USER
@ROLE
@UNIT
@BY
def grant(user: str, role: str, unit: str, username: str) -> None:
    """Give a role at a unit; it acts at once."""
    installation = opened()
    people.grant_role(installation, prove(installation, username), user, role, unit)
    click.echo(f"Granted: {user} is {role} at {unit}.")


@command.command()
@USER
@ROLE
@UNIT
@WHY
@BY
def revoke(user: str, role: str, unit: str, why: str, username: str) -> None:
    """Take a role away; it acts at once."""
    installation = opened()
    by = prove(installation, username)
    people.grant_role(installation, by, user, role, unit, holds=False, why=why)
    click.echo(f"Revoked: {user} is no longer {role} at {unit}.")


@command.command()
@USER
@ROLE
@UNTIL
@BY
def train(user: str, role: str, until: datetime, username: str) -> None:
    """Record, with a signature, that somebody is trained for a role until a day."""
    installation = opened()
    by = prove(installation, username, f"who signs “{people.TRAINED}”")
    people.record_training(installation, by, user, role, last_moment(until))
    click.echo(f"Recorded: {user} is trained as {role} until {until:%Y-%m-%d}.")


@command.command()
@USER
@click.option("--how", required=True, help="As in 'passport'.")
@BY
def proof(user: str, how: str, username: str) -> None:
    """Record that a person's identity was checked, and how."""
    installation = opened()
    by = prove(installation, username, f"who signs “{people.PROOFED}”")
    people.record_proofing(installation, by, user, how)
    click.echo(f"Recorded: the identity of {user} was checked.")


@command.command("accept-policy")
@BY
def accept_policy(username: str) -> None:
    """Accept that one's electronic signature is binding."""
    installation = opened()
    click.echo(POLICY)
    people.accept_policy(installation, prove(installation, username, "who accepts this"))
    click.echo(f"Recorded: {username} accepts it.")


@command.command("set-password")
@BY
def set_password(username: str) -> None:
    """Set one's own password; asks for the old one, then for the new one."""
    installation = opened()
    by = prove(installation, username)
    people.set_password(installation, by, ask_password("New password", twice=True))
    click.echo(f"Set: the password of {username}.")


@command.command()
@USER
@WHY
@BY
def close(user: str, why: str, username: str) -> None:
    """Close an account; it is never deleted, and its name never given again."""
    installation = opened()
    people.close_account(installation, prove(installation, username), user, why=why)
    click.echo(f"Closed: {user}.")


@command.command()
@USER
@click.option("--name", required=True, help="As it is printed beside a signature from now on.")
@WHY
@BY
def rename(user: str, name: str, why: str, username: str) -> None:
    """Change a printed name; what was signed keeps the name that it bore."""
    installation = opened()
    accounts.rename(installation, prove(installation, username), user, name, why=why)
    click.echo(f"Renamed: {user} is printed as {name}.")


@command.command("add-account")
@USER
@click.argument("another")
@BY
def add_account(user: str, another: str, username: str) -> None:
    """Give a person one more user name; the same password opens it, and it stays one person."""
    installation = opened()
    accounts.add_account(installation, prove(installation, username), user, another)
    click.echo(f"Added: {another.lower()} is {user} too.")


@command.command("new-secret")
@USER
@WHY
@BY
def new_secret(user: str, why: str, username: str) -> None:
    """Give somebody who cannot get in a new one-time secret; their password and sessions end.

    Until somebody else has checked the identity anew, the person signs nothing.
    """
    installation = opened()
    by = prove(installation, username)
    tell_secret(user, accounts.issue_secret(installation, by, user, why=why))


@command.command()
@USER
@BY
def unlock(user: str, username: str) -> None:
    """Open an account that was tried in vain too often, before its time."""
    installation = opened()
    unlock_account(installation, prove(installation, username), user)
    click.echo(f"Unlocked: {user}.")


@command.command()
@USER
def sessions(user: str) -> None:
    """List where somebody is signed in."""
    for session in person_file(opened(), user).sessions:
        told = f"since {session.started_at}, last seen {session.seen_at}, unit {session.unit}"
        click.echo(f"{session.username}  {told}")
