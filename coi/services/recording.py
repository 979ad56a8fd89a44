"""What each document says of the record itself: its age, its gaps, and its clocks."""

from coi.clock import parse_rfc3339
from coi.reports.custody_contents import Recording
from coi.services.gaps import following_not, gaps
from coi.services.stepped import clock_in_doubt
from coi.store.clocks import began_at
from coi.store.transactions import Transaction


def recording_of(tx: Transaction, since: str) -> Recording:
    """How the record was kept since the matter of a document began."""
    return Recording(
        began_at=parse_rfc3339(began_at(tx) or since),
        gaps=tuple(
            (one.server, parse_rfc3339(one.since), parse_rfc3339(one.until))
            for one in gaps(tx)
            if one.until > since
        ),
        alone=tuple((server, parse_rfc3339(at)) for server, at in following_not(tx).items()),
        clock_in_doubt=clock_in_doubt(tx),
    )
