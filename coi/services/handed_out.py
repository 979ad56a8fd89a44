"""Whether a file is a document that was handed out, byte by byte (WL-06).

The entry of each document holds the SHA-256 of what was handed out. A file that was changed since,
or was made elsewhere, has another.
"""

from dataclasses import dataclass
from hashlib import sha256

from coi.services.custody_reading import ERASED
from coi.services.decoding import content_of_text
from coi.services.installation import Installation
from coi.store.entries import entry_text
from coi.store.people import printed_names
from coi.store.registers import answered_for
from coi.store.transactions import Transaction


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What a file is: a document of which somebody printed or sent a copy."""

    kind: str
    about: str
    copy: str
    by: str  # the printed name
    at: str
    chain: str
    seq: int

    @property
    def told(self) -> str:
        """In one sentence."""
        what = f"{self.kind.replace('_', ' ')} of {self.about}, copy {self.copy}"
        return f"{what}, made by {self.by} at {self.at} ({self.chain}, entry {self.seq})"


def handed_out(installation: Installation, content: bytes) -> HandedOut | None:
    """The document that this is a copy of; None where no entry says that it was handed out."""
    digest = sha256(content).hexdigest()

    def look(tx: Transaction) -> HandedOut | None:
        for chain, seq in answered_for(tx, digest):
            told = content_of_text(entry_text(tx, chain, seq)[1])
            document = told.get("document", {})
            # A caller's own request could have any digest: the entry itself must say the hash.
            if document.get("sha256") == digest:
                name = printed_names(tx, [told["actor"]]).get(told["actor"], ERASED)
                kind, about = document["kind"], document["about"]
                place = (told["recorded_at"], chain, seq)
                return HandedOut(kind, about, document.get("copy", "-"), name, *place)
        return None

    return installation.read(look)
