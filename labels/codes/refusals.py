"""The refusals that the dialects share, so that the same fault reads the same everywhere."""

from typing import Final

from labels.errors import NotACode

AGAIN: Final = "Scan the label again, or type what is printed under the symbol."
SUPPORT: Final = "Put the item aside; an administrator looks at the code with its supplier."

_LOOK_ALIKES: Final = str.maketrans({"O": "0", "o": "0", "I": "1", "i": "1", "L": "1", "l": "1"})


def wrong_length(what: str, wanted: str) -> NotACode:
    """The refusal of a part that is too short or too long."""
    return NotACode("WRONG_LENGTH", f"The {what} has {wanted}, no more and no fewer.", AGAIN)


def bad_character(what: str) -> NotACode:
    """The refusal of a part that holds what cannot stand there."""
    return NotACode(
        "BAD_CHARACTER", f"The {what} holds a character that cannot stand there.", AGAIN
    )


def look_alike(what: str) -> NotACode:
    """The refusal of a letter where only its look-alike digit can stand; it is never mended."""
    sentence = (
        f"The {what} holds a letter O, I or L where a 0 or a 1 is meant, or the other way round."
    )
    return NotACode(
        "LOOK_ALIKE", sentence, "Read it again: 0 is a zero, 1 is a one. Better: scan it."
    )


def wrong_check(what: str) -> NotACode:
    """The refusal of a part whose check character belongs to another one."""
    sentence = f"The {what} was misread or mistyped: its check character is wrong."
    return NotACode("WRONG_CHECK_CHARACTER", sentence, AGAIN)


def no_such_day(what: str) -> NotACode:
    """The refusal of a day or a time that no calendar has."""
    return NotACode("NO_SUCH_DAY", f"The {what} is a day or a time that no calendar has.", SUPPORT)


def wrong_symbol(what: str) -> NotACode:
    """The refusal of a text in a symbol in which it is never printed."""
    sentence = f"This symbol holds {what}, which is not printed in a symbol of this kind."
    return NotACode("WRONG_SYMBOL", sentence, SUPPORT)


def with_digits(text: str) -> str:
    """The text with digits in place of the letters that look like them, to tell what was meant."""
    return text.translate(_LOOK_ALIKES)
