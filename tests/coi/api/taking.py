"""A step as a program sends it: the body that says what a use case is asked for."""

from typing import Any

from coi.services.attempt import TakeAction


def path_of(wanted: TakeAction) -> str:
    """Where the step is sent."""
    return f"/therapies/{wanted.coi}/actions/{wanted.action}"


def body_of(wanted: TakeAction) -> dict[str, Any]:
    """What is sent."""
    return {
        "unit": wanted.unit,
        "codes": [{"raw": c.raw, "how": c.how, "device": c.device} for c in wanted.codes],
        "named": [*wanted.named],
        "births": [{"sort": one.machine, "values": dict(one.values)} for one in wanted.births],
        "values": dict(wanted.values),
        "consignee": wanted.consignee,
        "bench": wanted.bench,
    }
