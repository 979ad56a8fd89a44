"""`coi import`: take in what others have written down."""

from pathlib import Path

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.cli.writing import content_of
from coi.errors import DataRefused
from coi.services.importing import ImportResult, import_orders


@click.group()
def command() -> None:
    """Take in orders from a file."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_user("Who orders.")
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
@click.pass_context
def orders(ctx: click.Context, file: Path, username: str, *, dry_run: bool) -> None:
    """Order the therapies of a table, all or none; docs/orders.md describes its columns."""
    installation = opened()
    content = content_of(file)
    actor = prove(installation, username)
    try:
        result = import_orders(installation, content, actor, dry_run=dry_run)
    except DataRefused as refused:
        for problem in refused.problems:
            click.echo(str(problem), err=True)
        click.echo(f"Nothing was saved: {len(refused.problems)} problem(s) in {file}.", err=True)
        ctx.exit(1)
    else:
        _tell(result)


def _tell(result: ImportResult) -> None:
    """What was ordered, or would be."""
    click.echo(f"Read as {result.encoding}, with {result.separator}s between the cells.")
    for order in result.orders:
        named = order.coi or "(no COI: dry run)"
        click.echo(f"line {order.line}  {named}  {order.patient}  {order.therapy} at {order.unit}")
    count = len(result.orders)
    if result.dry_run:
        click.echo(f"{count} orders would be placed. Dry run: nothing was saved.")
    else:
        click.echo(f"{count} orders placed, each with its consent.")
