"""The `coi` command on a machine whose clock is days ahead of the clinic in the tests."""

from datetime import timedelta

from coi.cli import main
from coi.clock import SteppedClock
from coi.services import installation
from tests.coi.clinic import NOW

if __name__ == "__main__":
    later = SteppedClock(NOW + timedelta(days=3), timedelta(seconds=1))
    installation.SystemClock = lambda: later  # type: ignore[assignment,misc]
    main(prog_name="coi")
