"""`coi stop-ship`: find what is concerned, and stop all of it by one signature."""

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.cli.telling import tell_refusals
from coi.errors import Refused
from coi.services.concerned import Concerned, Criterion, find
from coi.services.stop_ship import StopShip, stop_ship


@click.command()
@click.argument("what")
@click.argument("content")
@click.option("--since", default="", metavar="DAY", help="Recorded on this day or later.")
@click.option("--until", default="", metavar="DAY", help="Recorded on this day or before.")
@click.option("--unit", required=True, help="Where you answer for quality.")
@click.option("--reason", default="", help="Why it is stopped; without one it is only looked for.")
@click.option("--lift", is_flag=True, help="Let go on what this stop-ship holds.")
@click.option("--investigation", default="", help="To let it go on: the number of the closed one.")
@as_user("Who looks, and signs.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    username: str,
    reason: str,
    lift: bool,
    investigation: str,
    **asked: str,
) -> None:
    """Stop every therapy in which the field WHAT is CONTENT, such as vector_lot LV-2026-07.

    Without --reason nothing is stopped: the list is printed, with where each therapy stands.
    """
    installation, unit = opened(), asked.pop("unit")
    criterion = Criterion(**asked)
    by = prove(installation, username)
    found = find(installation, by, criterion, unit)
    for one in found:
        click.echo(_line(one))
    if not (reason and found):
        click.echo(f"{len(found)} concerned, none touched.")
        return
    shown, key = tuple(one.coi for one in found), f"command-line-{installation.new_id()}"
    wanted = StopShip(criterion, reason, unit, key, shown, lift, investigation)
    try:
        done = stop_ship(installation, wanted, by)
    except Refused as refused:
        tell_refusals("Stop-ship", refused.refusals, recorded=True)
        ctx.exit(1)
    click.echo(f"{'Lifted in' if lift else 'Stopped:'} {len({one.coi for one in done})}.")


def _line(one: Concerned) -> str:
    """A therapy, where it stands, and what of it is on its way."""
    held = "stopped" if one.held_by else "on hold" if one.stops else "goes on"
    return f"{one.coi}  {one.state}, {held}; on its way: {', '.join(one.on_its_way) or 'nothing'}"
