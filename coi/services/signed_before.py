"""What was signed before, and whether the tree goes on from it (TL-07).

It is remembered in a file beside the key, and wherever checkpoints were kept elsewhere.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coi.errors import CoiError
from coi.ledger.checkpoint import Checkpoint, NoCheckpoint, SignedCheckpoint, read_checkpoint
from coi.ledger.signers import Signer, lost_after, why_unsigned
from coi.ledger.tree import consistency_proof, frontier_of, only_grew
from coi.services.checkpoint_keys import signers_of
from coi.services.installation import Installation
from coi.settings import Settings
from coi.store import tree
from coi.store.transactions import Transaction

LAST = "checkpoint"
"""The file in which the last checkpoint is remembered, beside the key that signed it."""

_log = logging.getLogger(__name__)


class HistoryChanged(CoiError):
    """The tree does not continue what was signed of it: nothing more is signed."""

    code = "HISTORY_CHANGED"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            f"The record does not continue what was signed of it: {what}.",
            "Keep everything as it is, run `coi verify`, and see docs/faults.md.",
        )


def require_growth(
    tx: Transaction, earlier: SignedCheckpoint, size: int, signers: Sequence[Signer]
) -> None:
    """The tree of this size holds all of what was signed earlier, as it was.

    What was signed of a record that was put back, and for which quality assurance has signed since,
    is of entries that are lost: it contradicts nothing.

    Raises:
        HistoryChanged: it does not, or no key that the record names has signed that.
    """
    first = earlier.checkpoint
    if lost_after(earlier, signers) is not None:
        return
    if first.origin not in {one.verifier.name for one in signers}:
        raise HistoryChanged(f"{first.origin} was signed, which is another record")
    try:
        why = why_unsigned(earlier, signers)
    except NoCheckpoint as fault:
        raise HistoryChanged(fault.what) from fault
    if why:
        raise HistoryChanged(why)
    if size < first.size:
        raise HistoryChanged(f"{first.size} entries were signed, and there are {size}")
    _require_roots(tx, first, size)


def _require_roots(tx: Transaction, first: Checkpoint, size: int) -> None:
    node = tree.nodes_of(tx)
    try:
        proof = consistency_proof(first.size, size, node) if first.size < size else ()
        root = frontier_of(size, node).root
    except LookupError as error:
        raise HistoryChanged(str(error)) from error
    if not only_grew(first.size, first.root, size, root, proof):
        raise HistoryChanged(f"the first {first.size} entries are not those that were signed")


@dataclass(frozen=True, slots=True)
class Last:
    """The last checkpoint that is remembered here; or what is wrong with its file."""

    note: SignedCheckpoint | None
    fault: str = ""


def told_last(settings: Settings) -> Last:
    """What the file beside the key tells.

    To be read before the record that is compared with it: both go on meanwhile, and a file that was
    read later would tell of more than the record held when it was looked at. Whoever may not read
    it, because another user signs, compares with what they may.
    """
    file = last_file(settings)
    try:
        return Last(remembered(file))
    except PermissionError:
        _log.warning("Not compared with %s: it is another user's.", file)
        return Last(None)
    except HistoryChanged as fault:
        return Last(None, fault.what)


def differs_from_last(tx: Transaction, last: Last) -> str:
    """In what the tree differs from the last checkpoint that is remembered here; '' in nothing."""
    return last.fault or (differs_from(tx, last.note) if last.note else "")


def differs_from(tx: Transaction, kept: SignedCheckpoint) -> str:
    """In what the tree differs from a checkpoint that was kept elsewhere; '' in nothing."""
    try:
        require_growth(tx, kept, tree.size_of_tree(tx), signers_of(tx))
    except HistoryChanged as fault:
        return fault.what
    return ""


def differs_from_text(tx: Transaction, raw: bytes) -> str:
    """The same of a checkpoint as it stands in a file."""
    try:
        return differs_from(tx, read_checkpoint(raw))
    except NoCheckpoint as fault:
        return fault.sentence


def reached_by(tx: Transaction, kept: SignedCheckpoint | None) -> int:
    """How many of the tree's entries a checkpoint is about; of lost ones, how many were left."""
    if kept is None:
        return 0
    left = lost_after(kept, signers_of(tx))
    return kept.checkpoint.size if left is None else left


def last_file(settings: Settings) -> Path:
    """Where the last checkpoint is remembered: beside the key, and so not in the database."""
    return settings.checkpoint_key_file.with_name(LAST)


def put_aside_last(installation: Installation) -> None:
    """Keep the last checkpoint under another name: somebody has signed that the record goes on."""
    file = last_file(installation.settings)
    moment = installation.clock.now().strftime("%Y%m%dT%H%M%S")
    try:
        file.rename(file.with_name(f"{LAST}-before-{moment}"))
    except FileNotFoundError:
        return
    except OSError as error:
        _log.warning("%s cannot be put aside: %s", file, error.strerror)


def remembered(file: Path) -> SignedCheckpoint | None:
    """The last checkpoint that was signed here; None where there is none.

    Raises:
        HistoryChanged: what is remembered is no checkpoint any more.
    """
    try:
        return read_checkpoint(file.read_bytes())
    except FileNotFoundError:
        return None
    except NoCheckpoint as error:
        raise HistoryChanged(f"{file} is damaged") from error
