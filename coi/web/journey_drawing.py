"""Draws the way of a therapy: times as percentages of the width, so that words keep their size."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from coi.services.journey import Journey, Lane, Stay

_LEAST = 0.4  # percent: what took a moment is seen all the same
_STEPS = (1, 2, 6, 12, 24, 48, 168, 336, 744, 2208, 8784)  # hours between two lines
_MOST_LINES = 7
_DAY = 24

# The phases of the definitions that come with the product; any other phase is drawn like `other`.
_LOOKS = {
    "order": "order",
    "collection": "collection",
    "manufacture": "manufacture",
    "quality control": "testing",
    "release": "release",
    "delivery": "delivery",
    "infusion": "infusion",
    "follow-up": "over",
    "gone": "over",
    "cancelled": "over",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One stay: from where to where, in percent of the width, and how it looks."""

    x: float
    width: float
    look: str
    stay: Stay


@dataclass(frozen=True, slots=True)
class Row:
    """One thing: its bars, and where it expires, in percent; None where it does not."""

    lane: Lane
    bars: tuple[Bar, ...]
    expires: float | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: where, in percent, and what it is."""

    x: float
    words: str
    look: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it: rows of bars below one line of days."""

    rows: tuple[Row, ...]
    lines: tuple[Mark, ...]
    marks: tuple[Mark, ...]  # what was late, what is due, what is planned
    now: float | None  # None where all is over


def drawing(told: Journey, time_zone: str) -> Drawing:
    """The way, from its first moment on the left to its last on the right."""
    scale = _Scale(told.begins, told.ends)
    return Drawing(
        rows=tuple(_row(lane, told, scale) for lane in told.lanes),
        lines=tuple(_lines(scale, ZoneInfo(time_zone))),
        marks=tuple(_marks(told, scale)),
        now=scale.x(told.now) if told.now <= told.ends else None,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    begins: datetime
    ends: datetime

    def x(self, at: datetime) -> float:
        """Where a moment lies, in percent; what lies outside is at the edge."""
        whole = max((self.ends - self.begins).total_seconds(), 1.0)
        part = (at - self.begins).total_seconds() / whole
        return round(100 * min(max(part, 0.0), 1.0), 2)


def _row(lane: Lane, told: Journey, scale: _Scale) -> Row:
    bars = tuple(_bar(stay, told.now, scale) for stay in lane.stays)
    seen = lane.expires is not None and told.begins <= lane.expires <= told.ends
    return Row(lane, bars, scale.x(lane.expires) if seen and lane.expires else None)


def _bar(stay: Stay, now: datetime, scale: _Scale) -> Bar:
    x = scale.x(stay.since)
    width = max(scale.x(stay.until or max(now, stay.since)) - x, _LEAST)
    look = _LOOKS.get(stay.phase, "other")
    # A bar at the right edge grows to the left: nothing is drawn beyond the picture.
    return Bar(min(x, 100 - width), width, "way" if stay.consignee else look, stay)


def _lines(scale: _Scale, zone: ZoneInfo) -> Iterator[Mark]:
    """A few round moments, by the clock of the site."""
    whole = (scale.ends - scale.begins) / timedelta(hours=1)
    hours = next((step for step in _STEPS if whole / step <= _MOST_LINES), _STEPS[-1])
    at = scale.begins.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    if hours >= _DAY:
        at = at.replace(hour=0)
    while (at := at + timedelta(hours=hours)) < scale.ends:
        words = f"{at:%Y-%m-%d}" if hours >= _DAY else f"{at:%m-%d %H:%M}"
        yield Mark(scale.x(at), words, "line", at)


def _marks(told: Journey, scale: _Scale) -> Iterator[Mark]:
    for step in told.taken:
        if step.is_late:
            yield Mark(scale.x(step.at), step.title, "late", step.at)
    for one in told.ahead:
        look = "plan" if one.is_plan else ("overdue" if one.at < told.now else "due")
        yield Mark(scale.x(one.at), one.title, look, one.at)
