"""A typed client of the interface for programs; it needs httpx, and nothing else of this product.

with Client.signed_in("https://coi.example", "nina", password) as nina:
form = nina.show_step(coi, "release_custody")
nina.take_step(
coi,
"release_custody",
{"unit": "north-ward", "codes": [{"raw": code}], "consignee": "courier-line"},
seen=form.tag,
signatures=[nina.sign(one["meaning"], password) for one in form.answer["signatures"]],
)
"""

from coi.client.client import Client, every
from coi.client.history import Head, HistoryChanged
from coi.client.problem import Problem, Unanswered
from coi.client.sending import Seen, Signature, digest_of, new_key, version_tag

__all__ = [
    "Client",
    "Head",
    "HistoryChanged",
    "Problem",
    "Seen",
    "Signature",
    "Unanswered",
    "digest_of",
    "every",
    "new_key",
    "version_tag",
]
