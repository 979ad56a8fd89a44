"""`coi review`: sign that the audit trail of a therapy was reviewed, before its lot is released."""

import re

import click

from coi.cli.asking import as_user, prove
from coi.cli.opening import opened
from coi.cli.words import coi_of
from coi.errors import DataRefused, Problem
from coi.services.trail_review import REVIEWED, review_trail
from coi.services.trail_reviews import Read

_READ = re.compile(r"([0-9]{1,9}):([0-9a-f]{64})")


@click.command()
@click.argument("coi")
@click.option("--read", "told", required=True, metavar="ENTRY:HASH", help="The last entry read.")
@as_user("Who reviewed it: somebody who took no part in the therapy.")
def command(coi: str, told: str, username: str) -> None:
    """Sign that the audit trail of the therapy COI was reviewed.

    `coi therapy COI` shows every entry, and at its end the last one as ENTRY:HASH; `coi export
    trail --coi COI` writes what is unusual first.
    """
    coi, read = coi_of(coi), _read(told)
    installation = opened()
    by = prove(installation, username, f"who signs “{REVIEWED}”")
    done = review_trail(installation, by, coi, read)
    click.echo(f"Recorded: {done.by} reviewed the audit trail of {coi} up to entry {read.entry}.")


def _read(told: str) -> Read:
    """ENTRY:HASH as its two parts."""
    found = _READ.fullmatch(told)
    if found is None:
        raise DataRefused([Problem(f"“{told}” is not written as ENTRY:HASH")])
    return Read(int(found[1]), found[2])
