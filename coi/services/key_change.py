"""Another key signs checkpoints from now on: quality assurance signs for it, and the old key too.

Where the old key is lost, or somebody has it who should not, an administrator signs in its place.
What the old one signed stays valid; what it signs of a larger tree is refused (TL-25).
"""

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.errors import DataRefused, Problem
from coi.ledger.checkpoint import Verifier, verifier_of
from coi.ledger.content import SignedBy
from coi.services.checkpoint_keys import (
    CHECKPOINTS,
    LOST,
    REPLACE_KEY,
    VOUCHED,
    NoSigningKey,
    key_in_force,
    next_key_file,
    signers_of,
    statement_of,
)
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.proofs import ADMINISTRATOR, QA, JustProven, holding, signature_of
from coi.services.vault import write_key_file
from coi.settings import Settings
from coi.store.transactions import Transaction

REPLACED = "another key signs checkpoints from now on"
"""What the signatures mean: it is shown to whoever is about to sign."""

CHECKPOINT_KEY = "checkpoint_key"
LONGEST_REASON = 2_000


def replace_signing_key(
    installation: Installation, by: JustProven, why: str, administrator: JustProven | None = None
) -> Verifier:
    """Make a new key, and record that it takes the place of the old one; returns its public half.

    It signs as soon as the entry is in the tree. With `administrator` the old key is not asked.

    Raises:
        NotAllowed: the person is no QA reviewer, or the other no administrator.
        CannotSign: what a signature takes is not on record.
        DataRefused: no reason is given, or both are one person.
        NoSigningKey: the old key is not there, and no administrator signs in its place.
    """
    if problems := _problems(by, administrator, why):
        raise DataRefused(problems)
    settings = installation.settings
    old = _old_key(installation, needed=administrator is None)
    new = Ed25519PrivateKey.generate()
    next_key_file(settings).unlink(missing_ok=True)
    # Before the record names it: a key that is named and nowhere would leave nothing to sign with.
    write_key_file(next_key_file(settings), new.private_bytes_raw())

    def work(tx: Transaction) -> Verifier:
        named = verifier_of(_replaced(tx).name, new)
        told = {"kind": CHECKPOINT_KEY, "about": named.id.hex(), CHECKPOINTS: named.text}
        told |= _vouched(_replaced(tx), named, old)
        now = installation.clock.now()
        registered = Registered(
            signatures=_signatures(tx, installation, by, administrator),
            document=told,
            notes={"reason": commit_text(tx, installation, why.strip())},
        )
        occasion = Occasion(registered.signatures[0].person, "-", now)
        write_site_entry(tx, REPLACE_KEY, occasion, registered)
        return named

    named = installation.transact(work)
    next_key_file(settings).replace(settings.checkpoint_key_file)
    return named


def _problems(by: JustProven, administrator: JustProven | None, why: str) -> list[Problem]:
    if not why.strip():
        return [Problem("say why another key signs from now on", column="why")]
    if len(why) > LONGEST_REASON:
        return [Problem(f"at most {LONGEST_REASON} characters", column="why")]
    if administrator is not None and administrator.person == by.person:
        return [Problem(f"{by.username} cannot sign as both")]
    return []


def _old_key(installation: Installation, *, needed: bool) -> Ed25519PrivateKey | None:
    """The key that is replaced, under its own name; None where it is not to be asked."""
    settings = installation.settings
    try:
        key = key_in_force(settings, installation.read(_replaced))
    except NoSigningKey:
        if needed:
            raise
        return None
    _settle(settings, key)
    return key if needed else None


def _settle(settings: Settings, key: Ed25519PrivateKey) -> None:
    """A change that was cut short is brought to its end: the key in force has its own name."""
    file, raw = next_key_file(settings), key.private_bytes_raw().hex()
    if file.exists() and file.read_text("ascii").strip() == raw:
        file.replace(settings.checkpoint_key_file)


def _replaced(tx: Transaction) -> Verifier:
    signers = signers_of(tx)
    if not signers:
        raise NoSigningKey("The record names no key that signs checkpoints.")
    return signers[-1].verifier


def _vouched(old: Verifier, new: Verifier, key: Ed25519PrivateKey | None) -> dict[str, str]:
    """What the old key says of the new one; or that it was not asked."""
    if key is None:
        return {LOST: old.id.hex()}
    return {VOUCHED: b64encode(key.sign(statement_of(old, new))).decode()}


def _signatures(
    tx: Transaction, installation: Installation, by: JustProven, administrator: JustProven | None
) -> tuple[SignedBy, ...]:
    now = installation.clock.now()
    asked = [(by, QA), *([(administrator, ADMINISTRATOR)] if administrator else [])]
    held = [(*holding(tx, one, role), REPLACED, now) for one, role in asked]
    return tuple(signature_of(*one) for one in held)
