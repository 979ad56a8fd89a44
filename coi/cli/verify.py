"""`coi verify`: prove that the record is whole and unchanged."""

import os
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from coi.cli.opening import opened
from coi.cli.telling import tell_standstill
from coi.cli.writing import content_of, require_free, write_whole
from coi.services.acknowledging import acknowledged
from coi.services.alarm_mail import alarms_mailed
from coi.services.alarms import trust_disk
from coi.services.digests import read_digest
from coi.services.doubt import note_verdict
from coi.services.drills import last_drilled
from coi.services.handed_out import handed_out
from coi.services.installation import Installation
from coi.services.upkeep import note_verified
from coi.services.verifying import Verdict, heads_file, verify_new, verify_record


def usable_cores() -> int:
    """Cores on which this process may run, which can be fewer than the machine has."""
    return len(os.sched_getaffinity(0))


RESULT = {True: "PASSED", False: "FAILED"}
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--since", type=FILE, help="Heads of an earlier verification: look at newer entries.")
@click.option("--since-last", is_flag=True, help="Look at what is new since it was last whole.")
@click.option("--heads", type=FILE, help="Write where every chain ends, to be kept elsewhere.")
@click.option(
    "--checkpoint", type=FILE, multiple=True, help="A checkpoint that was kept elsewhere."
)
@click.option(
    "--digest",
    multiple=True,
    metavar="SIZE/ROOT",
    help="What a document prints as its checkpoint; give those of several, to see where it began.",
)
@click.option(
    "--document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A file that was handed out: whether it is still the one that was made.",
)
@click.option("--force", is_flag=True, help="Replace the file of --heads if there is one.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=usable_cores,
    show_default="one for each core",
    help="How many look along a large record at once.",
)
@click.pass_context
def command(  # noqa: PLR0913 - these are its options
    ctx: click.Context,
    since: Path | None,
    heads: Path | None,
    checkpoint: tuple[Path, ...],
    digest: tuple[str, ...],
    document: tuple[Path, ...],
    *,
    since_last: bool,
    force: bool,
    processes: int,
) -> None:
    """Prove that the record is whole and unchanged; exit status 1 when it is not.

    What no record can know of itself, such as a database that was put back to an earlier state, is
    found with heads, or with checkpoints, that were kept elsewhere.
    """
    if since_last and (since or heads or checkpoint or digest or document):
        raise click.UsageError(
            "--since-last remembers by itself: leave out --since, --heads, --checkpoint, --digest"
            " and --document."
        )
    printed = tuple(map(read_digest, digest))
    # Asked before the work: a long verification must not end with a file that is in the way.
    if heads is not None:
        require_free(heads, force=force)
    # The record proves itself: who the patients are is not asked (SEC-35).
    installation = opened(key_needed=False)
    known = None if since is None else content_of(since)
    kept = {str(file): _as_signed(content_of(file)) for file in checkpoint}
    with _progress() as progress:
        new = _since_last(installation, progress) if since_last else None
        verdict = new or verify_record(
            installation, known, _counting(progress), kept, printed, processes
        )
    tell(verdict, every_head=new is None)
    is_whole = since is None and new is None
    note_verified(installation, passed=verdict.holds, whole=is_whole)
    given = {*kept, *(one.text for one in printed)}
    with alarms_mailed(installation):
        note_verdict(installation, _of_its_own(verdict, given), whole=is_whole)
    _tell_history(installation)
    # Heads of a record that does not hold would make its fault the measure of every later one.
    if is_whole and trust_disk(installation, verdict):
        click.echo("The disk had failed. What it holds is whole: it is written again.")
    if verdict.holds:
        tell_standstill(installation.look_at_length())
    if heads is not None and verdict.holds:
        write_whole(heads, heads_file(verdict), force=force)
    # Each is told of, whatever was found before.
    known_files = [_tell_document(installation, file) for file in document]
    ctx.exit(0 if verdict.holds and all(known_files) else 1)


def _as_signed(content: bytes) -> bytes:
    """A checkpoint that was copied out of an e-mail, with the ends of lines as it was signed."""
    return content.replace(b"\r\n", b"\n").strip(b"\n") + b"\n"


def _tell_document(installation: Installation, file: Path) -> bool:
    """Whether a file is one that was handed out, and which."""
    found = handed_out(installation, content_of(file))
    if found is None:
        click.echo(
            f"{file}: NOT A DOCUMENT OF THIS RECORD, or changed since it was made. Ask whoever"
            " brought it for the file as it was handed out; on paper, compare the copy number and"
            " the digest (--digest).",
            err=True,
        )
        return False
    click.echo(f"{file}: {found.told}.")
    return True


def _of_its_own(verdict: Verdict, given: Collection[str]) -> Verdict:
    """Without what was found by something that somebody brought, and may have mistyped."""
    own = [one for one in verdict.findings if one.table != "checkpoint" or one.key not in given]
    return replace(verdict, findings=tuple(own))


def _since_last(installation: Installation, progress: Progress) -> Verdict | None:
    """What is new, and in turn some of what was before; None where all of it is to be looked at."""
    new = verify_new(installation, _counting(progress))
    if new is None:
        click.echo("Nothing is remembered of an earlier verification: the whole record is read.")
        return None
    click.echo(
        f"Since {new.since}: {new.grown} chains grew; {new.anew} others were read from their"
        f" beginning, in turn; {new.leaves} entries came into the tree. Not looked at: what else is"
        " old, registers, identities and passwords. A whole verification does."
    )
    return new.verdict


def _counting(progress: Progress) -> Callable[[int], None]:
    task = progress.add_task("entries compared:", total=None)
    return lambda done: progress.update(task, completed=done)


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


def tell(verdict: Verdict, *, every_head: bool = True) -> None:
    """What was looked at, and everything that was found; the digest stands for every chain."""
    for finding in verdict.findings:
        place = finding.chain if finding.seq is None else f"{finding.chain}, entry {finding.seq}"
        click.echo(f"{finding.table} {finding.key} ({place}): {finding.what}", err=True)
    for table, count in verdict.erased.items():
        if count:
            click.echo(f"{count} texts of {table} were erased; the chains are whole without them.")
    looked_at = f"{verdict.entries} entries in {len(verdict.heads)} chains"
    if verdict.holds:
        digest = f" Digest {verdict.digest}" if every_head else ""
        click.echo(f"Whole and unchanged: {looked_at}.{digest}")
    else:
        click.echo(f"NOT AS RECORDED: {len(verdict.findings)} findings in {looked_at}.", err=True)
