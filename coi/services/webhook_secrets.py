"""The secrets with which messages are signed: sealed in the database, and shown once."""

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from coi.interop.signing import SECRET_BYTES, secret_text
from coi.services.vault import NONCE_BYTES, Vault, VaultClosed
from coi.store.outbox import NOBODY
from coi.store.webhooks import WebhookRow


def draw_secret(vault: Vault) -> str:
    """A new secret, as it is handed over."""
    return secret_text(vault.draw(SECRET_BYTES))


def seal_secret(vault: Vault, webhook: str, secret: str) -> str:
    """Encrypt a secret, bound to its webhook."""
    nonce = vault.draw(NONCE_BYTES)
    return (nonce + _key(vault).encrypt(nonce, secret.encode(), webhook.encode())).hex()


def secrets_of(vault: Vault, row: WebhookRow, now: str) -> tuple[str, ...]:
    """The secrets that are good now: the one in force, and the one before while both are.

    Raises:
        VaultClosed: the vault key does not open them.
    """
    sealed = [row.secret]
    if row.old_secret != NOBODY and now < row.old_until:
        sealed.append(row.old_secret)
    return tuple(_unsealed(vault, row.id, one) for one in sealed)


def _unsealed(vault: Vault, webhook: str, sealed: str) -> str:
    try:
        raw = bytes.fromhex(sealed)
        nonce, text = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
        return _key(vault).decrypt(nonce, text, webhook.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise VaultClosed(
            "The secret of this webhook cannot be opened with this vault key.",
            "Check that the key file belongs to this database, or give the webhook a new secret.",
        ) from error


def _key(vault: Vault) -> AESGCM:
    # A key for each use, as for the blind index.
    return AESGCM(hmac.digest(vault.opening, b"webhook", "sha256"))
