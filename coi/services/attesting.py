"""How everything about a person is recorded: as attestations in the chain of their home site."""

from collections.abc import Mapping, Sequence

from coi.errors import DataRefused, Unknown
from coi.ledger.content import Attestation, NewEntry, SignedBy
from coi.services.asked import bad_key, entry_answering
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.reasons import noted
from coi.store import registers
from coi.store.transactions import Transaction
from workflows.facts import Person


def attest(  # noqa: PLR0913 - these are what an attestation is made of
    tx: Transaction,
    installation: Installation,
    actor: Person,
    action: str,
    about: str,
    *,
    attestations: tuple[Attestation, ...],
    registers_: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
    signatures: tuple[SignedBy, ...] = (),
    key: tuple[str, str] = ("", ""),
    why: str = "",
    notes: Mapping[str, str] | None = None,
) -> NewEntry:
    """Write attestations about a person into that person's chain; returns the entry as written.

    The `key` of the request comes with what it stands for; `why` is the reason of a change.
    """
    chain = registers.person_chain(tx, about)
    if chain is None:
        raise Unknown("person", about)
    occasion = Occasion(actor.id, "-", installation.clock.now(), key=key[0], digest=key[1])
    told = {**noted(tx, installation, why), **(notes or {})}
    registered = Registered(attestations, registers_ or {}, signatures, notes=told)
    return write_site_entry(tx, action, occasion, registered, chain)


def has_come_before(tx: Transaction, key: tuple[str, str]) -> bool:
    """The request with this key was recorded already; without a key nobody knows.

    Raises:
        DataRefused: it is no key.
        KeyReused: the key already stands for another request.
    """
    if not key[0]:
        return False
    if problems := [*bad_key(key[0])]:
        raise DataRefused(problems)
    return entry_answering(tx, *key) is not None
