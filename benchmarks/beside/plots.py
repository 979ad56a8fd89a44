"""A chart of each operation: who takes how much CPU, as an SVG that needs nothing to be shown."""

from collections.abc import Sequence
from html import escape

from benchmarks.beside.figures import Measured
from benchmarks.beside.told import is_ours

_WIDTH, _ROW, _LEFT, _TOP = 760, 30, 300, 56
_FONT = 'font-family="DejaVu Sans, Verdana, sans-serif" role="img"'
_OURS, _THEIRS, _SPREAD, _INK = "#0b5d7a", "#9aa7ad", "#20313a", "#1a2429"


def chart(title: str, found: Sequence[Measured]) -> str:
    """Bars with the median's length; a line from the tenth to the ninetieth percentile."""
    run = [one for one in found if one.cpu_ms]
    longest = max((one.spread[1] for one in run), default=1.0)
    scale = (_WIDTH - _LEFT - 90) / longest
    height = _TOP + _ROW * len(run) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" {_FONT}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(12, 24, title, size=16),
        _text(12, 42, "CPU of one operation in ms: median, and 10th to 90th percentile", size=12),
    ]
    for number, one in enumerate(run):
        parts += _bar(one, _TOP + number * _ROW, scale)
    return "\n".join([*parts, "</svg>\n"])


def _bar(one: Measured, top: float, scale: float) -> list[str]:
    first, last = (_LEFT + side * scale for side in one.spread)
    middle, length = top + _ROW / 2, one.middle * scale
    many = f", {one.case.clients} clients" if one.case.clients > 1 else ""
    told = ", ".join(filter(None, (one.who, one.case.database))) + many
    ink = _OURS if is_ours(one) else _THEIRS
    return [
        _text(_LEFT - 8, middle + 4, told, anchor="end"),
        f'<path d="M{_LEFT} {top + 5:.1f}h{length:.1f}v{_ROW - 10}h-{length:.1f}z" fill="{ink}"/>',
        f'<path d="M{first:.1f} {middle:.1f}H{last:.1f}" stroke="{_SPREAD}" stroke-width="2"/>',
        _text(max(_LEFT + length, last) + 8, middle + 4, f"{one.middle:.2f}"),
    ]


def _text(x: float, y: float, told: str, size: int = 13, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
        f' fill="{_INK}">{escape(told)}</text>'
    )
