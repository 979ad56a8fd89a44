"""The identity vault: who the patient is, encrypted apart from the chain (SEC-35).

Each patient has a key of their own; it is wrapped by the vault key, which stands in a file outside
the database. Without the patient's key the identity is unreadable for ever, and the chain whole.
"""

import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from coi.errors import CoiError
from coi.ledger.commitment import ciphertext_commitment
from coi.store.likeness import MARKS
from workflows.composed import nfc

KEY_BYTES = 32
NO_KEY = b""
"""Stands for a key that is not there: the record can be looked at, and nobody can be named."""

NONCE_BYTES = 12
INDEXED = "medical_record_number"
INDEX_FIELD = "index"
FINDABLE = (INDEX_FIELD, *MARKS)
"""What is kept of an identity as a keyed hash, and is not sealed."""
IDENTITY_FIELDS = ("family_name", "given_name", "birth_date", "sex", "medical_record_number")


FROM_ESCROW = "Put the key file back from its escrow: docs/keys.md says how."


class VaultClosed(CoiError):
    """The vault key is missing or does not open what was sealed with it."""

    code = "VAULT_CLOSED"


@dataclass(frozen=True, slots=True)
class Vault:
    """The vault key, and where its nonces come from."""

    key: bytes
    draw: Callable[[int], bytes]

    @property
    def opening(self) -> bytes:
        """The key, for whatever is to be sealed, opened or compared with it.

        Raises:
            VaultClosed: it is not there.
        """
        if self.key == NO_KEY:
            raise VaultClosed("The vault key is not there.", FROM_ESCROW)
        return self.key


@dataclass(frozen=True, slots=True)
class SealedIdentity:
    """One patient's identity as it is stored: the wrapped key, and field by field."""

    wrapped: str
    rows: list[dict[str, str]]


def create_key_file(path: Path, draw: Callable[[int], bytes]) -> None:
    """Write a new vault key, readable by its owner alone; an existing one is never replaced."""
    write_key_file(path, draw(KEY_BYTES))


def write_key_file(path: Path, key: bytes) -> None:
    """Write a vault key, readable by its owner alone.

    Raises:
        FileExistsError: there is such a file; it was left as it is.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("x", encoding="ascii") as file:
        # While the file is still empty, so that nobody reads the key in between.
        path.chmod(0o600)
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key_file(path: Path) -> bytes:
    """The vault key.

    Raises:
        VaultClosed: there is no such file, or it holds no key.
    """
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise VaultClosed(f"The vault key {path} cannot be read.", FROM_ESCROW) from error
    if len(key) != KEY_BYTES:
        raise VaultClosed(f"{path} holds no vault key.", FROM_ESCROW)
    return key


def seal(vault: Vault, patient: str, identity: Mapping[str, str], site: str) -> SealedIdentity:
    """Encrypt a patient's identity under a new key; the number at its site becomes findable."""
    key = vault.draw(KEY_BYTES)
    nonce = vault.draw(NONCE_BYTES)
    wrapped = nonce + AESGCM(vault.opening).encrypt(nonce, key, _about("patient_key", patient))
    rows = [_seal_field(vault, key, patient, field, text) for field, text in identity.items()]
    number = index_of(vault, site, identity.get(INDEXED, ""))
    rows.append(findable(vault, INDEX_FIELD, number))
    return SealedIdentity(wrapped.hex(), rows)


def findable(vault: Vault, field: str, text: str) -> dict[str, str]:
    """A keyed hash as it is kept beside what is sealed, to be found without anything being opened.

    Its nonce is the salt of its commitment, and goes with it: whoever has the vault key, and tries
    out all birth dates, learns nothing from the record of a patient who was erased.
    """
    return _row(field, vault.draw(NONCE_BYTES).hex(), text)


