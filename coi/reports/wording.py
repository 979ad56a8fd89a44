"""How times, people and references are worded in every document."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from coi.reports.custody_contents import Signature
from coi.reports.flow import BODY, BOLD, SMALL, Cell, Text

NONE = "None."
NOT_KNOWN = "not known"
INVALID = "INVALID: not what was signed"
"""Beside whatever the tables tell otherwise than the entries of the chain."""
_OFFSET: Final = len("2026-11-22 14:05:07")


def local(at: datetime) -> str:
    """The time at the place: `2026-11-22 14:05:07 +01:00`."""
    # Not by strftime, which takes twenty times as long: a page can have a hundred.
    told = at.isoformat(" ", "seconds")
    return f"{told[:_OFFSET]} {told[_OFFSET:]}"


def utc(at: datetime) -> str:
    """The same moment in UTC: `2026-11-22 13:05:07 UTC`."""
    return f"{at.astimezone(UTC).isoformat(' ', 'seconds')[:_OFFSET]} UTC"


def both(at: datetime) -> str:
    """Local time and UTC in one line; the date is said again only where it is another."""
    other = at.astimezone(UTC)
    text = f"{other.time().isoformat('seconds')} UTC" if other.date() == at.date() else utc(at)
    return f"{local(at)} ({text})"


def moment(at: datetime) -> Cell:
    """Local time above UTC."""
    return (Text(local(at)), Text(utc(at), SMALL))


def signature_block(signature: Signature) -> tuple[str, ...]:
    """The lines in which a signature is shown: meaning and printed name, user name, role, when."""
    deputy = (f"deputy of {signature.deputy_of} at that time",) if signature.deputy_of else ()
    return (
        f"{signature.meaning}: {signature.printed_name}",
        f"user name {signature.username or NOT_KNOWN}",
        signature.role,
        *deputy,
        both(signature.at),
    )


def signed(signatures: Iterable[Signature]) -> Cell:
    """Each signature, in the lines in which it is shown everywhere."""
    return tuple(
        Text(line, SMALL if below else BOLD)
        for signature in signatures
        for below, line in enumerate(signature_block(signature))
    )


def told(pairs: Iterable[tuple[str, str]]) -> Cell:
    """Titles with their texts, one below the other."""
    return tuple(Text(f"{title}: {text}", BODY) for title, text in pairs)


def listed(names: Iterable[str]) -> str:
    """Names in one line; numbers of the same sort are said together: `Product 1, 2, Sample 1`."""
    parts: list[str] = []
    last = ""
    for name in names:
        sort, _, number = name.rpartition(" ")
        same = sort and sort == last and number.isdigit()
        parts.append(number if same else name)
        last = sort if number.isdigit() else ""
    return ", ".join(parts)


def measured(content: str, unit: str) -> str:
    """A number with its unit, or a text alone."""
    return f"{content} {unit}" if unit else content


def times(count: int) -> str:
    """How often."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def counted_pieces(count: int) -> str:
    """How many pieces of paper."""
    return f"{count} {'piece' if count == 1 else 'pieces'}"


def entries(numbers: Iterable[int]) -> str:
    """Where to look: `none`, `entry 3`, `entries 3, 4, 9`."""
    found = sorted(set(numbers))
    if not found:
        return "none"
    return ("entry " if len(found) == 1 else "entries ") + ", ".join(map(str, found))
