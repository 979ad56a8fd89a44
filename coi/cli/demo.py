"""`coi demo`: a made-up world to try the product in, and its pages."""

from collections.abc import Sequence

import click

from coi.cli.listening import DEMONSTRATION, listen, require_free
from coi.cli.opening import BANNER, opened, settings
from coi.demo.begin import begin, is_there, is_whole
from coi.demo.population import SHOWN
from coi.demo.sheet import Case, Sheet, sheet_of
from coi.settings import Settings


@click.command()
@click.option(
    "--therapies",
    default=len(SHOWN),
    show_default=True,
    type=click.IntRange(1, 10_000),
    help="How many stories are played.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same stories.")
@click.option("--fresh", is_flag=True, help="Throw an earlier demonstration away and begin anew.")
@click.option("--no-serve", is_flag=True, help="Only fill the folder; serve no pages.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def command(
    *, therapies: int, seed: int, fresh: bool, no_serve: bool, host: str, port: int
) -> None:
    """Fill a data folder of its own, and serve its pages: two hospitals, a manufacturer, therapies.

    All of it goes through the same steps and checks as real work. It is never for clinical use, and
    it refuses a data folder that holds anything else.
    """
    chosen = settings()
    if not no_serve:
        require_free(host, port)  # before anybody waits for the stories
    click.echo(BANNER)
    if is_there(chosen) and is_whole(chosen) and not fresh:
        click.echo(
            f"The demonstration is in {chosen.home}; --fresh begins it anew."
            " What was thawed in it is over after an hour, as on a ward."
        )
    else:
        _play(chosen, therapies, seed)
    sheet = sheet_of(opened())
    _tell(sheet)
    _tell_what_to_try(sheet.cases)
    click.echo(f"\nOn the command line: COI_HOME={chosen.home} coi therapy")
    if not no_serve:
        click.echo(f"All codes, wristbands and patients' words: http://{host}:{port}/visitors\n")
        opened().engine.dispose()  # it can be opened; each worker opens it for itself
        listen(chosen, host, port, served=DEMONSTRATION)


def _play(chosen: Settings, therapies: int, seed: int) -> None:
    """Begin the demonstration anew, and show how far it is."""
    with click.progressbar(length=therapies, label="Playing therapies") as bar:
        begin(chosen, therapies, seed, lambda _story: bar.update(1))


def _tell(sheet: Sheet) -> None:
    """Say who can act."""
    click.echo(f"\nEverybody's password: {sheet.password}\n")
    for one in sheet.accounts:
        click.echo(f"  {one.username:<9}{one.printed_name:<20}{one.roles} ({one.site})")
    click.echo("\nBadges, at a registered device:\n")
    for worn in sheet.badges:
        click.echo(f"  {worn.username:<9}{worn.serial}, PIN {worn.pin}")


def _tell_what_to_try(cases: Sequence[Case]) -> None:
    """Say what to try, with everything that it asks for."""
    case, *others = cases
    click.echo(
        f"\nTry: sign in as ivo, open the therapy {case.coi} and check a bag at the bedside;"
        "\nthen switch user to irma, who checks it too. Paste each code, and press Enter. The bags"
        "\nwere thawed when the demonstration began, and are good for an hour.\n"
        f"\n  order      {case.coi}\n  wristband  {case.wristband}"
    )
    for thing in (one for one in case.things if "ivo" in one.people):
        click.echo(f"  bag        {thing.code}  ({thing.state})")
    for thing in [thing for other in others for thing in other.things][:1]:
        click.echo(f"  wrong bag  {thing.code}  (of another therapy)")
    click.echo(f"  patient    {case.says['family name']}, {case.says['birth date']}")
