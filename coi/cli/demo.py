"""`coi demo`: a made-up world to try the product in."""

import click

from coi.cli.opening import BANNER, settings
from coi.demo.begin import begin, is_there
from coi.demo.cast import PASSWORD, STAFF, UNITS
from coi.demo.population import how_many


@click.command()
@click.option("--therapies", default=24, show_default=True, help="How many therapies, at least.")
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same stories.")
@click.option("--fresh", is_flag=True, help="Throw an earlier demonstration away and begin anew.")
@click.option("--no-serve", is_flag=True, help="Only fill the folder (there are no pages yet).")
def command(*, therapies: int, seed: int, fresh: bool, no_serve: bool) -> None:
    """Fill a data folder of its own: two hospitals, a manufacturer, therapies in every state.

    All of it goes through the same steps and checks as real work. It is never for clinical use, and
    it refuses a data folder that holds anything else.
    """
    del no_serve  # pages will be served unless it is given
    chosen = settings()
    click.echo(BANNER)
    if is_there(chosen) and not fresh:
        click.echo(f"The demonstration is in {chosen.home}; --fresh begins it anew.")
    else:
        with click.progressbar(length=how_many(therapies), label="Playing therapies") as bar:
            begin(chosen, therapies, seed, lambda _story: bar.update(1))
    _tell(str(chosen.home))


def _tell(home: str) -> None:
    """Say who can act, and what to try."""
    click.echo(f"\nEverybody's password: {PASSWORD}\n")
    for staff in STAFF:
        roles = ", ".join(dict.fromkeys(role.replace("_", " ") for role, _ in staff.roles))
        site = UNITS[staff.roles[0][1]][0]
        click.echo(f"  {staff.username:<9}{staff.printed_name:<20}{roles} ({site})")
    click.echo(f"\nTry: COI_HOME={home} coi therapy")
