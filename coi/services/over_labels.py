"""Another's label on a container of ours: how its code is kept, and where it is on record.

The code may be anything, a name too. So the record holds a commitment, and the text stands apart
where it can be erased; the salt follows from the code, by a key of the vault, so that whoever scans
it again is told.
"""

from collections.abc import Iterable

from coi.errors import DataRefused, Problem
from coi.ledger.commitment import commit
from coi.services.installation import Installation
from coi.services.own_key import require_own_key
from coi.services.scanning import is_readable, printable
from coi.services.vault import salt_of_code
from coi.store import codes
from coi.store.transactions import Transaction
from labels.codes.aim import strip_aim
from workflows.facts import OverLabel
from workflows.over_labels import OVER_LABEL

MOST_CHARACTERS = 400


def code_kept(text: str) -> str:
    """The code without what a scanner says of its symbol; what cannot be seen is written out.

    Raises:
        DataRefused: it is a code of ours, or no label's.
    """
    if is_readable(text):
        reason = "is the code of a label that this system printed. Scan the other's label"
        raise DataRefused([Problem(reason, column="over_label")])
    _symbol, code = strip_aim(text.strip())
    if len(code) > MOST_CHARACTERS:
        reason = f"is longer than {MOST_CHARACTERS} characters. Scan the code of the label"
        raise DataRefused([Problem(reason, column="over_label")])
    return printable(code)


def on_record(tx: Transaction, installation: Installation, code: str) -> tuple[OverLabel, ...]:
    """The container of which this code was ever recorded; nothing where it is on none."""
    found = codes.over_label(tx, _commitment(tx, installation, code)) if code else None
    return (found,) if found else ()


def scanned_over_labels(
    tx: Transaction, installation: Installation, scanned: Iterable[str]
) -> tuple[OverLabel, ...]:
    """The containers whose other labels were scanned in the place of ours."""
    strange = (raw for raw in scanned if not is_readable(raw) and len(raw) <= MOST_CHARACTERS)
    found = (on_record(tx, installation, code_kept(raw)) for raw in strange)
    return tuple(one for several in found for one in several)


def is_on_now(tx: Transaction, installation: Installation, raw: str) -> tuple[tuple[str, str], ...]:
    """Therapy and container that carry this label of another's, by what is on record now."""
    if is_readable(raw) or len(raw) > MOST_CHARACTERS:
        return ()
    return tuple(codes.named(tx, OVER_LABEL, _commitment(tx, installation, code_kept(raw))))


def _commitment(tx: Transaction, installation: Installation, code: str) -> str:
    """What the record keeps of a code.

    Raises:
        VaultClosed: the key is another one, with which no code on record would be recognised.
    """
    require_own_key(tx, installation.vault)
    return commit(code, salt_of_code(installation.vault, code))
