"""The server behind `coi serve` and `coi demo`: where it listens, and how it ends."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from coi.errors import CoiError
from coi.events import tell
from coi.logs import write_logs
from coi.services.passwords import MOST_WAITING
from coi.settings import Settings

SHARED_COUNTS = "PROMETHEUS_MULTIPROC_DIR"
APPLICATION = "coi.cli.serving:application"
DEMONSTRATION = "coi.cli.demonstrating:demonstration"
# More than wait for a password to be checked, so that those who work always find a free one.
_THREADS = 16 + MOST_WAITING

Tls = tuple[Path, Path]
"""A certificate and its key, as PEM files."""


class CannotListen(CoiError):
    """Nobody could reach the pages there."""

    code = "CANNOT_LISTEN"


def require_free(host: str, port: int) -> None:
    """A server could listen there.

    Raises:
        CannotListen: another program does already, or the machine does not let anybody.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address, family=family).close()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "another program listens there" if taken else (error.strerror or "no such address")
        raise CannotListen(
            f"The pages cannot be served on {host}, port {port}: {why}.",
            "Stop it, or choose another port with --port, such as 8001."
            if taken
            else "Choose another with --host and --port.",
        ) from error


def listen(
    settings: Settings, host: str, port: int, tls: Tls | None = None, served: str = APPLICATION
) -> None:
    """Serve the pages until somebody stops it; whatever is being saved is finished first.

    Each worker opens the installation for itself, from the same environment.

    Raises:
        CannotListen: the place is taken.
    """
    require_free(host, port)
    url = f"{'https' if tls else 'http'}://{host}:{port}"
    os.environ.setdefault("COI_PUBLIC_URL", url)
    click.echo(f"Serving on {url} (stop with Ctrl-C)")
    write_logs(settings.log_format, collector=settings.log_collector)
    workers = 1 if settings.database_path is not None else 2
    with _counted_together(settings, workers):
        _serve(served, (host, port), workers, tls)
    tell("stopped")
    click.echo("Stopped.")


@contextmanager
def _counted_together(settings: Settings, workers: int) -> Iterator[None]:
    """Give several workers a folder in which each keeps its counts, where they are asked for."""
    if workers == 1 or not settings.metrics_token or SHARED_COUNTS in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="coi-counts-") as folder:
        os.environ[SHARED_COUNTS] = folder
        try:
            yield
        finally:
            del os.environ[SHARED_COUNTS]


def _serve(served: str, at: tuple[str, int], workers: int, tls: Tls | None) -> None:
    certificate, key = tls or (None, None)
    Granian(
        served,
        address=at[0],
        port=at[1],
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=_THREADS,
        ssl_cert=certificate,
        ssl_key=key,
        log_access=False,  # its lines would hold addresses; each request has a line of ours
        log_level=LogLevels.error,  # it warns of more threads than processors, which wait for disks
        websockets=False,
    ).serve()
