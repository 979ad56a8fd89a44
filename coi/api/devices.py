"""Registered devices: which there are; each is registered from itself, at a page."""

from typing import Any

from flask.typing import ResponseReturnValue

from coi.api.asked import proven_by
from coi.api.resource import NOTHING, Body, Resources, Sign, found
from coi.api.schemas import devices as schemas
from coi.api.schemas.common import BECAUSE, Because
from coi.services import devices
from coi.services.permissions import Permission
from coi.web import here
from coi.web.permissions import needs

resources = Resources("devices", "Registered devices.")


@resources.offers("GET", "/devices", "listDevices", found(schemas.Devices, schemas.DEVICES))
@needs(Permission.KEEP_DEVICES)
def every() -> ResponseReturnValue:
    """The registered devices that one keeps, with the unit at which each stands."""
    found_, _units, _this = devices.devices_of(here.installation(), here.somebody().proven)
    return {
        "items": [
            {"id": one.id, "name": one.name, "unit": one.unit.id, "since": one.since}
            for one in found_
        ]
    }


@resources.offers(
    "DELETE",
    "/devices/<device>",
    "endDevice",
    NOTHING,
    headers=Sign,
    body=Body(Because, BECAUSE),
)
@needs(Permission.KEEP_DEVICES)
def end(headers: dict[str, Any], told: dict[str, Any], device: str) -> ResponseReturnValue:
    """Let a device be one no longer, at once, and say why; an administrator or QA signs it."""
    by = proven_by(headers["grants"], devices.ENDED)
    devices.end_device(here.installation(), by, device, key=headers["key"], why=told["why"])
    return ""
