"""`coi bench`: which benches there are, what is on each, and the changeover between two."""

import click

from coi.cli import words
from coi.cli.asking import WHY, as_user, prove, signer_of
from coi.cli.opening import opened
from coi.cli.telling import tell_refusals
from coi.errors import Refused
from coi.services import benches
from coi.services.changeover import Changeover, asked_at, clear_bench
from workflows.guards.bench import CLEARED

SERIAL = click.argument("serial", callback=words.serial_of)
as_administrator = as_user("The administrator who does this.")


@click.group()
def command() -> None:
    """Register benches, list what is on them, sign the changeover.

    Once a unit has a bench, its hands-on work is done at one: with one therapy on it, and no other.
    """


@command.command("list")
def list_() -> None:
    """List every bench, with the therapy that is on it."""
    for unit, bench in benches.every_bench(opened()):
        on_it = "cleared" if bench.holds == CLEARED else bench.holds
        since = f"{bench.since:%Y-%m-%d %H:%M}Z"
        click.echo(f"{bench.serial}  {bench.name}, {unit.id}: {on_it}, {since}")


@command.command()
@click.argument("unit")
@click.option("--name", required=True, help="As it stands on its label.")
@as_administrator
def add(unit: str, name: str, username: str) -> None:
    """Register a bench of a UNIT; prints the serial for its label."""
    installation = opened()
    by = prove(installation, username)
    key = f"command-line-{installation.new_id()}"
    serial = benches.register_bench(installation, by, unit, name, key=key)
    click.echo(f"Registered: bench {serial} ({name}) of {unit}, cleared.")


@command.command()
@SERIAL
@WHY
@as_administrator
def retire(serial: str, why: str, username: str) -> None:
    """Take a cleared bench out of use."""
    installation = opened()
    benches.retire_bench(installation, prove(installation, username), serial, why=why)
    click.echo(f"Retired: bench {serial}.")


@command.command()
@SERIAL
@click.argument("coi", callback=lambda _context, _parameter, text: words.coi_of(text))
@as_user("Who hands the changeover in.")
@click.option("--sign", "signers", multiple=True, metavar="USER", help="Who signs, in order.")
@click.pass_context
def clear(
    ctx: click.Context, serial: str, coi: str, username: str, signers: tuple[str, ...]
) -> None:
    """Sign that nothing of the therapy COI is on the bench SERIAL any more."""
    installation = opened()
    actor = prove(installation, username, "who hands it in")
    bench, rules = asked_at(installation, actor, serial)
    pairs = zip(signers, rules, strict=False)
    signed = tuple(signer_of(installation, name, rule) for name, rule in pairs)
    wanted = Changeover(serial, coi, f"command-line-{installation.new_id()}")
    try:
        clear_bench(installation, wanted, actor, signed)
    except Refused as refused:
        tell_refusals("Changeover", refused.refusals, recorded=False)
        ctx.exit(1)
    click.echo(f"Cleared: {bench.name}.")
