"""The application as a server's worker makes it: from the environment, in the worker's process."""

import os
import signal
from collections.abc import Callable

from coi.app import create_app
from coi.demo.sheet import sheet_of
from coi.services.installation import Installation, open_installation
from coi.settings import Settings


def application() -> Callable[..., object]:
    """The application of the installation that the environment names."""
    return create_app(_begin())


def demonstration() -> Callable[..., object]:
    """The same with the visitors' sheet, which an installation that is at work does not have."""
    return create_app(_begin(), for_visitors=sheet_of)


def _begin() -> Installation:
    """Open the installation.

    Ctrl-C reaches every process of a terminal. It is the server's to hear: told twice to stop, by
    the terminal and by the server, a worker would never end.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    return open_installation(Settings.from_environment(os.environ))
