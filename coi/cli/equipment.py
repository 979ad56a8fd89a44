"""`coi equipment`: which there is, until when it is calibrated, and entering what changes."""

import click

from coi.cli import words
from coi.cli.asking import WHY, as_user, prove
from coi.cli.opening import opened
from coi.services import equipment_keeping as keeping
from coi.services.equipment import every_piece
from workflows.model import EquipmentKind

SERIAL = click.argument("serial", callback=words.serial_of)
UNTIL = click.option("--until", required=True, help="The last day of its calibration.")
CERTIFICATE = click.option("--certificate", required=True, help="The number of the certificate.")
as_keeper = as_user("Who works at the unit, or administers.")


@click.group()
def command() -> None:
    """Register equipment, enter calibrations, take it out of service.

    A step takes no equipment that is out of service, or whose calibration is over.
    """


@command.command("list")
def list_() -> None:
    """List all equipment; what ends first stands first."""
    installation = opened()
    now = installation.clock.now()
    for one in every_piece(installation):
        piece = one.piece
        until = f"calibrated until {piece.calibrated_until:%Y-%m-%d}"
        told = f"{piece.number}, {piece.name}, {one.unit.id}: {one.standing(now)}, {until}"
        click.echo(f"{piece.serial}  {told}")


@command.command()
@click.argument("unit")
@click.option("--number", required=True, help="As it stands on it.")
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in EquipmentKind]))
@click.option("--name", required=True, help="What people call it.")
@click.option("--maker-serial", required=True, help="The serial number of its maker.")
@UNTIL
@CERTIFICATE
@as_keeper
def add(unit: str, username: str, until: str, **about: str) -> None:
    """Register equipment of a UNIT; prints the serial for its label."""
    installation = opened()
    by = prove(installation, username)
    key = f"command-line-{installation.new_id()}"
    told = keeping.About(calibrated_until=until, **about)
    serial = keeping.register_equipment(installation, by, unit, told, key=key)
    click.echo(f"Registered: {serial} ({told.number}) of {unit}.")


@command.command()
@SERIAL
@UNTIL
@CERTIFICATE
@WHY
@as_keeper
def calibrate(serial: str, until: str, certificate: str, why: str, username: str) -> None:
    """Enter a new calibration."""
    installation = opened()
    by, new = prove(installation, username), keeping.Calibration(until, certificate)
    keeping.renew_calibration(installation, by, serial, new, why=why)
    click.echo(f"Entered: {serial} is calibrated until {until}.")


@command.command()
@SERIAL
@click.option("--in/--out", "in_service", required=True, help="In service, or out of service.")
@WHY
@as_keeper
def service(serial: str, why: str, username: str, *, in_service: bool) -> None:
    """Take it out of service, or put it back."""
    installation = opened()
    by = prove(installation, username)
    keeping.put_in_service(installation, by, serial, in_service=in_service, why=why)
    click.echo(f"Entered: {serial} is {'in' if in_service else 'out of'} service.")
