"""What is wrong with how a scanner types, told by what came where a known code was to come.

A scanner presses keys; which characters they become, the computer decides. So a scanner that is set
to one country's keyboard and a computer that is set to another's exchange characters, always the
same ones. The keyboards that are told apart are those of whoever tried this; any other exchange is
told character by character.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

_AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_MOST_SHOWN: Final = 12
_ENGLISH: Final = "English (US)"
_ACUTE: Final = "\N{ACUTE ACCENT}"
_GERMAN: Final = dict(zip("yzYZ-=+/:&", f"zyZYß{_ACUTE}`-Ö/", strict=True))
_FRENCH: Final = {
    **dict(zip("1234567890", "&é\"'(-è_çà", strict=True)),
    **dict(zip("aqzwAQZW", "qawzQAWZ", strict=True)),
    "m": ",",
    "M": "?",
    "-": ")",
    "/": "!",
    ":": "M",
    "&": "7",
    "%": "5",
    "!": "1",
    ".": ":",
}
_KEYBOARDS: Final[Mapping[str, Mapping[str, str]]] = {"German": _GERMAN, "French": _FRENCH}
"""What the keys of an English keyboard write where the computer is set to another one."""

_DEAD: Final = f"{_ACUTE}`^"
"""Keys that write nothing by themselves, and may change or swallow what comes next."""


@dataclass(frozen=True, slots=True)
class Differs:
    """One character that is not what it was to be; '' where there was none."""

    place: int
    expected: str
    came: str

    @property
    def number(self) -> str:
        """What came, by its number: some characters show nothing."""
        return " ".join(f"U+{ord(one):04X}" for one in self.came)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong, what to set, and the first characters that differ."""

    what: str
    do: str
    differ: tuple[Differs, ...]


def without_identifier(raw: str) -> str:
    """What was read, without what a scanner says of the symbol before it, and without its Enter."""
    return _AIM.sub("", raw.strip("\r\n"), count=1) if raw.startswith("]") else raw.strip("\r\n")


def diagnosis(expected: str, raw: str) -> Diagnosis | None:
    """What is wrong with how a code came; None where it came as it is."""
    came = without_identifier(raw)
    if came == expected:
        return None
    what, do = _told(expected, came)
    return Diagnosis(what, do, tuple(_differing(expected, came)))


def _told(expected: str, came: str) -> tuple[str, str]:
    if not came:
        return "Nothing came.", "Look at the scanner's cable or its radio, and whether it beeps."
    for told in (_of_case, _of_what_is_around, _of_keyboards, _of_pace):
        if found := told(expected, came):
            return found
    return (
        "Other characters came than stand there.",
        "Set the scanner back to what its maker delivers, then to the keyboard of this computer.",
    )


def _of_case(expected: str, came: str) -> tuple[str, str] | None:
    if came == expected.swapcase():
        return (
            "Capitals and small letters are exchanged: Caps Lock is on.",
            "Press Caps Lock, and scan again.",
        )
    if came in {expected.upper(), expected.lower()}:
        return (
            "All letters came in one case: the scanner is set to change them.",
            "Set the scanner to leave capitals and small letters as they are.",
        )
    return None


def _of_what_is_around(expected: str, came: str) -> tuple[str, str] | None:
    before, found, after = came.partition(expected)
    if not found:
        return None
    around = [f"“{text}” {where}" for text, where in ((before, "before"), (after, "after")) if text]
    return (
        f"The scanner adds {' and '.join(around)} the code.",
        "Clear its prefix and its suffix; Enter alone belongs behind a code.",
    )


def _of_keyboards(expected: str, came: str) -> tuple[str, str] | None:
    for name, keyboard in _KEYBOARDS.items():
        other_way = {written: key for key, written in keyboard.items()}
        for exchanged, scanner, computer in (
            (keyboard, _ENGLISH, name),
            (other_way, name, _ENGLISH),
        ):
            would = "".join(exchanged.get(one, one) for one in expected)
            if _without_dead(would) == _without_dead(came):
                set_so = f"as on a keyboard that is {scanner}"
                what = f"The scanner types {set_so}, and this computer is set to one that is"
                return f"{what} {computer}.", f"Set the scanner to the {computer} keyboard."
    return None


def _without_dead(text: str) -> str:
    return "".join(one for one in text if one not in _DEAD)


def _of_pace(expected: str, came: str) -> tuple[str, str] | None:
    if came == "".join(one * 2 for one in expected):
        return (
            "Each character came twice.",
            "Pair the scanner with this computer alone, or plug it in once.",
        )
    rest = iter(expected)
    if len(came) < len(expected) and all(one in rest for one in came):
        return (
            f"{len(expected) - len(came)} characters are missing, and the others are right.",
            "Let the scanner wait a little between two characters, and hold it still.",
        )
    return None


def _differing(expected: str, came: str) -> Iterator[Differs]:
    pairs = enumerate(zip_longest(expected, came, fillvalue=""), start=1)
    wrong = (Differs(place, *pair) for place, pair in pairs if pair[0] != pair[1])
    for _, one in zip(range(_MOST_SHOWN), wrong, strict=False):
        yield one
