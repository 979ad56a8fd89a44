"""What a reading names, in words for people; of a patient no more than that one is named."""

from typing import Final

from labels.codes.donations import ChainId, Din
from labels.codes.gs1 import Giai, Gln, Grai, Gs1Codes, Provider, Recipient, Sgtin, Sscc
from labels.codes.isbt128 import IsbtCodes
from labels.codes.scans import IsbtTables, in_words
from labels.codes.structure import Structure

_KEYS: Final = {
    Giai: "a thing of somebody's own",
    Gln: "a place",
    Grai: "a thing that comes back",
    Provider: "a person at work",
    Recipient: "a patient",
    Sgtin: "one item of a product",
    Sscc: "a logistic unit",
}


def named_by(codes: IsbtCodes | Gs1Codes, tables: IsbtTables | None = None) -> str:
    """What stands in a code, such as `ISBT 128: donation number A9999 26 123456 T`.

    What the tables of the site say of a part stands behind it in brackets.
    """
    if isinstance(codes, IsbtCodes):
        told = [_told(one, tables or IsbtTables()) for one in codes.structures]
        return f"ISBT 128: {', '.join(told)}"
    keys = [_KEYS[type(key)] for key in codes.keys] or ["a product" if codes.gtin else "details"]
    return f"GS1: {', '.join(keys)}"


def _told(structure: Structure, tables: IsbtTables) -> str:
    name, words = structure.shape.name, in_words(structure, tables)
    if isinstance(structure, Din | ChainId):
        name += f" {structure.text}"
    return f"{name} ({words})" if words else name
