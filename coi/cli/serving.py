"""The application as a server's worker makes it: from the environment, in the worker's process."""

import os
import signal
from collections.abc import Callable

from coi.app import create_app
from coi.services.installation import open_installation
from coi.settings import Settings


def application() -> Callable[..., object]:
    """The application of the installation that the environment names.

    Ctrl-C reaches every process of a terminal. It is the server's to hear: told twice to stop, by
    the terminal and by the server, a worker would never end.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    return create_app(open_installation(Settings.from_environment(os.environ)))
