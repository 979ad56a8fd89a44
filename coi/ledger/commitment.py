"""Text that may have to be erased stands in the ledger as a salted commitment.

The hashed bytes hold only SHA-256(salt || text). The text and its salt stand in a table apart; when
both are erased, nothing in the ledger changes and nothing in it can be guessed back, because the
salt has 32 random bytes and is never used twice. Of another's label alone the salt follows from the
code, by a key of the vault: so the same code is found again, and nobody else can try one out.
"""

from hashlib import sha256

from coi.ledger.canonical import nfc

SALT_BYTES = 32


def commit(text: str, salt: str) -> str:
    """Commit to a text (normalised to NFC) under a salt of 32 bytes in hex; returns hex.

    Raises:
        ValueError: the salt is not 32 bytes in hex, in small digits and without blanks.
    """
    salt_bytes = bytes.fromhex(salt)
    # With a short salt a name could be found again by trying out names.
    if len(salt_bytes) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt_bytes)}")
    if salt_bytes.hex() != salt:
        raise ValueError("a salt is written in small digits and without blanks")
    return sha256(salt_bytes + nfc(text).encode()).hexdigest()


def fits(commitment: str, salt: str, text: str) -> bool:
    """Answer whether this is the text that was committed to; a damaged salt fits nothing."""
    try:
        return commit(text, salt) == commitment
    except ValueError:
        return False


def ciphertext_commitment(nonce: str, ciphertext: str) -> str:
    """Commit to an encrypted text as it is stored: the hash of both columns' text, in this order.

    It says nothing about the plain text, so it may stay when the key and the text are erased.
    """
    # A nonce always has the same length, or is '-': so the two cannot be cut in another place.
    return sha256(f"{nonce}{ciphertext}".encode()).hexdigest()


def key_commitment(wrapped: str) -> str:
    """Commit to a patient's key as it is stored, wrapped by the vault key."""
    return sha256(wrapped.encode()).hexdigest()


def credential_commitment(password_hash: str) -> str:
    """Commit to a stored password hash, which has a salt of its own."""
    return sha256(password_hash.encode()).hexdigest()
