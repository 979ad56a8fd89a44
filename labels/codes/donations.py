"""The numbers that name a donation and a chain of identity in the ISBT 128 format.

A donation number (DIN, DS001) names one act of collecting; the flags behind it say which label it
stands on and are no part of it. A chain of identity identifier (DS040, ST-028) links all donations
of one therapy event, beside the donation numbers and never instead of them (LB-12).

The check character K is printed, not scanned: who types a number types K too.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Self

from labels.codes import mod37_2
from labels.codes.refusals import (
    SUPPORT,
    bad_character,
    look_alike,
    with_digits,
    wrong_check,
)
from labels.codes.structure import Shape, Structure
from labels.errors import NotACode

FACILITY: Final = "[A-NP-Z1-9][A-NP-Z0-9]{2}[0-9]{2}"
_FLAGS_OF_CHECK: Final = range(60, 97)
_RESERVED_FLAGS: Final = frozenset({"14", "97", "98", "99"})
_TYPED_DIN: Final = re.compile(f"({FACILITY}) ([0-9]{{2}}) ([0-9]{{6}}) ([0-9A-Z*])")
_TYPED_CHAIN: Final = re.compile(f"CH({FACILITY}) ([0-9]{{2}}) ([A-Z0-9]{{6}}) ([0-9A-Z*])")


@dataclass(frozen=True, slots=True)
class Din(Structure):
    """DS001: a donation; two labels of one donation are equal, whatever their flags."""

    shape = Shape(
        "001", "=", 15, "donation number", f"({FACILITY})([0-9]{{2}})([0-9]{{6}})([0-9]{{2}})"
    )

    facility: str
    year: str
    sequence: str
    flags: str = field(default="00", compare=False)

    @property
    def number(self) -> str:
        """The thirteen characters of the donation number."""
        return self.facility + self.year + self.sequence

    @property
    def check(self) -> str:
        """The check character that is printed in a box after the number."""
        return mod37_2.check_character(self.number)

    @property
    def text(self) -> str:
        """The number as it is printed for people, with its check character."""
        return f"{self.facility} {self.year} {self.sequence} {self.check}"

    @property
    def check_flags(self) -> str:
        """The flags of the third type: 60 and the check value."""
        return str(_FLAGS_OF_CHECK.start + mod37_2.check_value(self.number))

    def judge(self) -> None:
        """Refuse flags that mean nothing, and flags that check another number."""
        if self.flags in _RESERVED_FLAGS:
            raise NotACode(
                "RESERVED_FLAGS", "The flags of this donation number have no meaning.", SUPPORT
            )
        if int(self.flags) in _FLAGS_OF_CHECK and self.flags != self.check_flags:
            raise wrong_check(self.shape.name)

    @classmethod
    def typed(cls, text: str) -> Self:
        """Read a number typed as it is printed, in capitals, with its check character."""
        *parts, check = _typed(_TYPED_DIN, text, cls.shape.name)
        din = cls(*parts)
        _require_check(din.number, check, cls.shape.name)
        return din


@dataclass(frozen=True, slots=True)
class ChainId(Structure):
    """DS040: the chain of identity of one therapy event, issued by a facility."""

    shape = Shape(
        "040",
        "&/",
        15,
        "chain of identity identifier",
        f"(CH)({FACILITY})([0-9]{{2}})([A-Z0-9]{{6}})",
    )

    literal: str
    facility: str
    year: str
    sequence: str

    @property
    def check(self) -> str:
        """The check character that is printed with the identifier, over all of it."""
        return mod37_2.check_character(self.content)

    @property
    def text(self) -> str:
        """The identifier as it is printed for people, with its check character."""
        return f"CH{self.facility} {self.year} {self.sequence} {self.check}"

    @classmethod
    def of(cls, facility: str, year: str, sequence: str) -> Self:
        """The identifier of a facility's year and sequence."""
        return cls("CH", facility, year, sequence)

    @classmethod
    def typed(cls, text: str) -> Self:
        """Read an identifier typed as it is printed, in capitals, with its check character."""
        *parts, check = _typed(_TYPED_CHAIN, text, cls.shape.name)
        chain = cls.of(*parts)
        _require_check(chain.content, check, cls.shape.name)
        return chain


def _typed(pattern: re.Pattern[str], text: str, what: str) -> tuple[str, ...]:
    found = pattern.fullmatch(text)
    if found:
        return found.groups()
    if pattern.fullmatch(with_digits(text)):
        raise look_alike(what)
    raise bad_character(what)


def _require_check(number: str, check: str, what: str) -> None:
    """Refuse a wrong check character, and say so where a look-alike was mistaken."""
    if mod37_2.check_character(number) == check:
        return
    if check in _others_that_look_alike(number):
        raise look_alike(what)
    raise wrong_check(what)


def _others_that_look_alike(number: str) -> set[str]:
    """The check characters of the numbers that differ in one character that looks the same."""
    return {
        mod37_2.check_character(number[:at] + other + number[at + 1 :])
        for at, character in enumerate(number)
        for other in _ALIKE.get(character, "")
    }


_ALIKE: Final = {"0": "O", "O": "0", "1": "IL", "I": "1L", "L": "1I"}
