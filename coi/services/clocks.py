"""A clock that went back: whoever administers the machine has checked it, and signs for that."""

from coi.clock import rfc3339
from coi.ledger.content import Attestation
from coi.services.entries import CHECK_CLOCK, Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.proofs import ADMINISTRATOR, JustProven, holding, signature_of
from coi.store.facts import newest_time
from coi.store.transactions import Transaction

CHECKED = "clock checked"
"""What the signature means: it is shown to whoever is about to sign."""


def check_clock(installation: Installation, by: JustProven, why: str) -> str:
    """Record that the clock is right now, and what was recorded so far may be ahead of it.

    From now on entries follow those that were recorded while the clock was wrong. Returns the
    latest time in the record.

    Raises:
        NotAllowed: the person is no administrator.
        CannotSign: what a signature takes is not on record.
    """

    def work(tx: Transaction) -> str:
        known, role = holding(tx, by, ADMINISTRATOR)
        now = installation.clock.now()
        # Of all chains, since each may be ahead of the clock.
        ahead = max(newest_time(tx), rfc3339(now))
        reason = commit_text(tx, installation, why)
        registered = Registered(
            (Attestation("clock", "-", valid_until=ahead, detail=reason),),
            signatures=(signature_of(known, role, CHECKED, now),),
        )
        write_site_entry(tx, CHECK_CLOCK, Occasion(known.person.id, "-", now), registered)
        return ahead

    return installation.transact(work)
