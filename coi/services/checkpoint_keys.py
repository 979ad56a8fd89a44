"""The key that signs checkpoints: in a file of its own, beside no password and in no database.

Who reads the database cannot sign in its place, and who takes the key alone has no record to sign
(TL-08). Which key it is stands in the first entry of the record, so that everybody who verifies it
knows whose signatures count.
"""

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.errors import CoiError
from coi.ledger.checkpoint import NoCheckpoint, Verifier, verifier_of
from coi.services.vault import VaultClosed, read_key_file, write_key_file
from coi.settings import Settings
from coi.store.facts import ORGANISATION
from coi.store.transactions import Transaction
from coi.store.tree import told_by

CHECKPOINTS = "checkpoints"
"""What an entry says a public key under, by which checkpoints are signed from then on."""

NAMING = ("create_log",)
"""The actions whose entries can name such a key."""


class NoSigningKey(CoiError):
    """The key that signs checkpoints cannot be read, or is not that of this record."""

    code = "NO_SIGNING_KEY"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "Put its file back: docs/checkpoints.md says how.")


def create_signing_key(settings: Settings) -> None:
    """Write a new key, readable by its owner alone; one that is there is left as it is."""
    file = settings.checkpoint_key_file
    if not file.exists():
        write_key_file(file, Ed25519PrivateKey.generate().private_bytes_raw())


def read_signing_key(file: Path) -> Ed25519PrivateKey:
    """The key.

    Raises:
        NoSigningKey: there is no such file, or it holds no key.
    """
    try:
        return Ed25519PrivateKey.from_private_bytes(read_key_file(file))
    except VaultClosed as error:
        raise NoSigningKey(f"The key that signs checkpoints is not in {file}.") from error


def named_at_first(settings: Settings, fingerprint: str) -> str:
    """The public key as the first entry of a record names it; '' where there is no key.

    Its name says whose record it is: by the issuer, and by the fingerprint of the vault key.
    """
    try:
        key = read_signing_key(settings.checkpoint_key_file)
    except NoSigningKey:
        return ""
    return verifier_of(f"coi/{settings.issuer}/{fingerprint.replace(' ', '')}", key).text


def signers_of(tx: Transaction) -> tuple[Verifier, ...]:
    """The keys that the record names, the newest last; what cannot be read is none."""
    found = []
    for content in told_by(tx, ORGANISATION, NAMING):
        try:
            found.append(Verifier.read(json.loads(content)["document"][CHECKPOINTS]))
        except (NoCheckpoint, ValueError, KeyError, TypeError):
            continue
    return tuple(found)
