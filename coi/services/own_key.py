"""The vault key that a record was begun with: its first entry names it.

No other is taken for it. What follows from the key is compared with what followed from it before.
With another key nothing would be equal, and nobody would be told: so whoever compares asks first.
"""

from coi.services.decoding import content_of_text
from coi.services.vault import FROM_ESCROW, Vault, VaultClosed, key_fingerprint
from coi.store.entries import entry_text
from coi.store.facts import ORGANISATION
from coi.store.transactions import Transaction

VAULT_KEY = "vault_key"
"""What the first entry of the record says a fingerprint of."""


def key_named_in(first: str) -> str:
    """The fingerprint that the first entry says; '' in a record without one."""
    document = content_of_text(first).get("document", {})
    return str(document["about"]) if document.get("kind") == VAULT_KEY else ""


def require_own_key(tx: Transaction, vault: Vault) -> None:
    """The key is the one that this record was begun with.

    Raises:
        VaultClosed: it is another one.
    """
    _hash, first = entry_text(tx, ORGANISATION, 0)
    if key_named_in(first) not in {"", key_fingerprint(vault)}:
        raise VaultClosed("The vault key is not that of this record.", FROM_ESCROW)
