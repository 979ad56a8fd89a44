"""Prove that the record is whole and unchanged, or say what is not."""

from collections.abc import Callable

from coi.errors import DataRefused, Problem
from coi.ledger.findings import Heads, Verdict, heads_text, read_heads
from coi.ledger.verify import quietly, verify
from coi.services.installation import Installation
from coi.store.read_ledger import LedgerRows
from workflows.loading import expand_all

__all__ = ["Verdict", "heads_file", "verify_record"]


def verify_record(
    installation: Installation,
    since: bytes | None = None,
    progress: Callable[[int], None] = quietly,
) -> Verdict:
    """Compare the whole ledger with the tables; with `since`, only what was added after it.

    `since` is a heads file of an earlier verdict; `progress` is told the entries done in a pass.

    Raises:
        DataRefused: `since` is no heads file, or was changed.
    """
    heads = None if since is None else _heads(since)
    return installation.read(lambda tx: verify(LedgerRows(tx), expand_all, heads, progress))


def heads_file(verdict: Verdict) -> bytes:
    """Where every chain ends, to be kept elsewhere and to be handed to a later verification."""
    return (heads_text(verdict.heads) + "\n").encode()


def _heads(content: bytes) -> Heads:
    try:
        return read_heads(content.decode())
    except ValueError as error:
        raise DataRefused([Problem(str(error))]) from error
