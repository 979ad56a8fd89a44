"""What every request must be: under a key, in texts that can be kept, known when it comes again.

A key makes a repetition harmless: the same request under it has one effect and one answer, another
request under it is refused (SEC-04).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from json import JSONEncoder

from coi.clock import rfc3339
from coi.errors import KeyReused, Problem, Refused
from coi.ledger.canonical import nfc
from coi.services.decoding import Content, content_of_text
from coi.services.receipts import Receipt, answer_of
from coi.services.vault import Vault, fingerprint_of
from coi.store import registers
from coi.store.entries import entry_text
from coi.store.transactions import Transaction

LONGEST_KEY = 200
LONGEST_TEXT = 10_000
LONGEST_NAME = 100
_COMMITMENT = re.compile("[0-9a-f]{64}")


def bad_key(key: str) -> Iterator[Problem]:
    """A key is short and plain, so that it looks the same wherever it is written down."""
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        reason = f"an idempotency key has 1 to {LONGEST_KEY} printable ASCII characters"
        yield Problem(reason, column="key")


def unreadable(names: Mapping[str, str]) -> Iterator[Problem]:
    """What is looked up is plain text: no database holds anything else."""
    for column, text in names.items():
        if not text.isprintable():
            yield Problem("holds characters that cannot be seen", column=column)


def bad_text(names: Mapping[str, str]) -> Iterator[Problem]:
    """What is printed can be read, and fits on a line."""
    for column, text in names.items():
        if not (text.strip() == text != "" and text.isprintable() and len(text) <= LONGEST_NAME):
            yield Problem(f"is not 1 to {LONGEST_NAME} visible characters", column=column)
        # In the ledger this form stands for a text that is kept apart, which would be missing then.
        if _COMMITMENT.fullmatch(text):
            yield Problem("is 64 digits of a hash, as the record keeps its own", column=column)


def too_long(texts: Iterable[str]) -> Iterator[Problem]:
    """No text of a step or of an order is so long."""
    if any(len(text) > LONGEST_TEXT for text in texts):
        yield Problem(f"a text is longer than {LONGEST_TEXT} characters")


def fingerprint(vault: Vault, *told: object) -> str:
    """What a key stands for: equal for the same request.

    What tells of a patient is in it, and it stands in the ledger: so it is keyed (SEC-35).
    """
    return fingerprint_of(vault, nfc(_told.encode(told)))


def _members(value: object) -> object:
    """What JSON has no word for, as what it is made of: every field of a request counts."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Mapping):
        return dict(value)
    return {name: getattr(value, name) for name in value.__slots__}  # type: ignore[attr-defined]


# Not the ledger's canonical text, which refuses some of what a request may hold.
_told = JSONEncoder(default=_members, ensure_ascii=False, sort_keys=True)


def answered_before(tx: Transaction, key: str, digest: str) -> Receipt | Refused | None:
    """The answer that this request was given before, if it was (SEC-04, F-11).

    Raises:
        KeyReused: the key already stands for another request.
    """
    known = _answering(tx, key, digest)
    return answer_of(tx, *known) if known else None


def is_answered(tx: Transaction, key: str) -> bool:
    """An entry stands under this key already, whatever it was asked for."""
    return registers.answered(tx, key) is not None


def entry_answering(tx: Transaction, key: str, digest: str) -> Content | None:
    """What the entry says that answered this request before, if one did.

    Raises:
        KeyReused: the key already stands for another request.
    """
    known = _answering(tx, key, digest)
    return content_of_text(entry_text(tx, *known)[1]) if known else None


def _answering(tx: Transaction, key: str, digest: str) -> tuple[str, int] | None:
    """Chain and number of the entry that answered this request."""
    known = registers.answered(tx, key)
    if known is None:
        return None
    if known[1] != digest:
        raise KeyReused(key)
    return known[2], known[3]
