"""One value, one text: a strict subset of RFC 8785 (JSON Canonicalization Scheme).

The subset: objects with ASCII keys, arrays, strings in NFC without lone surrogates, booleans, and
integers that every JSON reader keeps exactly (|n| < 2^53). No floats and no null: an amount is a
string of decimal digits, and what is absent is left out. Within the subset the standard library's
encoder already writes RFC 8785's bytes, about four times faster than the package `rfc8785`, which
handles floats and keys that we refuse; the tests hold the two against each other (TL-04).
"""

import json
import unicodedata
from collections.abc import Mapping
from typing import TypeAlias

from workflows import composed

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int"

_MOST = 2**53
_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


class CannotBeCanonical(ValueError):
    """A value or text outside the subset: where (`path`, '' for the whole) and why (`reason`)."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path or 'The value'}: {reason}")
        self.path = path
        self.reason = reason

    def under(self, step: str) -> "CannotBeCanonical":
        """Give the same fault as seen from the value that holds this one."""
        inner = self.path if self.path.startswith("[") or not self.path else f".{self.path}"
        return CannotBeCanonical(step + inner, self.reason)


def canonical(value: object) -> str:
    """Write the value as its one canonical text; its UTF-8 bytes are what is hashed.

    Dicts become objects, lists and tuples arrays.

    Raises:
        CannotBeCanonical: some part of the value lies outside the subset.
    """
    try:
        _check(value)
        return _encode(value)
    except RecursionError:
        raise CannotBeCanonical("", "is nested too deeply") from None


def read(text: str) -> Json:
    """Read a canonical text; `canonical(read(text)) == text` holds for whatever is returned.

    Writing it again is the check: a duplicate key, a float, another order of keys, a space or
    another way to escape all come back as another text, or cannot be written.

    Raises:
        CannotBeCanonical: it is no JSON, or no canonical text.
    """
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CannotBeCanonical("", f"is no JSON that can be read: {error}") from None
    if canonical(value) != text:
        raise CannotBeCanonical("", "is JSON, but not in canonical form")
    return value


def nfc(text: str) -> str:
    """Bring what a person or device entered into the one spelling that is recorded."""
    return composed.nfc(text)


def _check(value: object) -> None:
    """Raise unless the value lies in the subset."""
    if isinstance(value, str):
        if not value.isascii():
            _check_text(value)
    # True and False are integers to Python; they pass here, and are written as themselves.
    elif isinstance(value, int):
        if not -_MOST < value < _MOST:
            raise CannotBeCanonical("", "is an integer of 2^53 or more; write it as a string")
    elif isinstance(value, dict):
        _check_object(value)
    elif isinstance(value, list | tuple):
        _check_array(value)
    else:
        raise CannotBeCanonical("", f"is a {type(value).__name__}, which has no canonical form")


def _check_object(value: Mapping[object, object]) -> None:
    for key, member in value.items():
        if not isinstance(key, str) or not key.isascii():
            raise CannotBeCanonical("", f"has the key {key!r}; keys are ASCII strings")
        # Most members are short ASCII strings; not calling for them saves a third of the time.
        if type(member) is str and member.isascii():
            continue
        try:
            _check(member)
        except CannotBeCanonical as fault:
            raise fault.under(key) from None


def _check_array(value: list[object] | tuple[object, ...]) -> None:
    for index, member in enumerate(value):
        try:
            _check(member)
        except CannotBeCanonical as fault:
            raise fault.under(f"[{index}]") from None


def _check_text(text: str) -> None:
    if not unicodedata.is_normalized("NFC", text):
        raise CannotBeCanonical("", "is not in Unicode normal form C")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise CannotBeCanonical("", "has a lone surrogate, which UTF-8 cannot hold") from None
