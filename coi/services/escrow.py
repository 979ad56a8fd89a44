"""The vault key in the hands of two custodians: given out, put back, and tried (SEC-35).

The first entry of the record says the fingerprint of the key that the vault was begun with. So
another key is never taken for it, not even where no patient was sealed yet.
"""

from dataclasses import dataclass

from coi.errors import CoiError, DataRefused, Problem
from coi.services.decoding import content_of_text
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.identity import identity_of
from coi.services.installation import Installation
from coi.services.key_halves import joined, printed, read_half, split
from coi.services.own_key import VAULT_KEY
from coi.services.proofs import ADMINISTRATOR, Proven, holding
from coi.services.vault import Vault, key_fingerprint, write_key_file
from coi.store import registers
from coi.store.entries import entries_of
from coi.store.facts import ORGANISATION
from coi.store.transactions import Transaction

ESCROW = "escrow_key"


class KeyIsThere(CoiError):
    """There is a key file already; it was left as it is."""

    code = "KEY_IS_THERE"


@dataclass(frozen=True, slots=True)
class KeyChecked:
    """A key that opens what the record sealed, and when its halves were last given out."""

    fingerprint: str
    opened: bool  # an identity was opened with it; there may be none yet
    escrowed_at: str  # '' for never


def escrow_key(installation: Installation, by: Proven) -> tuple[str, str]:
    """Two halves of the vault key, to be printed for two custodians; it is put on record.

    Raises:
        NotAllowed: the person is no administrator.
        VaultClosed: the key is not that of this record.
    """
    check_key(installation)
    vault = installation.vault
    fingerprint = key_fingerprint(vault)
    halves = split(vault.opening, fingerprint, vault.draw)

    def work(tx: Transaction) -> None:
        administrator = holding(tx, by, ADMINISTRATOR)[0].person
        occasion = Occasion(administrator.id, "-", installation.clock.now())
        told = {"kind": VAULT_KEY, "about": fingerprint}
        write_site_entry(tx, ESCROW, occasion, Registered(document=told))

    installation.transact(work)
    return printed(halves[0]), printed(halves[1])


def check_key(installation: Installation) -> KeyChecked:
    """The key is that of this record, and opens what was sealed with it.

    Raises:
        VaultClosed: an identity cannot be opened with it.
        DataRefused: it is the key of another record.
    """
    return installation.read(lambda tx: _checked(tx, installation))


def _checked(tx: Transaction, installation: Installation) -> KeyChecked:
    fingerprint = key_fingerprint(installation.vault)
    escrowed_at = ""
    for _hash, text, _signed in entries_of(tx, ORGANISATION):
        content = content_of_text(text)
        document = content.get("document", {})
        if document.get("kind") != VAULT_KEY:
            continue
        if document["about"] != fingerprint:
            reason = f"this key ({fingerprint}) is not that of this record ({document['about']})"
            raise DataRefused([Problem(reason)])
        if content["action"] == ESCROW:
            escrowed_at = content["recorded_at"]
    patient = registers.any_sealed_patient(tx)
    if patient is not None:
        identity_of(tx, installation, patient)
    return KeyChecked(fingerprint, patient is not None, escrowed_at)


def restore_key(installation: Installation, one: str, other: str) -> KeyChecked:
    """Put the key back from its two halves, once it is proven to be that of this record.

    Raises:
        KeyIsThere: there is a key file; it was left as it is.
        DataRefused: a half is none or was misread, or the key is that of another record.
        VaultClosed: the halves make no key that opens what was sealed.
    """
    path = installation.settings.vault_key_file
    if path.exists():
        raise _is_there(installation)
    halves = read_half(one), read_half(other)
    vault = Vault(joined(*halves), installation.vault.draw)
    if key_fingerprint(vault) != halves[0].fingerprint:
        reason = "together these halves are not the key that they name: they are of two escrows"
        raise DataRefused([Problem(reason)])
    checked = check_key(installation.with_vault(vault))
    try:
        write_key_file(path, vault.key)
    except FileExistsError as error:
        raise _is_there(installation) from error
    return checked


def _is_there(installation: Installation) -> KeyIsThere:
    return KeyIsThere(
        f"There is a vault key already: {installation.settings.vault_key_file}. It was left as it"
        " is.",
        "Run `coi keys check`; move the file away only if it is not the key of this record.",
    )
