"""Entries as they were written, decoded; a damaged one is said to be damaged."""

from collections.abc import Mapping
from typing import Any, cast

from coi.errors import CoiError
from coi.ledger.canonical import CannotBeCanonical, read

Content = Mapping[str, Any]


class RecordDamaged(CoiError):
    """The stored text of an entry is not what an entry looks like."""

    code = "RECORD_DAMAGED"

    def __init__(self) -> None:
        super().__init__(
            "An entry of this record cannot be read: its stored text was damaged or changed.",
            "Stop using this record; let quality assurance run `coi verify`.",
        )


def content_of_text(text: str) -> Content:
    """What an entry says.

    Raises:
        RecordDamaged: the text is no canonical one.
    """
    return cast("Content", _read(text))


def signatures_of_text(text: str) -> list[Mapping[str, str]]:
    """Who signed an entry, in the order of signing.

    Raises:
        RecordDamaged: the text is no canonical one.
    """
    return cast("list[Mapping[str, str]]", _read(text))


def _read(text: str) -> object:
    try:
        return read(text)
    except CannotBeCanonical as error:
        raise RecordDamaged from error
