"""What a server's worker loads before it answers."""

import subprocess
import sys

from tests.serving import ROOT

LOADED = "import sys, coi.cli.serving; print([n for n in sys.modules if n.startswith('coi.demo')])"


def test_a_server_at_work_loads_nothing_of_the_demonstration():
    """A real installation is served without any of the made-up world."""
    told = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert told.stdout == "[]\n"
