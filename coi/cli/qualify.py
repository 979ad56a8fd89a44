"""`coi qualify`: show that an installation is what was released, and that its rules hold."""

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from coi.cli.doctor import found
from coi.cli.opening import settings
from coi.cli.writing import require_free, write_whole
from coi.qualification.challenges import challenges
from coi.qualification.installed import as_outcome, installed
from coi.qualification.report import Report, as_data, as_pdf
from coi.qualification.room import made_up
from coi.qualification.trials import Outcome, outcomes
from coi.services.installation import DEMONSTRATION

_FOLDER = click.Path(file_okay=False, path_type=Path)
PDF, JSON = "qualification.pdf", "qualification.json"
FAILED = 2


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--force", is_flag=True, help="Replace an earlier report in the folder.")
@click.pass_context
def command(ctx: click.Context, folder: Path, *, force: bool) -> None:
    """Try the installation and its rules, and write the report into FOLDER as PDF and JSON.

    The rules are tried in a made-up world in a folder that is removed again: the record of the
    installation is looked at, and never changed. The exit status is 2 where a trial failed.
    """
    for name in (PDF, JSON):
        require_free(folder / name, force=force)
    folder.mkdir(parents=True, exist_ok=True)
    report = _tried()
    demonstration = (settings().home / DEMONSTRATION).exists()
    write_whole(folder / PDF, as_pdf(report, demonstration=demonstration), force=force)
    data = json.dumps(as_data(report), indent=2, ensure_ascii=False) + "\n"
    write_whole(folder / JSON, data.encode(), force=force)
    click.echo("Passed." if report.passed else "NOT PASSED: see what failed, and why, above.")
    click.echo("What people show with their own procedures is left: it stands in the PDF, to sign.")
    ctx.exit(0 if report.passed else FAILED)


def _tried() -> Report:
    begun = datetime.now(UTC)
    parts = (*outcomes(installed()), *(as_outcome(one) for one in found(None)))
    for one in parts:
        _tell(one)
    with TemporaryDirectory(prefix="coi-qualify-") as aside, made_up(Path(aside)) as room:
        operating = []
        for one in outcomes(challenges(room)):
            _tell(one)
            operating.append(one)
    about = str(settings().home.resolve())
    return Report(about, begun, datetime.now(UTC), parts, tuple(operating))


def _tell(one: Outcome) -> None:
    click.echo(f"{'passed' if one.passed else 'FAILED'}  {one.trial.name}: {one.seen}")
