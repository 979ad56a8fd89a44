"""Prints the results, and keeps them: the table, every figure, and a chart of each operation."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.beside.figures import Measured
from benchmarks.beside.plots import chart
from benchmarks.beside.run import TARGETS
from benchmarks.beside.told import as_json, as_markdown, as_text, lacks, machine, verdicts
from benchmarks.beside.words import HANDOFF, HISTORY, LABEL, WORK_LIST

CHARTS = {HANDOFF: "handoff", HISTORY: "history", WORK_LIST: "work-list", LABEL: "label"}
_WALL = "Wall times are of this machine at that hour only, with whatever else it did."
_INVENTREE = (
    "InvenTree 1.4 took 195 ms for a scan and a transfer, on PostgreSQL, in November 2026 on"
    " another machine: it was not run here."
)


def show(found: Sequence[Measured]) -> None:
    """Print the table, the targets, and what each peer does less of."""
    print(as_text(found), "", _WALL, _INVENTREE, "", sep="\n")
    for case, wanted, reached, verdict in verdicts(found, TARGETS):
        print(f"{case:<58} {wanted:<40} {reached:<10} {verdict}")
    print()
    for who, operation, less in lacks(found):
        print(f"{who}, {operation}: {less}")


def keep(found: Sequence[Measured], folder: Path, charts: Path) -> None:
    """Write what was shown into a folder, and the charts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(as_json(found))
    (folder / "table.md").write_text(_document(found))
    for operation, name in CHARTS.items():
        shown = [one for one in found if one.case.operation == operation]
        title = f"{operation[0].upper()}{operation[1:]}"
        (charts / f"bench-{name}.svg").write_text(chart(title, shown))


def _document(found: Sequence[Measured]) -> str:
    """Two tables and a list, to be put into a document."""
    targets = ["| Target | Wanted | Measured | |", "|---|---|---|---|"]
    targets += [f"| {' | '.join(row)} |" for row in verdicts(found, TARGETS)]
    less = [f"- {who}, {operation}: {text}." for who, operation, text in lacks(found)]
    head = f"Machine: {machine()}. {_WALL} {_INVENTREE}"
    return "\n".join([head, "", as_markdown(found), "", *targets, "", *less, ""])
