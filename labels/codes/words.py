"""What a reading names, in words for people; of a patient no more than that one is named."""

from typing import Final

from labels.codes.donations import ChainId, Din
from labels.codes.gs1 import Giai, Gln, Grai, Gs1Codes, Provider, Recipient, Sgtin, Sscc
from labels.codes.isbt128 import IsbtCodes

_KEYS: Final = {
    Giai: "a thing of somebody's own",
    Gln: "a place",
    Grai: "a thing that comes back",
    Provider: "a person at work",
    Recipient: "a patient",
    Sgtin: "one item of a product",
    Sscc: "a logistic unit",
}


def named_by(codes: IsbtCodes | Gs1Codes) -> str:
    """What stands in a code, such as `ISBT 128: donation number A9999 26 123456 T`."""
    if isinstance(codes, IsbtCodes):
        told = [
            f"{one.shape.name} {one.text}" if isinstance(one, Din | ChainId) else one.shape.name
            for one in codes.structures
        ]
        return f"ISBT 128: {', '.join(told)}"
    told = [_KEYS[type(key)] for key in codes.keys] or ["a product" if codes.gtin else "details"]
    return f"GS1: {', '.join(told)}"
