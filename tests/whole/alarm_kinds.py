"""Writes the kinds of alarms into docs/alarms.md: `python -m tests.whole.alarm_kinds`."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from workflows import alarms
from workflows.alarms import KINDS, Rings

DOCUMENT = Path(__file__).parents[2] / "docs" / "alarms.md"
BEGINS = "<!-- kinds: written by `python -m tests.whole.alarm_kinds` -->"
ENDS = "<!-- end of kinds -->"


def _said(duration: timedelta) -> str:
    """A duration in words."""
    minutes = int(duration.total_seconds()) // 60
    return f"{minutes // 60} h" if minutes >= 120 else f"{minutes} min"


def _times() -> dict[Rings, tuple[str, str]]:
    """When each kind rings, and when it goes on to others."""
    least, most = alarms.STEP_ESCALATES
    return {
        Rings.CRITICAL: (
            "at once",
            f"{_said(alarms.CRITICAL_ESCALATES)} after it became critical",
        ),
        Rings.BEDSIDE_CHECK: (
            f"{_said(alarms.CHECK_AFTER)} after the thaw or the issue",
            f"{_said(alarms.CHECK_ESCALATES)} after it",
        ),
        Rings.THAW_WINDOW: (
            "at the end of the thaw window",
            f"{_said(alarms.THAW_ESCALATES)} after it",
        ),
        Rings.SHIPPER: ("the margin before the hold time ends", "when it ends"),
        Rings.EXPIRY: ("when a tenth of the shelf life is left", "when it has expired"),
        Rings.STEP: (
            "when the time of the step is over",
            f"after as long again; no sooner than {_said(least)}, no later than {_said(most)}",
        ),
        Rings.LOGGER: (
            f"{_said(alarms.READING_AFTER)} after unpacking",
            f"{_said(alarms.READING_ESCALATES)} after it",
        ),
        Rings.LABEL: (
            f"{_said(alarms.LABEL_AFTER)} after the label was void",
            f"{_said(alarms.LABEL_ESCALATES)} after it",
        ),
    }


def table() -> Iterator[str]:
    """The lines of the table."""
    yield "| Kind | Level | It rings | It goes on | Next step | What ends it |"
    yield "|---|---|---|---|---|---|"
    for kind, (rings, goes_on) in _times().items():
        told = KINDS[kind]
        cells = (f"`{kind}`: {told.title.lower()}", told.level, rings, goes_on)
        yield f"| {' | '.join(cells)} | {told.next_step} | {told.ends} |"


def written(text: str) -> str:
    """The document with the table as it is now."""
    before, _mark, rest = text.partition(BEGINS)
    _old, _end, after = rest.partition(ENDS)
    return f"{before}{BEGINS}\n\n" + "\n".join(table()) + f"\n\n{ENDS}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")
