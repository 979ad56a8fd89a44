"""`coi serve`: the pages, served by granian."""

from pathlib import Path

import click

from coi.cli.listening import Tls, listen
from coi.cli.opening import opened, settings
from coi.cli.telling import tell_standstill
from coi.services.erased_log import settle_erased_at_start
from coi.services.mounts import MOUNTS, require_own_disk


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--tls",
    nargs=2,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="CERTIFICATE KEY",
    help="Serve HTTPS with these two PEM files.",
)
def command(host: str, port: int, tls: Tls | None) -> None:
    """Serve the pages until you stop it; whatever is being saved is finished first."""
    require_own_disk(settings(), MOUNTS)
    installation = opened()  # it can be opened; each worker opens it for itself
    # Said here, where somebody reads it; each worker asks for itself too.
    settle_erased_at_start(installation)
    tell_standstill(installation.look_at_length())
    installation.engine.dispose()
    listen(settings(), host, port, tls)
    installation.look_at_length()
