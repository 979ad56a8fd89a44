"""`coi export`: lists for a spreadsheet; the end of the file's name says which form it has."""

from datetime import date, datetime
from pathlib import Path

import click

from coi.cli.asking import as_user
from coi.cli.paper import hand_out
from coi.cli.words import coi_of
from coi.cli.writing import output_options
from coi.services import exception_list, listings, trail, worklist
from coi.services.exception_list import CLASSES, KINDS
from coi.services.exporting import Form, Listing, export
from coi.services.installation import Installation
from coi.services.proofs import JustProven

BY = as_user("Who takes it: what they may see is in the file.")


@click.group()
def command() -> None:
    """Write a list as CSV or XLSX; that it was taken is put on record."""


def _write(listing: Listing, username: str, output: Path, *, force: bool) -> None:
    """Write a list, in the form that the end of the file's name says."""
    ending = output.suffix.removeprefix(".").lower()
    if ending not in {*Form}:
        raise click.BadParameter("ends in .csv or in .xlsx", param_hint="--output")

    def draw(installation: Installation, by: JustProven) -> bytes:
        with export(installation, by, listing, Form(ending)).content as content:
            return content.read()

    hand_out(output, username, "for this list", draw, force=force)


@command.command()
@click.option("--all", "every", is_flag=True, help="Every therapy at your sites.")
@click.option("--at", default="", metavar="UNIT", help="At this one of your units only.")
@click.option("--site", default="", help="In which this site takes part.")
@click.option("--phase", default="", help="In this phase only.")
@click.option("--overdue", is_flag=True, help="What is overdue only.")
@click.option("--on-hold", is_flag=True, help="What is on hold only.")
@click.option("--coi", default="", help="Whose COI begins so.")
@BY
@output_options
def work(username: str, output: Path, *, force: bool, every: bool, **narrowed: str | bool) -> None:
    """What waits for you, or every therapy at your sites."""
    wanted = worklist.Wanted(
        which=worklist.ALL if every else "",
        unit=str(narrowed["at"]),
        phase=str(narrowed["phase"]),
        overdue=bool(narrowed["overdue"]),
        on_hold=bool(narrowed["on_hold"]),
        coi=str(narrowed["coi"]).upper(),
        site=str(narrowed["site"]),
    )
    _write(listings.work(wanted), username, output, force=force)


@command.command()
@click.option("--closed", is_flag=True, help="The closed ones.")
@click.option("--class", "of_class", type=click.Choice(CLASSES), help="Of this class.")
@click.option("--kind", type=click.Choice(KINDS), help="Of this kind.")
@click.option("--mine", is_flag=True, help="Yours only.")
@BY
@output_options
def exceptions(  # noqa: PLR0913 - each is an option
    username: str,
    output: Path,
    of_class: str | None,
    kind: str | None,
    *,
    closed: bool,
    mine: bool,
    force: bool,
) -> None:
    """The exceptions of the therapies at your sites."""
    wanted = exception_list.Wanted(
        closed=closed, of_class=of_class or "", kind=kind or "", mine=mine
    )
    _write(listings.exceptions(wanted), username, output, force=force)


@command.command()
@click.option("--called", default="", help="Whose name holds these letters.")
@BY
@output_options
def people(called: str, username: str, output: Path, *, force: bool) -> None:
    """Whoever has an account, with their roles."""
    _write(listings.people(called), username, output, force=force)


@command.command()
@click.argument("coi")
@BY
@output_options
def looks(coi: str, username: str, output: Path, *, force: bool) -> None:
    """Who looked at the identity of a therapy's patient."""
    _write(listings.identity_looks(coi_of(coi)), username, output, force=force)


@command.command()
@BY
@output_options
def sites(username: str, output: Path, *, force: bool) -> None:
    """Every site with its units."""
    _write(listings.sites(), username, output, force=force)


@command.command()
@BY
@output_options
def benches(username: str, output: Path, *, force: bool) -> None:
    """The benches of your sites, with what is on each."""
    _write(listings.benches(), username, output, force=force)


@command.command()
@BY
@output_options
def places(username: str, output: Path, *, force: bool) -> None:
    """The places of your units."""
    _write(listings.places(), username, output, force=force)


@command.command()
@BY
@output_options
def equipment(username: str, output: Path, *, force: bool) -> None:
    """The equipment of your units, with the end of its calibration."""
    _write(listings.equipment(), username, output, force=force)


_DAY = click.DateTime(["%Y-%m-%d"])
_WHO = click.option("--who", default="", metavar="USER", help="By this person only.")
_SINCE = click.option("--since", type=_DAY, help="From this day on.")
_UNTIL = click.option("--until", type=_DAY, help="Until this day, which is in it too.")


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


@command.command(name="trail")
@click.option(
    "--all", "everything", is_flag=True, help="Every entry, and not only what is unusual."
)
@click.option("--coi", default="", help="Of this therapy only.")
@_WHO
@_SINCE
@_UNTIL
@BY
@output_options
def audit_trail(  # noqa: PLR0913 - each is an option
    username: str,
    output: Path,
    coi: str,
    who: str,
    since: datetime | None,
    until: datetime | None,
    *,
    everything: bool,
    force: bool,
) -> None:
    """The audit trail at your sites, a row for each change."""
    wanted = trail.Wanted(
        everything=everything, coi=coi.upper(), who=who, since=_day(since), until=_day(until)
    )
    _write(listings.audit_trail(wanted), username, output, force=force)


@command.command()
@_WHO
@_SINCE
@_UNTIL
@BY
@output_options
def access(
    username: str,
    output: Path,
    who: str,
    since: datetime | None,
    until: datetime | None,
    *,
    force: bool,
) -> None:
    """Who came in, who could not, was given what, looked at names, and took what along."""
    wanted = trail.Wanted(
        everything=True, access=True, who=who, since=_day(since), until=_day(until)
    )
    _write(listings.audit_trail(wanted), username, output, force=force)
