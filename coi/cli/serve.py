"""`coi serve`: the pages, served by granian."""

import os
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces

from coi.cli.opening import opened, settings
from coi.services.passwords import MOST_WAITING

_FACTORY = "coi.cli.serving:application"
# More than wait for a password to be checked, so that those who work always find a free one.
_THREADS = 16 + MOST_WAITING


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
def command(host: str, port: int, tls: tuple[Path, Path] | None) -> None:
    """Serve the pages until you stop it; whatever is being saved is finished first."""
    opened().engine.dispose()  # it can be opened; each worker opens it for itself
    certificate, key = tls or (None, None)
    on_sqlite = settings().database_path is not None
    url = f"{'https' if tls else 'http'}://{host}:{port}"
    os.environ.setdefault("COI_PUBLIC_URL", url)
    click.echo(f"Serving on {url} (stop with Ctrl-C)")
    Granian(
        _FACTORY,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1 if on_sqlite else 2,
        blocking_threads=_THREADS,
        ssl_cert=certificate,
        ssl_key=key,
        log_access=False,
        websockets=False,
    ).serve()
