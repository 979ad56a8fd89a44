"""A one-time grant is used up by the entry that it signs, in the same transaction, once.

Whoever presents grants in a transaction (`proofs`) and writes nothing has them still; whoever
writes, and be it a refusal, has them no more. The one place for that is where entries are written.
"""

from coi.errors import CoiError
from coi.store import grants
from coi.store.transactions import Transaction


class GrantUsed(CoiError):
    """The grant has signed already; it signs once."""

    code = "GRANT_USED"

    def __init__(self) -> None:
        super().__init__(
            "This grant was used already. Nothing was saved.",
            "Look at what was recorded; to sign once more, ask the person for a new grant.",
        )


class GrantExpired(CoiError):
    """The grant was not used in time, or there never was one like it: one answer for both."""

    code = "GRANT_EXPIRED"

    def __init__(self) -> None:
        super().__init__(
            "This grant is not known here, or was not used within two minutes. Nothing was saved.",
            "Ask the person for a new grant.",
        )


class GrantOfOtherRequest(CoiError):
    """The grant signs another request, to the last byte; this one it does not sign."""

    code = "GRANT_OF_OTHER_REQUEST"

    def __init__(self) -> None:
        super().__init__(
            "This grant was given for another request. Nothing was saved.",
            "Send exactly what the person has signed, or ask for a grant for what you send.",
        )


def spend_grants(tx: Transaction, now: str) -> None:
    """Use up every grant that was presented in this transaction.

    Raises:
        GrantUsed, GrantExpired: one of them cannot be used any more; nothing may be committed.
    """
    for identifier in grants.unspent(tx):
        if grants.spend(tx, identifier, now):
            continue
        found = grants.grant(tx, identifier)
        raise GrantUsed if found and found.used_at != grants.UNUSED else GrantExpired