def _seal_field(vault: Vault, key: bytes, patient: str, field: str, text: str) -> dict[str, str]:
    nonce = vault.draw(NONCE_BYTES)
    # A nonce for each field: under one key none may come twice, or both texts are betrayed.
    sealed = AESGCM(key).encrypt(nonce, text.encode(), _about("patient_identity", patient, field))
    return _row(field, nonce.hex(), sealed.hex())


def _row(field: str, nonce: str, ciphertext: str) -> dict[str, str]:
    return {
        "field": field,
        "nonce": nonce,
        "ciphertext": ciphertext,
        "commitment": ciphertext_commitment(nonce, ciphertext),
    }


def _about(*place: str) -> bytes:
    """Bind a ciphertext to its place, so that none can stand in for another."""
    return ":".join(place).encode()


def unseal(
    vault: Vault, patient: str, wrapped: str, rows: list[tuple[str, str, str]]
) -> dict[str, str]:
    """Decrypt a patient's identity.

    Raises:
        VaultClosed: the key does not open it, or something in it was changed.
    """
    try:
        raw = bytes.fromhex(wrapped)
        key = AESGCM(vault.opening).decrypt(
            raw[:NONCE_BYTES], raw[NONCE_BYTES:], _about("patient_key", patient)
        )
        return {
            field: AESGCM(key)
            .decrypt(
                bytes.fromhex(nonce),
                bytes.fromhex(ciphertext),
                _about("patient_identity", patient, field),
            )
            .decode()
            for field, nonce, ciphertext in rows
            if field not in FINDABLE
        }
    # Text that is no longer hexadecimal was changed as well.
    except (InvalidTag, ValueError) as error:
        raise VaultClosed(
            "The patient's identity cannot be opened with this vault key.",
            "Check that the key file belongs to this database; run `coi verify`.",
        ) from error


def seal_text(vault: Vault, place: str, text: str) -> str:
    """Encrypt a text that only passes, bound to its place."""
    nonce = vault.draw(NONCE_BYTES)
    return (nonce + _passing(vault.key).encrypt(nonce, text.encode(), place.encode())).hex()


def unseal_text(vault: Vault, place: str, sealed: str) -> str:
    """Decrypt a text that was sealed for this place.

    Raises:
        VaultClosed: the key does not open it, or it was changed or stood elsewhere.
    """
    try:
        raw = bytes.fromhex(sealed)
        nonce, text = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
        return _passing(vault.key).decrypt(nonce, text, place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise VaultClosed(
            "What was kept of this step cannot be opened with this vault key.",
            "Discard it, and begin the step again.",
        ) from error


@lru_cache(maxsize=4)
def _passing(key: bytes) -> AESGCM:
    # A key for each use, as for the blind index; each screen of a step asks for it thrice.
    return AESGCM(hmac.digest(key, b"errand", "sha256"))


def index_of(vault: Vault, site: str, number: str) -> str:
    """A blind index: equal for the same number at the same site, and telling nothing else."""
    # A key for each use, so that an index says nothing about a fingerprint, and the other way
    # round.
    key = hmac.new(vault.opening, b"blind index", sha256).digest()
    return hmac.new(key, f"{site}:{folded(number)}".encode(), sha256).hexdigest()


def fingerprint_of(vault: Vault, text: str) -> str:
    """Equal for the same text, and without the vault key no guess at the text can be tried out."""
    key = hmac.digest(vault.opening, b"request", "sha256")
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


def salt_of_code(vault: Vault, code: str) -> str:
    """A salt that is equal for the same code of another's label, and that nobody else can make."""
    key = hmac.digest(vault.opening, b"over-label", "sha256")
    return hmac.digest(key, code.encode(), "sha256").hex()


def key_fingerprint(vault: Vault) -> str:
    """Sixteen digits that tell one vault key from another, and nothing else of it."""
    return fingerprint_of(vault, "vault key")[:16]


def folded(text: str) -> str:
    """How two spellings of one stated identifier compare: case, accents' form and spaces aside."""
    return " ".join(nfc(text).casefold().split())
