"""How the limits of a field are written for people: large numbers in groups of three digits.

The record and the interface for programs have the same numbers as the definition writes them.

Pure: text in, text out.
"""

import re
from decimal import Decimal

FIELD_UNREADABLE = "FIELD_UNREADABLE"
_LONG_NUMBER = re.compile(r"(?<!\S)-?[0-9]{5,}(?:\.[0-9]+)?(?=[\s,;]|$)")
_NARROW = "\N{NARROW NO-BREAK SPACE}"


def in_groups(text: object, code: str = FIELD_UNREADABLE) -> str:
    """The limits in a hint, or in a refusal of what was typed, with their digits in threes.

    The groups stand apart as ISO 80000-1 has it, in every language alike: a point or a comma would
    be a decimal sign in one of them. Other refusals hold serials and lots, which stay whole.
    """
    if code != FIELD_UNREADABLE:
        return str(text)
    return _LONG_NUMBER.sub(lambda found: f"{Decimal(found[0]):,}".replace(",", _NARROW), str(text))
