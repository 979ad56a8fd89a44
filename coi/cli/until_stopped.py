"""Goes on with something until whoever started it says stop."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

import click


def until_stopped(doing: str, run: Callable[[threading.Event], None]) -> None:
    """Run this until Ctrl-C or SIGTERM sets its event; what is under way is finished first."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, end)
    click.echo(f"{doing} (stop with Ctrl-C)")
    run(stop)
    click.echo("Stopped.")
