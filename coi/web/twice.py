"""What was typed by hand is entered twice: a slip of the hand is seen, and no character is guessed.

The check characters of a code tell most slips, and the second entry those that they do not (BD-05).
"""

from collections.abc import Iterable

from coi.services.scanning import is_readable
from labels.identifiers import Coi, Serial, parse_scan


def is_same(first: str, second: str) -> bool:
    """Both name the same, however they were grouped."""
    return is_readable(second) and named_by(first) == named_by(second)


def why_not_twice(typed: Iterable[str], again: Iterable[str]) -> str:
    """What is wrong with the second entry of what was typed; '' where nothing is.

    What is no code of ours is left to the step, which refuses it by name and puts it on record.
    """
    first, second = list(typed), list(again)
    if not any(map(is_readable, first)):
        return ""
    if not second:
        return "is missing: what no scanner typed is entered twice"
    return "" if _named(first) == _named(second) else "is not what was typed above"


def named_by(text: str) -> tuple[Serial | None, Coi | None]:
    """What a readable code names."""
    read = parse_scan(text)
    return read.serial, read.coi


def _named(lines: Iterable[str]) -> set[tuple[Serial | None, Coi | None]]:
    return {named_by(line) for line in lines if is_readable(line)}
