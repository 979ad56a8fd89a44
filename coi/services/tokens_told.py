"""Whether a token opens what it was made for, as the record says it: the table alone says nothing.

What programs show stands in a table that no entry's bytes hold, so that it can be ended at once.
For whom it was made, for what, at which sites, until when, and that it was revoked, stands in
entries: whoever changes the table is found by these.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from coi.ledger.findings import Finding, hash_of_row
from coi.services.decoding import content_of_text
from coi.services.tokens import MADE, REVOKED, as_told
from coi.store.entries import entries_with
from coi.store.tokens import every_token
from coi.store.transactions import Transaction


def differing_tokens(tx: Transaction) -> Iterator[Finding]:
    """Each token that goes on, and was revoked, or was made for something else, or by nobody."""
    going_on = [row for row in every_token(tx) if row.goes_on]
    if not going_on:
        return
    made, revoked = _told(tx, MADE), _told(tx, REVOKED)
    for row in going_on:
        stored = as_told(row)
        name = str(stored["hash"])
        if name in revoked:
            what = "goes on, and was revoked"
        elif name not in made:
            what = "goes on, and nobody made it"
        elif made[name] != stored:
            what = "opens something else than it was made for"
        else:
            continue
        held = hash_of_row([str(one) for one in sorted(stored.items())])
        yield Finding("token", str(stored["token"]), "-", None, what, held)


def _told(tx: Transaction, action: str) -> Mapping[str, Any]:
    """What these entries say of each token, by its hash.

    What a row says that was done is not asked: the bytes do, and another pass compares both.
    """
    contents = [content_of_text(text) for text in entries_with(tx, action)]
    done = (content for content in contents if content["action"] == action)
    return {str(one["hash"]): one for content in done for one in content["registers"]["tokens"]}
