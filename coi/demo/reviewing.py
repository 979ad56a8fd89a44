"""The trail of a therapy, reviewed before its lot is released by somebody who took no part."""

from collections.abc import Mapping
from contextlib import suppress

from coi.demo.cast import holders
from coi.errors import Unknown
from coi.services.installation import Installation
from coi.services.proofs import QA, JustProven, NotAllowed
from coi.services.trail_review import Read, TookPart, entries_since, review_trail, reviews_of
from coi.store.facts import therapy
from coi.store.transactions import Transaction


def review_before(installation: Installation, proven: Mapping[str, JustProven], coi: str) -> None:
    """The first who may sign it does; where nobody may, or nothing is new, nothing is signed."""
    read = installation.read(lambda tx: _unreviewed(tx, coi))
    if read is None:
        return
    for username in (*holders(QA), *holders("qualified_person")):
        with suppress(TookPart, NotAllowed, Unknown):
            review_trail(installation, proven[username], coi, read)
            return


def _unreviewed(tx: Transaction, coi: str) -> Read | None:
    """The newest entry, where something came that nobody has reviewed."""
    found = therapy(tx, coi)
    if found is None or not entries_since(tx, coi, reviews_of(tx, coi)):
        return None
    return Read(found[1].seq, found[1].hash)
