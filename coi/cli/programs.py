"""`coi programs`: accounts of programs, what each may do, and the tokens by which they come in."""

import click

from coi.cli.asking import WHY, as_user, prove
from coi.cli.opening import opened
from coi.services import people, programs, tokens
from coi.services.programs import NewProgram, Program
from coi.services.tokens import DAYS, SCOPES, NewToken, Scope

PROGRAM = click.argument("program")
SCOPE = click.Choice([scope.value for scope in Scope])
UNIT = click.option("--unit", default="-", help="The unit where it holds; left out: everywhere.")
BY = as_user("Who does this.")


@click.group()
def command() -> None:
    """Open accounts for programs, give them roles, make and revoke their tokens.

    A program acts under a name of its own, and cannot sign: docs/programs.md says what it may do.
    """


@command.command("list")
def list_() -> None:
    """List every program with its roles, and its tokens with until when they are good."""
    for program in programs.every_program(opened()):
        _tell(program)


def _tell(program: Program) -> None:
    person = program.person
    closed = "" if person.active else "  closed"
    click.echo(f"{person.username}  {program.printed_name}{closed}")
    for role, unit in sorted(person.roles):
        click.echo(f"  {role} at {unit}")
    for token in program.tokens:
        used = f"last used {token.used_at:%Y-%m-%d %H:%M}" if token.used_at else "never used"
        until = f"{token.state}, until {token.expires_at:%Y-%m-%d}, {used}"
        said = f"{' '.join(token.scopes)} at {' '.join(token.sites) or 'no site'}"
        click.echo(f"  token {token.id}  {token.name}: {said}; {until}")


@command.command()
def scopes() -> None:
    """List what a token can be for."""
    for scope, sentence in SCOPES.items():
        click.echo(f"{scope:18}{sentence}")


@command.command()
@PROGRAM
@click.option("--name", required=True, help="As it stands on record.")
@click.option("--unit", default="-", help="The home unit.")
@BY
def add(program: str, name: str, unit: str, username: str) -> None:
    """Open an account for a program; without a role and a token it can do nothing."""
    installation = opened()
    by = prove(installation, username)
    programs.open_program(installation, by, NewProgram(program, name, unit))
    click.echo(f"Opened: {program.lower()} ({name}), a program.")


@command.command()
@PROGRAM
@click.argument("role")
@UNIT
@BY
def grant(program: str, role: str, unit: str, username: str) -> None:
    """Give a role at a unit; it acts at once."""
    installation = opened()
    people.grant_role(installation, prove(installation, username), program, role, unit)
    click.echo(f"Granted: {program} is {role} at {unit}.")


@command.command()
@PROGRAM
@click.argument("role")
@UNIT
@WHY
@BY
def withdraw(program: str, role: str, unit: str, why: str, username: str) -> None:
    """Take a role away; it acts at once."""
    installation = opened()
    by = prove(installation, username)
    people.grant_role(installation, by, program, role, unit, holds=False, why=why)
    click.echo(f"Withdrawn: {program} is no longer {role} at {unit}.")


@command.command()
@PROGRAM
@click.option("--name", required=True, help="What it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=SCOPE,
)
@click.option("--site", "sites", multiple=True, help="A site where the program holds a role.")
@click.option("--days", type=int, default=DAYS, show_default=True, help="So long it is good.")
@BY
def token(
    program: str,
    name: str,
    scopes: tuple[str, ...],
    sites: tuple[str, ...],
    days: int,
    username: str,
) -> None:
    """Make a token, and print it this once."""
    installation = opened()
    by = prove(installation, username)
    made = tokens.make_token(installation, by, NewToken(program, name, scopes, sites, days))
    # The token alone goes to standard output, so that it can be put away without being seen.
    click.echo("It is shown this once, and stored nowhere.", err=True)
    click.echo(made)


@command.command()
@PROGRAM
@click.argument("token")
@WHY
@BY
def revoke(program: str, token: str, why: str, username: str) -> None:
    """End a token, by the beginning of its hash as `list` shows it."""
    installation = opened()
    tokens.revoke_token(installation, prove(installation, username), program, token, why=why)
    click.echo(f"Revoked: {token}.")


@command.command()
@PROGRAM
@WHY
@BY
def close(program: str, why: str, username: str) -> None:
    """Close a program's account, and with it every token; its name is never given again."""
    installation = opened()
    people.close_account(installation, prove(installation, username), program, why=why)
    click.echo(f"Closed: {program}.")
