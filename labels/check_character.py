"""The check character of ISO 7064 MOD 37,36, the hybrid system over digits and capital letters.

Written here because the usual library for it, python-stdnum, is LGPL and this is a dozen lines; the
tests use that library as an oracle. The system catches every single wrong character. It misses a
few swaps of two neighbours (about 1 in 600, only where their values differ by one or are 0 and Z),
which is why `identifiers` issues no code that has one.
"""

from itertools import pairwise
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BEGINNING: Final = 36
# Worked out once: each scan asks for it, and to reckon takes twice as long as to look it up.
_NEXT: Final = {
    character: tuple(((product + value) % 36 or 36) * 2 % 37 for product in range(37))
    for value, character in enumerate(ALPHABET)
}
"""What each character makes of the product of those before it."""
_CHECKS: Final = tuple(ALPHABET[(37 - product) % 36] for product in range(37))


def check_character(text: str) -> str:
    """Give the check character of `text`; raises KeyError for what is not in ALPHABET."""
    product = _BEGINNING
    for character in text:
        product = _NEXT[character][product]
    return _CHECKS[product]


def silent_swaps(text: str) -> list[int]:
    """Tell where two neighbours of `text` and its check character could swap unnoticed."""
    check = check_character(text)
    whole = text + check
    return [
        at
        for at, (left, right) in enumerate(pairwise(whole))
        if left != right and _is_valid(whole[:at] + right + left + whole[at + 2 :])
    ]


def _is_valid(whole: str) -> bool:
    return check_character(whole[:-1]) == whole[-1]
