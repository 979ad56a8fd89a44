"""Break the verifier of exports, one thing at a time: `python -m tests.mutation.verifier`.

Each time some test must fail that asks it about a record; or docs/mutation.md lists the change with
the reason. The tests run in this process, and the worlds that they look at are built once.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from types import FrameType

import pytest
from _pytest.runner import runtestprotocol

from coi.reports.offline import verify
from tests.mutation.broken import Broken, broken
from tests.mutation.listed import is_listed, verifier

TESTS = (
    "tests/coi/reports/test_offline_proofs.py",
    "tests/coi/reports/test_offline_verify.py",
    "tests/coi/services/test_verify_alone.py",
)
"""Those of its pieces, and behind them those that need whole records."""
ROOT = Path(__file__).parents[2]
TO_BUILD, TO_ASK = 600, 30
"""Seconds in which a test must end, also where it first builds the world that it looks at."""

_SOURCE = Path(verify.__file__)


def main(arguments: list[str]) -> int:
    """Break everything, or what lies in the functions that are named; 0 if all is noticed."""
    asked = [one for one in broken(_text()) if not arguments or one.where in arguments]
    left = asked
    for tests in TESTS:
        left = unnoticed(left, tests) if left else []
    listed = verifier()
    unlisted = [one for one in left if not is_listed(one.where, one.change, listed)]
    known = {(one.where, one.change) for one in left}
    for row in listed if not arguments else ():
        if (row.where, row.change) not in known:
            print(f"listed, and noticed by now: {row.where}: {row.change}")
    for one in unlisted:
        print(f"not listed: {one.where}: {one.change}")
    print(f"{len(asked)} broken, {len(left)} of them unnoticed, {len(unlisted)} not listed.")
    return 1 if unlisted else 0


def _text() -> str:
    return _SOURCE.read_text(encoding="utf-8")


def unnoticed(mutants: list[Broken], tests: str) -> list[Broken]:
    """Those that no test of a file notices."""
    noticing = _Noticing(mutants)
    options = [
        "-q",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        "--capture=no",
        "--no-header",
        "--tb=native",
    ]
    status = pytest.main([*options, str(ROOT / tests)], plugins=[noticing])
    assert status == pytest.ExitCode.OK, status
    return noticing.left


class _Noticing:
    """Runs the tests of a file for each mutant until one fails, those that failed last first."""

    def __init__(self, mutants: list[Broken]) -> None:
        self.mutants = mutants
        self.left: list[Broken] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of running each test once."""
        reach = self._reach(session.items)
        for number, mutant in enumerate(self.mutants, 1):
            reached = [item for item in reach if mutant.where in reach[item]]
            items = reached if mutant.is_in_function else [*reach]
            noticing = self._noticing(mutant, items)
            if noticing is not None:
                reach = {noticing: reach[noticing], **reach}
            if number % 50 == 0:
                print(f"{number} of {len(self.mutants)}, {len(self.left)} left", flush=True)
        runtestprotocol(session.items[0], nextitem=None, log=False)
        return True

    def _reach(self, items: list[pytest.Item]) -> dict[pytest.Item, set[str]]:
        """Which functions each test comes to; the quickest test first."""
        found = {}
        for item in items:
            began = perf_counter()
            with _called() as names:
                assert _holds(item, TO_BUILD), f"{item.name} fails before anything is broken"
            found[item] = (perf_counter() - began, names)
        return {item: found[item][1] for item in sorted(found, key=lambda one: found[one][0])}

    def _noticing(self, mutant: Broken, items: list[pytest.Item]) -> pytest.Item | None:
        """The first test that fails, if one does; what cannot even be imported is noticed too."""
        with _in_place(mutant) as is_imported:
            if not is_imported:
                return None
            found = next((one for one in items if not _holds(one)), None)
        if found is None:
            self.left.append(mutant)
        return found


@contextmanager
def _called() -> Iterator[set[str]]:
    """The names of the verifier's functions that are called meanwhile."""
    names: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename == str(_SOURCE):
            names.add(frame.f_code.co_qualname)

    sys.setprofile(note)
    try:
        yield names
    finally:
        sys.setprofile(None)


def _holds(item: pytest.Item, seconds: int = TO_ASK) -> bool:
    """Whether a test passes; what its module has built stays, for another one follows."""
    following = item.session.items[-1 if item is not item.session.items[-1] else 0]
    with _at_most(seconds):
        reports = runtestprotocol(item, nextitem=following, log=False)
    return not any(report.failed for report in reports)


@contextmanager
def _in_place(mutant: Broken) -> Iterator[bool]:
    """Everybody who looks at the verifier meets the broken one, if it can be imported."""
    kept = dict(vars(verify))
    try:
        exec(compile(mutant.whole(_text()), _SOURCE, "exec"), vars(verify))  # noqa: S102
    except (Exception, SystemExit):  # noqa: BLE001 - whatever it is, it is seen at once
        is_imported = False
    else:
        is_imported = True
    try:
        yield is_imported
    finally:
        vars(verify).clear()
        vars(verify).update(kept)


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """A test that does not end has failed."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
