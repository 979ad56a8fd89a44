"""Prints at the end of a run how many transitions of the definition were walked.

A test tells its share as a property of its report, which also reaches the process that prints when
several run the tests.
"""

import pytest

WALKED = "transitions walked"


class Walked:
    """Keeps what the tests tell, database by database."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what a test has walked."""
        if report.when == "call":
            self._lines += [str(text) for name, text in report.user_properties if name == WALKED]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print one line for each database."""
        if self._lines:
            terminalreporter.section(WALKED)
        for line in sorted(self._lines):
            terminalreporter.write_line(f"{WALKED}: {line}")


def pytest_configure(config: pytest.Config) -> None:
    """Listen where the results arrive: not in a worker of a parallel run."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Walked(), WALKED)
