"""The trail of a therapy, reviewed before its lot is released by somebody who took no part."""

from collections.abc import Mapping
from contextlib import suppress

from coi.demo.cast import holders
from coi.errors import Unknown
from coi.services.installation import Installation
from coi.services.proofs import QA, JustProven, NotAllowed
from coi.services.trail_review import TookPart, review_trail
from coi.services.unreviewed import unreviewed


def review_before(installation: Installation, proven: Mapping[str, JustProven], coi: str) -> None:
    """The first who may sign it does; where nobody may, or nothing is new, nothing is signed."""
    read = unreviewed(installation, coi)
    if read is None:
        return
    for username in (*holders(QA), *holders("qualified_person")):
        with suppress(TookPart, NotAllowed, Unknown):
            review_trail(installation, proven[username], coi, read)
            return
