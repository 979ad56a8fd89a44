"""Our application as a worker of the measured server makes it, for a clinic's database."""

import os
from collections.abc import Callable
from dataclasses import replace

from benchmarks.clinic import an_installation
from coi.app import create_app
from coi.clock import SystemClock
from coi.store.engine import open_engine


def application() -> Callable[..., object]:
    """All that is served, for the database that the environment names.

    As a demonstration, in which each of many clients may be the same person.
    """
    installation = an_installation(open_engine(os.environ["BENCH_URL"]), SystemClock())
    return create_app(replace(installation, demonstration=True))
