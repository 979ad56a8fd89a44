"""`coi demo`: a made-up world to try the product in, and its pages."""

import click

from coi.cli.listening import listen, require_free
from coi.cli.opening import BANNER, opened, settings
from coi.demo.begin import begin, is_there
from coi.demo.cast import PASSWORD, STAFF, UNITS
from coi.demo.population import SHOWN
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
    if is_there(chosen) and not fresh:
        click.echo(f"The demonstration is in {chosen.home}; --fresh begins it anew.")
    else:
        _play(chosen, therapies, seed)
    _tell(str(chosen.home))
    if not no_serve:
        opened().engine.dispose()  # it can be opened; each worker opens it for itself
        listen(chosen, host, port)


def _play(chosen: Settings, therapies: int, seed: int) -> None:
    """Begin the demonstration anew, and show how far it is."""
    with click.progressbar(length=therapies, label="Playing therapies") as bar:
        begin(chosen, therapies, seed, lambda _story: bar.update(1))


def _tell(home: str) -> None:
    """Say who can act, and what to try."""
    click.echo(f"\nEverybody's password: {PASSWORD}\n")
    for staff in STAFF:
        roles = ", ".join(dict.fromkeys(role.replace("_", " ") for role, _ in staff.roles))
        site = UNITS[staff.roles[0][1]][0]
        click.echo(f"  {staff.username:<9}{staff.printed_name:<20}{roles} ({site})")
    click.echo(
        "\nTry: sign in as ivo, open the therapy whose bags are thawed, and check one at the"
        " bedside\nwith irma: with its own label, then with a label of another therapy."
    )
    click.echo(f"On the command line: COI_HOME={home} coi therapy\n")
