"""`coi import`: take in what others have written down, all rows or none."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.cli.writing import content_of
from coi.errors import DataRefused
from coi.services.importing import ImportResult, ordered
from coi.services.imports import take_in
from coi.services.installation import Installation
from coi.services.order_alike import to_be_compared
from coi.services.taking_in import Asked, Outcome

compared = click.option(
    "--compared", is_flag=True, help="I compared the charts of those who look alike: they are two."
)


@click.group()
def command() -> None:
    """Take in orders, sites, people, codes or therapies on paper from a table (.xlsx or CSV)."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_user("Who orders.")
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
@compared
def orders(file: Path, username: str, *, dry_run: bool, compared: bool) -> None:
    """Order the therapies of a table, all or none; docs/orders.md describes its columns."""
    with _handed_in(file, username, dry_run=dry_run, compared=compared) as (installation, asked):
        _tell_orders(ordered(installation, asked))


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_user("The administrator who registers them.")
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
def sites(file: Path, username: str, *, dry_run: bool) -> None:
    """Register the sites and units of a table; docs/moving-from-excel.md describes its columns."""
    with _handed_in(file, username, dry_run=dry_run) as (installation, asked):
        _tell(take_in(installation, "sites", asked))


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_user("The administrator who opens the accounts.")
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
def users(file: Path, username: str, *, dry_run: bool) -> None:
    """Open the accounts of a table, each with a secret that is told once, and with its roles."""
    with _handed_in(file, username, dry_run=dry_run) as (installation, asked):
        _tell(take_in(installation, "users", asked))


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_user("Who copies the steps, and signs “transcribed from paper” for each.")
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
@compared
def therapies(file: Path, username: str, *, dry_run: bool, compared: bool) -> None:
    """Order therapies that ran on paper, and copy their steps; docs/go-live.md tells how."""
    with _handed_in(file, username, dry_run=dry_run, compared=compared) as (installation, asked):
        _tell(take_in(installation, "therapies", asked))


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_user("The QA reviewer who signs “code table imported” for each table.")
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
def codes(file: Path, username: str, *, dry_run: bool) -> None:
    """Let tables of codes of ISBT 128 be those of a site; docs/identifiers.md tells its columns."""
    with _handed_in(file, username, dry_run=dry_run) as (installation, asked):
        _tell(take_in(installation, "codes", asked))


@contextmanager
def _handed_in(
    file: Path, username: str, *, dry_run: bool, compared: bool = False
) -> Iterator[tuple[Installation, Asked]]:
    """A file that somebody hands in, with a bar; every problem of it on a line of its own."""
    installation = opened()
    content = content_of(file)
    by = prove(installation, username)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    try:
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task("rows", total=None)

            def is_at(done: int, of: int) -> None:
                bar.update(task, completed=done, total=of)

            asked = Asked(by, content, dry_run=dry_run, compared=compared, progress=is_at)
            yield installation, asked
    except DataRefused as refused:
        for problem in refused.problems:
            click.echo(str(problem), err=True)
        click.echo(f"Nothing was saved: {len(refused.problems)} problem(s) in {file}.", err=True)
        click.get_current_context().exit(1)


def _tell_orders(result: ImportResult) -> None:
    """What was ordered, or would be."""
    click.echo(result.read_as)
    _tell_alike(result.alike)
    for order in result.orders:
        named = order.coi or "(no COI: dry run)"
        click.echo(f"line {order.line}  {named}  {order.patient}  {order.therapy} at {order.unit}")
    count = len(result.orders)
    if result.dry_run:
        click.echo(f"{count} orders would be placed. Dry run: nothing was saved.")
    else:
        but = ", but those on paper" if any(one.on_paper for one in result.orders) else ""
        click.echo(f"{count} orders placed, each with its consent{but}.")


def _tell(outcome: Outcome) -> None:
    """What became of each row, or would; secrets last, so that they can be cut off."""
    click.echo(outcome.read_as)
    _tell_alike(outcome.alike)
    for row in outcome.rows:
        click.echo(f"line {row.line}  {'  '.join(one or '-' for one in row.told)}")
    said = "Dry run: nothing was saved." if outcome.dry_run else "All rows are done."
    click.echo(f"{len(outcome.rows)} rows. {said}")
    for username, name, secret in outcome.secrets:
        click.echo(f"{secret}  for {name} ({username}), shown this once, good for three days")


def _tell_alike(alike: Mapping[int, str]) -> None:
    """Whoever looks like another patient, before anything is imported."""
    for line, whom in sorted(alike.items()):
        click.echo(f"line {line}  {to_be_compared(whom)} (--compared)")
