"""`coi doctor`: is the installation as it should be, and what to do where it is not."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from coi.cli.opening import settings
from coi.errors import SettingError
from coi.services import checkup, checkup_machine, checkup_record
from coi.services.checkup import Finding, Found, Surroundings, Verdict
from coi.services.installation import Installation, open_installation
from coi.settings import Settings

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write one JSON list, for a machine.")
@click.option(
    "--tls",
    nargs=2,
    type=_FILE,
    metavar="CERTIFICATE KEY",
    help="Look at the two PEM files of `coi serve --tls` too.",
)
@click.pass_context
def command(ctx: click.Context, tls: tuple[Path, Path] | None, *, as_json: bool) -> None:
    """Look at the installation, the machine, the keys and the backups; nothing is changed.

    The exit status is 0 where everything is well, 1 where somebody should look, and 2 where
    something is wrong or could not be checked.
    """
    findings = list(found(tls))
    if as_json:
        click.echo(json.dumps([_plain(one) for one in findings], indent=2))
    else:
        for one in findings:
            _tell(one)
    ctx.exit(checkup.worst(findings))


def found(tls: tuple[Path, Path] | None) -> Iterator[Finding]:
    """Everything that is found; without settings nothing more can be."""
    try:
        chosen = settings()
    except SettingError as error:
        yield Finding("settings", Verdict.WRONG, error.sentence, error.next_step)
        return
    yield Finding("settings", Verdict.OK, "Every COI_ variable is known and can be used.")
    around = Surroundings(os.environ, chosen, datetime.now(UTC), tls)
    yield from checkup.machine(checkup_machine.CHECKS, around)
    yield from _of_record(chosen)


def _of_record(chosen: Settings) -> Iterator[Finding]:
    """What is found in the record, or why it cannot be opened: then none of its checks is made."""
    opened: list[Installation] = []

    def opening() -> Found:
        opened.append(open_installation(chosen))
        return checkup.ok("The record opens.")

    yield checkup.examined("opening", opening)
    for installation in opened:
        try:
            yield from checkup.record(checkup_record.CHECKS, installation)
        finally:
            installation.engine.dispose()


def _tell(one: Finding) -> None:
    """A line for what was found, and one for what to do."""
    click.echo(f"{one.verdict.name.lower():<6} {one.check}: {one.told}")
    if one.to_do:
        click.echo(f"{'':<6} -> {one.to_do}")


def _plain(one: Finding) -> dict[str, str]:
    return {
        "check": one.check,
        "verdict": one.verdict.name.lower(),
        "told": one.told,
        "to_do": one.to_do,
    }
