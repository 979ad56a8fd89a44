"""The results as a table, in text and in Markdown, and as JSON with every figure."""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.beside.figures import Measured, Target, percentile, ratio

OURS = "ours"
HEADINGS = ("what", "who", "CPU ms", "10 % to 90 %", "ours ÷ theirs", "operations", "wall p50, p99")


def is_ours(one: Measured) -> bool:
    """It is one of ours, by whatever way in."""
    return one.who.startswith(OURS)


def ours_in(found: Sequence[Measured], one: Measured) -> Measured | None:
    """What we took for the same; by a program where that was measured, else by the page."""
    same = [other for other in found if other.case == one.case and is_ours(other)]
    run = [other for other in same if other.cpu_ms]
    return run[-1] if run else None


def lines(found: Sequence[Measured]) -> Iterator[tuple[str, ...]]:
    """The table, cell by cell; each case says its name once."""
    before = ""
    for one in found:
        case = str(one.case)
        yield (case if case != before else "", one.who, *_cells(found, one))
        before = case


def _cells(found: Sequence[Measured], one: Measured) -> tuple[str, ...]:
    if not one.cpu_ms:
        return (f"not run: {one.not_run or 'nothing was measured'}", "", "", "", "")
    low, high = one.spread
    ours = None if is_ours(one) else ours_in(found, one)
    times = f"{ratio(ours, one):.2f}" if ours else ""
    return (
        _short(one.middle),
        f"{_short(low)} to {_short(high)}",
        times,
        f"{one.operations:,}",
        _wall(one),
    )


def _wall(one: Measured) -> str:
    if not one.wall_ms:
        return ""
    return f"{percentile(one.wall_ms, 0.5):.1f}, {percentile(one.wall_ms, 0.99):.1f}"


def _short(milliseconds: float) -> str:
    """Three figures."""
    return f"{milliseconds:.4f}" if milliseconds < 0.1 else f"{milliseconds:.2f}"


def as_text(found: Sequence[Measured]) -> str:
    """For a terminal."""
    rows = [HEADINGS, *lines(found)]
    widths = [
        max(len(row[n]) for row in rows if not row[2].startswith("not run")) for n in range(7)
    ]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def as_markdown(found: Sequence[Measured]) -> str:
    """For a document."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *lines(found)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def lacks(found: Sequence[Measured]) -> Iterator[tuple[str, str, str]]:
    """What each peer does less of, once for each operation."""
    told = {(one.who, one.case.operation): one.lacks for one in found if one.lacks}
    for (who, operation), text in told.items():
        yield who, operation, text


def verdicts(found: Sequence[Measured], targets: Sequence[Target]) -> Iterator[tuple[str, ...]]:
    """Each target on each database: what is wanted, what was measured, met or missed."""
    for target in targets:
        for one in found:
            is_meant = one.who == target.peer if target.peer else one is ours_in(found, one)
            if one.case.operation == target.operation and is_meant:
                yield (str(one.case), str(target), *_verdict(found, one, target))


def _verdict(found: Sequence[Measured], one: Measured, target: Target) -> tuple[str, str]:
    ours = ours_in(found, one)
    if ours is None or not one.cpu_ms:
        return "not run", ""
    reached = ratio(ours, one) if target.peer else ours.middle
    told = f"{reached:.2f}" if target.peer else f"{reached:.2f} ms"
    return told, "met" if reached <= target.at_most else "missed"


def machine() -> str:
    """The class of this machine: processor and cores, and no name of it."""
    model = "an unnamed processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} cores of {model}"


def as_json(found: Sequence[Measured]) -> str:
    """Every round of everything, to be compared with another day's."""
    told = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "results": [_as_plain(one) for one in found],
    }
    return json.dumps(told, indent=1, ensure_ascii=False)


def _as_plain(one: Measured) -> dict[str, object]:
    return {
        "operation": one.case.operation,
        "database": one.case.database,
        "clients": one.case.clients,
        "who": one.who,
        "lacks": one.lacks,
        "not_run": one.not_run,
        "cpu_ms": [round(sample, 4) for sample in one.cpu_ms],
        "operations": one.operations,
        "wall_ms_p50": round(percentile(one.wall_ms, 0.5), 3) if one.wall_ms else None,
        "wall_ms_p99": round(percentile(one.wall_ms, 0.99), 3) if one.wall_ms else None,
        "calibration_ms": round(median(one.calibration_ms), 2) if one.calibration_ms else None,
    }
