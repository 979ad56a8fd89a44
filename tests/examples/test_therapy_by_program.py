"""The therapy by program is true: from two orders to the infusion, past a wrong bag."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "therapy_by_program.py"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Run it once, in a folder for temporary files of its own."""
    folder = tmp_path_factory.mktemp("by-program")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment,
        timeout=400,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


def test_the_therapy_comes_to_its_infusion(told):
    """Every step through the interface, each signature by a grant of its own."""
    assert "iris took Infuse (the bag is empty afterwards), signed by iris, ines" in told
    assert "are where they came from." in told


def test_the_wrong_bag_is_refused(told):
    """It stops the pairing, and two others check before the right one is hung."""
    wrong, right = told.index("WRONG_THERAPY: STOP. The bag"), told.index("iris took Infuse")

    assert wrong < told.index("SAME_PAIR_AFTER_MISMATCH") < right


def test_a_lot_without_results_is_not_released(told):
    """Before the results the release is refused with every result that is missing."""
    assert "RESULTS_MISSING: Results are outstanding: Viability, CD3+ purity" in told


def test_the_program_shows_no_secret(told):
    """Neither a password, but where the people choose theirs, nor a grant, nor a token."""
    by_program = told[told.index("Two orders") :]

    assert "coig_" not in told
    assert "for demonstration only" not in by_program
