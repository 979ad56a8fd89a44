"""The check character of ISO 7064 MOD 37,2, over digits, capital letters and the asterisk.

ISBT 128 prints it after a donation number and a chain of identity identifier. It catches every
single wrong character and every swap of two neighbours. It may be an asterisk.
"""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}


def check_value(text: str) -> int:
    """Give the check value of `text`, 0 to 36; raises KeyError for what is not in ALPHABET."""
    product = 0
    for character in text:
        product = (product + _VALUES[character]) * 2 % 37
    return (38 - product) % 37


def check_character(text: str) -> str:
    """Give the check character of `text`; raises KeyError for what is not in ALPHABET."""
    return ALPHABET[check_value(text)]
