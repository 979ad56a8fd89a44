"""`coi verify`: prove that the record is whole and unchanged."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from coi.cli.opening import opened
from coi.cli.telling import tell_standstill
from coi.cli.writing import content_of, require_free, write_whole
from coi.services.acknowledging import acknowledged
from coi.services.alarms import trust_disk
from coi.services.drills import last_drilled
from coi.services.installation import Installation
from coi.services.upkeep import VERIFY, note_done
from coi.services.verifying import Verdict, heads_file, verify_record

RESULT = {True: "PASSED", False: "FAILED"}
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--since", type=FILE, help="Heads of an earlier verification: look at newer entries.")
@click.option("--heads", type=FILE, help="Write where every chain ends, to be kept elsewhere.")
@click.option("--force", is_flag=True, help="Replace the file of --heads if there is one.")
@click.pass_context
def command(ctx: click.Context, since: Path | None, heads: Path | None, *, force: bool) -> None:
    """Prove that the record is whole and unchanged; exit status 1 when it is not.

    What no record can know of itself, such as a database that was put back to an earlier state, is
    found with heads that were kept elsewhere.
    """
    # Asked before the work: a long verification must not end with a file that is in the way.
    if heads is not None:
        require_free(heads, force=force)
    # The record proves itself: who the patients are is not asked (SEC-35).
    installation = opened(key_needed=False)
    known = None if since is None else content_of(since)
    with _progress() as progress:
        task = progress.add_task("entries compared:", total=None)
        verdict = verify_record(
            installation, known, lambda done: progress.update(task, completed=done)
        )
    tell(verdict)
    note_done(installation, VERIFY, passed=verdict.holds)
    _tell_history(installation)
    # Heads of a record that does not hold would make its fault the measure of every later one.
    if since is None and trust_disk(installation, verdict):
        click.echo("The disk had failed. What it holds is whole: it is written again.")
    if verdict.holds:
        tell_standstill(installation.look_at_length())
    if heads is not None and verdict.holds:
        write_whole(heads, heads_file(verdict), force=force)
    ctx.exit(0 if verdict.holds else 1)


def _progress() -> Progress:
    """How far it is, on a terminal alone; how many entries there are is not known beforehand."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"))
    console = Console(stderr=True)
    hidden = not console.is_terminal
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True, disable=hidden)


def _tell_history(installation: Installation) -> None:
    """When the record went on although it was older, and when a backup was last tried."""
    for went_on in acknowledged(installation):
        click.echo(
            f"At {went_on.recorded_at} it went on, signed by {went_on.printed_name}, although"
            f" {went_on.found}."
        )
    drilled = last_drilled(installation)
    result = "NEVER" if drilled is None else f"{drilled[0]}, {RESULT[drilled[1]]}"
    click.echo(f"A backup was last tried: {result}.")


def tell(verdict: Verdict) -> None:
    """What was looked at, and everything that was found."""
    for finding in verdict.findings:
        place = finding.chain if finding.seq is None else f"{finding.chain}, entry {finding.seq}"
        click.echo(f"{finding.table} {finding.key} ({place}): {finding.what}", err=True)
    for table, count in verdict.erased.items():
        if count:
            click.echo(f"{count} texts of {table} were erased; the chains are whole without them.")
    looked_at = f"{verdict.entries} entries in {len(verdict.heads)} chains"
    if verdict.holds:
        click.echo(f"Whole and unchanged: {looked_at}. Digest {verdict.digest}")
    else:
        click.echo(f"NOT AS RECORDED: {len(verdict.findings)} findings in {looked_at}.", err=True)
