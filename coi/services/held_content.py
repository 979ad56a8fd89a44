"""The content of a file while it waits for the entry of its step, and how that takes it up."""

import base64

from coi.clock import rfc3339
from coi.errors import Busy
from coi.ledger.commitment import commit
from coi.services.installation import Installation
from coi.services.vault import seal_text, unseal_text
from coi.store import held_files as store
from coi.store.registers import keep_text, text_of
from coi.store.transactions import Transaction
from workflows.files import Reference


def wait(
    tx: Transaction,
    installation: Installation,
    at: tuple[str, str],
    found: Reference,
    content: bytes,
) -> None:
    """A file waits, sealed, at a therapy, for somebody; what will commit to it is drawn now."""
    coi, person = at
    salt, text = installation.new_salt(), base64.b64encode(content).decode()
    sealed = seal_text(installation.vault, _place(coi), text)
    held_at = rfc3339(installation.clock.now())
    behind = commit(text, salt)
    row = store.HeldRow(coi, found.text, person, behind, salt, sealed, held_at, found.size)
    store.keep(tx, row)


def take_up(tx: Transaction, installation: Installation, commitment: str) -> None:
    """The content is kept apart behind its commitment, for the entry that names it.

    Two entries can name one file: it is kept once.

    Raises:
        VaultClosed: it was sealed with another key, or changed since.
    """
    row = store.behind(tx, commitment)
    if row is None and text_of(tx, commitment) is None:
        raise Busy  # it was forgotten in this moment: nothing is saved that nobody could fetch
    if row is None or row.sealed == store.KEPT:
        return
    text = unseal_text(installation.vault, _place(row.chain), row.sealed)
    keep_text(tx, commitment, row.salt, text)
    store.settle(tx, commitment)


def _place(coi: str) -> str:
    """Bound to its therapy, so that it cannot stand in another's."""
    return f"file:{coi}"
