"""How the tests run: the same random choices each time, and the time of each part at the end."""

import gc
from collections import Counter
from pathlib import PurePosixPath

import pytest
from hypothesis import settings

from tests import applications, memory

SELDOM = (50_000, 20, 100)
"""After how many new objects garbage is looked for, and how seldom among what is older.

Collecting fifteen thousand tests makes none, and tests make little: to look takes longer.
"""

gc.set_threshold(*SELDOM)
memory.prefer()
applications.compile_once()
pytest_plugins = ["tests.fixtures", "tests.journeys.walked", "tests.browser.pictures"]

# Two tests share a slow machine: time limits of single examples would fail at random.
settings.register_profile("every run", derandomize=True, deadline=None)
settings.register_profile("soak", max_examples=20_000, deadline=None, print_blob=True)
settings.load_profile("every run")


class TimeByPart:
    """Adds up the seconds of each folder in tests/, over all processes that run tests."""

    def __init__(self) -> None:
        self._seconds: Counter[str] = Counter()
        self._tests: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase (set-up, call, tear-down) of one test to its part."""
        part = part_of(report.nodeid)
        self._seconds[part] += report.duration
        self._tests[part] += report.when == "call"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the parts, the slowest first."""
        if not self._seconds:
            return
        terminalreporter.section("time by part")
        for part, seconds in self._seconds.most_common():
            terminalreporter.write_line(f"{seconds:8.1f} s {self._tests[part]:6} tests  {part}")


def part_of(nodeid: str) -> str:
    """Return the folder of a test, such as tests/journeys; a file in tests/ itself is its own."""
    return str(PurePosixPath(*PurePosixPath(nodeid.partition("::")[0]).parts[:2]))


def pytest_collection_finish() -> None:
    """Look for garbage only among what comes from now on: of what is loaded, nothing ever is.

    Whatever is imported may have said how often it wants that, as the `coi` command does.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


def pytest_configure(config: pytest.Config) -> None:
    """Keep the time where the results arrive: not in a worker of a parallel run."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(TimeByPart(), "time by part")
