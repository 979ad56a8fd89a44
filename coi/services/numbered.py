"""What may be done again to the same thing and is counted: each time is an entry with a number.

The number stands in the idempotency key of the entry, and no two entries have one key. So two who
print at once never print the same copy, and earlier ones are found without a search.
"""

from collections.abc import Iterable, Iterator
from itertools import count

from coi.ledger.content import OWN_KEY
from coi.services.decoding import Content, content_of_text
from coi.store.entries import Answer, answers_to, entry_text
from coi.store.labels import answers_by_serial
from coi.store.registers import answered
from coi.store.transactions import Transaction

_SERIAL = " "  # no key of a number holds one


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


def entries_of_labels(tx: Transaction, coi: str, kind: str) -> dict[str, list[Content]]:
    """The same of a kind of paper about each label of a therapy, by serial; read of all at once."""
    found: dict[str, list[Content]] = {}
    for number in count(1):
        told = answers_by_serial(tx, coi, *numbered_key(f"{kind}/{_SERIAL}", number).split(_SERIAL))
        if not told:
            break
        for serial, text in told.items():
            found.setdefault(serial, []).append(content_of_text(text))
    return found


def answers_of(tx: Transaction, whats: Iterable[str]) -> Iterator[Answer]:
    """The entry of each time of many things, read of all at once: the first times first."""
    asked = [*dict.fromkeys(whats)]
    for number in count(1):
        keys = [numbered_key(what, number) for what in asked]
        found = answers_to(tx, keys)
        if not found:
            return
        yield from found.values()
        # The numbers have no gap.
        asked = [what for what, key in zip(asked, keys, strict=True) if key in found]


def places_of(tx: Transaction, what: str) -> Iterator[tuple[str, int]]:
    """Chain and number of each entry; the numbers have no gap."""
    for number in count(1):
        found = answered(tx, numbered_key(what, number))
        if found is None:
            return
        yield found[2], found[3]
