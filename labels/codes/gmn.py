"""The check pair of a GS1 global model number: two characters over all that stand before them.

Each character of GS1's set of 82 has its place in the set as its value; from the right the values
are weighed with the primes from 2 on, and the sum modulo 1021 is written with 32 characters.
"""

from typing import Final

CHARACTERS: Final = (
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)
_PAIR: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES: Final = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73)
_WEIGHTS: Final = (*_PRIMES, 79, 83)
_VALUES: Final = {character: value for value, character in enumerate(CHARACTERS)}


def check_pair(text: str) -> str:
    """Give the two check characters; raises KeyError for what is not in CHARACTERS."""
    values = (_VALUES[character] for character in reversed(text))
    total = sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=False)) % 1021
    return _PAIR[total >> 5] + _PAIR[total & 31]


def has_right_pair(whole: str) -> bool:
    """Tell whether a whole model number ends with the pair that belongs to it."""
    return bool(whole[:-2]) and check_pair(whole[:-2]) == whole[-2:]
