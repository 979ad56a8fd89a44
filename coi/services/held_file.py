"""A file between its dry run and its import: sealed, in the hands of whoever handed it in.

It is kept nowhere here. What passes through the browser can be opened with the vault key alone, is
bound to its person and its kind, and is good for an hour.
"""

import base64
import json
import zlib
from dataclasses import dataclass
from datetime import timedelta

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import CoiError
from coi.services.installation import Installation
from coi.services.proofs import Proven
from coi.services.vault import VaultClosed, seal_text, unseal_text

LASTS = timedelta(hours=1)


class NoLongerHeld(CoiError):
    """The file of the dry run is not held any more; nothing was saved."""

    code = "FILE_NOT_HELD"

    def __init__(self) -> None:
        super().__init__(
            "The file that you checked is not held any more. Nothing was saved.",
            "Choose it again, and check it again.",
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A file that was checked, and the key of its import: the same however often it is sent."""

    content: bytes
    key: str


def hold(installation: Installation, by: Proven, kind: str, content: bytes) -> str:
    """Seal a file for this person, to be handed in again."""
    told = {
        "at": rfc3339(installation.clock.now()),
        "key": f"import-{installation.draw(18).hex()}",
        "content": base64.b85encode(zlib.compress(content)).decode(),
    }
    return seal_text(installation.vault, _place(by, kind), json.dumps(told))


def held(installation: Installation, by: Proven, kind: str, sealed: str) -> Held:
    """The file that was sealed.

    Raises:
        NoLongerHeld: it is somebody else's, of another kind, too old, or was changed.
    """
    try:
        told = json.loads(unseal_text(installation.vault, _place(by, kind), sealed))
    except VaultClosed as error:
        raise NoLongerHeld from error
    if parse_rfc3339(told["at"]) + LASTS < installation.clock.now():
        raise NoLongerHeld
    return Held(zlib.decompress(base64.b85decode(told["content"])), told["key"])


def _place(by: Proven, kind: str) -> str:
    """Bound to its person and kind, so that it cannot stand in another's form."""
    return f"import:{kind}:{by.person}"
