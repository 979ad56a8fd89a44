"""`coi sites`: hospitals, manufacturers, laboratories, couriers, and their units."""

import re
from zoneinfo import available_timezones

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.services.directory import sites_and_units
from coi.services.places import register_place
from coi.services.sites import Site, register_site, register_unit

KINDS = ("hospital", "manufacturer", "laboratory", "courier")
as_administrator = as_user("The administrator who does this.")


@click.group()
def command() -> None:
    """Register sites and their units, where things can be held."""


@command.command("list")
def list_() -> None:
    """List the sites with their units."""
    sites, units = sites_and_units(opened())
    for site in sites:
        click.echo(f"{site.id}  {site.name} ({site.kind}, {site.country}, {site.time_zone})")
        for unit in units.values():
            if unit.site == site:
                click.echo(f"  {unit.id}  {unit.name}")


def _identifier(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    """An id that can be typed without a doubt; it stands in every entry for ever."""
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", text):
        raise click.BadParameter("write lower-case letters, digits and hyphens, as in north-ward")
    return text


def _country(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    """Two capitals, ISO 3166."""
    if not re.fullmatch("[A-Z]{2}", text):
        raise click.BadParameter("write the two capitals of ISO 3166, as in DE")
    return text


def _zone(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    """A time zone that is known."""
    if text not in available_timezones():
        raise click.BadParameter("write a time zone such as Europe/Berlin")
    return text


@command.command()
@click.argument("identifier", metavar="ID", callback=_identifier)
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option("--name", required=True, help="As it stands on labels and documents.")
@click.option("--country", required=True, callback=_country, help="ISO 3166, as in DE.")
@click.option("--zone", required=True, callback=_zone, help="Time zone, as in Europe/Berlin.")
@as_administrator
def add(**given: str) -> None:
    """Register a site."""
    installation = opened()
    by = prove(installation, given["username"])
    site = Site(given["identifier"], given["kind"], given["name"], given["country"], given["zone"])
    register_site(installation, by, site)
    click.echo(f"Registered the {site.kind} {site.id} ({site.name}).")


@command.command("add-unit")
@click.argument("identifier", metavar="ID", callback=_identifier)
@click.option("--site", required=True, help="The id of its site.")
@click.option("--name", required=True)
@as_administrator
def add_unit(identifier: str, site: str, name: str, username: str) -> None:
    """Register a unit of a site; it can hold things from now on."""
    installation = opened()
    register_unit(installation, prove(installation, username), identifier, site, name)
    click.echo(f"Registered the unit {identifier} ({name}) of {site}.")


@command.command("add-place")
@click.argument("name")
@click.option("--unit", required=True, help="The id of its unit.")
@as_user("Who works at the unit, or administers.")
def add_place(name: str, unit: str, username: str) -> None:
    """Register a place of a unit, such as a shelf; its serial is what its label carries."""
    installation = opened()
    key = f"command-line-{installation.new_id()}"
    serial = register_place(installation, prove(installation, username), unit, name, key=key)
    click.echo(f"Registered: {serial} ({name}) of {unit}.")
