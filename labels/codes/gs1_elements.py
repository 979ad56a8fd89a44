"""GS1 element strings: pairs of an application identifier and a value, checked beyond biip.

biip knows the identifiers and the shape of each value. Checked here besides: the separator after
each value of changing length, every check digit, that days are days, and that nothing is said
twice. Nothing depends on today: biip is told to leave dates alone, which it reads by the clock.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from biip import ParseConfig, ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from biip.gs1_element_strings import GS1ElementString

from labels.codes.gmn import has_right_pair
from labels.codes.refusals import (
    AGAIN,
    SUPPORT,
    bad_character,
    look_alike,
    no_such_day,
    with_digits,
    wrong_check,
)
from labels.errors import NotACode

SEPARATOR: Final = "\x1d"  # what a scanner sends for FNC1
_CONFIG: Final = ParseConfig(gs1_element_strings_verify_date=False)
_CHECKED: Final = {
    "00": slice(0, 18),
    "01": slice(0, 14),
    "02": slice(0, 14),
    "03": slice(0, 14),
    "253": slice(0, 13),
    "255": slice(0, 13),
    "402": slice(0, 17),
    **{f"41{last}": slice(0, 13) for last in range(8)},
    "8003": slice(1, 14),
    "8006": slice(0, 14),
    "8017": slice(0, 18),
    "8018": slice(0, 18),
    "8026": slice(0, 14),
}
"""By application identifier: where its key with the check digit stands in the value."""

_DAYS: Final = frozenset(
    {"11", "12", "13", "15", "16", "17", "4324", "4325", "4326"}
    | {"7003", "7006", "7007", "7011", "8008"}
)
"""The identifiers whose value starts with a day of six digits."""

_WHOLE_DAYS: Final = frozenset({"7250", "7251"})
_MODEL: Final = "8013"
_TIMED: Final = "7003"


@dataclass(frozen=True, slots=True, order=True)
class Element:
    """One application identifier with its value; the value may be a person's, and is not shown."""

    identifier: str
    value: str = field(repr=False)


def check_digit(digits: str) -> str:
    """Give the check digit of a GS1 key: weights of 3 and 1 from the right, modulo 10."""
    total = sum(int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def elements_of(text: str) -> Iterator[Element]:
    """Read the elements of a symbol, whose AIM identifier was taken off; raises NotACode."""
    _require_ascii(text)
    at = 0
    while at < len(text):
        found = _extract(text[at:])
        at += len(found.ai.ai) + len(found.value)
        if at < len(text) and found.ai.separator_required and text[at] != SEPARATOR:
            raise NotACode(
                "NO_SEPARATOR", "A value of changing length is not ended as it must be.", AGAIN
            )
        # A needless separator after a value of fixed length is allowed, once.
        at += text[at : at + 1] == SEPARATOR
        yield judged(found.ai.ai, found.value)


def judged(identifier: str, value: str) -> Element:
    """The element of an identifier and a value; raises NotACode where they do not go together."""
    _require_ascii(value)
    try:
        found = GS1ElementString.parse(identifier + value, config=_CONFIG)
    except ParseError:
        raise _why_not(identifier + value) from None
    if found.ai.ai != identifier:
        raise _unknown()
    _require_right_check(identifier, value)
    _require_day(identifier, value)
    return Element(identifier, value)


def in_writing_order(elements: Iterable[Element]) -> list[Element]:
    """Values of fixed length first, so that fewer separators are needed; else as they were."""
    return sorted(elements, key=lambda element: needs_separator(element.identifier))


def needs_separator(identifier: str) -> bool:
    """Tell whether a separator stands after a value of this identifier; raises NotACode."""
    try:
        return GS1ApplicationIdentifier.extract(identifier).separator_required
    except ParseError:
        raise _unknown() from None


def day_in(value: str, century: int) -> date:
    """The day of six digits in a century; day 00 is the last one of its month.

    Raises ValueError where the calendar has no such day.
    """
    year, month, day = century + int(value[:2]), int(value[2:4]), int(value[4:6])
    if not 1 <= month <= 12:  # noqa: PLR2004 - the months of a year
        raise ValueError(month)
    return date(year, month, day or monthrange(year, month)[1])


def _extract(text: str) -> GS1ElementString:
    try:
        return GS1ElementString.extract(text, config=_CONFIG)
    except ParseError:
        raise _why_not(text) from None


def _why_not(text: str) -> NotACode:
    """Say what keeps a text that starts no element from starting one."""
    try:
        known = GS1ApplicationIdentifier.extract(text)
    except ParseError:
        return _unknown()
    value = text[len(known) :].partition(SEPARATOR)[0]
    mended = with_digits(value)
    if mended != value and re.match(known.pattern.removesuffix("$"), known.ai + mended):
        return look_alike(f"value of ({known.ai})")
    if not value.isprintable() or " " in value:
        return bad_character(f"value of ({known.ai})")
    return NotACode(
        "BAD_VALUE", f"The value of ({known.ai}) has not the shape it must have.", AGAIN
    )


def _unknown() -> NotACode:
    return NotACode(
        "UNKNOWN_IDENTIFIER", "No GS1 application identifier starts like this.", SUPPORT
    )


def _require_ascii(text: str) -> None:
    # biip's patterns take the digits of any script for digits.
    if not text.isascii():
        raise bad_character("GS1 code")


def _require_right_check(identifier: str, value: str) -> None:
    where = _CHECKED.get(identifier)
    if where is not None:
        key = value[where]
        if check_digit(key[:-1]) != key[-1]:
            raise wrong_check(f"number of ({identifier})")
    if identifier == _MODEL and not has_right_pair(value):
        raise wrong_check("model number")


def _require_day(identifier: str, value: str) -> None:
    """Days are days of this century: no other leaves out a 29th of February that this one has."""
    try:
        if identifier in _DAYS:
            day_in(value, 2000)
        if identifier in _WHOLE_DAYS:
            date(int(value[:4]), int(value[4:6]), int(value[6:8]))
    except ValueError:
        raise no_such_day(f"date of ({identifier})") from None
    if identifier == _TIMED and not (value[6:8] < "24" and value[8:] < "60"):
        raise no_such_day(f"time of ({identifier})")
