"""Every document that leaves the system, and every label, is an entry in its maker's site chain."""

from hashlib import sha256

from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.people import Proven
from coi.store.facts import ORGANISATION
from coi.store.registers import person_chain
from coi.store.transactions import Transaction


def note_document(
    installation: Installation, by: Proven, kind: str, about: str, content: bytes
) -> None:
    """Record that somebody wrote a document out: what it is about, and the hash of its bytes.

    `kind` is one word such as 'custody_record' or 'bag_label'; `about` a COI identifier or serial.
    """

    def work(tx: Transaction) -> None:
        occasion = Occasion(by.person, "-", installation.clock.now())
        document = {"kind": kind, "about": about, "sha256": sha256(content).hexdigest()}
        chain = person_chain(tx, by.person) or ORGANISATION
        write_site_entry(tx, "write_document", occasion, Registered(document=document), chain)

    installation.transact(work)
