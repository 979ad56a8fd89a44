"""The application as a server's worker makes it: from the environment, in the worker's process."""

import os
from collections.abc import Callable

from coi.app import create_app
from coi.services.installation import open_installation
from coi.settings import Settings


def application() -> Callable[..., object]:
    """The application of the installation that the environment names."""
    return create_app(open_installation(Settings.from_environment(os.environ)))
