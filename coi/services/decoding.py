"""Entries as they were written, decoded to be shown; a damaged one is said to be damaged.

Whether a text is canonical, and the one that was hashed, is the verifier's question. Asking it for
each entry of each page would take ten times as long as reading them.
"""

import json
from collections.abc import Mapping
from typing import Any, cast

from coi.errors import CoiError

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
        RecordDamaged: the text says nothing of the kind.
    """
    return cast("Content", _read(text, dict))


def signatures_of_text(text: str) -> list[Mapping[str, str]]:
    """Who signed an entry, in the order of signing.

    Raises:
        RecordDamaged: the text says nothing of the kind.
    """
    return cast("list[Mapping[str, str]]", _read(text, list))


_decode = json.JSONDecoder().raw_decode


def _read(text: str, kind: type) -> object:
    # No blank stands around what was written: to look for one takes half as long as to decode.
    try:
        told, end = _decode(text)
    except (ValueError, RecursionError) as error:
        raise RecordDamaged from error
    if end != len(text) or not isinstance(told, kind):
        raise RecordDamaged
    return told
