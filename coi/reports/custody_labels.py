"""The labels in a custody record: which were issued, how often read, and what became of each."""

from collections.abc import Iterable

from coi.reports.custody_contents import IssuedLabel
from coi.reports.custody_sections import table
from coi.reports.flow import BOLD, MONO, SMALL, Block, Cell, Row, Text
from coi.reports.wording import local, times


def labels(found: Iterable[IssuedLabel]) -> Block:
    """Every label and wristband; one that is not accounted for is shaded."""
    return table(
        "Serial, issued for | Entry, time, template | Read later | What became of it",
        (46, 50, 26, 56),
        (
            Row(
                (
                    (Text(label.serial, MONO), Text(label.on)),
                    (
                        Text(f"entry {label.entry}"),
                        Text(local(label.at), SMALL),
                        Text(label.template, SMALL),
                    ),
                    _reads(label),
                    _became(label),
                ),
                marked=label.is_open,
            )
            for label in found
        ),
    )


def _reads(label: IssuedLabel) -> Cell:
    """How often it was scanned; typing is said apart, never not at all."""
    scanned = Text(f"scanned {times(label.scanned)}" if label.scanned else "never scanned")
    return (scanned, Text(f"typed {times(label.typed)}", BOLD)) if label.typed else (scanned,)


def _became(label: IssuedLabel) -> Cell:
    open_ = (Text("NOT ACCOUNTED FOR", BOLD),) if label.is_open else ()
    return (*open_, *(Text(told, SMALL) for told in label.became))
