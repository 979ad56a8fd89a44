"""The key that signs checkpoints: in a file of its own, beside no password and in no database.

Who reads the database cannot sign in its place, and who takes the key alone has no record to sign
(TL-08). Which key it is stands in the first entry of the record, and which one took its place in a
later one, so that everybody who verifies it knows whose signatures count (TL-25).
"""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.errors import CoiError
from coi.ledger.checkpoint import NoCheckpoint, Verifier, verifier_of
from coi.ledger.signers import FIRST, OLD_KEY, RESTORED, TWO_PEOPLE, Signer, in_force
from coi.services.decoding import Content
from coi.services.vault import VaultClosed, read_key_file, write_key_file
from coi.settings import Settings
from coi.store.facts import ORGANISATION
from coi.store.transactions import Transaction
from coi.store.tree import newest_checkpoint, told_by

CHECKPOINTS = "checkpoints"
"""What an entry says a public key under, by which checkpoints are signed from then on."""

REPLACE_KEY, RESTORE = "replace_checkpoint_key", "restore"
NAMING = ("create_log", REPLACE_KEY, RESTORE)
"""The actions whose entries can name such a key."""

BOTH = 2
VOUCHED, LOST = "vouched", "lost"
"""What the old key has signed of the new one; or that it was lost, for which two people sign."""

SIZE, ROOT = "size", "root"
"""How large the tree was that an entry closes, and its root."""


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


def key_in_force(settings: Settings, wanted: Verifier | None) -> Ed25519PrivateKey:
    """The key that signs for this verifier.

    Raises:
        NoSigningKey: there is none, or another one.
    """
    file = settings.checkpoint_key_file
    # Where a change of the key was cut short, the new one still has the name it was made under.
    for path in (next_key_file(settings), file):
        try:
            key = read_signing_key(path)
        except NoSigningKey:
            if path == file:
                raise
            continue
        if wanted is not None and verifier_of(wanted.name, key) == wanted:
            return key
    raise NoSigningKey("The key that signs checkpoints is not the one that the record names.")


def key_of_newest(tx: Transaction, settings: Settings) -> Ed25519PrivateKey | None:
    """The key that signed the newest checkpoint; None where it is not here, or none was signed."""
    last = newest_checkpoint(tx)
    named = last and in_force(signers_of(tx), last.size)
    if not named:
        return None
    try:
        return key_in_force(settings, named)
    except NoSigningKey:
        return None


def next_key_file(settings: Settings) -> Path:
    """Where a new key stands until the record names it."""
    return settings.checkpoint_key_file.with_name(f"{settings.checkpoint_key_file.name}.next")


def signers_of(tx: Transaction) -> tuple[Signer, ...]:
    """The keys that the record names, the newest last; one that nobody vouched for is none."""
    found: list[Signer] = []
    for told in told_by(tx, ORGANISATION, NAMING):
        try:
            content = {**json.loads(told.content), "signed": len(json.loads(told.signed))}
            named = Verifier.read(content["document"][CHECKPOINTS])
            after = _in_force_after(content, told.n, named, found)
        except (NoCheckpoint, ValueError, KeyError, TypeError):
            continue
        if after is None:
            continue
        if found:
            is_closed = content["action"] == RESTORE
            found[-1] = replace(found[-1], until=after, is_closed=is_closed)
        vouched = content["document"].get(VOUCHED, "")
        found.append(Signer(named, after, by=_named_by(content), vouched=vouched))
    return tuple(found)


def _in_force_after(
    content: Content, n: int | None, named: Verifier, before: Sequence[Signer]
) -> int | None:
    """Which trees are too small for a key that is named; None where it is not in force.

    The first signs from the beginning. One that replaces another does so above the tree in which
    that is told, and one of a record that was put back above what was left of the tree.
    """
    if content["action"] == NAMING[0]:
        return None if before else 0
    if not before or not _is_vouched_for(content, before[-1].verifier, named):
        return None
    return int(content["document"]["size"]) if content["action"] == RESTORE else n


def _named_by(content: Content) -> str:
    """Who says that a key signs from now on, once that holds."""
    if content["action"] == REPLACE_KEY:
        return TWO_PEOPLE if content["document"].get(LOST) else OLD_KEY
    return RESTORED if content["action"] == RESTORE else FIRST


def _is_vouched_for(content: Content, old: Verifier, new: Verifier) -> bool:
    """Whoever may say so has named the new key: the old one, or two people where that is lost.

    A record that was put back goes on with the same key, under another name: the key itself has
    signed which tree was left. Whoever writes into the database alone cannot close a tree.
    """
    document = content["document"]
    people: int = content["signed"]
    is_restored = content["action"] == RESTORE
    goes_on = new.key == old.key if is_restored else new.name == old.name
    if not goes_on or not people:
        return False
    if not is_restored and document.get(LOST):
        return people >= BOTH
    statement = closing_of(old, new, document) if is_restored else statement_of(old, new)
    return old.has_signed(statement, b64decode(document[VOUCHED], validate=True))


def statement_of(old: Verifier, new: Verifier) -> bytes:
    """What the old key signs, so that the new one takes its place."""
    return f"coi checkpoint key\n{old.text}\n{new.text}\n".encode()


def closing_of(old: Verifier, new: Verifier, closed: Mapping[str, str]) -> bytes:
    """What the key signs of a record that was put back: what was left of it, and its new name."""
    left = f"{closed[SIZE]}\n{closed.get(ROOT, '')}"
    return f"coi record put back\n{old.text}\n{new.text}\n{left}\n".encode()
