"""How much work a page makes, whatever else the machine does meanwhile.

Milliseconds are measured by `benchmarks/`, on a machine at rest: beside other tests the same page
takes half as long again on one day as on another.
"""

import gc
import sys
from collections.abc import Callable
from types import FrameType


def calls_in(ask: Callable[[], object]) -> int:
    """How many functions are called until the answer is there; the least of three tries."""
    return min(_calls(ask) for _ in range(3))


def _calls(ask: Callable[[], object]) -> int:
    count = 0

    def called(_frame: FrameType, event: str, _told: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    gc.disable()
    sys.setprofile(called)
    try:
        ask()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count
