"""What is wrong with how a scanner types, told by what came where a known code was to come.

A scanner presses keys; which characters they become, the computer decides. So a scanner that is set
to one country's keyboard and a computer that is set to another's exchange characters, always the
same ones. The keyboards that are told apart are those of whoever tried this; any other exchange is
told character by character.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from coi.services.received import identifier_of, visible
from labels.codes.gs1_elements import SEPARATOR

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

_DEAD: Final = f"{_ACUTE}`^{SEPARATOR}"
"""Keys that write nothing by themselves, and may change or swallow what comes next."""

_OURS: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-/=&%]")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong, and what to set; what comes around the code, which a device can leave out."""

    what: str
    do: str
    before: str = ""
    after: str = ""


def without_identifier(raw: str) -> str:
    """What was read, without what a scanner says of the symbol before it, and without its Enter."""
    text = raw.strip("\r\n")
    return text.removeprefix(identifier_of(text))


def diagnosis(expected: str, raw: str) -> Diagnosis | None:
    """What is wrong with how a code came; None where it came as it is."""
    came = without_identifier(raw)
    if came == expected:
        return None
    if around := _around(expected, came):
        return around
    return Diagnosis(*_told(expected, came))


def notes(ending: str) -> Iterator[str]:
    """What the end of a code, which is right itself, says of the scanner's settings."""
    if not ending:
        yield "No Enter came behind the code. Set the scanner to send Enter (CR) after each code."
    elif ending not in {"\r", "\n", "\r\n"}:
        yield "More than one Enter came behind the code. Set the scanner to send one."


def _told(expected: str, came: str) -> tuple[str, str]:
    if not came:
        return "Nothing came.", "Look at the scanner's cable or its radio, and whether it beeps."
    for told in (_of_case, _of_separator, _of_keyboards, _of_pace):
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


def _around(expected: str, came: str) -> Diagnosis | None:
    before, found, after = came.partition(expected)
    if not found:
        return None
    # What the scanner says of the symbol stands between: it is another for each.
    before = before[:-3] if identifier_of(before[-3:]) else before
    what = _added(visible(before), visible(after))
    if after == "\t":
        return Diagnosis(what, "Set the scanner to send Enter (CR) in place of Tab.")
    do = "Clear its prefix and its suffix; Enter alone belongs behind a code."
    # What one of our codes can begin or end with is never taken off: a code might lose it.
    if before[:1] in _OURS or after[-1:] in _OURS:
        return Diagnosis(what, do)
    return Diagnosis(what, do, before, after)


def _added(before: str, after: str) -> str:
    if not after:
        return f"The scanner adds “{before}” before the code."
    if not before:
        return f"The scanner adds “{after}” after the code."
    return f"The scanner adds “{before}” before and “{after}” after the code."


def _of_separator(expected: str, came: str) -> tuple[str, str] | None:
    first, separator, rest = expected.partition(SEPARATOR)
    if not separator or not (came.startswith(first) and came.endswith(rest)):
        return None
    instead = came[len(first) : len(came) - len(rest)]
    do = "Set the scanner to send control characters with Ctrl, GS as Ctrl and ]."
    if not instead:
        return "The separator GS of GS1 is missing.", do
    return f"“{visible(instead)}” came in place of the separator GS of GS1.", do


def _of_keyboards(expected: str, came: str) -> tuple[str, str] | None:
    for name, keyboard in _KEYBOARDS.items():
        other_way = {written: key for key, written in keyboard.items()}
        for exchanged, scanner, computer in (
            (keyboard, _ENGLISH, name),
            (other_way, name, _ENGLISH),
        ):
            would = "".join(exchanged.get(one, one) for one in expected)
            if _without_dead(would) == _without_dead(came):
                what = (
                    f"The scanner types as on a keyboard that is {scanner}, "
                    f"and this computer is set to one that is {computer}."
                )
                return what, f"Set the scanner to the {computer} keyboard."
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
