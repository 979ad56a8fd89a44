"""The seal of the house on the PDFs that it hands out: any reader says whether one was changed.

The file of the seal is another house's or one's own certificate (`COI_SEAL_FILE`); where there is
none, one is made at the first document. Which certificate sealed it stands in the entry of each
document. Where the extra `sign` is not installed, documents bear no seal, and `coi doctor` says so.
"""

import os
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from coi.errors import CoiError
from coi.services.drawing import Drawn
from coi.services.installation import Installation

if TYPE_CHECKING:
    from coi.interop.pades import Seal

REASON = "Sealed as it was handed out"


class NoSeal(CoiError):
    """The file of the seal cannot be used; a document that should bear a seal is not handed out."""

    code = "NO_SEAL"


def is_installed() -> bool:
    """Whether what seals is there."""
    return find_spec("pyhanko") is not None


def sealed(installation: Installation, content: bytes) -> Drawn:
    """The document with the seal of the house; as it is, where none is to be on it.

    Raises:
        NoSeal: the file of the seal cannot be read, or its certificate has ended.
    """
    file = installation.settings.seal_file
    if file is None or not is_installed():
        return Drawn(content)
    seal = seal_of(installation, file)
    return replace(Drawn(seal.put_on(content, REASON)), seal=seal.fingerprint)


def seal_of(installation: Installation, file: Path) -> "Seal":
    """The seal in this file; made now, where there is none.

    Raises:
        NoSeal: the file cannot be read or written, or its certificate has ended.
    """
    now = installation.clock.now()
    try:
        if not file.exists():
            _make(file, installation.settings.issuer, now)
        seal = _read(file.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        sentence = f"The seal of the house, {file}, cannot be read, nor one be made there."
        raise NoSeal(sentence, "Put its file back: docs/custody-record.md says how.") from error
    ends = seal.certificate.not_valid_after_utc
    if ends <= now:
        sentence = f"The certificate of the seal, {file}, ended at {ends:%Y-%m-%d %H:%M} UTC."
        raise NoSeal(sentence, "Put a new one there: docs/custody-record.md says how.")
    return seal


@lru_cache(maxsize=4)
def _read(pem: bytes) -> "Seal":
    from coi.interop.pades import Seal

    return Seal(pem)


def _make(file: Path, issuer: str, now: datetime) -> None:
    """Write a new seal, readable by its owner alone; whoever comes second finds the first."""
    from coi.interop.pades import new_seal

    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix=".seal-") as begun:
        begun.write(new_seal(f"{issuer} chain of identity", now))
        begun.flush()
        os.fsync(begun.fileno())
        # Whole, or not there: another process may look for it at the same moment.
        if not file.exists():
            _link(begun.name, file)


def _link(begun: str, file: Path) -> None:
    try:
        file.hardlink_to(begun)
    except FileExistsError:
        return
