"""What a person waits for at a prompt."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from benchmarks.measure import REFERENCE_MS, Row
from labels.bag_label import BagLabel
from labels.identifiers import Coi, Serial

ROUNDS = 9
LONGEST = 0.35


def rows(calibration: float) -> Iterator[Row]:
    """`coi --help` in a process of its own."""
    here = median(_help() for _ in range(ROUNDS))
    there = here * REFERENCE_MS / calibration
    told = f"{here:.2f} s CPU here, {there:.2f} s scaled"
    yield Row("coi --help", told, f"under {LONGEST} s", here < LONGEST)


def _help() -> float:
    """Seconds of CPU of the child."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    asked = [sys.executable, "-m", "coi.cli", "--help"]
    subprocess.run(asked, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def a_label() -> BagLabel:
    """A label of the middle of the road."""
    return BagLabel(
        serial=Serial("B", "TEST", "7KFT02XH"),
        coi=Coi("TEST", "46Q3D25V"),
        product="Autologous CD19 CAR-T cells",
        component="Cryopreserved T cells, 5 % DMSO",
        container=1,
        containers=3,
        volume="68 mL",
        storage="at most -150 °C, vapour phase of liquid nitrogen",
        establishment="Riverside Cell Works",
        origin="Made",
        origin_at=datetime(2026, 11, 22, 14, 5, tzinfo=UTC),
        expires_at=datetime(2027, 11, 22, 23, 59, tzinfo=UTC),
        lot="LOT-2026-0042",
        attempt=1,
    )
