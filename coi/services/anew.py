"""Hashes all entries anew with another algorithm, and keeps a signed statement of it (TL-24).

Made while SHA-256 still holds, it proves afterwards what the entries were. It stands in the
organisation's chain, signed by quality assurance, and in a folder beside the key.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coi.clock import rfc3339
from coi.errors import DataRefused, Problem
from coi.ledger.anew import ALGORITHM, Anew, Grown, read_anew, signed_anew
from coi.ledger.checkpoint import NoCheckpoint
from coi.ledger.findings import Finding
from coi.ledger.signers import in_force
from coi.services.checkpoint_keys import NoSigningKey, key_in_force, signers_of
from coi.services.decoding import content_of_text
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.manifest import write_durably
from coi.services.proofs import QA, JustProven, holding, signature_of
from coi.settings import Settings
from coi.store import tree
from coi.store.facts import ORGANISATION
from coi.store.transactions import Transaction
from coi.store.tree_bytes import bytes_in_tree

HASH_ANEW, KIND = "hash_anew", "hashed_anew"
MEANING = "all entries were hashed anew"
"""What the signature means: it is shown to whoever is about to sign."""

LONGEST_REASON = 2_000
_log = logging.getLogger(__name__)
_FOLDER, _STATEMENT = "hashed-anew", "statement"


def hash_anew(installation: Installation, by: JustProven, why: str) -> str:
    """Hash everything below the last checkpoint with SHA-512; returns the statement.

    Raises:
        NotAllowed: the person is no QA reviewer.
        CannotSign: what a signature takes is not on record.
        DataRefused: no reason is given, or nothing is below a checkpoint yet.
        NoSigningKey: the key that signs checkpoints is not there.
    """
    if not 0 < len(why.strip()) <= LONGEST_REASON:
        told = f"say why all is hashed anew, in at most {LONGEST_REASON} characters"
        raise DataRefused([Problem(told, column="why")])
    # Read before, and not while others wait to write: of a large record it takes minutes.
    size, root = installation.read(_hashed)
    if not size:
        raise DataRefused([Problem("no checkpoint is signed yet: run `coi checkpoint --once`")])

    def work(tx: Transaction) -> str:
        now = installation.clock.now()
        text = _signed(tx, installation.settings, size, root, rfc3339(now))
        person = signature_of(*holding(tx, by, QA), MEANING, now)
        registered = Registered(
            signatures=(person,),
            document={"kind": KIND, "about": ALGORITHM, _STATEMENT: text},
            notes={"reason": commit_text(tx, installation, why.strip())},
        )
        write_site_entry(tx, HASH_ANEW, Occasion(person.person, "-", now), registered)
        return text

    text = installation.transact(work)
    folder = _folder(installation.settings)
    folder.mkdir(mode=0o700, exist_ok=True)
    write_durably(folder / f"{size:012}-{ALGORITHM}", text)
    return text


def _hashed(tx: Transaction) -> tuple[int, bytes]:
    last, grown = tree.newest_checkpoint(tx), Grown()
    for content, signed in bytes_in_tree(tx, last.size if last else 0):
        grown.add(content, signed)
    return grown.size, grown.root


def _signed(tx: Transaction, settings: Settings, size: int, root: bytes, at: str) -> str:
    verifier = in_force(signers_of(tx), size)
    key = key_in_force(settings, verifier)
    if verifier is None:
        raise NoSigningKey("The record names no key that signs checkpoints.")
    return signed_anew(Anew(verifier.name, size, root, at), key)


@dataclass(frozen=True, slots=True)
class Statement:
    """One that is kept, and where."""

    where: str
    text: str


def statements_beside(settings: Settings) -> tuple[Statement, ...]:
    """Those in the folder beside the key; to be read before the record."""
    try:
        found = sorted(_folder(settings).glob("*"))
        return tuple(Statement(str(one), one.read_text("utf-8", "replace")) for one in found)
    except PermissionError as error:
        _log.warning("Not compared with %s: it is another user's.", error.filename)
        return ()


def differs_anew(tx: Transaction, beside: tuple[Statement, ...]) -> Iterator[Finding]:
    """Each statement that the entries are not as it says, in a pass over all of them."""
    signers, known = signers_of(tx), dict[int, list[tuple[str, Anew]]]()
    for one in (*beside, *_on_record(tx)):
        try:
            anew = read_anew(one.text, signers)
        except NoCheckpoint as fault:
            yield _wrong(one.where, fault.what)
            continue
        if anew is not None:
            known.setdefault(anew.size, []).append((one.where, anew))
    if not known:
        return
    grown = Grown()
    for content, signed in bytes_in_tree(tx, max(known)):
        grown.add(content, signed)
        for where, anew in known.pop(grown.size, ()):
            if anew.root != grown.root:
                yield _wrong(where, _not_those(anew))
    for where, anew in (one for of_size in known.values() for one in of_size):
        yield _wrong(where, f"of {anew.size} entries {grown.size} are there")


def _not_those(anew: Anew) -> str:
    return (
        f"the first {anew.size} entries are not those that were hashed with {ALGORITHM.upper()} at"
        f" {anew.at}"
    )


def _wrong(where: str, what: str) -> Finding:
    return Finding("checkpoint", where, "-", None, what)


def _on_record(tx: Transaction) -> Iterator[Statement]:
    for told in tree.told_by(tx, ORGANISATION, (HASH_ANEW,)):
        document = content_of_text(told.content)["document"]
        yield Statement(f"{ORGANISATION}/{told.seq}", str(document.get(_STATEMENT)))


def _folder(settings: Settings) -> Path:
    return settings.checkpoint_key_file.with_name(_FOLDER)
