"""`coi approve`: what QA vouches for with a signature."""

from datetime import datetime

import click

from coi.cli.asking import as_user, last_moment, prove
from coi.cli.opening import opened
from coi.services import approvals, dialects, doubt, reading_codes, stepped
from coi.services.known_templates import is_own
from labels.errors import NotACode
from labels.identifiers import Serial, parse_code

as_qa = as_user("The QA reviewer who signs.")


@click.group()
def command() -> None:
    """Approve label templates, qualify shippers, and say which codes of others a site reads."""


@command.command()
@click.argument("name")
@click.option("--withdraw", is_flag=True, help="Take the approval back.")
@click.option("--sha256", help="The version that you looked at; needed to approve one of your own.")
@as_qa
def template(name: str, username: str, sha256: str | None, *, withdraw: bool) -> None:
    """Approve a label template exactly as it is now; labels are printed with approved ones.

    Withdrawn is the version in force, or the one that is named by its SHA-256.
    """
    installation = opened()
    if is_own(name) and not (sha256 or withdraw):
        told = "Look at it on the page “Label templates”, and give its SHA-256 with --sha256."
        raise click.UsageError(told)
    meaning = approvals.WITHDRAWN if withdraw else approvals.APPROVED
    signer = prove(installation, username, f"who signs “{meaning}”")
    found = approvals.approve_template(installation, signer, name, holds=not withdraw, seen=sha256)
    done = "Withdrawn" if withdraw else "Approved"
    click.echo(f"{done}: label template {name} (SHA-256 {found.sha256}).")


def _shipper_serial(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    """The serial of a shipper, or nothing."""
    if not text:
        return text
    try:
        code = parse_code(text)
    except NotACode as error:
        raise click.BadParameter(error.sentence) from error
    if not isinstance(code, Serial) or code.kind != "X":
        raise click.BadParameter("it is not the serial of a shipper; those begin with X")
    return code.text


@command.command()
@click.argument("serial", required=False, default="", callback=_shipper_serial)
@click.option("--hours", type=click.IntRange(1, 1000), required=True, help="How long it is cold.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last day.")
@as_qa
def shipper(serial: str, hours: int, until: datetime, username: str) -> None:
    """Record that a shipper keeps cold for so many hours; without a SERIAL one is issued."""
    installation = opened()
    signer = prove(installation, username, f"who signs “{approvals.QUALIFIED}”")
    found = approvals.qualify_shipper(
        installation,
        signer,
        hours,
        last_moment(until),
        serial,
        key=f"command-line-{installation.new_id()}",
    )
    click.echo(f"Qualified: shipper {found}, {hours} h, until {until:%Y-%m-%d}.")


@command.command()
@click.option("--why", required=True, metavar="TEXT", help="What was found; why work goes on.")
@as_qa
def findings(why: str, username: str) -> None:
    """Let work go on although a verification found that the record is not as it was recorded."""
    installation = opened()
    signer = prove(installation, username, f"who signs “{doubt.GOES_ON}”")
    found = doubt.accept_findings(installation, signer, why)
    click.echo(f"Signed: work goes on with {found} findings. What is found anew stops it again.")


@command.command()
@click.option("--why", required=True, metavar="TEXT", help="What it did; why work goes on.")
@as_qa
def clock(why: str, username: str) -> None:
    """Let work go on although a clock was set by so much that nothing was released."""
    installation = opened()
    signer = prove(installation, username, f"who signs “{stepped.GOES_ON}”")
    number = stepped.accept_clock(installation, signer, why)
    click.echo(f"Signed: work goes on; the clock was set {number} times.")


@command.command()
@click.argument("site")
@click.argument("name", type=click.Choice(reading_codes.NAMES))
@click.option("--licence", required=True, help="Registration or prefix under which it is read.")
@click.option("--withdraw", is_flag=True, help="The site no longer reads it.")
@as_qa
def dialect(site: str, name: str, licence: str, username: str, *, withdraw: bool) -> None:
    """Let a SITE read codes of ISBT 128 or of GS1, after its licence was confirmed."""
    installation = opened()
    meaning = dialects.NOT_READ if withdraw else dialects.READ
    signer = prove(installation, username, f"who signs “{meaning}”")
    switch = dialects.Switch(site=site, dialect=name, licence=licence, holds=not withdraw)
    dialects.switch_dialect(installation, signer, switch)
    click.echo(f"{site} {'no longer reads' if withdraw else 'reads'} {name} ({licence}).")
