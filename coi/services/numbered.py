"""What may be done again to the same thing and is counted: each time is an entry with a number.

The number stands in the idempotency key of the entry, and no two entries have one key. So two who
print at once never print the same copy, and earlier ones are found without a search.
"""

from collections.abc import Iterator
from itertools import count

from coi.ledger.content import OWN_KEY
from coi.services.decoding import Content, content_of_text
from coi.store.entries import entry_text
from coi.store.registers import answered
from coi.store.transactions import Transaction


def numbered_key(what: str, number: int) -> str:
    """The key of the n-th time."""
    return f"{OWN_KEY}{what}/{number}"


def times_before(tx: Transaction, what: str) -> int:
    """How often it was done."""
    return sum(1 for _ in places_of(tx, what))


def entries_before(tx: Transaction, what: str) -> Iterator[Content]:
    """What the entry of each time says, the first one first."""
    for chain, seq in places_of(tx, what):
        yield content_of_text(entry_text(tx, chain, seq)[1])


def places_of(tx: Transaction, what: str) -> Iterator[tuple[str, int]]:
    """Chain and number of each entry; the numbers have no gap."""
    for number in count(1):
        found = answered(tx, numbered_key(what, number))
        if found is None:
            return
        yield found[2], found[3]
