"""Entries that say they were recorded earlier than they can have been (CL-06).

Whatever a time stamp does not cover came after it. An entry that came after it and is dated before
it, by more than an entry may take into the tree, was dated back: by a clock, or by whoever holds
the keys of this record. They do not hold that of the authority.
"""

import logging
import os
from collections.abc import Iterator, Sequence

from coi.clock import rfc3339
from coi.ledger.findings import Finding
from coi.services.sequencing import EVERYTHING, LATE
from coi.services.signed_before import differs_from
from coi.services.stamping import Stamped, StampUnread, is_installed, stamp_files, stamps
from coi.settings import Settings
from coi.store import tree, tree_times
from coi.store.transactions import Transaction

ALLOWED = EVERYTHING + LATE
"""So long an entry may take into the tree, from its time on."""

Stamps = Sequence[Stamped | StampUnread]
_log = logging.getLogger(__name__)


def stamps_kept(settings: Settings, *, every: bool) -> Stamps:
    """The stamps that are kept, or the newest of them; none where nobody could say what they prove.

    To be read before the record that is compared with them: both go on meanwhile.
    """
    if not stamp_files(settings):
        return ()
    trusted = settings.timestamp_ca
    # Where another user signs, what lies beside the key is that user's.
    is_ours = os.access(stamp_files(settings)[-1], os.R_OK)
    if not (is_ours and is_installed() and trusted and trusted.is_file()):
        _log.warning("Time stamps are not compared: see docs/checkpoints.md.")
        return ()
    return tuple(stamps(settings, every=every))


def dated_back(tx: Transaction, kept: Stamps) -> Iterator[Finding]:
    """Each stamp that proves nothing, and each entry that is dated before one it came after."""
    for fault in kept:
        if isinstance(fault, StampUnread):
            yield Finding("checkpoint", str(fault.file), "-", None, f"its stamp: {fault.why}")
    known = sorted(_of_this_record(tx, kept), key=lambda one: one.note.checkpoint.size)
    ends = [*(one.note.checkpoint.size for one in known[1:]), tree.size_of_tree(tx)]
    for stamp, end in zip(known, ends, strict=False):
        yield from _before(tx, stamp, end)


def _of_this_record(tx: Transaction, kept: Stamps) -> Iterator[Stamped]:
    """Those of which the tree goes on; of another one the anchors tell."""
    texts = tree.notes_by_size(tx) if len(kept) > 1 else {}
    for one in kept:
        if isinstance(one, Stamped):
            size, text = one.note.checkpoint.size, one.note.text
            if texts.get(size) == text or not differs_from(tx, one.note):
                yield one


def _before(tx: Transaction, stamp: Stamped, end: int) -> Iterator[Finding]:
    size = stamp.note.checkpoint.size
    for one in tree_times.dated_before(tx, size, end, rfc3339(stamp.at - ALLOWED)):
        what = (
            f"says that it was recorded at {one.recorded_at}, and came after the {size} entries"
            f" that were time-stamped at {rfc3339(stamp.at)}"
        )
        yield Finding("entry", f"{one.chain}/{one.seq}", one.chain, one.seq, what)
