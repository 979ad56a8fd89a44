"""What a site reads, and how a test asks: the vectors, and the code of a refusal."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labels.codes.scans import Dialects, IsbtTables, read_scan
from labels.errors import NotACode

_PLACE = Path(__file__).parents[1] / "vectors"
ISBT128: dict[str, Any] = json.loads((_PLACE / "isbt128.json").read_text(encoding="utf-8"))
GS1: dict[str, Any] = json.loads((_PLACE / "gs1.json").read_text(encoding="utf-8"))

TABLES = IsbtTables(
    facilities={"A9999": "Example Cell Centre"},
    products={"S2598": "Example product"},
    blood_groups={"62": "Example group"},
    orders={"035": ("034", "032", "001", "004")},
    bands=frozenset({"01"}),
)
ALL = Dialects(isbt128=TABLES, gs1=True)


def read(raw: str) -> Any:
    """Read a scan at a site that reads every dialect."""
    return read_scan(raw, ALL)


def refusal(work: Callable[[], object]) -> str:
    """Give the code with which a piece of work is refused, whose sentences are there."""
    with pytest.raises(NotACode) as caught:
        work()
    assert caught.value.sentence
    assert caught.value.next_step
    return caught.value.code


def refused(raw: str, dialects: Dialects = ALL) -> str:
    """Give the code with which a scan is refused."""
    return refusal(lambda: read_scan(raw, dialects))
